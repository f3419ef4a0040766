"""Which pages stand beside this engine, how are they started and looked after, and do they end when we do?

The desk is a process of its own with an SQLite library of its own: two libraries on one file in one process drop each
other's locks. Cardholders' page is another one, from which no way leads to the desk. Each hears where the door is from
us, and ends by itself when we are gone: its standard input is ours.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import structlog

from chongzheng.console.place import DOOR_ENV
from chongzheng.first import Pages, first_console
from chongzheng.journal import Reader, showroom
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from chongzheng.sections import ConsoleSection

START_WAIT_S, STOP_WAIT_S = 60.0, 10.0
LOOK_S = 0.05
AGAIN_S = (1.0, 5.0, 30.0)
"""Waits before pages that ended by themselves are started again; the last one repeats."""
NAMES = {"console": "the web desk", "public": "cardholders' page"}
PROGRAM = (sys.executable, "-c", "from chongzheng.cli import main; main()")

log = structlog.get_logger("console")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The pages that a configuration asks for: their own configuration's file, where browsers are to come in, the
    engine's journal, and where its door will be ("" before it takes a free port)."""

    file: Path
    pages: Pages
    journal: Path | str
    door: str

    @property
    def is_furnished(self) -> bool:
        """Whether they can start while the engine does: their configuration is there, and where the door will be."""
        return bool(self.door) and self.file.exists()

    @property
    def commands(self) -> dict[str, tuple[str, ...]]:
        """What is started, by the name of its address."""
        config = ("--config", str(self.file), "--json", "--with-parent")
        public = {"public": ("public", "serve", *config)} if self.pages.public else {}
        return {"console": ("console", *config), **public}


class Api(Protocol):
    """The table of the door."""

    listen: str
    tls: Any


def wanted(journal: Path | str, section: ConsoleSection | None, api: Api | None) -> Wanted | None:
    """The pages that a configuration asks for. TheirMistake: they have no door to act through."""
    if section is None:
        return None
    if api is None:
        raise TheirMistake("it acts through the HTTP door; add a table [api]", "console")
    port = api.listen.rpartition(":")[2]
    door = f"{'https' if api.tls else 'http'}://{api.listen}" if int(port) else ""
    return Wanted(Path(section.file), Pages(section.listen, section.public), journal, door)


def refuse_strangers(journal: Path | str, demo: bool) -> None:
    """TheirMistake when the journal is a demonstration and we are to be none, or the other way round.

    A journal that is not there yet, or cannot be read yet, is neither: the engine says what is wrong with it.
    """
    if isinstance(journal, Path) and not journal.is_file():
        return
    try:
        Reader.open(journal).close()  # in an empty database nothing of ours may be made before the journal
        side = Side.open(journal)
    except TheirMistake:
        return
    try:
        is_demo = showroom.declared(side)
    finally:
        side.close()
    if is_demo and not demo:
        raise TheirMistake("is a demonstration, with accounts that were printed: add --demo", str(journal))
    if demo and not is_demo:
        raise TheirMistake("is no demonstration: leave --demo away", str(journal))


@asynccontextmanager
async def beside(what: Wanted | None) -> AsyncIterator[Desk]:
    """The pages of an engine that is about to start, until it has ended; without any it does nothing."""
    desk = Desk(what)
    try:
        desk.begin()
        yield desk
    finally:
        await desk.stop()


class Desk:
    """The processes that make pages."""

    def __init__(self, what: Wanted | None) -> None:
        self._what = what
        self._served: list[Served] = []
        self._early: asyncio.Task[dict[str, str]] | None = None

    def begin(self) -> None:
        """Start while the engine does, where nothing of it is needed for that."""
        if self._what is not None and self._what.is_furnished:
            self._early = asyncio.create_task(self._start(self._what, self._what.door))

    async def ready(self, door: str) -> dict[str, str]:
        """Their addresses by their names, once they take calls; `door`: where ours is. TheirMistake: one does not."""
        if self._what is None:
            return {}
        addresses = await (self._early or self._start(self._what, door))
        for name, address in addresses.items():
            if not address:
                raise TheirMistake(f"{NAMES[name]} did not start; it said why above", str(self._what.file))
        for one in self._served:
            one.look_after()
        return addresses

    async def stop(self) -> None:
        """Ask them to stop, then insist."""
        if self._early is not None:
            self._early.cancel()
            with suppress(asyncio.CancelledError, TheirMistake):
                await self._early
        await asyncio.gather(*(one.stop() for one in self._served))

    async def _start(self, what: Wanted, door: str) -> dict[str, str]:
        """Make their configuration if there is none, start them, and give their addresses; "" for one that ended."""
        if not what.file.exists():
            await asyncio.to_thread(first_console, what.file, what.journal, what.pages)
        self._served = [Served(name, words, door) for name, words in what.commands.items()]
        addresses = await asyncio.gather(*(one.start() for one in self._served))
        return dict(zip(what.commands, addresses, strict=True))


class Served:
    """One process that makes pages."""

    def __init__(self, name: str, words: tuple[str, ...], door: str) -> None:
        self._name = name
        self._words = words
        self._door = door
        self._process: Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> str:
        """Its address once it takes calls; "" when it ended instead."""
        self._process = process = await asyncio.create_subprocess_exec(
            *PROGRAM, *self._words, stdin=PIPE, stdout=PIPE, start_new_session=True,
            env={**os.environ, DOOR_ENV: self._door},
        )  # fmt: skip
        assert process.stdout is not None  # noqa: S101 - asked for above
        address = ""
        try:
            async with asyncio.timeout(START_WAIT_S):
                line = await process.stdout.readline()
                address = str(json.loads(line)[self._name]) if line else ""
                while address and process.returncode is None and not await _answers(address):
                    await asyncio.sleep(LOOK_S)
        except TimeoutError:
            process.kill()
            return ""
        return address if process.returncode is None else ""

    def look_after(self) -> None:
        """From now on it is started again when it ends by itself."""
        self._keeper = asyncio.create_task(self._keep())

    async def _keep(self) -> None:
        """Payments go on without pages, but people do not."""
        times = 0
        while self._process is not None:
            code = await self._process.wait()
            wait_s = AGAIN_S[min(times, len(AGAIN_S) - 1)]
            log.warning(f"{NAMES[self._name]} ended by itself and is started again", code=code, in_seconds=wait_s)
            await asyncio.sleep(wait_s)
            times += 1
            try:
                await self.start()
            except (OSError, ValueError, KeyError) as error:  # no process to be had, or its first line is no address
                log.warning(f"{NAMES[self._name]} could not be started", why=f"{type(error).__name__}: {error}")
                with suppress(ProcessLookupError):
                    self._process.kill()

    async def stop(self) -> None:
        """Ask it to stop, then insist."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait((self._keeper,))
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(STOP_WAIT_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def _answers(address: str) -> bool:
    """Whether somebody takes calls there."""
    host, _, port = address.rpartition("://")[2].rpartition(":")
    try:
        _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    except OSError:
        return False
    writer.close()
    return True
