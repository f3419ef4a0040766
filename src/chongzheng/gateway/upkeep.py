"""What must be done beside the payments, every second, hour or day, and does it get done?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chongzheng.gateway.counts import Counts


@dataclass(frozen=True, slots=True)
class Chore:
    """`work` is done at the start and then every `every_ms`, on a thread of its own; it may block."""

    name: str
    every_ms: int
    work: Callable[[], None]


class Upkeep:
    """Does chores. One that fails is counted, told to the log, and done again when it is due."""

    def __init__(self, chores: Sequence[Chore], counts: Counts) -> None:
        self._chores = chores
        self._counts = counts
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()

    def start(self) -> None:
        """Begin with all of them."""
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._keep_doing(chore)) for chore in self._chores]

    async def stop(self) -> None:
        """Let those that are under way come to their end; none begins any more."""
        self._stopping.set()
        await asyncio.gather(*self._tasks)

    async def _keep_doing(self, chore: Chore) -> None:
        while not self._stopping.is_set():
            await asyncio.to_thread(self._do, chore)
            try:
                async with asyncio.timeout(chore.every_ms / 1000):
                    await self._stopping.wait()
            except TimeoutError:
                continue

    def _do(self, chore: Chore) -> None:
        try:
            chore.work()
        except Exception as error:  # noqa: BLE001 - what is not done now is done next time, and somebody is told
            self._counts.note(f"chore failed: {chore.name}", f"{type(error).__name__}: {error}")
