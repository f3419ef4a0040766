"""What does SQLite do when its disk fills up, fails, or loses the power in the middle of a write?

An APSW file system that inherits from the platform's: locks, shared memory and reads are the platform's, on real files
in a folder in memory; every write, sync, truncate and delete passes through here and is remembered until it is durable.
One file system serves all disks of the process, by the folder of the file; every other path passes through to the
platform. It is SQLite's default as long as a disk is mounted.

The folder of a disk is a link. A start after a power cut finds a new folder behind the same link, with new files: what
is left of the dead process has the old folder's names and open files, so neither its locks nor anything it still does
can reach them. Files that SQLite does not write (keys, configuration) are taken over as they are; a file that another
program renames or deletes behind SQLite's back is not followed.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import apsw

from chongzheng.simulator.virtual.platter import CREATED, DELETED, Change, Image, Op, Platter

SHELF = Path("/dev/shm")  # noqa: S108 - not for secrets: a file system in memory; elsewhere the usual temporary folder
LINK = "disk"
UNTAKEN = ("*-shm", "*.lock")
"""Files that no start finds again: shared memory, and locks of a process that is dead."""
PLATFORM = "unix"

BeforeOp = Callable[[int, Op, str], None]
"""Hears number, kind and file of an operation before it is done; may raise PowerCut."""


class PowerCut(BaseException):
    """The power is gone. Nothing in the dying process may catch it and go on, hence not an Exception."""


@dataclass(slots=True)
class _Fault:
    """The `after`-th operation from now of this kind (None: any that changes something) fails with this errno."""

    op: Op | None
    after: int
    errno: int
    for_ever: bool

    def hits(self, op: Op) -> bool:
        """Whether this operation fails."""
        if op is not self.op and (self.op is not None or op is Op.READ):
            return False
        self.after -= 1
        return self.after <= 0 if self.for_ever else self.after == 0


@dataclass(slots=True)
class _Life:
    """What lies in one folder from a start to the next power cut."""

    disk: Disk
    folder: str
    platters: dict[str, Platter] = field(default_factory=dict)
    dead: bool = False

    def before(self, op: Op, name: str) -> None:
        """An operation is about to be done: it may be the one at which the power fails, or a fault."""
        if self.dead:
            raise PowerCut(name)
        self.disk.begin(op, name)
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


class Disk:
    """A folder whose SQLite files forget, like a disk does, what was not synced when the power failed."""

    def __init__(self, root: Path | None = None) -> None:
        """An empty disk at `root`, which must not exist; by default somewhere in memory."""
        if root is None:
            root = Path(tempfile.mkdtemp(prefix="disk-", dir=SHELF if SHELF.is_dir() else None))
        else:
            root.mkdir()
        self._root = root.resolve()
        self.folder = self._root / LINK
        self.ops = 0
        self.before_op: BeforeOp | None = None
        self._faults: list[_Fault] = []
        self.reads_fail = False
        self._lives = count(1)
        self._life = self._begin_life()
        (self._root / self._life.folder).mkdir()
        self._link()

    def __enter__(self) -> Disk:
        self.mount()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def dead(self) -> bool:
        """Whether the power is gone."""
        return self._life.dead

    def mount(self) -> None:
        """From now on SQLite's files in this folder are ours."""
        _MOUNTED.add(self._life)

    def unmount(self) -> None:
        """What is opened from now on is not ours; what is open stays ours."""
        _MOUNTED.remove(self._life.folder)

    def close(self) -> None:
        """Power off, unmount, remove the folder."""
        self.kill()
        self.unmount()
        shutil.rmtree(self._root, ignore_errors=True)

    def fail(self, op: Op | None, nth: int, error: int = errno.EIO, for_ever: bool = False) -> None:
        """Let the `nth` operation (from 1) of a kind fail with ENOSPC or EIO, once or from there on."""
        self._faults.append(_Fault(op, nth, error, for_ever))
        self.reads_fail = self.reads_fail or op is Op.READ

    def mend(self) -> None:
        """No faults any more."""
        self._faults.clear()
        self.reads_fail = False

    def kill(self) -> None:
        """Cut the power: nothing that open handles still do reaches a file."""
        self._life.dead = True

    def image(self, image: Image, dice: Random, root: Path | None = None) -> Disk:
        """A disk of its own with what a start after a cut at this moment may find. Not mounted."""
        other = Disk(root)
        self._write(Path(other._life.folder), image, dice)
        return other

    def restart(self, image: Image, dice: Random) -> None:
        """Power back on, under the same path, with what a start after a cut at this moment may find."""
        old, mounted = self._life, self._life.folder in _MOUNTED.lives
        old.dead = True
        life = self._begin_life()
        os.mkdir(life.folder)
        self._write(Path(life.folder), image, dice)
        self._life = life
        if mounted:
            _MOUNTED.add(life)
            _MOUNTED.remove(old.folder)
        self._link()
        shutil.rmtree(old.folder)

    def begin(self, op: Op, name: str) -> None:
        """Count an operation, let it be heard of, and let it fail if it must."""
        if op is not Op.READ:
            self.ops += 1
            if self.before_op is not None:
                try:
                    self.before_op(self.ops, op, name)
                except PowerCut:
                    self._life.dead = True
                    raise
        if self._faults:
            for fault in self._faults:
                if fault.hits(op):
                    raise _refusal(op, fault.errno)

    def _begin_life(self) -> _Life:
        return _Life(self, str(self._root / str(next(self._lives))))

    def _link(self) -> None:
        fresh = self._root / f"{LINK}.new"
        fresh.symlink_to(os.path.basename(self._life.folder))
        fresh.replace(self.folder)

    def _write(self, target: Path, image: Image, dice: Random) -> None:
        life = self._life
        ours = {os.path.join(life.folder, name) for name in life.platters}
        _copy_others(Path(life.folder), target, ours)
        for name, platter in life.platters.items():
            content = platter.after(image, dice)
            if content is not None:
                handle = os.open(target / name, os.O_WRONLY | os.O_CREAT, 0o600)
                with os.fdopen(handle, "wb") as file:
                    file.write(content)


