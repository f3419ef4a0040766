"""Do slow, greedy and lying clients get what they deserve, while honest terminals notice nothing?"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from chongzheng.bench import hostile_crowd
from chongzheng.bench.hostile_crowd import VICES, Crowd
from chongzheng.gateway import desk, pos
from chongzheng.iso8583 import Message, frame, join_cup
from chongzheng.journal import Reader
from whole.engine_room import MERCHANT, Room, room
from whole.scripted_terminal import ENVELOPE, POS, ScriptedTerminal

CLIENTS = 64


def run(test: Coroutine[Any, Any, None]) -> None:
    """One test on a loop of its own."""
    asyncio.run(test)


@asynccontextmanager
async def besieged(here: Room, clients: int = CLIENTS) -> AsyncIterator[Crowd]:
    """The crowd around this engine."""
    crowd = Crowd()
    try:
        await crowd.attack({"address": here.engine.addresses["pos"], "clients": clients})
        yield crowd
    finally:
        await crowd.disperse()


async def silent(here: Room) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection that says nothing."""
    host, _, port = here.engine.addresses["pos"].rpartition(":")
    return await asyncio.open_connection(host, int(port))


async def is_cut(reader: asyncio.StreamReader, wait_s: float = 5) -> bool:
    """Whether the door hangs up."""
    try:
        async with asyncio.timeout(wait_s):
            while await reader.read(4096):
                pass
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True


def echo(number: int) -> bytes:
    """A question of terminal 1 that needs no MAC."""
    fields = {11: f"{number:06d}", 41: "10000001", 42: MERCHANT, 60: "00000000301"}
    return frame(join_cup(ENVELOPE, POS.encode(Message("0820", fields))))


def test_honest_terminals_sell_in_the_middle_of_the_crowd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pos, "FRAME_WAIT_MS", 500)
    monkeypatch.setattr(hostile_crowd, "WORD_EVERY_S", 0.2)
    monkeypatch.setattr(hostile_crowd, "REDIAL_S", 0.2)
    monkeypatch.setattr(pos, "UNPROVEN_PER_S", 200)  # all of them share an address that waits for junk sent from it

    async def test() -> None:
        async with room(tmp_path, more="[pos]\nconnections_per_address = 4096") as here:
            honest = [await here.terminal(number) for number in (1, 2)]
            async with besieged(here) as crowd:
                for _ in range(20):
                    for one in honest:
                        assert (await one.ask(one.sale(), wait_s=20)).text(39) == "00"
                assert len(here.payments()) == 40, "nobody else's sale was taken"
                wanted = set(VICES) - {"silent", "restless"}  # those are not cut, but go or wait
                await here.until(lambda: wanted <= set(crowd.cut), 20)
                late = await here.terminal(1)
                assert (await late.ask(late.sale(), wait_s=20)).text(39) == "00", "a terminal that comes now is served"

    run(test())


def test_a_full_door_has_room_for_a_newcomer_and_keeps_the_proven(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pos, "CONNECTIONS_MAX", 10)

    async def test() -> None:
        async with room(tmp_path) as here:
            first = await here.terminal(1)
            assert (await first.ask(first.sale())).text(39) == "00"
            idle = [await silent(here) for _ in range(9)]
            second = await here.terminal(2)
            assert await is_cut(idle[0][0]), "the oldest that proved nothing went"
            assert (await second.ask(second.sale())).text(39) == "00"
            idle += [await silent(here) for _ in range(30)]
            assert (await first.ask(first.sale())).text(39) == "00"
            assert (await second.ask(second.sale())).text(39) == "00"
            assert not await is_cut(idle[-1][0], wait_s=0.2)
            for _, writer in idle:
                writer.close()

    run(test())


def test_who_never_names_a_terminal_is_cut_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pos, "FIRST_WORD_MS", 200)

    async def test() -> None:
        async with room(tmp_path) as here:
            honest = await here.terminal()
            reader, writer = await silent(here)
            assert await is_cut(reader)
            writer.close()
            assert here.engine.counts.of["cut: nobody's"] == 1
            assert (await honest.ask(honest.sale())).text(39) == "00"

    run(test())


