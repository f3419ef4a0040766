"""Which file operations of SQLite go to which simulated disk, and which to the platform?

An APSW file system that inherits from the platform's: locks, shared memory and reads are the platform's, on real files
in a folder in memory; every write, sync, truncate and delete passes through here and is remembered until it is durable.
One file system serves all disks of the process, by the folder of the file; every other path passes through to the
platform. It is SQLite's default as long as a disk is mounted.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import apsw

from chongzheng.simulator.virtual.platter import CREATED, DELETED, Change, Op, Platter

PLATFORM = "unix"


class PowerCut(BaseException):
    """The power is gone. Nothing in the dying process may catch it and go on, hence not an Exception."""


@dataclass(slots=True)
class Life:
    """What lies in one folder from a start to the next power cut."""

    folder: str
    begin: Callable[[Op, str], None]
    """Called before each operation; what it raises is what becomes of the operation."""
    platters: dict[str, Platter] = field(default_factory=dict)
    dead: bool = False
    hears_reads: bool = False
    """Whether reads are told as well; they are many."""

    def before(self, op: Op, name: str) -> None:
        """An operation is about to be done: it may be the one at which the power fails, or a fault."""
        if self.dead:
            raise PowerCut(name)
        self.begin(op, name)
        if self.dead:
            raise PowerCut(name)

    def opened(self, name: str, there: bool) -> Platter:
        """A file that was not there is new. One that nobody wrote through SQLite is durable when there is something in
        it; otherwise the program itself has just made it, and not synced it."""
        platter = self.platters.get(name)
        if platter is None:
            laid = Path(self.folder, name).read_bytes()
            platter = self.platters[name] = Platter(laid or None)
            there = bool(laid)
        if not there:
            platter.change(CREATED)
        return platter

    def sync_folder(self) -> None:
        """Which files there are is durable."""
        for platter in self.platters.values():
            platter.sync_name()


class File(apsw.VFSFile):
    """An open file of a disk.

    After a power cut nobody gets a commit through, because each begins with a write, which raises. Everything else
    that SQLite does to clean up, as when the connection of a dead process is closed, has no effect and is quiet.
    """

    def __init__(self, life: Life, name: str, given: Any, flags: list[int]) -> None:
        path = Path(life.folder, name)
        there = path.exists()
        if life.dead:
            raise PowerCut(name)
        if not there and flags[0] & apsw.SQLITE_OPEN_CREATE:
            life.before(Op.CREATE, name)
        super().__init__(PLATFORM, given, flags)
        self._platter = life.opened(name, there)
        self._life, self._name = life, name
        self._reads_only = not flags[0] & apsw.SQLITE_OPEN_READWRITE
        self._is_journal = bool(flags[0] & apsw.SQLITE_OPEN_MAIN_JOURNAL)

    def xRead(self, amount: int, offset: int) -> bytes:
        if self._life.hears_reads:
            self._life.before(Op.READ, self._name)
        return super().xRead(amount, offset)

    def xWrite(self, data: Any, offset: int) -> None:
        self._life.before(Op.WRITE, self._name)
        super().xWrite(data, offset)
        self._platter.change(Change(Op.WRITE, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:
        if self._life.dead:
            return
        self._life.before(Op.TRUNCATE, self._name)
        super().xTruncate(newsize)
        self._platter.change(Change(Op.TRUNCATE, newsize))

    def xSync(self, flags: int) -> None:
        """Nothing to do on files in memory. The first sync of a new file is also one of its folder."""
        if self._life.dead:
            return
        try:
            self._life.before(Op.SYNC, self._name)
        except apsw.Error:
            self._platter.lose()
            raise
        if self._platter.sync():
            self._life.sync_folder()

    def xFileSize(self) -> int:
        """The dead find nothing to roll back."""
        return 0 if self._life.dead and self._is_journal else super().xFileSize()

    def xLock(self, level: int) -> None:
        """The dead get no lock: a closing connection would otherwise checkpoint and delete its log. Nor does who only
        reads; the platform calls that a failure, which SQLite overlooks and APSW would not."""
        if level > apsw.SQLITE_LOCK_SHARED and (self._life.dead or self._reads_only):
            raise apsw.BusyError
        super().xLock(level)

    def excepthook(self, *_: object) -> bool:
        """Quiet: what the dead say at their end concerns nobody."""
        return True


class FileSystem(apsw.VFS):
    """The one of all mounted disks of this process."""

    def __init__(self, name: str, lives: dict[str, Life]) -> None:
        super().__init__(name, PLATFORM)
        self._lives = lives

    def xFullPathname(self, name: str) -> str:
        """Links followed: a file has the name of the folder that was there when it was opened."""
        return os.path.realpath(name)

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        life = self._life_at(path) if path else None
        if life is None:
            return apsw.VFSFile(PLATFORM, name, flags)
        return File(life, os.path.relpath(path, life.folder), name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        life = self._life_at(filename)
        if life is None:
            super().xDelete(filename, syncdir)
            return
        if life.dead:
            return
        name = os.path.relpath(filename, life.folder)
        life.before(Op.DELETE, name)
        super().xDelete(filename, syncdir)
        if name in life.platters:
            life.platters[name].change(DELETED)
        if syncdir:
            life.sync_folder()

    def excepthook(self, *_: object) -> bool:
        """Quiet: what the dead say at their end concerns nobody."""
        return True

    def _life_at(self, path: str) -> Life | None:
        folder = os.path.dirname(path)
        while folder not in self._lives:
            if folder == (folder := os.path.dirname(folder)):
                return None
        return self._lives[folder]


class Mounted:
    """The folders that are ours now; SQLite's default file system is ours as long as there is one."""

    def __init__(self) -> None:
        self.lives: dict[str, Life] = {}
        self._names = count(1)
        self._system: FileSystem | None = None

    def add(self, life: Life) -> None:
        """Known from now on."""
        self.lives[life.folder] = life
        if self._system is None:
            name = f"disks-{next(self._names)}"
            self._system = FileSystem(name, self.lives)
            apsw.set_default_vfs(name)

    def remove(self, folder: str) -> None:
        """Not known any more; the last one out puts the platform's back."""
        self.lives.pop(folder, None)
        if not self.lives and self._system is not None:
            apsw.set_default_vfs(PLATFORM)
            self._system.unregister()
            self._system = None


MOUNTED = Mounted()

