"""What may a file hold after the power failed, given what was written to it and what of that was synced?"""

from __future__ import annotations

from enum import StrEnum
from random import Random
from typing import NamedTuple

SECTOR_BYTES = 512
"""What a disk writes whole or not at all; a write is torn at a multiple of it."""


class Op(StrEnum):
    """What can be done to a file; all but reading counts as an operation of the disk."""

    CREATE = "create"
    WRITE = "write"
    TRUNCATE = "truncate"
    SYNC = "sync"
    DELETE = "delete"
    READ = "read"


class Image(StrEnum):
    """What a fresh start finds."""

    EVERYTHING = "everything"
    """All that was written: the process died, the machine lived. What was not synced may still be lost later."""
    SYNCED = "synced"
    """Only what was synced."""
    PREFIX = "prefix"
    """What was synced, and of each file the first so many of the changes since."""
    SUBSET = "subset"
    """What was synced, and any of the changes since, also later ones without earlier ones."""
    TORN = "torn"
    """A subset with one write of which only the sectors before, or behind, some boundary arrived."""


class Change(NamedTuple):
    """One change of a file: `data` written at `at`, or cut (or grown) to `at` bytes, or it appeared, or went."""

    op: Op
    at: int = 0
    data: bytes = b""


CREATED, DELETED = Change(Op.CREATE), Change(Op.DELETE)
Content = bytearray | None
"""What is in a file; None when there is none."""


class Platter:
    """One name in the folder: what of it is durable, and what was done since, in order."""

    def __init__(self, durable: bytes | bytearray | None = None) -> None:
        self.durable: Content = None if durable is None else bytearray(durable)
        self.pending: list[Change] = []
        self._cached: Content = None
        self._diverged = False

    def change(self, change: Change) -> None:
        """It was done; it is not yet durable."""
        self.pending.append(change)
        if self._diverged:
            self._cached = _after(self._cached, change)

    def sync(self) -> bool:
        """All that was done so far is durable. True when the name was new: then its folder is synced as well."""
        new = any(change is CREATED for change in self.pending)
        self.durable = _all(self.durable, self.pending)
        self.pending.clear()
        return new

    def sync_name(self) -> None:
        """The folder was synced: that this file appeared or went is durable, what is in it is not."""
        marks = [n for n, change in enumerate(self.pending) if change is CREATED or change is DELETED]
        if marks:
            self.durable = bytearray() if self.pending[marks[-1]] is CREATED else None
            del self.pending[: marks[-1] + 1]

    def lose(self) -> None:
        """A sync failed. The cache calls the pages clean and shows them still, and no later sync will write them."""
        self._cached, self._diverged = self.current(), True
        self.pending = [change for change in self.pending if change is CREATED or change is DELETED]

    def current(self) -> Content:
        """What a program reads now: a copy."""
        if self._diverged:
            return None if self._cached is None else bytearray(self._cached)
        return _all(_copy(self.durable), self.pending)

    def copy(self) -> Platter:
        """The same once more: what was not synced is still not durable."""
        other = Platter(self.durable)
        other.pending = self.pending[:]
        other._cached, other._diverged = _copy(self._cached), self._diverged
        return other

    def after(self, image: Image, dice: Random) -> Content:
        """What a fresh start may find: a copy."""
        match image:
            case Image.EVERYTHING:
                return self.current()
            case Image.SYNCED:
                return _copy(self.durable)
            case Image.PREFIX:
                return _all(_copy(self.durable), self.pending[: dice.randint(0, len(self.pending))])
            case Image.SUBSET:
                return _all(_copy(self.durable), self._some(dice))
            case Image.TORN:
                return _all(_copy(self.durable), _torn(self._some(dice), dice))

    def _some(self, dice: Random) -> list[Change]:
        """Names change in order, as a journaling file system has it; of the file that is then there, any writes."""
        marks = [0] + [n + 1 for n, change in enumerate(self.pending) if change is CREATED or change is DELETED]
        pick = dice.randint(0, len(marks) - 1)
        begins, ends = marks[pick], (marks[pick + 1 :] or [len(self.pending) + 1])[0] - 1
        share = dice.random()
        return self.pending[:begins] + [change for change in self.pending[begins:ends] if dice.random() < share]


def _copy(content: Content) -> Content:
    return None if content is None else bytearray(content)


def _all(content: Content, changes: list[Change]) -> Content:
    for change in changes:
        content = _after(content, change)
    return content


def _after(content: Content, change: Change) -> Content:
    if change.op is Op.CREATE:
        return bytearray()
    if change.op is Op.DELETE or content is None:
        return None
    if len(content) < change.at:
        content.extend(bytes(change.at - len(content)))
    if change.op is Op.WRITE:
        content[change.at : change.at + len(change.data)] = change.data
    else:
        del content[change.at :]
    return content


def _torn(changes: list[Change], dice: Random) -> list[Change]:
    """The same, one of its longer writes cut in two at a sector of the disk, and one half lost."""
    cuts = [(n, _boundaries(change)) for n, change in enumerate(changes) if change.op is Op.WRITE]
    cuts = [(n, boundaries) for n, boundaries in cuts if boundaries]
    if not cuts:
        return changes
    n, boundaries = cuts[dice.randrange(len(cuts))]
    whole, at = changes[n], dice.choice(boundaries)
    before = Change(Op.WRITE, whole.at, whole.data[: at - whole.at])
    behind = Change(Op.WRITE, at, whole.data[at - whole.at :])
    return [*changes[:n], before if dice.random() < 0.5 else behind, *changes[n + 1 :]]


def _boundaries(write: Change) -> range:
    """Sector boundaries inside a write, by their place in the file."""
    first = (write.at // SECTOR_BYTES + 1) * SECTOR_BYTES
    return range(first, write.at + len(write.data), SECTOR_BYTES)
