"""What does SQLite do when its disk fills up, fails, or loses the power in the middle of a write?

The folder of a disk is a link. A start after a power cut finds a new folder behind the same link, with new files: what
is left of the dead process has the old folder's names and open files, so neither its locks nor anything it still does
can reach them. Files that SQLite does not write (keys, configuration) are taken over as they are; a file that another
program renames or deletes behind SQLite's back is not followed.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import apsw

from chongzheng.simulator.virtual.mounting import MOUNTED, Life, PowerCut
from chongzheng.simulator.virtual.platter import Image, Op

__all__ = ["BeforeOp", "Disk", "Image", "Op", "PowerCut", "quiet"]

SHELF = Path("/dev/shm")  # noqa: S108 - not for secrets: a file system in memory; elsewhere the usual temporary folder
LINK = "disk"
UNTAKEN = ("*-shm", "*.lock")
"""Files that no start finds again: shared memory, and locks of a process that is dead."""

BeforeOp = Callable[[int, Op, str], None]
"""Hears number, kind and file of an operation before it is done; may raise PowerCut."""


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


class Disk:
    """A folder whose SQLite files forget, like a disk does, what was not synced when the power failed."""

    def __init__(self, root: Path | None = None) -> None:
        """An empty disk at `root`, which must not exist; by default somewhere in memory."""
        if root is None:
            root = Path(tempfile.mkdtemp(prefix=f"disk-{os.getpid()}-", dir=SHELF if SHELF.is_dir() else None))
        else:
            root.mkdir()
        self._root = root.resolve()
        self.folder = self._root / LINK
        self.ops = 0
        self.before_op: BeforeOp | None = None
        self._faults: list[_Fault] = []
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
        MOUNTED.add(self._life)

    def unmount(self) -> None:
        """What is opened from now on is not ours; what is open stays ours."""
        MOUNTED.remove(self._life.folder)

    def close(self) -> None:
        """Power off, unmount, remove the folder."""
        self.kill()
        self.unmount()
        shutil.rmtree(self._root, ignore_errors=True)

    def fail(self, op: Op | None, nth: int, error: int = errno.EIO, for_ever: bool = False) -> None:
        """Let the `nth` operation (from 1) of a kind fail with ENOSPC or EIO, once or from there on."""
        self._faults.append(_Fault(op, nth, error, for_ever))
        self._life.hears_reads = self._life.hears_reads or op is Op.READ

    def mend(self) -> None:
        """No faults any more."""
        self._faults.clear()
        self._life.hears_reads = False

    def kill(self) -> None:
        """Cut the power: nothing that open handles still do reaches a file."""
        self._life.dead = True

    def image(self, image: Image, dice: Random, root: Path | None = None) -> Disk:
        """A disk of its own with what a start after a cut at this moment may find. Not mounted."""
        other = Disk(root)
        self._write(other._life, image, dice)
        return other

    @property
    def unsynced(self) -> bool:
        """Whether a cut of the power could take anything away."""
        return any(platter.pending for platter in self._life.platters.values())

    def found(self, image: Image, dice: Random) -> dict[str, bytearray | None]:
        """What a start would find in each of SQLite's files after a cut at this moment; nothing happens."""
        return {name: platter.after(image, dice) for name, platter in self._life.platters.items()}

    def restart(self, image: Image, dice: Random) -> None:
        """Power back on, under the same path, with what a start after a cut at this moment may find."""
        old, mounted = self._life, self._life.folder in MOUNTED.lives
        old.dead = True
        life = self._begin_life()
        os.mkdir(life.folder)
        self._write(life, image, dice)
        life.hears_reads, self._life = old.hears_reads, life
        if mounted:
            MOUNTED.add(life)
            MOUNTED.remove(old.folder)
        self._link()
        shutil.rmtree(old.folder)

    def _begin(self, op: Op, name: str) -> None:
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

    def _begin_life(self) -> Life:
        return Life(str(self._root / str(next(self._lives))), self._begin)

    def _link(self) -> None:
        fresh = self._root / f"{LINK}.new"
        fresh.symlink_to(os.path.basename(self._life.folder))
        fresh.replace(self.folder)

    def _write(self, target: Life, image: Image, dice: Random) -> None:
        source = self._life
        ours = {os.path.join(source.folder, name) for name in source.platters}
        _copy_others(source.folder, target.folder, ours)
        for name, platter in source.platters.items():
            content = platter.after(image, dice)
            if content is not None:
                handle = os.open(os.path.join(target.folder, name), os.O_WRONLY | os.O_CREAT, 0o600)
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
            if image is Image.EVERYTHING:
                target.platters[name] = platter.copy()


def _copy_others(source: str, target: str, ours: set[str]) -> None:
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
        refusal: Any = apsw.FullError(os.strerror(error))
    elif op is Op.CREATE:
        refusal = apsw.CantOpenError(os.strerror(error))
    else:
        refusal = apsw.IOError(os.strerror(error))
        refusal.extendedresult = _EIO[op]
    refusal.planned = True
    return refusal  # type: ignore[no-any-return]  # apsw reads attributes that its stubs do not know


@contextmanager
def quiet() -> Iterator[None]:
    """SQLite overlooks some failures, as those of cleaning up after a failure; APSW would print them, here it does not
    when they are ours. For whoever runs many disks; everything else that cannot be raised is still printed."""
    printed = sys.unraisablehook

    def unless_ours(what: sys.UnraisableHookArgs) -> None:
        if not isinstance(what.exc_value, PowerCut) and not hasattr(what.exc_value, "planned"):
            printed(what)

    sys.unraisablehook = unless_ours
    try:
        yield
    finally:
        sys.unraisablehook = printed
