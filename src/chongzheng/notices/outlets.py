"""What is handed to an outlet, and what may it say became of it?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from stat import S_IRWXG, S_IRWXO
from typing import Protocol

from chongzheng.mistakes import TheirMistake

SECRET_BYTES_MAX = 4_096
ANSWER_WAIT_S = 20
"""Shorter than the lease of a claim (journal/post), so that nobody else tries meanwhile."""


@dataclass(frozen=True, slots=True)
class Message:
    """What one person is told. `id` is the same at every attempt, so that a receiver can tell a repeat."""

    id: str
    address: str
    subject: str
    body: str
    short: str
    at: int


@dataclass(frozen=True, slots=True)
class Delivered:
    """The other side has it, and said so in these words."""

    evidence: str


@dataclass(frozen=True, slots=True)
class Failed:
    """It has it not. `for_good`: trying again would change nothing."""

    why: str
    for_good: bool = False


class Outlet(Protocol):
    """A way to people."""

    async def send(self, message: Message) -> Delivered | Failed:
        """Hand it over; never raises for what the other side does."""


def secret(path: str) -> str:
    """What stands in a file that only its owner may read; "" for no path. TheirMistake: it is open, or unreadable."""
    if not path:
        return ""
    try:
        with open(path, "rb") as file:
            text = file.read(SECRET_BYTES_MAX).decode("utf-8").strip()
        mode = Path(path).stat().st_mode
    except (OSError, UnicodeDecodeError):
        raise TheirMistake("cannot be read", path) from None
    if mode & (S_IRWXG | S_IRWXO):
        raise TheirMistake("may be read by others; chmod 600 it", path)
    return text
