"""Does each kind of transaction go its own way on the wire: voids, refunds, inquiries, parts, holds?"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from chongzheng.iso8583 import Message
from chongzheng.journal import Reader
from chongzheng.reversal.entries import position
from chongzheng.reversal.payment import Payment
from whole.engine_room import QUICK, Room, room
from whole.scripted_host import POS, Say, ScriptedHost, answer, honest
from whole.scripted_terminal import ScriptedTerminal


def run(test: Coroutine[Any, Any, None]) -> None:
    """One test on a loop of its own."""
    asyncio.run(test)


def yes(asked: Message, code: str = "00", **fields: str) -> list[Say]:
    """An approval under the type that answers this request."""
    said = answer(asked, code, F37=f"7{int(asked.text(11)):011d}", F38="123456", **fields)
    return [Say(Message(f"{asked.mti[:2]}{int(asked.mti[2]) + 1}0", said.fields))]


def of_kind(terminal: ScriptedTerminal, mti: str, f60_1: str, amount_fen: int = 1000, **fields: str) -> Message:
    """The next message of this terminal as another kind."""
    made = terminal.sale(amount_fen, F60=f"{f60_1}{terminal.batch}000", **fields)
    return Message(mti, made.fields)


def void_of(terminal: ScriptedTerminal, sale: Message) -> Message:
    """The void of a sale of the same batch."""
    named = sale.text(60)[2:8] + sale.text(11)
    return of_kind(terminal, "0200", "23", int(sale.text(4)), F3="200000", F61=named, F37="700000000001")


def by_stan(here: Room) -> dict[str, Payment]:
    """The payments by their trace number."""
    return {payment.key.stan: payment for payment in here.payments()}


def test_a_void_takes_its_sale_back_and_a_second_one_is_refused(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path, ScriptedHost(yes)) as here:
            terminal = await here.terminal()
            sale = terminal.sale()
            assert (await terminal.ask(sale)).text(39) == "00"
            void = void_of(terminal, sale)
            assert (await terminal.ask(void)).text(39) == "00"
            await here.until(lambda: by_stan(here)["000002"].told == "approved")
            sold, voided = by_stan(here)["000001"], by_stan(here)["000002"]
            assert sold.verdict.truth == "charged_returned"
            assert (voided.kind, voided.original, voided.verdict.truth) == ("void", sold.id, "charged_kept")
            assert [(tie.by, tie.standing) for tie in sold.ties] == [(voided.id, "done")]
            assert position(sold).merchant + position(voided).merchant == 0
            assert (await terminal.ask(void_of(terminal, sale))).text(39) == "22"
            assert len(here.payments()) == 2
            reader = Reader.open(here.folder / "journal.db")
            try:
                assert reader.faults() == []
            finally:
                reader.close()

    run(test())


def test_a_reversed_void_puts_its_sale_back(tmp_path: Path) -> None:
    async def test() -> None:
        host = ScriptedHost(lambda m: [] if m.text(60)[:2] == "23" and m.mti == "0200" else yes(m))
        async with room(tmp_path, host) as here:
            terminal = await here.terminal()
            sale = terminal.sale()
            await terminal.ask(sale)
            assert (await terminal.ask(void_of(terminal, sale))).text(39) == "98"
            await here.until(lambda: by_stan(here)["000002"].state == "RETURNED")
            undo = next(m for m in here.host.heard if m.mti == "0400")
            assert (undo.text(3), undo.text(60)[:2], undo.text(61)) == ("200000", "23", f"{terminal.batch}000001")
            sold = by_stan(here)["000001"]
            assert (sold.state, sold.verdict.truth) == ("APPROVED", "charged_kept")

    run(test())


def test_a_refund_is_sent_again_with_one_identity_and_never_reversed(tmp_path: Path) -> None:
    async def test() -> None:
        silent = [True, True]
        host = ScriptedHost(lambda m: [] if silent and silent.pop() else yes(m))
        async with room(tmp_path, host) as here:
            terminal = await here.terminal()
            refund = of_kind(terminal, "0220", "25", F3="200000", F37="700000000001", F61="000001000001")
            assert (await terminal.ask(refund)).text(39) == "98"
            await here.until_state("APPROVED")
            first, *again = here.host.heard
            assert {m.mti for m in here.host.heard} == {"0220"} and len(again) == 2
            assert {key: value for key, value in again[0].fields.items() if key != 64} == {
                key: value for key, value in again[1].fields.items() if key != 64}  # fmt: skip
            for number in (3, 4, 11, 37, 41, 42, 60, 61):
                assert again[0].text(number) == first.text(number)
            assert not {14, 35, 36, 52} & again[0].fields.keys()
            got = await terminal.ask(refund)
            assert (got.mti, got.text(39), got.text(37)) == ("0230", "00", "700000000001")
            assert terminal.genuine
            await here.until(lambda: here.payments()[0].told == "approved")
            assert len(here.host.heard) == 3

    run(test())


def test_a_balance_inquiry_ends_where_it_is_not_answered(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path, ScriptedHost(lambda m: [])) as here:
            terminal = await here.terminal()
            inquiry = of_kind(terminal, "0200", "01", F3="310000", F4="")
            assert (await terminal.ask(inquiry)).text(39) == "98"
            [payment] = await here.until_state("REFUSED")
            assert (payment.verdict.truth, payment.verdict.money) == ("never_charged", "correct")
            await asyncio.sleep(0.4)
            assert [m.mti for m in here.host.heard] == ["0200"]

    run(test())


def test_a_preauth_is_reversed_as_one(tmp_path: Path) -> None:
    async def test() -> None:
        host = ScriptedHost(lambda m: [] if m.mti == "0100" else honest(m))
        async with room(tmp_path, host) as here:
            terminal = await here.terminal()
            preauth = of_kind(terminal, "0100", "10", F3="030000", F25="06")
            assert (await terminal.ask(preauth)).text(39) == "98"
            [payment] = await here.until_state("RETURNED")
            undo = here.host.heard[-1]
            assert (undo.mti, undo.text(3), undo.text(25), undo.text(60)[:2]) == ("0400", "030000", "06", "10")
            assert position(payment).suspense == 0

    run(test())


def test_a_part_is_reversed_or_kept_as_the_policy_says(tmp_path: Path) -> None:
    async def test(folder: Path, more: str, state: str) -> None:
        folder.mkdir()
        host = ScriptedHost(lambda m: yes(m, "10", F4="000000000600") if m.mti == "0200" else honest(m))
        async with room(folder, host, policy=QUICK + more) as here:
            terminal = await here.terminal()
            got = await terminal.ask(terminal.sale())
            [payment] = await here.until_state(state)
            assert payment.approved_fen == 600
            if state == "APPROVED":
                assert (got.text(39), got.text(4)) == ("10", "000000000600")
                assert position(payment).merchant == 600
            else:
                assert got.text(39) == "98"
                assert here.host.heard[-1].text(4) == "000000001000", "the reversal has the amount of the request"

    run(test(tmp_path / "reversed", "", "RETURNED"))
    run(test(tmp_path / "kept", "accept_partial = true\n", "APPROVED"))


def test_a_reversal_under_a_new_batch_finds_its_sale(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            terminal = await here.terminal()
            sale = terminal.sale()
            await terminal.ask(sale)
            await here.until_state("APPROVED")
            assert (await terminal.sign_in()).text(39) == "00"
            assert terminal.batch != sale.text(60)[2:8]
            assert (await terminal.ask(terminal.reversal_of(sale, "96"))).text(39) == "00"
            [payment] = await here.until_state("RETURNED")
            assert (payment.key.batch, payment.reason) == (sale.text(60)[2:8], "96")
            assert here.host.heard[-1].text(60)[2:8] == payment.key.batch, "with the original's data"

    run(test())


def test_a_reversal_under_a_new_batch_of_another_amount_is_a_tombstone(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            terminal = await here.terminal()
            sale = terminal.sale()
            await terminal.ask(sale)
            await here.until_state("APPROVED")
            await terminal.sign_in()
            other = terminal.reversal_of(sale, "96", F4="000000009999")
            assert (await terminal.ask(other)).text(39) == "00"
            await here.until_state("APPROVED", "RETURNED")

    run(test())


def test_a_kind_that_an_operator_ended_is_no_longer_taken(tmp_path: Path) -> None:
    over = """
