"""Does a simulated terminal keep its one reversal record as terminals of the field do?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from chongzheng.iso8583 import Deframer, Message, seal_working_keys
from chongzheng.simulator.line import is_signed, packed, unpacked
from chongzheng.simulator.terminal import TRIES_MAX, Terminal
from chongzheng.simulator.troubles import Sale, Trouble

TMK = bytes(range(16))
MAK = bytes.fromhex("0123456789ABCDEF")
SALE = Sale(Trouble.NONE, 1200, "6222020000001234", "051", False, 0)
Reply = Callable[[Message], "Message | None"]


class Engine:
    """What stands in for the engine: signs terminals in and answers everything else as `reply` says."""

    def __init__(self, reply: Reply, mak: bytes = MAK) -> None:
        self.reply = reply
        self.mak = mak
        self.heard: list[Message] = []
        self.badly_signed = 0
        self.batches = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        frames = Deframer()
        while data := await reader.read(4096):
            for payload in frames.feed(data):
                envelope, body, message = unpacked(payload)
                answer = self.answer(body, message)
                if answer is not None:
                    signed = answer.text(39) == "00" and answer.mti != "0810"
                    writer.write(packed(answer, envelope.answered(), self.mak if signed else None))
        writer.close()

    def answer(self, body: bytes, message: Message) -> Message | None:
        """The answer to one message."""
        if message.mti != "0800":
            self.heard.append(message)
            self.badly_signed += not is_signed(message, body, (MAK,))
            return self.reply(message)
        self.batches += 1
        long = message.text(60)[8:11] == "004"
        mak = MAK * 2 if long else MAK
        layout = {"001": "24", "003": "40", "004": "60"}[message.text(60)[8:11]]
        pik = bytes(8 if layout == "24" else 16)
        keys = seal_working_keys(pik, mak, TMK, layout, bytes(16) if layout == "60" else None)
        batch = f"00{self.batches:06d}{message.text(60)[8:]}"
        return Message("0810", {11: message.text(11), 39: "00", 60: batch, 62: keys.decode("latin-1")})


def answered(message: Message, code: str) -> Message:
    """The answer with this F39."""
    echoed = {number: message.fields[number] for number in (3, 4, 11, 41, 42, 60)}
    return Message(f"{int(message.mti) + 10:04d}", {**echoed, 39: code})


def with_engine(
    engine: Engine, work: Callable[[Terminal], Awaitable[None]], turn: Callable[[], None] | None = None
) -> None:
    """Run `work` with a terminal that talks to `engine`."""

    async def main() -> None:
        server = await asyncio.start_server(engine.serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        terminal = Terminal(
            "10000001", "898310000000001", TMK, 120, lambda: asyncio.open_connection("127.0.0.1", port),
            restarts_traces=True, turn=turn,
        )  # fmt: skip
        try:
            await work(terminal)
        finally:
            await terminal.close()
            server.close()

    asyncio.run(main())


def test_an_approved_sale_leaves_nothing_pending() -> None:
    engine = Engine(lambda message: answered(message, "00"))

    async def work(terminal: Terminal) -> None:
        seen = await terminal.sell(SALE)
        assert (seen.told, seen.code, terminal.pending) == ("approved", "00", None)
        assert seen.key.batch == "000001" and seen.key.stan == "000001"
        await terminal.undo()
        assert terminal.faults == []

    with_engine(engine, work)
    assert [message.mti for message in engine.heard] == ["0200"] and engine.badly_signed == 0


def test_a_decline_needs_no_mac_and_no_reversal() -> None:
    async def work(terminal: Terminal) -> None:
        seen = await terminal.sell(SALE)
        assert (seen.told, seen.code, terminal.pending) == ("declined", "51", None)

    with_engine(Engine(lambda message: answered(message, "51")), work)


def test_silence_is_reversed_three_times_and_then_forgotten() -> None:
    engine = Engine(lambda message: None)

    async def work(terminal: Terminal) -> None:
        seen = await terminal.sell(SALE)
        assert seen.told == "nothing" and terminal.pending is not None
        await terminal.undo()
        assert (seen.told, seen.reversals, seen.reason, terminal.pending) == ("forgotten", TRIES_MAX, "98", None)

    with_engine(engine, work)
    sale, *reversals = engine.heard
    assert [message.mti for message in reversals] == ["0400"] * TRIES_MAX
    for message in reversals:
        assert all(message.fields[number] == sale.fields[number] for number in (2, 3, 4, 11, 22, 25, 41, 42, 49, 60))
        assert not {35, 36, 52, 61, 63} & message.fields.keys()


def test_troubles_after_an_approval_name_their_reason() -> None:
    for trouble, reason in ((Trouble.DEVICE, "96"), (Trouble.NOISE, "A0"), (Trouble.UNREADABLE, "06")):
        engine = Engine(lambda message: answered(message, "00"))

        async def work(terminal: Terminal, trouble: Trouble = trouble, reason: str = reason) -> None:
            seen = await terminal.sell(replace(SALE, trouble=trouble))
            assert seen.told == "nothing" and seen.was_approved
            await terminal.undo()
            assert (seen.told, seen.reason, seen.reversal_code) == ("undone", reason, "00")

        with_engine(engine, work)


def test_an_approval_without_a_good_mac_is_no_answer() -> None:
    engine = Engine(lambda message: answered(message, "00"), mak=bytes(8))

    async def work(terminal: Terminal) -> None:
        seen = await terminal.sell(SALE)
        assert seen.told == "nothing" and len(terminal.faults) == 1

    with_engine(engine, work)


def test_a_line_that_drops_is_dialled_again_and_the_old_batch_reversed() -> None:
    engine = Engine(lambda message: answered(message, "00"))

    async def work(terminal: Terminal) -> None:
        seen = await terminal.sell(replace(SALE, trouble=Trouble.HANGS_UP))
        terminal.mak = None  # the keys are gone too, so it signs in and gets a new batch
        await terminal.undo()
        assert seen.told == "undone" and terminal.batch == "000002" != seen.key.batch

    with_engine(engine, work)
    heard = [(message.mti, message.text(60)[2:8]) for message in engine.heard]
    assert heard == [("0200", "000001"), ("0400", "000001")]


def test_a_reversal_answered_with_a_wrong_mac_code_signs_in_again() -> None:
    engine = Engine(lambda message: answered(message, "A0") if message.mti == "0400" else None)

    async def work(terminal: Terminal) -> None:
        await terminal.sell(SALE)
        await terminal.undo()
        assert terminal.sign_ins == TRIES_MAX

    with_engine(engine, work)


def test_an_overtaking_reversal_goes_first() -> None:
    engine = Engine(lambda message: answered(message, "00" if message.mti == "0400" else "94"))

    async def work(terminal: Terminal) -> None:
        seen = await terminal.sell(replace(SALE, trouble=Trouble.OVERTAKEN))
        assert (seen.told, seen.code, terminal.faults) == ("undone", "94", [])

    with_engine(engine, work)
    assert [message.mti for message in engine.heard] == ["0400", "0200"]


def test_two_approvals_under_one_trace_number_are_a_fault() -> None:
    engine = Engine(lambda message: answered(message, "00"))

    async def work(terminal: Terminal) -> None:
        await terminal.sell(replace(SALE, trouble=Trouble.SAME_TRACE))
        assert len(terminal.faults) == 1

    with_engine(engine, work)
    first, second = engine.heard
    assert first.text(11) == second.text(11) and first.text(4) != second.text(4)


def test_with_several_addresses_each_try_of_a_reversal_dials_another() -> None:
    engine, turned = Engine(lambda message: None), list[int]()

    async def work(terminal: Terminal) -> None:
        seen = await terminal.sell(SALE)
        assert turned == [], "a sale without an answer may yet get one"
        await terminal.undo()
        assert (seen.told, seen.reversals) == ("forgotten", TRIES_MAX)

    with_engine(engine, work, lambda: turned.append(len(engine.heard)))
    assert turned == [2, 3, 4], "after every reversal that nobody answered"


def test_with_several_addresses_a_sign_in_that_nobody_answers_is_tried_elsewhere() -> None:
    engine, turned = Engine(lambda message: answered(message, "00")), list[str]()
    silent = [True]

    def reply(body: bytes, message: Message) -> Message | None:
        return None if silent[0] and message.mti == "0800" else Engine.answer(engine, body, message)

    def turn() -> None:
        turned.append("turned")
        silent[0] = False

    engine.answer = reply  # type: ignore[method-assign]

    async def work(terminal: Terminal) -> None:
        assert (await terminal.sell(SALE)).told == "approved"

    with_engine(engine, work, turn)
    assert turned == ["turned"]
