"""Does junk make its address wait, without a word read, while terminals for whom somebody vouches wait for nobody?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
import uvloop

from chongzheng.gateway import addresses, pos
from chongzheng.iso8583 import Message, frame, join_cup
from chongzheng.mistakes import TheirMistake
from whole.engine_room import MERCHANT, Room, room
from whole.scripted_terminal import ENVELOPE, POS, ScriptedTerminal

BAD_LENGTH = b"\xff\xff" + bytes(100)
JUNKED = "127.0.0.9"

Run = Callable[[Coroutine[Any, Any, None]], None]


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    """Both loops: they do not begin and stop to read alike."""
    factory = uvloop.new_event_loop if request.param == "uvloop" else None

    def runs(test: Coroutine[Any, Any, None]) -> None:
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(test)

    return runs


class FarTerminal(ScriptedTerminal):
    """A terminal that dials from the address that sends junk."""

    async def dial(self) -> None:
        self.reader, self.writer = await dialled(self.address)


async def dialled(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection from the address that sends junk."""
    host, _, port = address.rpartition(":")
    return await asyncio.open_connection(host, int(port), local_addr=(JUNKED, 0))


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


async def send_junk(here: Room) -> None:
    """One connection with an impossible length; back when it is cut."""
    reader, writer = await dialled(here.engine.addresses["pos"])
    writer.write(BAD_LENGTH)
    assert await is_cut(reader)
    writer.close()


def words(monkeypatch: pytest.MonkeyPatch, per_s: int, burst: int) -> None:
    """How much an address may say."""
    monkeypatch.setattr(pos, "UNPROVEN_PER_S", per_s)
    monkeypatch.setattr(pos, "UNPROVEN_BURST", burst)


def odd(number: int) -> bytes:
    """A message of terminal 1 of a type that there is not."""
    fields = {11: f"{number:06d}", 41: "10000001", 42: MERCHANT, 60: "00000000301"}
    return frame(join_cup(ENVELOPE, POS.encode(Message("0600", fields))))


def test_an_address_that_sent_junk_is_not_read_from_and_another_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    words(monkeypatch, per_s=1, burst=pos.JUNK_WORDS)
    monkeypatch.setattr(pos, "SWEEP_MS", 50)

    async def test() -> None:
        async with room(tmp_path) as here:
            await send_junk(here)
            reader, writer = await dialled(here.engine.addresses["pos"])
            writer.write(BAD_LENGTH)
            assert not await is_cut(reader, wait_s=0.5), "nobody looked at it"
            assert here.engine.counts.of["cut: bad length"] == 1
            assert here.engine.counts.of["rests: too many words"] == 1
            honest = await here.terminal()
            assert (await honest.ask(honest.sale())).text(39) == "00"
            writer.close()

    run(test())


def test_who_waits_behind_junk_gets_its_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    words(monkeypatch, per_s=20, burst=pos.JUNK_WORDS)

    async def test() -> None:
        async with room(tmp_path) as here:
            junk = [await dialled(here.engine.addresses["pos"]) for _ in range(5)]
            for _, writer in junk:
                writer.write(BAD_LENGTH)
            late = FarTerminal(here.engine.addresses["pos"])
            await late.dial()
            assert (await late.sign_in()).text(39) == "00"
            assert (await late.ask(late.sale())).text(39) == "00"
            assert [await is_cut(reader) for reader, _ in junk] == [True] * 5
            for _, writer in junk:
                writer.close()
            await late.hang_up()

    run(test())


def test_an_address_with_a_proven_terminal_does_not_wait_for_junk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    words(monkeypatch, per_s=1, burst=12)

    async def test() -> None:
        async with room(tmp_path) as here:
            far = FarTerminal(here.engine.addresses["pos"])
            await far.dial()
            await far.sign_in()
            assert (await far.ask(far.sale())).text(39) == "00"
            await far.hang_up()
            await here.until(lambda: not here.engine.counts.of["rests: too many words"])
            for _ in range(4):
                await send_junk(here)
            await far.dial()
            assert (await far.ask(far.sale())).text(39) == "00"
            assert here.engine.counts.of["rests: too many words"] == 0
            await far.hang_up()

    run(test())


def test_the_proof_of_long_ago_vouches_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    words(monkeypatch, per_s=1, burst=2 * pos.JUNK_WORDS)
    monkeypatch.setattr(addresses, "VOUCHED_MS", -1)

    async def test() -> None:
        async with room(tmp_path) as here:
            far = FarTerminal(here.engine.addresses["pos"])
            await far.dial()
            await far.sign_in()
            assert (await far.ask(far.sale())).text(39) == "00"
            await send_junk(here)
            await far.hang_up()
            await here.until(lambda: len(here.engine._door) == 0)
            for _ in range(2):
                await send_junk(here)
            _, writer = await dialled(here.engine.addresses["pos"])
            await here.until(lambda: here.engine.counts.of["rests: too many words"] > 0)
            writer.close()

    run(test())


def test_an_unknown_type_is_answered_once_and_then_dropped_and_counted(tmp_path: Path, run: Run) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            one = ScriptedTerminal(here.engine.addresses["pos"])
            await one.dial()
            one.writer.write(b"".join(map(odd, range(3))))
            assert (await one.hear()).text(39) == "40"
            await here.until(lambda: here.engine.counts.of["dropped: unknown type again"] == 2)
            one.writer.write(b"".join(map(odd, range(3, 20))))
            assert await is_cut(one.reader)
            assert here.engine.counts.of["dropped: unknown type again"] == pos.STRIKES_MAX
            await one.hang_up()

    run(test())


def test_what_waits_on_all_connections_together_is_limited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    words(monkeypatch, per_s=1, burst=1)
    monkeypatch.setattr(pos, "HELD_TOTAL_BYTES_MAX", 20_000)

    async def test() -> None:
        async with room(tmp_path) as here:
            some = [await dialled(here.engine.addresses["pos"]) for _ in range(4)]
            for _, writer in some:
                writer.write(odd(1) * 200)
            await here.until(lambda: here.engine.counts.of["cut: flood"] > 0)
            for _, writer in some:
                writer.close()
            door = here.engine._door
        assert door.hold(20_000) and not door.hold(1), "nothing is counted any more"

    run(test())


def test_answers_that_nobody_takes_are_limited_on_all_connections_together() -> None:
    class Deaf(pos.PosLine):
        """Has this much unsent."""

        size = 0
        why = ""

        @property
        def unsent_bytes(self) -> int:
            return self.size

        def cut(self, why: str) -> None:
            self.why = why

    async def test() -> None:
        def nobody(turn: pos.Turn, body: bytes) -> None:
            raise TheirMistake("nobody speaks here", "test")

        door = pos.PosDoor(nobody, pos.Counts(lambda *_, **__: None))
        lines = [Deaf(door) for _ in range(4)]
        for line, part in zip(lines, (0.5, 0.4, 0.3, 0.0), strict=True):
            line.size = int(part * pos.UNSENT_TOTAL_BYTES_MAX)
            assert door.admit(line)
        door._sweep()
        assert [line.why for line in lines] == ["does not read", "", "", ""], "the greediest goes, until it fits"
        await door.shut()

    asyncio.run(test())
