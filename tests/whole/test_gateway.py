"""Do the wires keep what the machine promises, over real sockets, between a scripted host and scripted terminals?"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Coroutine
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from chongzheng.gateway import host, pos
from chongzheng.iso8583 import Message, frame, join_cup
from chongzheng.journal import JournalFull, Reader
from unit.settlement import acom_lines
from whole.engine_room import QUICK, Room, room
from whole.scripted_host import POS, Say, ScriptedHost, answer, honest
from whole.scripted_terminal import ENVELOPE, PAN, ScriptedTerminal


def run(test: Coroutine[Any, Any, None]) -> None:
    """One test on a loop of its own."""
    asyncio.run(test)


def evidence_text(here: Room) -> str:
    """Every piece of evidence in the journal, as one text."""
    reader = Reader.open(here.folder / "journal.db")
    try:
        kept = [e.body for p in reader.payments() for e in reader.evidence_of(p.id)]
        return b"\n".join([*kept, *(e.body for e, _ in reader.strays())]).decode()
    finally:
        reader.close()


def stray_reasons(here: Room) -> list[str]:
    """Why stray evidence was kept."""
    reader = Reader.open(here.folder / "journal.db")
    try:
        return [why for _, why in reader.strays()]
    finally:
        reader.close()


# A sale


def test_a_sale_is_answered_with_the_fields_of_the_host_and_our_mac(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            terminal = await here.terminal()
            got = await terminal.ask(terminal.sale(F55=""))
            assert (got.mti, got.text(39), got.text(37), got.text(38)) == ("0210", "00", "700000000001", "123456")
            assert terminal.genuine
            assert here.host.genuine == [True]
            assert here.host.heard[0].text(35) == f"{PAN}D2512"
            [payment] = await here.until_state("APPROVED")
            assert payment.told == "approved"

    run(test())


def test_no_card_data_reaches_the_evidence(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            terminal = await here.terminal()
            await terminal.ask(terminal.sale(F2=PAN, F14="2512"))
            text = evidence_text(here)
            assert "622202******1234" in text
            assert PAN not in text and "2512" not in text
        whole_file = b"".join(path.read_bytes() for path in tmp_path.glob("journal.db*"))
        assert PAN.encode() not in whole_file

    run(test())


def test_a_refusal_is_relayed_without_mac(tmp_path: Path) -> None:
    async def test() -> None:
        host = ScriptedHost(lambda m: [Say(answer(m, "51", F44="4412"), "none")])
        async with room(tmp_path, host) as here:
            terminal = await here.terminal()
            got = await terminal.ask(terminal.sale())
            assert (got.text(39), got.text(44), 64 in got.fields) == ("51", "4412", False)
            await here.until_state("REFUSED")

    run(test())


def test_several_in_flight_are_answered_in_the_order_of_the_host(tmp_path: Path) -> None:
    async def test() -> None:
        host = ScriptedHost(lambda m: [Say(s.message, s.mac, 150 if m.text(11) == "000001" else 0) for s in honest(m)])
        async with room(tmp_path, host) as here:
            terminal = await here.terminal()
            for _ in range(3):
                terminal.send(terminal.sale())
            stans = [(await terminal.hear()).text(11) for _ in range(3)]
            assert sorted(stans) == ["000001", "000002", "000003"]
            assert stans[-1] == "000001"

    run(test())


def test_more_in_flight_than_allowed_are_turned_away(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path, ScriptedHost(lambda m: [])) as here:
            terminal = await here.terminal()
            for _ in range(pos.IN_FLIGHT_PER_CONNECTION + 1):
                terminal.send(terminal.sale())
            assert (await terminal.hear()).text(39) == "96"
            await here.until(lambda: len(here.payments()) == pos.IN_FLIGHT_PER_CONNECTION)

    run(test())


def test_two_terminals_do_not_get_each_other_s_answers(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            one, two = await here.terminal(1), await here.terminal(2)
            first, second = await asyncio.gather(one.ask(one.sale(111)), two.ask(two.sale(222)))
            assert (first.text(41), first.text(4)) == ("10000001", "000000000111")
            assert (second.text(41), second.text(4)) == ("10000002", "000000000222")
            assert one.genuine and two.genuine

    run(test())


def test_a_pin_block_is_refused_where_no_pin_key_is_shared(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            terminal = await here.terminal()
            sale = terminal.sale().with_fields({52: bytes(8)})
            assert (await terminal.ask(sale)).text(39) == "40"
            assert here.payments() == [] and here.host.heard == []

    run(test())


# What the machine does when the host fails


def test_silence_declines_with_98_and_drives_a_reversal_with_one_identity(tmp_path: Path) -> None:
    async def test() -> None:
        reversals: list[Message] = []

        def script(message: Message) -> list[Say]:
            if message.mti == "0200":
                return []
            reversals.append(message)
            return [Say(answer(message, "00", F37="700000000001"))] if len(reversals) == 3 else []

        async with room(tmp_path, ScriptedHost(script)) as here:
            terminal = await here.terminal()
            got = await terminal.ask(terminal.sale(F14="2512", F55=""))
            assert (got.text(39), 64 in got.fields) == ("98", False)
            [payment] = await here.until_state("RETURNED")
            assert payment.attempts == 3
            assert len({json.dumps({str(k): str(v) for k, v in m.fields.items()}) for m in reversals}) == 1
            sent = reversals[0]
            assert sent.text(39) == "98" and sent.text(2) == PAN
            assert not {14, 26, 35, 36, 37, 52, 53, 61, 63} & set(sent.fields)
            assert all(here.host.genuine)

    run(test())


def test_a_late_approval_is_never_written_to_the_terminal(tmp_path: Path) -> None:
    async def test() -> None:
        def script(message: Message) -> list[Say]:
            return [Say(s.message, s.mac, 1400 if message.mti == "0200" else 0) for s in honest(message)]

        async with room(tmp_path, ScriptedHost(script)) as here:
            terminal = await here.terminal()
            assert (await terminal.ask(terminal.sale())).text(39) == "98"
            await here.until(lambda: here.payments()[0].approval is not None)
            terminal.put(POS.encode(Message("0820", {11: "000009", 41: "10000001", 42: "898100000000001",
                                                     60: "00000000301"})))  # fmt: skip
            assert (await terminal.hear()).mti == "0830"

    run(test())


def test_a_wrong_mac_or_echo_is_no_answer(tmp_path: Path) -> None:
    async def test() -> None:
        def script(message: Message) -> list[Say]:
            if message.mti == "0400":
                return honest(message)
            if message.text(11) == "000001":
                return [Say(answer(message, "00"), "bad")]
            return [Say(answer(message, "00", F4="000000000001"))]

        async with room(tmp_path, ScriptedHost(script)) as here:
            terminal = await here.terminal()
            assert (await terminal.ask(terminal.sale())).text(39) == "98"
            assert (await terminal.ask(terminal.sale())).text(39) == "98"
            await here.until_state("RETURNED", "RETURNED")
            assert {p.reason for p in here.payments()} == {"A0", "06"}

    run(test())


def test_the_answer_that_counted_is_the_one_that_is_passed_on(tmp_path: Path) -> None:
    async def test() -> None:
        def script(message: Message) -> list[Say]:
            forged = answer(message, "00", F37="999999999999")
            return [Say(forged, "bad"), Say(forged.with_fields({4: "000000000001"})), *honest(message)]

        async with room(tmp_path, ScriptedHost(script)) as here:
            terminal = await here.terminal()
            got = await terminal.ask(terminal.sale())
            assert (got.text(39), got.text(37), terminal.genuine) == ("00", "700000000001", True)

    run(test())


def test_without_a_host_nothing_is_sent_and_the_terminal_hears_91(tmp_path: Path) -> None:
    async def test() -> None:
        host = ScriptedHost(sign_in_code="05")
        async with room(tmp_path, host, wait_for_host=False) as here:
            terminal = await here.terminal()
            assert (await terminal.ask(terminal.sale())).text(39) == "91"
            await here.until_state("UNSENT")
            assert host.heard == []
            host.sign_in_code = "00"
            await here.until(lambda: here.engine.host_ready)
            assert (await terminal.ask(terminal.sale())).text(39) == "00"

    run(test())


def test_the_link_comes_back_after_the_host_hung_up(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            terminal = await here.terminal()
            here.host.hang_up()
            await here.until(lambda: here.host.sign_ins == 2 and here.engine.host_ready)
            assert (await terminal.ask(terminal.sale())).text(39) == "00"

    run(test())


def test_a0_to_a_reversal_signs_in_again_and_repeats_under_the_new_key(tmp_path: Path) -> None:
    async def test() -> None:
        host = ScriptedHost()

        def script(message: Message) -> list[Say]:
            if message.mti == "0200":
                return []
            return [Say(answer(message, "00" if host.sign_ins > 1 else "A0"), "good" if host.sign_ins > 1 else "none")]

        host.script = script
        async with room(tmp_path, host, policy="reply_wait_ms = 2100\nurgent_after_ms = 100") as here:
            terminal = await here.terminal()
            terminal.send(terminal.sale())
            await here.until_state("RETURNED")
            assert host.sign_ins == 2 and all(host.genuine)

    run(test())


def test_an_idle_link_is_tested_and_kept(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(host, "ECHO_AFTER_MS", 100)

    async def test() -> None:
        async with room(tmp_path) as here:
            await here.until(lambda: here.host.echoes >= 2)
            assert here.host.sign_ins == 1

    run(test())


def test_a_link_on_which_nobody_answers_is_dialled_anew(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(host, "ECHO_AFTER_MS", 100)
    monkeypatch.setattr(host, "ECHO_WAIT_MS", 100)

    async def test() -> None:
        async with room(tmp_path, ScriptedHost(answers_echoes=False)) as here:
            await here.until(lambda: here.host.sign_ins >= 2)
            assert here.engine.counts.of["host is silent"] >= 1

    run(test())


def test_a_sign_in_that_is_not_answered_is_tried_on_a_new_connection(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(host, "SIGN_IN_WAIT_MS", 100)

    async def test() -> None:
        silent = ScriptedHost(sign_in_code="")
        async with room(tmp_path, silent, wait_for_host=False) as here:
            await here.until(lambda: silent.sign_ins >= 2)
            assert not here.engine.host_ready
            silent.sign_in_code = "00"
            await here.until(lambda: here.engine.host_ready)

    run(test())


def test_keys_under_another_master_key_are_not_taken(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path, ScriptedHost(master_key=bytes(16)), wait_for_host=False) as here:
            await here.until(lambda: here.host.sign_ins >= 2)
            assert not here.engine.host_ready

    run(test())


def test_what_the_host_says_unasked_is_kept_as_stray(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            terminal = await here.terminal()
            await terminal.ask(terminal.sale())
            unknown = answer(terminal.sale(), "00")
            here.host.put_raw(frame(join_cup(ENVELOPE, POS.encode(unknown))))
            here.host.put_raw(frame(join_cup(ENVELOPE, POS.encode(Message("0210", {39: "00"})))))
            here.host.put_raw(frame(join_cup(ENVELOPE, POS.encode(Message("0230", {39: "00"})))))
            here.host.put_raw(frame(join_cup(ENVELOPE, b"\x02\x10garbage")))
            here.host.put_raw(frame(b"x"))
            await here.until(lambda: len(stray_reasons(here)) == 5)
            assert (await terminal.ask(terminal.sale())).text(39) == "00"
            here.host.put_raw(b"\xff\xff")
            await here.until(lambda: here.host.sign_ins == 2)

    run(test())


# The terminal's own reversal


def test_a_terminal_s_reversal_is_owned_and_answered_with_mac(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            terminal = await here.terminal()
            sale = terminal.sale()
            await terminal.ask(sale)
            got = await terminal.ask(terminal.reversal_of(sale, "96"))
            assert (got.mti, got.text(39), got.text(11), terminal.genuine) == ("0410", "00", "000001", True)
            again = await terminal.ask(terminal.reversal_of(sale, "96"))
            assert again.text(39) == "00"
            await here.until_state("RETURNED")
            assert [m.mti for m in here.host.heard].count("0400") == 1
            assert here.host.heard[1].text(39) == "96"

    run(test())


def test_a_reversal_before_its_sale_declines_the_sale(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            terminal = await here.terminal()
            sale = terminal.sale()
            assert (await terminal.ask(terminal.reversal_of(sale, F2=PAN))).text(39) == "00"
            assert (await terminal.ask(sale)).text(39) == "94"
            assert [m.mti for m in here.host.heard] == ["0400"]

    run(test())


def test_a_repeated_sale_is_not_forwarded_twice(tmp_path: Path) -> None:
    async def test() -> None:
        def script(message: Message) -> list[Say]:
            return [Say(s.message, s.mac, 200) for s in honest(message)]

        async with room(tmp_path, ScriptedHost(script)) as here:
            terminal, other_line = await here.terminal(), await here.terminal()
            other_line.mac_key, other_line.batch = terminal.mac_key, terminal.batch = (
                other_line.mac_key,
                other_line.batch,
            )
            sale = terminal.sale()
            terminal.send(sale)
            await here.until(lambda: len(here.host.heard) == 1)
            await terminal.hang_up()
            assert (await other_line.ask(sale)).text(39) == "00"
            assert len(here.host.heard) == 1
            other = sale.with_fields({4: "000000009999"})
            assert (await other_line.ask(other)).text(39) == "94"
            assert len(here.host.heard) == 1

    run(test())


def test_a_terminal_that_left_before_its_approval_has_it_reversed(tmp_path: Path) -> None:
    async def test() -> None:
        def script(message: Message) -> list[Say]:
            return [Say(s.message, s.mac, 150 if message.mti == "0200" else 0) for s in honest(message)]

        async with room(tmp_path, ScriptedHost(script)) as here:
            terminal = await here.terminal()
            terminal.send(terminal.sale())
            await here.until(lambda: len(here.host.heard) == 1)
            await terminal.hang_up()
            [payment] = await here.until_state("RETURNED")
            assert payment.reason == "96"

    run(test())


# Restart


def test_a_restart_remembers_keys_deadlines_and_what_was_half_done(tmp_path: Path) -> None:
    async def test() -> None:
        host = ScriptedHost(lambda m: [] if m.mti == "0200" else honest(m))
        async with room(tmp_path, host, policy="reply_wait_ms = 30000") as here:
            terminal = await here.terminal()
            terminal.send(terminal.sale())
            await here.until(lambda: len(host.heard) == 1)
            await here.restart()
            host.script = honest
            [payment] = await here.until_state("REVERSING")
            assert payment.reason == "98"
            again = ScriptedTerminal(here.engine.addresses["pos"], mac_key=terminal.mac_key, batch=terminal.batch)
            again.stan = 1
            await again.dial()
            assert (await again.ask(again.sale())).text(39) == "00"
            assert again.genuine
            assert [m.mti for m in host.heard].count("0200") == 2

    run(test())


def test_the_next_sale_settles_a_delivery_that_nobody_was_sure_of(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            terminal = await here.terminal()
            here.engine.runner._outlets = {  # the socket swallows the approval and the report of it
                **here.engine.runner._outlets,
                next(k for k in here.engine.runner._outlets if k.__name__ == "AnswerTerminal"): lambda p, e: None,
            }
            terminal.send(terminal.sale())
            await here.until(lambda: [p.told for p in here.payments()] == ["maybe approved"])
            await here.restart()
            again = ScriptedTerminal(here.engine.addresses["pos"], mac_key=terminal.mac_key, batch=terminal.batch)
            again.stan = 1
            await again.dial()
            assert (await again.ask(again.sale())).text(39) == "00"
            await here.until(lambda: here.payments()[0].told == "approved")

    run(test())


def test_a_sale_over_a_new_connection_gives_up_the_one_that_still_waits(tmp_path: Path) -> None:
    async def test() -> None:
        host = ScriptedHost(lambda m: [] if m.mti == "0200" else honest(m))
        patient = QUICK.replace("reply_wait_ms = 1000", "reply_wait_ms = 30000").replace("2000", "40000")
        async with room(tmp_path, host, policy=patient) as here:
            terminal = await here.terminal()
            terminal.send(terminal.sale())
            terminal.send(terminal.sale())
            await here.until_state("FORWARDED", "FORWARDED")
            again = await here.terminal(sign_in=False)
            again.mac_key, again.batch, again.stan = terminal.mac_key, terminal.batch, terminal.stan
            again.send(again.sale())
            declined = await terminal.hear()
            assert (declined.text(11), declined.text(39)) == ("000002", "98")
            await here.until_state("FORWARDED", "FORWARDED", "RETURNED")

    run(test())


# The door


def test_sign_in_gives_keys_in_each_layout_and_a_new_batch_each_time(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            terminal = await here.terminal(sign_in=False)
            batches = []
            for code, size in (("001", 24), ("003", 40), ("004", 60)):
                granted = await terminal.sign_in(code)
                assert (granted.mti, granted.text(39), len(granted.text(62))) == ("0810", "00", size)
                batches.append(granted.text(60)[2:8])
                assert (await terminal.ask(terminal.sale())).text(39) == "00"
            assert batches == ["000001", "000002", "000003"]

    run(test())


def test_who_is_unknown_or_asks_for_the_unknown_is_told_so(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            terminal = await here.terminal()
            for changes, code in (
                ({"F41": "19999999"}, "97"),
                ({"F42": "898100000000009"}, "97"),
                ({"F3": "310000"}, "40"),
                ({"F60": "01000001"}, "40"),
                ({"F22": ""}, "30"),
                ({"F4": "000000000000"}, "13"),
            ):
                assert (await terminal.ask(terminal.sale(**changes))).text(39) == code, changes
            assert here.payments() == [] and here.host.heard == []

    run(test())


def test_a_wrong_mac_of_a_terminal_is_answered_a0_and_is_no_fact(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            terminal = await here.terminal()
            right, terminal.mac_key = terminal.mac_key, b"wrongkey"
            assert (await terminal.ask(terminal.sale())).text(39) == "A0"
            assert (await terminal.ask(terminal.reversal_of(terminal.sale()))).text(39) == "A0"
            terminal.put(POS.encode(terminal.sale()))
            assert (await terminal.hear()).text(39) == "A0"
            assert here.payments() == []
            await here.until(lambda: len(stray_reasons(here)) == 3)
            terminal.mac_key = right
            assert (await terminal.ask(terminal.sale())).text(39) == "00"
            assert PAN not in evidence_text(here)

    run(test())


def test_garbage_and_length_bombs_end_their_own_connection_only(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            good = await here.terminal()
            for raw in (
                b"\xff\xff" + bytes(100),
                b"\x00\x00",
                frame(b"short"),
                frame(join_cup(ENVELOPE, b"\x02\x00\xff")),
                frame(join_cup(ENVELOPE, bytes(200))),
                b"GET / HTTP/1.1\r\n\r\n",
            ):
                reader, writer = await asyncio.open_connection(*here.engine.addresses["pos"].split(":"))
                writer.write(raw)
                assert await asyncio.wait_for(_read_to_end(reader), 3) == b""
                writer.close()
            assert (await good.ask(good.sale())).text(39) == "00"

    run(test())


async def _read_to_end(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionError:
        return b""


def test_every_cut_of_a_frame_is_read_the_same(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            terminal = await here.terminal()
            body = POS.encode(Message("0820", {11: "000009", 41: "10000001", 42: "898100000000001",
                                               60: "00000000301"}))  # fmt: skip
            whole = frame(join_cup(ENVELOPE, body))
            for cut in range(0, len(whole), 7):
                terminal.writer.write(whole[:cut])
                await asyncio.sleep(0.002)
                terminal.writer.write(whole[cut:] + whole)
                assert [(await terminal.hear()).text(39) for _ in range(2)] == ["00", "00"]

    run(test())


def test_a_slow_client_is_cut(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(pos, "FRAME_WAIT_MS", 200)
    monkeypatch.setattr(pos, "SWEEP_MS", 50)

    async def test() -> None:
        async with room(tmp_path) as here:
            reader, writer = await asyncio.open_connection(*here.engine.addresses["pos"].split(":"))
            for octet in frame(bytes(50))[:20]:
                writer.write(bytes([octet]))
                await asyncio.sleep(0.03)
                if reader.at_eof():
                    break
            assert await asyncio.wait_for(_read_to_end(reader), 3) == b""
            assert here.engine.counts.of["cut: slow"] == 1
            writer.close()

    run(test())


def test_an_idle_client_is_cut_but_one_that_waits_for_its_answer_is_not(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(pos, "IDLE_MS", 400)
    monkeypatch.setattr(pos, "SWEEP_MS", 20)

    async def test() -> None:
        async with room(tmp_path, ScriptedHost(lambda m: [])) as here:
            waiting, idle = await here.terminal(1), await here.terminal(2)
            assert (await waiting.ask(waiting.sale())).text(39) == "98"
            assert await asyncio.wait_for(_read_to_end(idle.reader), 3) == b""

    run(test())


def test_a_client_that_does_not_read_is_cut(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(pos, "WRITE_BUFFER_BYTES_MAX", 1000)
    monkeypatch.setattr(pos, "UNPROVEN_BURST", 1_000_000)  # else it would be cut for its flood already

    async def test() -> None:
        async with room(tmp_path) as here:
            loop = asyncio.get_running_loop()
            deaf = socket.socket()
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            deaf.setblocking(False)
            host, port = here.engine.addresses["pos"].split(":")
            await loop.sock_connect(deaf, (host, int(port)))
            echo = Message("0820", {11: "000009", 41: "10000001", 42: "898100000000001", 60: "00000000301"})
            flood = frame(join_cup(ENVELOPE, POS.encode(echo))) * 2000
            try:
                async with asyncio.timeout(8):
                    while here.engine.counts.of["cut: does not read"] == 0:
                        await loop.sock_sendall(deaf, flood)
            except ConnectionError:
                pass
            finally:
                deaf.close()
            await here.until(lambda: here.engine.counts.of["cut: does not read"] == 1)

    run(test())


def test_one_address_and_one_terminal_have_only_so_many_connections(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path, more="[pos]\nconnections_per_address = 4") as here:
            lines = [await here.terminal() for _ in range(3)]
            for number, line in enumerate(lines):  # a number alone cuts nobody off; a MAC does
                line.stan, line.batch, line.mac_key = number, lines[2].batch, lines[2].mac_key
                assert (await line.ask(line.sale())).text(39) == "00"
            assert await asyncio.wait_for(_read_to_end(lines[0].reader), 3) == b""
            assert (await lines[1].ask(lines[1].sale(F11="000007"))).text(39) == "00"
            spare = [await here.terminal(2) for _ in range(2)]
            reader, writer = await asyncio.open_connection(*here.engine.addresses["pos"].split(":"))
            assert await asyncio.wait_for(_read_to_end(reader), 3) == b""
            writer.close()
            assert (await spare[1].ask(spare[1].sale())).text(39) == "00"

    run(test())


def test_sign_off_and_echo_are_answered(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            terminal = await here.terminal()
            for code in ("002", "301"):
                named = {41: terminal.terminal, 42: terminal.merchant}
                terminal.put(POS.encode(Message("0820", {11: "000009", **named, 60: f"00000000{code}"})))
                got = await terminal.hear()
                assert (got.mti, got.text(39), got.text(11)) == ("0830", "00", "000009")

    run(test())


# When there is no room


def test_a_full_disk_declines_sales_and_keeps_obligations(tmp_path: Path, monkeypatch: Any) -> None:
    async def test() -> None:
        async with room(tmp_path, policy="") as here:
            terminal = await here.terminal()
            sale = terminal.sale()
            assert (await terminal.ask(sale)).text(39) == "00"
            await here.until_state("APPROVED")

            def full(batch: object) -> None:
                raise JournalFull("full")

            with monkeypatch.context() as patch:
                patch.setattr(here.engine.runner._journal, "apply", full)
                assert (await terminal.ask(terminal.sale())).text(39) == "96"
                terminal.send(terminal.reversal_of(sale, "96"))
                assert (await terminal.ask(terminal.sale())).text(39) == "96"
            got = await terminal.hear()
            assert (got.mti, got.text(39)) == ("0410", "00")
            await here.until_state("RETURNED")
            assert [m.mti for m in here.host.heard] == ["0200", "0400"]
            assert (await terminal.ask(terminal.sale())).text(39) == "00"

    run(test())


def test_a_full_queue_turns_sales_and_reversals_away_at_once(tmp_path: Path, monkeypatch: Any) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            terminal = await here.terminal()
            with monkeypatch.context() as patch:
                patch.setattr(here.engine.runner, "hand_in", lambda submission: False)
                sale = terminal.sale()
                assert (await terminal.ask(sale)).text(39) == "96"
                terminal.send(terminal.reversal_of(sale))  # hears nothing: any answer would make it forget
                await here.until(lambda: here.engine.counts.of["the queue is full for a reversal"] == 1)
            assert here.payments() == []
            assert (await terminal.ask(sale)).text(39) == "96"  # its terminal gave it up; a late copy is no new sale
            assert (await terminal.ask(terminal.sale())).text(39) == "00"

    run(test())


def test_a_commit_that_fails_otherwise_stops_the_engine(tmp_path: Path, monkeypatch: Any) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            terminal = await here.terminal()

            def broken(batch: object) -> None:
                raise OSError("the disk says no")

            monkeypatch.setattr(here.engine.runner._journal, "apply", broken)
            terminal.send(terminal.sale())
            async with asyncio.timeout(5):
                await here.engine.failed.wait()
            assert "the disk says no" in here.engine.failure
            assert here.host.heard == []

    run(test())


# Settings


def test_without_mac_where_the_configuration_says_so(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path, more='[pos]\nmac = "none"\npin = "pass"') as here:
            terminal = await here.terminal(sign_in=False)
            terminal.put(POS.encode(terminal.sale().with_fields({52: bytes(8)})))
            got = await terminal.hear()
            assert (got.text(39), got.text(37), 64 in got.fields) == ("00", "700000000001", False)
            assert here.host.genuine == [True] and here.host.heard[0].fields[52] == bytes(8)
            await here.until_state("APPROVED")

    run(test())


# Files


def test_two_clearing_files_in_the_inbox_prove_a_sale(tmp_path: Path) -> None:
    async def test() -> None:
        now = datetime.now(timezone(timedelta(hours=8)))
        day, name = f"{now:%Y%m%d}", f"IND{now:%y%m%d}01ACOM"
        async with room(tmp_path, more=f'[calendar]\nfixed_day = "{day}"') as here:
            terminal = await here.terminal()
            await terminal.ask(terminal.sale(1234))
            await here.until_state("APPROVED")
            line = acom_lines.line("000001", f"{now:%m%d%H%M%S}", 1234, terminal="10000001",
                                   merchant="898100000000001", rrn="700000000001", pan=PAN)  # fmt: skip
            data = acom_lines.joined(line)
            inbox = tmp_path / "inbox"
            (inbox / name).write_bytes(data)
            (inbox / f"{name}.ctl").write_bytes(acom_lines.control(data, 1, 1234, day))
            [payment] = await here.until_state("SETTLED")
            assert (payment.verdict.truth, payment.verdict.proof) == ("charged_kept", "proven")
            await here.until((inbox / "done" / name).exists)
            for content in (data, acom_lines.joined(line, line)):
                (inbox / name).write_bytes(content)
                count = content.count(b"\n")
                (inbox / f"{name}.ctl").write_bytes(acom_lines.control(content, count, 1234 * count, day))
                await here.until(lambda: not (inbox / name).exists())
            assert "another file" in (inbox / "refused" / f"{name}.why").read_text("utf-8")
            await here.until_state("SETTLED")

    run(test())


def test_a_file_that_cannot_be_believed_is_put_aside_with_the_reason(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            inbox = tmp_path / "inbox"
            (inbox / "IND26112301ACOM").write_bytes(b"cut\n")
            (inbox / "IND26112301ACOM.ctl").write_text("day=20261123\n", "utf-8")
            why = inbox / "refused" / "IND26112301ACOM.why"
            await here.until(why.exists)
            assert len(why.read_text("utf-8").splitlines()) == 1
            assert not (inbox / "IND26112301ACOM").exists()
            terminal = await here.terminal()
            assert (await terminal.ask(terminal.sale())).text(39) == "00"

    run(test())


def test_a_genuine_reversal_that_cannot_be_understood_opens_doubt(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            terminal = await here.terminal()
            sale = terminal.sale()
            await terminal.ask(sale)
            await here.until_state("APPROVED")
            assert (await terminal.ask(terminal.reversal_of(sale, F4=""))).text(39) == "30"
            await here.until(lambda: here.payments()[0].gave_up == "broken_reversal")
            assert len(here.host.heard) == 1  # a sign is no wish: nothing was reversed
            assert (await terminal.ask(terminal.reversal_of(sale, F4="", F11="000999"))).text(39) == "30"
            await here.until(lambda: "a reversal that cannot be understood" in stray_reasons(here))

    run(test())


def test_keys_asked_for_in_a_terminal_s_name_do_not_silence_it(tmp_path: Path) -> None:
    """Anybody can say 0800; only who holds the master key can use what it brings, so the old keys hold until then."""

    async def test() -> None:
        async with room(tmp_path) as here:
            terminal = await here.terminal()
            stranger = await here.terminal()
            assert stranger.mac_key != terminal.mac_key
            got = await terminal.ask(terminal.sale())
            assert got.text(39) == "00" and terminal.genuine
            stranger.batch = terminal.batch
            stranger.stan = terminal.stan
            got = await stranger.ask(stranger.sale())  # the same terminal after all, now under its new keys
            assert got.text(39) == "00" and stranger.genuine
            got = await terminal.ask(terminal.sale(F11="000777"))
            assert got.text(39) == "A0"

    run(test())


def test_keys_that_nobody_asked_the_host_for_are_not_taken(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            terminal = await here.terminal()
            await terminal.ask(terminal.sale())
            key = here.host.mac_key
            here.host.offer_unasked_keys()
            await asyncio.sleep(0.1)
            got = await terminal.ask(terminal.sale())
            assert got.text(39) == "00"
            assert here.host.genuine == [True, True]
            assert here.host.mac_key == key
            assert here.engine.counts.of["host answered a sign-in that nobody sent"] == 1

    run(test())
