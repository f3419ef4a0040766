"""Has anybody changed the story afterwards? Each fact's record is chained to the one before it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

GENESIS = b"\x00" * 32


def link(previous: bytes, record: bytes) -> bytes:
    """The hash of a record that follows `previous`: SHA-256 over both."""
    return hashlib.sha256(previous + record).digest()


def link_commit(previous: bytes, hashes: Iterable[bytes]) -> bytes:
    """The hash of one commit: over the commit before it and the hashes of its facts, in order."""
    return hashlib.sha256(previous + b"".join(hashes)).digest()