def _copy_others(source: Path, target: Path, ours: set[str]) -> None:
    """What SQLite does not write, folders and all."""
    unwanted = shutil.ignore_patterns(*UNTAKEN)

    def ignore(folder: str, names: list[str]) -> set[str]:
        return set(unwanted(folder, names)) | {name for name in names if os.path.join(folder, name) in ours}

    shutil.copytree(source, target, ignore=ignore, dirs_exist_ok=True)


_EIO = {
    Op.CREATE: apsw.SQLITE_CANTOPEN,
    Op.WRITE: apsw.SQLITE_IOERR_WRITE,
    Op.TRUNCATE: apsw.SQLITE_IOERR_TRUNCATE,
    Op.SYNC: apsw.SQLITE_IOERR_FSYNC,
    Op.DELETE: apsw.SQLITE_IOERR_DELETE,
    Op.READ: apsw.SQLITE_IOERR_READ,
}


def _refusal(op: Op, error: int) -> apsw.Error:
    """What the platform's file system makes of this errno at this operation."""
    if op is Op.WRITE and error == errno.ENOSPC:
        return apsw.FullError(os.strerror(error))
    if op is Op.CREATE:
        return apsw.CantOpenError(os.strerror(error))
    refusal = apsw.IOError(os.strerror(error))
    refusal.extendedresult = _EIO[op]  # type: ignore[attr-defined]  # apsw reads it, its stubs do not know it
    return refusal


class _File(apsw.VFSFile):
    """An open file of a disk."""

    def __init__(self, life: _Life, name: str, given: Any, flags: list[int]) -> None:
        path = Path(life.folder, name)
        there = path.exists()
        if not there:
            life.before(Op.CREATE, name)
        elif life.dead:
            raise PowerCut(name)
        super().__init__(PLATFORM, given, flags)
        self._platter = life.opened(name, there)
        self._life, self._name = life, name

    def xRead(self, amount: int, offset: int) -> bytes:
        if self._life.disk.reads_fail:
            self._life.before(Op.READ, self._name)
        return super().xRead(amount, offset)

    def xWrite(self, data: Any, offset: int) -> None:
        self._life.before(Op.WRITE, self._name)
        super().xWrite(data, offset)
        self._platter.change(Change(Op.WRITE, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:
        self._life.before(Op.TRUNCATE, self._name)
        super().xTruncate(newsize)
        self._platter.change(Change(Op.TRUNCATE, newsize))

    def xSync(self, flags: int) -> None:
        """Nothing to do on files in memory. The first sync of a new file is also one of its folder."""
        try:
            self._life.before(Op.SYNC, self._name)
        except apsw.Error:
            self._platter.lose()
            raise
        if self._platter.sync():
            self._life.sync_folder()

    def xLock(self, level: int) -> None:
        """The dead get no lock: a closing connection would otherwise checkpoint and delete its log."""
        if self._life.dead and level > apsw.SQLITE_LOCK_SHARED:
            raise apsw.BusyError
        super().xLock(level)

    def excepthook(self, *_: object) -> bool:
        """Quiet: what the dead say at their end concerns nobody."""
        return True


class _FileSystem(apsw.VFS):
    """The one of all mounted disks of this process."""

    def __init__(self, name: str, lives: dict[str, _Life]) -> None:
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
        return _File(life, os.path.relpath(path, life.folder), name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        life = self._life_at(filename)
        if life is None:
            super().xDelete(filename, syncdir)
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

    def _life_at(self, path: str) -> _Life | None:
        folder = os.path.dirname(path)
        while folder not in self._lives:
            if folder == (folder := os.path.dirname(folder)):
                return None
        return self._lives[folder]


class _Mounted:
    """The folders that are ours now; SQLite's default file system is ours as long as there is one."""

    def __init__(self) -> None:
        self.lives: dict[str, _Life] = {}
        self._names = count(1)
        self._system: _FileSystem | None = None

    def add(self, life: _Life) -> None:
        """Known from now on."""
        self.lives[life.folder] = life
        if self._system is None:
            name = f"disks-{next(self._names)}"
            self._system = _FileSystem(name, self.lives)
            apsw.set_default_vfs(name)

    def remove(self, folder: str) -> None:
        """Not known any more; the last one out puts the platform's back."""
        self.lives.pop(folder, None)
        if not self.lives and self._system is not None:
            apsw.set_default_vfs(PLATFORM)
            self._system.unregister()
            self._system = None


_MOUNTED = _Mounted()

