"""Has anybody changed the story afterwards? Each fact's record is chained to the one before it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

GENESIS = b"\x00" * 32


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that does not add up, and where: a payment and the number of a fact in it, or commits.

    `commit` with `after`: in one of the commits that follow `after`, up to `commit`. `checkpoint`: the number of the
    one that does not fit. What does not apply is "" or 0; `after` is None where the commit itself is meant.
    """

    what: str
    payment: str = ""
    fact: int = 0
    commit: int = 0
    after: int | None = None
    checkpoint: int = 0

    def __str__(self) -> str:
        if self.payment:
            return f"{self.payment}: {self.what}"
        if self.commit and self.after is None:
            return f"commit {self.commit}: {self.what}"
        return self.what

    def covers(self, commit: int) -> bool:
        """Whether this fault says that something is wrong in this commit."""
        return commit == self.commit if self.after is None else self.after < commit <= self.commit


def link(previous: bytes, record: bytes) -> bytes:
    """The hash of a record that follows `previous`: SHA-256 over both."""
    return hashlib.sha256(previous + record).digest()


def link_commit(previous: bytes, hashes: Iterable[bytes]) -> bytes:
    """The hash of one commit: over the commit before it and the hashes of its facts, sorted, so that it can be
    computed again from the table of facts, which does not keep their order within a commit."""
    return hashlib.sha256(previous + b"".join(sorted(hashes))).digest()


def digest(body: bytes) -> str:
    """64 hex digits that stand for a state in the record of the fact that led to it."""
    return hashlib.sha256(body).hexdigest()
