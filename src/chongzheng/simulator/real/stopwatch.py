"""How long after its start does an engine say the first thing that a terminal can use?"""

from __future__ import annotations

import asyncio
import time

from chongzheng.iso8583 import Deframer
from chongzheng.mistakes import OurMistake, TheirMistake
from chongzheng.simulator.fleet import UNREACHABLE
from chongzheng.simulator.line import unpacked
from chongzheng.simulator.processes import Engine
from chongzheng.simulator.terminal import NOT_TAKEN
from chongzheng.simulator.world import World

ANSWER_WAIT_S = 30.0
"""Longer than this no engine may leave every terminal without an answer."""
ANSWERS = frozenset({"0210", "0410"})
NOT_YET = NOT_TAKEN | {UNREACHABLE}
"""An answer that only says "not now" is not counted as the first."""


class Timed(Engine):
    """An engine with a stopwatch. `first_answers_ms`: of each start that lived for so long, by the monotonic clock."""

    def __init__(self, world: World, number: int) -> None:
        super().__init__(world, number)
        self.first_answers_ms: list[int] = []
        self._began_s = 0.0
        self._answered = asyncio.Event()

    async def start(self) -> None:
        """Start the watch and the process."""
        self._answered = asyncio.Event()
        self._began_s = time.monotonic()
        await super().start()

    async def first_answer(self) -> None:
        """Wait until a terminal has its first answer since the last start; OurMistake when there is none for long."""
        try:
            async with asyncio.timeout(ANSWER_WAIT_S):
                await self._answered.wait()
        except TimeoutError:
            raise OurMistake(f"{self.name} answered no terminal for {ANSWER_WAIT_S:.0f} s", "simulator") from None

    async def dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection on which the first answer is noticed."""
        reader, writer = await super().dial()
        return Overheard(reader, self), writer

    @property
    def waits(self) -> bool:
        """Whether nobody has an answer yet."""
        return not self._answered.is_set()

    def answered(self) -> None:
        """A terminal has an answer."""
        if self.waits:
            self.first_answers_ms.append(round((time.monotonic() - self._began_s) * 1000))
            self._answered.set()


class Overheard(asyncio.StreamReader):
    """What a terminal reads, looked at on the way until its engine has answered somebody."""

    def __init__(self, reader: asyncio.StreamReader, engine: Timed) -> None:
        super().__init__()
        self._reader = reader
        self._engine = engine
        self._frames = Deframer()

    async def read(self, n: int = -1) -> bytes:
        """The bytes as they came."""
        data = await self._reader.read(n)
        if self._engine.waits and any(_is_answer(payload) for payload in _payloads(self._frames, data)):
            self._engine.answered()
        return data


def _payloads(frames: Deframer, data: bytes) -> list[bytes]:
    try:
        return list(frames.feed(data))
    except TheirMistake:
        return []


def _is_answer(payload: bytes) -> bool:
    try:
        message = unpacked(payload)[2]
    except TheirMistake:
        return False
    return message.mti in ANSWERS and message.text(39) not in NOT_YET
