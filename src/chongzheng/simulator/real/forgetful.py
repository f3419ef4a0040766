"""What is left of a folder of real files when the power fails: what was synced, and perhaps some of the rest?

Names are kept at once and in order, as a file system with a journal does; the bytes of a file only when it is synced.
So a file that was written and renamed without a sync is empty afterwards.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from random import Random

SECTOR_BYTES = 512


class Left(StrEnum):
    """What is left of the writes that nobody synced."""

    NOTHING = "nothing"
    FIRST = "the first of them"
    SOME = "some of them"
    TORN = "the first of them, the last one torn"


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes at an offset; or, without bytes, the size that the file was cut or stretched to."""

    number: int
    offset: int
    data: bytes | None


@dataclass(slots=True)
class File:
    """One file as a program sees it, and the writes of it that nobody synced."""

    content: bytearray
    unsynced: list[Write] = field(default_factory=list)


class Forgetful:
    """The folder `under` holds what lasts; everything else is in memory. Paths are relative to it."""

    def __init__(self, under: Path, dice: Random) -> None:
        self.under = under
        self._dice = dice
        self._files: dict[str, File] = {}  # only those with unsynced writes
        self._writes = 0
        self.cuts = 0
        self.lost = 0

    def size(self, path: str) -> int:
        """How long the file is, as a program sees it."""
        file = self._files.get(path)
        return len(file.content) if file is not None else os.stat(self.under / path).st_size

    def read(self, path: str, size: int, offset: int) -> bytes:
        """Bytes, as a program sees them."""
        file = self._files.get(path)
        if file is not None:
            return bytes(file.content[offset : offset + size])
        with open(self.under / path, "rb") as lasting:
            lasting.seek(offset)
            return lasting.read(size)

    def write(self, path: str, data: bytes, offset: int) -> None:
        """Into memory only."""
        self._take(path, offset, data)

    def truncate(self, path: str, size: int) -> None:
        """Cut or stretch, in memory only."""
        if self.size(path) != size:
            self._take(path, size, None)

    def sync(self, path: str) -> None:
        """What was written to this file lasts now."""
        file = self._files.pop(path, None)
        if file is not None:
            self._keep(path, file.unsynced)

    def sync_all(self) -> None:
        """Everything lasts."""
        for path in list(self._files):
            self.sync(path)

    def renamed(self, old: str, new: str) -> None:
        """The file has another name now; whatever had that name is gone."""
        self._files.pop(new, None)
        if old in self._files:
            self._files[new] = self._files.pop(old)

    def removed(self, path: str) -> None:
        """The file is gone."""
        self._files.pop(path, None)

    def cut(self, left: Left) -> int:
        """The power fails: how many writes are lost. Of the others something may be left, in the order of writing."""
        unsynced = sorted((write.number, path) for path, file in self._files.items() for write in file.unsynced)
        kept = {number for number, _ in self._chosen(unsynced, left)}
        torn = max(kept, default=0) if left is Left.TORN else 0
        files, self._files = self._files, {}
        for path, file in files.items():
            self._keep(path, [self._torn(w) if w.number == torn else w for w in file.unsynced if w.number in kept])
        self.cuts += 1
        self.lost += len(unsynced) - len(kept)
        return len(unsynced) - len(kept)

    def _chosen(self, unsynced: list[tuple[int, str]], left: Left) -> list[tuple[int, str]]:
        match left:
            case Left.NOTHING:
                return []
            case Left.SOME:
                return [one for one in unsynced if self._dice.random() < 0.5]
            case _:
                return unsynced[: self._dice.randint(0, len(unsynced))]

    def _torn(self, write: Write) -> Write:
        if write.data is None:
            return write
        sectors = self._dice.randint(0, len(write.data) // SECTOR_BYTES)
        return Write(write.number, write.offset, write.data[: sectors * SECTOR_BYTES])

    def _take(self, path: str, offset: int, data: bytes | None) -> None:
        file = self._files.get(path)
        if file is None:
            file = self._files[path] = File(bytearray((self.under / path).read_bytes()))
        self._writes += 1
        file.unsynced.append(Write(self._writes, offset, data))
        _apply(file.content, offset, data)

    def _keep(self, path: str, writes: list[Write]) -> None:
        if not writes:
            return
        with open(self.under / path, "r+b") as lasting:
            for write in writes:
                if write.data is None:
                    lasting.truncate(write.offset)
                else:
                    lasting.seek(write.offset)
                    lasting.write(write.data)


def _apply(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del content[offset:]
        content.extend(bytes(offset - len(content)))
        return
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data
