"""How does the door keep its own rows (tokens, keys, webhooks) beside the one writer of facts?

A second kind of transaction on the same database: it never writes a money table, so it needs neither the writer's
lock nor its memory. On SQLite the two take turns at the file; on PostgreSQL they never meet.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

import apsw

from chongzheng.journal import sqlite
from chongzheng.journal.sql import desk, keeping
from chongzheng.mistakes import OurMistake, TheirMistake

BUSY_WAIT_MS = 10_000
"""How long a write waits for the engine's commit that is under way."""

MAKE_LOCK = 0x43485A47
"""Of PostgreSQL's advisory locks, ours for changes of the door's tables."""

_MARK = "-- name: "
_SETTINGS = ("synchronous = FULL", "secure_delete = ON", "temp_store = MEMORY", "wal_autocheckpoint = 0")
_VALUE = re.compile(r"(?<![:\w]):([a-z_]+)")


@cache
def statements() -> dict[str, str]:
    """All named statements of door.sql, desk.sql and keeping.sql, as SQLite takes them."""
    found: dict[str, str] = keeping() | desk()
    for block in files("chongzheng.journal").joinpath("door.sql").read_text("utf-8").split(_MARK)[1:]:
        name, _, text = block.partition("\n")
        found[name.strip()] = text.strip().rstrip(";")
    return found


class Driver(Protocol):
    """What a database must be able to do for the door."""

    dialect: str

    def run(self, name: str, values: dict[str, object]) -> list[Any]: ...

    def script(self, name: str) -> None: ...

    def transaction(self) -> AbstractContextManager[Any]: ...

    def close(self) -> None: ...


class Side:
    """One connection that any thread may use, one at a time."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._lock = threading.RLock()

    @classmethod
    def open(cls, place: str | Path) -> Side:
        """The door's rows of an existing journal (path, or postgresql://…). TheirMistake when there is none."""
        driver: Driver = PostgresDriver(str(place)) if is_url(place) else SqliteDriver(Path(place))
        side = cls(driver)
        side.write("make")
        return side

    def ask(self, name: str, /, **values: object) -> list[Any]:
        """Run one statement of door.sql; all its rows. By itself it is a transaction."""
        with self._lock:
            return self._driver.run(name, values)

    def write(self, name: str) -> None:
        """Run a text of several statements that takes no values."""
        with self._lock, self._driver.transaction():
            self._driver.script(name)

    def ask_in_dialect(self, name: str, /, **values: object) -> list[Any]:
        """As `ask`, for a statement that differs between the databases."""
        return self.ask(f"{name}_{self._driver.dialect}", **values)

    def write_in_dialect(self, name: str) -> None:
        """As `write`, for a text that differs between the databases; may stand inside `together`."""
        with self._lock:
            self._driver.script(f"{name}_{self._driver.dialect}")

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is asked inside happens as a whole or not at all."""
        with self._lock, self._driver.transaction():
            yield

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            self._driver.close()


def is_url(place: str | Path) -> bool:
    """Whether this names a PostgreSQL database and not a file."""
    return str(place).startswith(("postgresql://", "postgres://"))


class SqliteDriver:
    """A second writing connection to the journal's file, as durable as the first."""

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        sqlite.open_reader(path).close()  # refuses what is not ours, in its own words
        self._db = apsw.Connection(str(path.resolve()), flags=apsw.SQLITE_OPEN_READWRITE)
        self._db.set_busy_timeout(BUSY_WAIT_MS)
        for setting in _SETTINGS:
            self._db.execute(f"PRAGMA {setting}").fetchall()

    def run(self, name: str, values: dict[str, object]) -> list[Any]:
        """To the end: a statement commits when it is finished."""
        return self._db.execute(statements()[name], values).fetchall()

    def script(self, name: str) -> None:
        """All statements of the text."""
        self._db.execute(statements()[name]).fetchall()

    def transaction(self) -> AbstractContextManager[Any]:
        """Writes from its first moment, so that it cannot fail to become a writer later."""
        return sqlite.transaction(self._db)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


class PostgresDriver:
    """A connection of its own to the database of the engines."""

    dialect = "postgresql"

    def __init__(self, url: str) -> None:
        self._url = url
        self._depth = 0
        self._db: Any = self._dialled()
        self._texts = {name: _VALUE.sub(r"%(\1)s", text) for name, text in statements().items()}

    def _dialled(self) -> Any:
        import psycopg  # only where it is used: an engine on SQLite needs no client library

        try:
            return psycopg.connect(self._url, autocommit=True, application_name="chongzheng door")
        except psycopg.Error as error:
            raise TheirMistake(f"cannot be reached ({type(error).__name__})", "the journal's database") from None

    def _heal(self) -> None:
        """A connection that was lost is made anew, but never in the middle of a transaction. What failed with it may
        have happened, so nothing is repeated here."""
        if self._db.closed and not self._depth:
            try:
                self._db = self._dialled()
            except TheirMistake as away:  # once we are running that is nobody's mistake outside
                raise OurMistake(away.what, away.where) from None

    def run(self, name: str, values: dict[str, object]) -> list[Any]:
        """All rows; none for a statement that gives none."""
        self._heal()
        cursor = self._db.execute(self._texts[name], values)
        return cursor.fetchall() if cursor.description is not None else []

    def script(self, name: str) -> None:
        """All statements of the text, which takes no values; one process at a time, as two cannot make one table."""
        self._db.execute("SELECT pg_advisory_xact_lock(%s)", (MAKE_LOCK,))
        self._db.execute(statements()[name])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Its own, also inside another."""
        self._heal()
        self._depth += 1
        try:
            with self._db.transaction():
                yield
        finally:
            self._depth -= 1

    def close(self) -> None:
        """Hang up."""
        self._db.close()
