"""What must a database be able to do to keep a journal? The narrow door between the batch logic and two databases."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from chongzheng.journal.plan import Plan

NUMBERS_OF_ONE_ENGINE = 1 << 40
"""Places and commits are counted by each engine on its own: the bits above these 40 are the engine's number."""
LEASE_MS = 10_000
"""How long an engine that says nothing is still believed alive, by the database's clock."""
VISITORS = 1 << 12
"""Writers from this number on are visitors: they write what they know, and look after nothing."""
VISIT_LEASE_MS = 120_000
"""How long a visitor may think between two commits; nobody waits for what it does."""


class JournalFull(Exception):
    """The disk is full: nothing of the batch was written, and nothing may be sent."""


class Refused(Exception):
    """The database refuses a row: a second release token, a key that is taken, a value that fits no column."""


class Stale(Refused):
    """Somebody else wrote this payment since we read it."""


class Fenced(Exception):
    """This engine's lease is gone, and with it the right to write or to act: the process must end."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A payment as the database has it; `body` is its canonical JSON, `owner` the engine that wrote it last."""

    place: int
    version: int
    head: bytes
    body: bytes
    owner: int = 0


class Storage(Protocol):
    """One writer's connection. Raises JournalFull when there is no room, Refused and Stale for single rows."""

    engine: int
    dialect: str
    alone: bool
    """Whether nobody else can write here."""

    @property
    def leased(self) -> bool:
        """Whether what was committed may still be acted upon."""

    def transaction(self) -> AbstractContextManager[None]:
        """All of it or nothing; durable when it ends."""

    def savepoint(self) -> AbstractContextManager[None]:
        """A part of a transaction that may fail alone."""

    def load(self, payments: Sequence[str]) -> dict[str, Stored]:
        """Those of these payments that exist, by their id."""

    def cards(self, payments: Sequence[str]) -> dict[str, bytes]:
        """The sealed card numbers of these payments, of those that have one."""

    def write(self, plan: Plan) -> None:
        """All rows of the plan, inside a transaction."""

    def put_strays(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Rows of `stray`, inside a transaction."""

    def ask(self, name: str, *values: object) -> list[Any]:
        """One named statement and all its rows; by itself it is a transaction."""

    def ask_named(self, name: str, values: dict[str, object]) -> list[Any]:
        """As `ask`, with values by their names."""

    def tidy(self, idle: bool) -> None:
        """Between commits: whatever the database wants done now and then."""

    def take_over(self, most: int) -> list[bytes]:
        """The states of payments that an engine left which is gone; they belong to this one now."""

    def close(self) -> None:
        """Let go, and let the next writer in."""


class Reading(Protocol):
    """A connection that cannot write, for `Reader`."""

    engine: int

    def ask(self, name: str, values: object) -> list[Any]:
        """One named statement and all its rows; values by position or by name."""

    def moment(self) -> AbstractContextManager[None]:
        """Everything asked inside is answered as of one moment, while engines go on writing."""

    def close(self) -> None:
        """Let go."""


class WritersPen:
    """The writer's connection, for what is written beside facts."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def ask(self, name: str, /, **values: object) -> list[Any]:
        return self._storage.ask_named(name, values)

    def ask_in_dialect(self, name: str, /, **values: object) -> list[Any]:
        return self._storage.ask_named(f"{name}_{self._storage.dialect}", values)
