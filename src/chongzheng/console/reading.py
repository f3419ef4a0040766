"""What does the journal say to the console? Reading only, through the one SQLite library that this process uses.

The engine's own library stays unopened here: two of them on one file in one process drop each other's locks. On
PostgreSQL the connection is read-only by the database's own word.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pysqlite3

from chongzheng.journal.actors import Actors
from chongzheng.journal.matters import Matters
from chongzheng.journal.on_postgres import PostgresReading
from chongzheng.journal.post import Post
from chongzheng.journal.reader import EVERYBODYS, Reader
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import PostgresDriver, Side, is_url, statements
from chongzheng.journal.sql import queries
from chongzheng.journal.sqlite import APPLICATION_ID, SCHEMA_VERSION
from chongzheng.mistakes import TheirMistake

BUSY_WAIT_MS = 5_000
READ_MS_MAX = 10_000
"""On PostgreSQL a statement that takes longer is given up: it would hold the cleaning of tables back."""


def open_file(path: Path) -> pysqlite3.Connection:
    """A connection that cannot write. TheirMistake: no journal of ours."""
    if not path.is_file():
        raise TheirMistake("there is no journal here", str(path))
    db = pysqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        _refuse_foreign(db, path)
    except pysqlite3.DatabaseError:
        db.close()
        raise TheirMistake("is not a database, or cannot be read", str(path)) from None
    return db


def _refuse_foreign(db: pysqlite3.Connection, path: Path) -> None:
    db.execute(f"PRAGMA busy_timeout = {BUSY_WAIT_MS}")
    db.execute("PRAGMA query_only = ON")
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise TheirMistake("is a database, but not a chongzheng journal", str(path))
    if (version := db.execute("PRAGMA user_version").fetchone()[0]) != SCHEMA_VERSION:
        raise TheirMistake(f"has journal version {version}; this program knows {SCHEMA_VERSION}", str(path))


@contextmanager
def _moment(db: pysqlite3.Connection) -> Iterator[None]:
    """What is read inside is of one moment; inside another moment it is that one."""
    if db.in_transaction:
        yield
        return
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.execute("COMMIT")


class FileReading:
    """A file, for `Reader`."""

    engine = EVERYBODYS

    def __init__(self, db: pysqlite3.Connection) -> None:
        self._db = db
        self._sql = queries()

    def ask(self, name: str, values: Any) -> list[Any]:
        """One statement and all its rows."""
        return self._db.execute(self._sql[name], values).fetchall()  # type: ignore[no-any-return]

    def moment(self) -> Any:
        """A read transaction: the engine goes on writing."""
        return _moment(self._db)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


class FileDriver:
    """The same file, for what is kept beside payments."""

    dialect = "sqlite"

    def __init__(self, db: pysqlite3.Connection) -> None:
        self._db = db

    def run(self, name: str, values: dict[str, object]) -> list[Any]:
        """All rows of a statement that reads."""
        return self._db.execute(statements()[name], values).fetchall()  # type: ignore[no-any-return]

    def script(self, name: str) -> None:
        """Nothing is ever made from here."""
        raise TheirMistake("the console only reads", name)

    def transaction(self) -> Any:
        """What is read inside is of one moment."""
        return _moment(self._db)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


class ReadingDriver(PostgresDriver):
    """PostgreSQL, where the connection itself refuses to write."""

    def _dialled(self) -> Any:
        db = super()._dialled()
        db.execute("SET default_transaction_read_only = on")
        db.execute(f"SET statement_timeout = {READ_MS_MAX}")
        return db

    def script(self, name: str) -> None:
        """Nothing is ever made from here."""
        raise TheirMistake("the console only reads", name)


class Sight:
    """One thread's view of the journal."""

    def __init__(self, place: str, clock: Callable[[], int]) -> None:
        if is_url(place):
            self.side = Side(ReadingDriver(place))
            self.reader = Reader(PostgresReading(place, EVERYBODYS))
        else:
            db = open_file(Path(place))
            self.side, self.reader = Side(FileDriver(db)), Reader(FileReading(db))
        self.actors = Actors(self.side)
        self.registers = Registers(self.side)
        self.post = Post(self.side)
        self.matters = Matters(self.side, clock, self.registers)

    def close(self) -> None:
        """Let go of the journal."""
        self.side.close()
        self.reader.close()


class Sights:
    """A view for each thread that asks, made when it first does."""

    def __init__(self, place: str, clock: Callable[[], int]) -> None:
        self._place = place
        self._clock = clock
        self._here = threading.local()

    def here(self) -> Sight:
        """This thread's."""
        found: Sight | None = getattr(self._here, "sight", None)
        if found is None:
            found = self._here.sight = Sight(self._place, self._clock)
        return found

    @contextmanager
    def another(self) -> Iterator[Sight]:
        """One for a thread that lives as long as its question."""
        sight = Sight(self._place, self._clock)
        try:
            yield sight
        finally:
            sight.close()
