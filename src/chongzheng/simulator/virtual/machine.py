"""How does an engine live and die in a simulated world? The shipped one, on a disk that may started anew.

A kill takes the process in the middle of whatever it did: nothing of it runs again, its connections end, and the next
start finds what the disk kept. A cut of the power takes what was not synced, too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import apsw

from chongzheng import app
from chongzheng.gateway.writer import outcome
from chongzheng.journal import Committed, Journal, Submission
from chongzheng.mistakes import TheirMistake
from chongzheng.simulator.virtual.disk import Disk
from chongzheng.simulator.virtual.files import Home
from chongzheng.simulator.virtual.loop import HERE, Lane, VirtualLoop, process_of, sweep
from chongzheng.simulator.virtual.network import Fabric
from chongzheng.simulator.virtual.platter import Image

COMMIT_US_MAX = 4_000
"""How long the writer's thread takes for a commit, at most, virtual microseconds."""
ENGINE = "engine"
JOURNAL = "journal.db"

Tap = Callable[["Machine", list[Submission], list[Committed]], None]


class Machine:
    """One engine and its disk. `tap` sees every commit once it is durable and before anybody acts on it."""

    def __init__(self, loop: VirtualLoop, fabric: Fabric, home: Home, disk: Disk, dice: Random, tap: Tap) -> None:
        self.loop = loop
        self.disk = disk
        self.engine: app.Engine | None = None
        self.lane: Lane | None = None
        self.starts = 0
        self.kills = 0
        self.awaited = False
        self.failed_starts = 0
        self._fabric = fabric
        self._home = home
        self._dice = dice
        self._tap = tap
        self._graves: list[tuple[app.Engine, Lane]] = []

    @property
    def up(self) -> bool:
        """Whether it runs and takes sales."""
        return self.engine is not None and "pos" in self.engine.addresses and not self.engine.failed.is_set()

    @property
    def journal(self) -> Path:
        """Where its journal lies, as long as this disk turns."""
        return self.disk.folder / JOURNAL

    def start(self) -> asyncio.Task[None]:
        """A new process on what the disk holds. Its task ends when the engine stands, or fails as it would in life."""
        self.starts += 1
        self.lane = process_of(ENGINE)
        self.engine = app.engine_of(self._home.config)
        return self.loop.create_task(self._begin(self.engine), context=self.lane.context())

    async def _begin(self, engine: app.Engine) -> None:
        try:
            await engine.start()
            self.failed_starts = 0
        except TheirMistake:
            self.failed_starts += 1
            engine.failed.set()

    def kill(self, image: Image, silently: bool, dice: Random | None = None) -> None:
        """The process is gone. `silently`: nobody tells its peers, as when the power fails. `dice` for the image."""
        if self.engine is None or self.lane is None:
            return
        self.kills += 1
        process = self.lane.process
        self.disk.kill()
        self.loop.kill(process)
        self._fabric.end_of(process, silently)
        self._graves.append((self.engine, self.lane))
        self.engine, self.lane = None, None
        _hang_up(self.disk)
        self.disk.restart(image, dice or self._dice)

    async def stop(self) -> None:
        """Ask it to stop, in its own process, and wait."""
        if self.engine is not None and self.lane is not None:
            await self.loop.create_task(self.engine.stop(), context=self.lane.context())
            self.engine, self.lane = None, None

    def bury(self) -> None:
        """The world has ended: nothing of the dead needs to be kept any more."""
        self.disk.kill()
        if self.engine is not None and self.lane is not None:
            self.loop.kill(self.lane.process)
            self._graves.append((self.engine, self.lane))
        _hang_up(self.disk)
        for _, lane in self._graves:
            sweep(lane.process)
        self._graves.clear()
        self.disk.close()

    def writer_of(self, loop: asyncio.AbstractEventLoop) -> Any:
        """The thread that writes the journal, as one more lane: a commit takes its time, and so does its return."""
        return _Writer(self.loop, self._dice)

    def journal_of(self, *given: Any, **more: Any) -> Any:
        """The shipped journal, with somebody who listens."""
        journal = Journal.open(*given, **more)
        apply = journal.apply

        def tapped(batch: Any) -> list[Committed]:
            committed = apply(batch)
            self._tap(self, list(batch), committed)
            return committed

        journal.apply = tapped  # type: ignore[method-assign]
        return journal


class _Writer:
    """What `app.Writer` is, without a thread."""

    def __init__(self, loop: VirtualLoop, dice: Random) -> None:
        self._loop = loop
        self._dice = dice
        home = HERE.get()
        self._lane = Lane(home.process, "writer")
        self._home = home
        self._free_at = 0.0

    def execute(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Run `work` in turn, a little later, then `done` on the loop with its result or the exception it raised."""
        self._free_at = max(self._free_at, self._loop.time()) + self._dice.randrange(COMMIT_US_MAX) / 1e6
        self._loop.call_at(self._free_at, self._run, work, done, context=self._lane.context())

    def _run(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._loop.call_soon_threadsafe(done, outcome(work), context=self._home.context())

    def stop(self) -> None:
        """Whatever was given is finished: stopping waits for it."""


def _hang_up(disk: Disk) -> None:
    """Let go of every file of a dead disk; what its connections still want to write reaches nothing."""
    root = str(disk.folder.parent)
    for connection in apsw.connections():
        if connection.filename.startswith(root):
            connection.close(force=True)