@pytest.mark.parametrize(("terminal", "code"), [("99999999", "97"), ("10000001", "A0")])
def test_nothing_genuine_in_a_row_ends_the_connection(tmp_path: Path, terminal: str, code: str) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            liar = ScriptedTerminal(here.engine.addresses["pos"], terminal=terminal)
            await liar.dial()
            codes = [(await liar.ask(liar.sale())).text(39) for _ in range(pos.STRIKES_MAX)]
            assert set(codes) == {code}
            assert await is_cut(liar.reader)
            await liar.hang_up()

    run(test())


def test_a_genuine_message_wipes_the_strikes_out(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            one = await here.terminal()
            for _ in range(3):
                good, one.mac_key = one.mac_key, bytes(8)
                for _ in range(pos.STRIKES_MAX - 1):
                    assert (await one.ask(one.sale())).text(39) == "A0"
                one.mac_key = good
                assert (await one.ask(one.sale())).text(39) == "00"

    run(test())


def test_words_without_proof_are_rationed_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pos, "UNPROVEN_BURST", 10)
    monkeypatch.setattr(pos, "UNPROVEN_PER_S", 100)

    async def test() -> None:
        async with room(tmp_path) as here:
            one = ScriptedTerminal(here.engine.addresses["pos"])
            await one.dial()
            one.writer.write(b"".join(map(echo, range(60))))
            one.writer.write(b"".join(map(echo, range(60, 80))))
            assert [(await one.hear()).text(11) for _ in range(80)] == [f"{number:06d}" for number in range(80)]
            assert here.engine.counts.of["rests: too many words"] > 0
            await one.hang_up()

    run(test())


def test_a_whole_fleet_signs_in_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pos, "UNPROVEN_BURST", 1)
    monkeypatch.setattr(pos, "UNPROVEN_PER_S", 1)

    async def test() -> None:
        async with room(tmp_path) as here:
            for _ in range(10):
                for number in (1, 2):
                    await here.terminal(number)
            assert here.engine.counts.of["rests: too many words"] == 0

    run(test())


def test_evidence_of_forgeries_does_not_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "FORGERIES_BURST", 3)

    async def test() -> None:
        async with room(tmp_path) as here:
            liar = ScriptedTerminal(here.engine.addresses["pos"])
            await liar.dial()
            for _ in range(pos.STRIKES_MAX):
                assert (await liar.ask(liar.sale())).text(39) == "A0"
            assert here.engine.counts.of["bad MAC from a terminal"] == pos.STRIKES_MAX
        reader = Reader.open(tmp_path / "journal.db")
        assert 3 <= len(reader.strays()) < pos.STRIKES_MAX
        reader.close()

    run(test())


def test_a_flood_is_cut_before_it_fills_our_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pos, "UNPROVEN_BURST", 10)

    async def test() -> None:
        async with room(tmp_path) as here:
            reader, writer = await silent(here)
            writer.write(echo(0) * 2_000)
            assert await is_cut(reader)
            assert here.engine.counts.of["cut: flood"] == 1
            writer.close()

    run(test())


def test_a_proven_terminal_sells_as_much_as_it_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pos, "PROVEN_BURST", 2)
    monkeypatch.setattr(pos, "PROVEN_PER_S", 1)

    async def test() -> None:
        async with room(tmp_path) as here:
            one = await here.terminal()
            for _ in range(30):
                assert (await one.ask(one.sale())).text(39) == "00"
            assert here.engine.counts.of["rests: too many words"] == 0
            one.writer.write(b"".join(map(echo, range(4))))
            assert (await one.hear()).mti == "0830"
            await here.until(lambda: here.engine.counts.of["rests: too many words"] > 0)

    run(test())


def test_the_measurement_says_what_it_measured() -> None:
    words = "bench hostile --clients 27 --terminals 4 --rate 20 --seconds 1 --flood 40 --rounds 2 --json".split()
    code = "import sys; from chongzheng.cli import main; sys.exit(main())"
    program = [sys.executable, "-c", code]
    done = subprocess.run([*program, *words], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["clients"], told["terminals"], len(told["shares_kept_full"])) == (27, 4, 2)
    assert told["dials"] >= 27 and set(told["cut_by_vice"]) >= {"oversized"}
    assert told["attack_kept"] > 0 and told["share_kept_cpu"] > 0
    assert told["alone_per_s"] > 0 and told["besieged_full_per_s"] > 0 and told["share_kept"] > 0
    assert 0 < told["peak_mib"] < 512
