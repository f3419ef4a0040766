"""Has anybody changed the story afterwards? Each fact's record is chained to the one before it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

GENESIS = b"\x00" * 32


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
