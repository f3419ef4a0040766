"""How does a measurement talk to its helper processes? One JSON line there, one JSON line back, until the pipe ends."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, cast

from chongzheng.mistakes import OurMistake

LINE_BYTES_MAX = 1 << 26
STOP_WAIT_S = 20.0
LOG_TAIL_CHARS = 400

Order = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


def used_s() -> float:
    """Seconds of processor time of this process, kernel included."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def obey(orders: Mapping[str, Order]) -> None:
    """Carry out orders from standard input, one after the other, until it ends; each answer says what it cost."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=LINE_BYTES_MAX)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        order = json.loads(line)
        cpu, wall = used_s(), time.perf_counter()
        answer = await orders[order["do"]](order)
        cost = {"cpu_s": used_s() - cpu, "wall_s": time.perf_counter() - wall}
        print(json.dumps({**cost, **answer}), flush=True)


def run(main: Callable[[], Awaitable[None]]) -> None:
    """Run a helper's coroutine on uvloop."""
    import uvloop  # what is measured against it runs on it too

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(cast(Any, main()))


class Helper:
    """One helper process and its pipe. `words`: the command line after the interpreter."""

    def __init__(self, log: Path, *words: str, python: str = sys.executable) -> None:
        self._log = log
        self._words = (python, *words)
        self._process: Process | None = None

    async def start(self, environment: Mapping[str, str] | None = None) -> None:
        """Start it; it ends by itself when this process does, because its standard input is ours."""
        with open(self._log, "ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._words, stdin=PIPE, stdout=PIPE, stderr=log, limit=LINE_BYTES_MAX,
                env={**os.environ, **(environment or {})},
            )  # fmt: skip

    async def order(self, do: str, **more: Any) -> dict[str, Any]:
        """Give an order and take the answer. OurMistake with the end of its log when it has died."""
        await self.begin(do, **more)
        return await self.answer()

    async def begin(self, do: str, **more: Any) -> None:
        """Give an order; `answer` takes the answer."""
        pipe = self._running().stdin
        if pipe is not None:
            pipe.write(json.dumps({"do": do, **more}).encode() + b"\n")
            await pipe.drain()

    async def answer(self) -> dict[str, Any]:
        """The answer to the order that was given."""
        pipe = self._running().stdout
        line = await pipe.readline() if pipe is not None else b""
        if not line:
            raise OurMistake(f"a helper of the measurement ended: {tail(self._log)}", self._words[-1])
        return cast(dict[str, Any], json.loads(line))

    async def stop(self) -> None:
        """Close its pipe and wait for its end; insist when that takes too long."""
        process = self._process
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        await ended(process)

    def _running(self) -> Process:
        if self._process is None:
            raise OurMistake("a helper was not started", self._words[-1])
        return self._process


async def ended(process: Process) -> None:
    """Wait for the end of a process that was told to end; insist when that takes too long."""
    try:
        async with asyncio.timeout(STOP_WAIT_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def tail(path: Path) -> str:
    """The end of a log, as one line."""
    text = path.read_text("utf-8", "replace") if path.exists() else ""
    return " ".join(text.split())[-LOG_TAIL_CHARS:] or "it said nothing"