[copies]
sale = [3, 4, 11, 41, 42, 60]
[needs]
sale = [3, 4, 11, 41, 42, 60]
[[kinds]]
name = "purchase"
mti = "0200"
f3 = "000000"
f25 = "00"
f60_1 = "22"
undo = "reverse"
moves = "debit"
valid_to = "2020-01-01"
"""

    async def test() -> None:
        (tmp_path / "kinds.toml").write_text(over, "utf-8")
        async with room(tmp_path, more='[pos]\nkinds = "kinds.toml"') as here:
            terminal = await here.terminal()
            assert (await terminal.ask(terminal.sale())).text(39) == "40"
            assert here.payments() == []

    run(test())


# What moves no money


def errand(terminal: ScriptedTerminal, mti: str, code: str, **fields: str) -> Message:
    """A message of this terminal that moves no money."""
    made = terminal.sale(F60=f"00{terminal.batch}{code}", **fields)
    kept = {number: value for number, value in made.fields.items() if number in (11, 41, 42, 48, 49, 60, 62)}
    return Message(mti, kept)


def test_a_script_notice_and_a_settlement_go_through_and_their_answers_come_back(tmp_path: Path) -> None:
    async def test() -> None:
        host = ScriptedHost(lambda m: [Say(Message(f"{m.mti[:2]}{int(m.mti[2]) + 1}0", {**m.fields, 39: "00"}),
                                           "good" if 64 in m.fields else "none")])  # fmt: skip
        async with room(tmp_path, host) as here:
            terminal = await here.terminal()
            terminal.put(POS.encode(errand(terminal, "0500", "201", F48="1" * 62)))
            got = await terminal.hear()
            assert (got.mti, got.text(39), got.text(48)) == ("0510", "00", "1" * 62)
            assert 64 not in host.heard[0].fields, "a message without MAC goes on without one"
            notice = await terminal.ask(errand(terminal, "0620", "951"))
            assert (notice.mti, terminal.genuine) == ("0630", True)
            assert host.genuine == [False, True]
            assert here.payments() == [] and "0620" not in evidence_of(here)

    run(test())


def evidence_of(here: Room) -> str:
    """All stray evidence of the journal, as one text."""
    reader = Reader.open(here.folder / "journal.db")
    try:
        return "".join(one.kind + one.body.decode() for one, _ in reader.strays())
    finally:
        reader.close()


def test_a_terminal_s_own_parameters_do_not_disturb_the_link(tmp_path: Path) -> None:
    class Centre(ScriptedHost):
        """A host that also serves parameters."""

        def _take(self, message: Message, body: bytes, writer: asyncio.StreamWriter) -> None:
            if message.text(60)[8:11] in ("360", "362"):
                answered = {**message.fields, 39: "00", 62: "parameters"}
                self._put(writer, POS.encode(Message(f"{message.mti[:2]}{int(message.mti[2]) + 1}0", answered)))
            else:
                super()._take(message, body, writer)

    async def test() -> None:
        async with room(tmp_path, Centre()) as here:
            terminal = await here.terminal()
            for mti, code, answered in (("0800", "360", "0810"), ("0820", "362", "0830")):
                terminal.put(POS.encode(errand(terminal, mti, code)))
                got = await terminal.hear()
                assert (got.mti, got.text(39), got.text(62)) == (answered, "00", "parameters")
            assert (await terminal.ask(terminal.sale())).text(39) == "00", "the link is as it was"
            assert here.host.sign_ins == 1

    run(test())


def test_what_cannot_be_passed_on_is_refused(tmp_path: Path) -> None:
    async def test() -> None:
        host = ScriptedHost(sign_in_code="")
        async with room(tmp_path, host, wait_for_host=False) as here:
            terminal = await here.terminal()
            terminal.put(POS.encode(errand(terminal, "0500", "201")))
            assert (await terminal.hear()).text(39) == "91"
            forged = Message("0620", {**errand(terminal, "0620", "951").fields, 64: b"00000000"})
            terminal.put(POS.encode(forged))
            assert (await terminal.hear()).text(39) == "A0"

    run(test())
