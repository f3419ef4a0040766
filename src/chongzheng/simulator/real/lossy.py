"""How is a folder mounted that forgets, on command, what no program has synced? A file system in a process of its own.

    python -m chongzheng.simulator.real.lossy LASTING MOUNTED SEED

shows the folder LASTING at MOUNTED until it is told to stop (SIGTERM). A word written to the file `.power` there is an
order: `sync` lets everything last, one of `Left` cuts the power.
"""

from __future__ import annotations

import asyncio
import errno
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

from chongzheng.mistakes import OurMistake, TheirMistake
from chongzheng.simulator.real.forgetful import Forgetful, Left

DEVICE = Path("/dev/fuse")
LIBRARY = "mfusepy"
ORDERS = ".power"
SYNC = "sync"
STAT = ("st_mode", "st_nlink", "st_uid", "st_gid", "st_atime", "st_mtime", "st_ctime")
MOUNT_WAIT_S = 10.0
LOOK_S = 0.02


def refuse_without_fuse() -> None:
    """TheirMistake, in one line, where such a file system cannot be mounted."""
    if not os.access(DEVICE, os.R_OK | os.W_OK):
        raise TheirMistake("a file system that forgets needs this device, and the right to use it", str(DEVICE))
    try:
        import_module(LIBRARY)  # it looks for libfuse
    except ImportError:
        raise TheirMistake("needs pip install 'chongzheng[soak]'", "package mfusepy") from None
    except OSError:
        raise TheirMistake("is not installed (Debian: apt install libfuse2)", "libfuse") from None


class Mounted:
    """A mounted folder that forgets. `folder`: where a program sees it."""

    def __init__(self, lasting: Path, folder: Path, seed: int) -> None:
        self.folder = folder
        self._lasting = lasting
        self._seed = seed
        self._process: Process | None = None

    async def start(self) -> None:
        """Mount it. TheirMistake where that cannot be, OurMistake when it does not happen."""
        refuse_without_fuse()
        words = (sys.executable, "-m", "chongzheng.simulator.real.lossy")
        self._process = await asyncio.create_subprocess_exec(
            *words, str(self._lasting), str(self.folder), str(self._seed), stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE
        )
        try:
            async with asyncio.timeout(MOUNT_WAIT_S):
                while not os.path.ismount(self.folder):
                    if self._process.returncode is not None:
                        raise OurMistake("the file system that forgets was not mounted", "simulator")
                    await asyncio.sleep(LOOK_S)
        except TimeoutError:
            raise OurMistake("the file system that forgets was not mounted in time", "simulator") from None

    async def order(self, word: str) -> None:
        """`sync`, or one of Left; done when this returns."""
        await asyncio.to_thread((self.folder / ORDERS).write_text, word, "utf-8")

    async def stop(self) -> None:
        """Unmount it."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()


class Calls:
    """The calls of a file system, passed through to `memory` and the folder under it; OSError is what they answer."""

    def __init__(self, memory: Forgetful) -> None:
        self._memory = memory

    def _real(self, path: str) -> Path:
        return self._memory.under / path.lstrip("/")

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        """What stat says."""
        if path == f"/{ORDERS}":
            return {"st_mode": 0o100600, "st_nlink": 1, "st_size": 0}
        found = os.lstat(self._real(path))
        told: dict[str, Any] = {name: getattr(found, name) for name in STAT}
        is_file = os.path.isfile(self._real(path))
        return {**told, "st_size": self._memory.size(path.lstrip("/")) if is_file else found.st_size}

    def readdir(self, path: str, fh: int) -> list[str]:
        """The names in a folder."""
        return [".", "..", *os.listdir(self._real(path))]

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        """A new file, or an empty one."""
        os.close(os.open(self._real(path), os.O_WRONLY | os.O_CREAT, mode & 0o777))
        return 0

    def open(self, path: str, flags: int) -> int:
        """Files need no handle here."""
        return 0

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        """Bytes."""
        return self._memory.read(path.lstrip("/"), size, offset)

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        """Bytes, or an order."""
        if path == f"/{ORDERS}":
            word = data.decode()
            self._memory.sync_all() if word == SYNC else self._memory.cut(Left(word))
        else:
            self._memory.write(path.lstrip("/"), data, offset)
        return len(data)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        """Cut or stretch."""
        if path != f"/{ORDERS}":
            self._memory.truncate(path.lstrip("/"), length)
        return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        """The file lasts."""
        self._memory.sync(path.lstrip("/"))
        return 0

    def rename(self, old: str, new: str) -> int:
        """Another name, at once."""
        os.replace(self._real(old), self._real(new))
        self._memory.renamed(old.lstrip("/"), new.lstrip("/"))
        return 0

    def unlink(self, path: str) -> int:
        """No name any more."""
        os.unlink(self._real(path))
        self._memory.removed(path.lstrip("/"))
        return 0

    def mkdir(self, path: str, mode: int) -> int:
        """A folder."""
        os.mkdir(self._real(path), mode & 0o777)
        return 0

    def rmdir(self, path: str) -> int:
        """No folder any more."""
        os.rmdir(self._real(path))
        return 0

    def chmod(self, path: str, mode: int) -> int:
        """The mode, at once."""
        os.chmod(self._real(path), mode & 0o7777)
        return 0

    def chown(self, path: str, uid: int, gid: int) -> int:
        """Never."""
        raise PermissionError(errno.EPERM, "there is one owner")

    def utimens(self, path: str, times: Any = None) -> int:
        """Nobody asks for these."""
        return 0


def main(words: list[str]) -> None:
    """Serve until told to stop."""
    mfusepy = import_module(LIBRARY)
    lasting, folder, seed = words
    served = type("Served", (Calls, mfusepy.Operations), {})
    calls = served(Forgetful(Path(lasting), Random(int(seed))))
    timeouts = {"attr_timeout": 0, "entry_timeout": 0, "negative_timeout": 0}
    mfusepy.FUSE(calls, folder, foreground=True, nothreads=True, fsname="forgetful", **timeouts)


if __name__ == "__main__":
    main(sys.argv[1:])
