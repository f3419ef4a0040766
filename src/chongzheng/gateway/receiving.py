"""How does a file that somebody uploads get into the inbox whole, or not at all?"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Received:
    """What lies in the inbox now: `sha256` in hex; `again`: it lay there already."""

    name: str
    size_bytes: int
    sha256: str
    again: bool = False


class TooLarge(Exception):
    """The file is larger than the limit that the argument names; nothing of it is kept."""


class OtherWaits(Exception):
    """Another file of this name waits to be read; nothing is kept of this one."""


class Receiving:
    """Takes files into one folder, piece by piece, under a name that nobody looks at until it is whole and synced."""

    def __init__(self, inbox: Path, bytes_max: int) -> None:
        self._inbox = inbox
        self._bytes_max = bytes_max

    async def take(self, name: str, pieces: AsyncIterator[bytes]) -> Received:
        """Keep what comes as the file `name`, a plain name. TooLarge, OtherWaits, OSError: nothing is kept."""
        draft = self._inbox / f".{secrets.token_hex(8)}.part"
        try:
            size, digest = await self._write(draft, pieces)
            again = await asyncio.to_thread(self._place, draft, self._inbox / name, digest)
        finally:
            with contextlib.suppress(FileNotFoundError):
                draft.unlink()
        return Received(name, size, digest, again)

    async def _write(self, draft: Path, pieces: AsyncIterator[bytes]) -> tuple[int, str]:
        size, digest = 0, hashlib.sha256()
        with open(draft, "xb") as file:
            async for piece in pieces:
                size += len(piece)
                if size > self._bytes_max:
                    raise TooLarge(f"at most {self._bytes_max} bytes")
                digest.update(piece)
                file.write(piece)
            file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())
        return size, digest.hexdigest()

    def _place(self, draft: Path, path: Path, digest: str) -> bool:
        """Give it its name, never over another's; whether the same was there already."""
        try:
            os.link(draft, path)
        except FileExistsError:
            if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
                raise OtherWaits(path.name) from None
            return True
        folder = os.open(self._inbox, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return False
