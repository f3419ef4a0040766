"""How does a plan become rows of one SQLite file, with few statements a table?

Around every row that a statement gives, and every statement, other threads may run Python and have to be waited for.
So many rows travel in one statement, and many payments come back as one row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any

import apsw
import msgspec

from chongzheng.journal import sqlite
from chongzheng.journal.plan import Plan
from chongzheng.journal.sql import queries
from chongzheng.journal.storage import JournalFull, Refused, Stale, Stored

ENGINE = 0
"""The file has one writer at a time, which its lock sees to."""
WAL_PAGES_MAX = 20_000
"""About 80 MiB: beyond it the checkpoint no longer waits for an idle moment."""
ROWS_AT_ONCE = 256
"""Rows in one statement, at most; a power of two, so that few different statements do for any number of rows."""
LOADED_AT_ONCE = 512
"""Payments that come back as one row, at most."""
ONE_BY_ONE = frozenset({"free_release", "forget_card"})
"""What is deleted goes row by row: it is seldom much."""
_VALUES = re.compile(r"(?<=VALUES )\([?, ]+\)")
_decode_stored = msgspec.json.Decoder(list[tuple[str, int, int, str, msgspec.Raw]]).decode
_decode_cards = msgspec.json.Decoder(list[tuple[str, str]]).decode
_encode_names = msgspec.json.Encoder().encode


class SqliteStorage:
    """The one writing connection to a file."""

    engine = ENGINE
    dialect = "sqlite"
    alone = True
    leased = True  # the kernel holds the lock as long as we live

    def __init__(self, path: Path) -> None:
        self._db, self._lock = sqlite.open_writer(path)
        self._sql = queries()
        self._of_rows: dict[tuple[str, int], str] = {}
        self._wal_pages = 0
        self._db.set_wal_hook(self._count_wal_pages)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Writes from its first moment. What the file refuses at its end is refused as if at once."""
        with _plainly(), sqlite.transaction(self._db):
            yield

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part that may fail alone."""
        with _plainly(), sqlite.savepoint(self._db):
            yield

    def load(self, payments: Sequence[str]) -> dict[str, Stored]:
        """Those that exist; where one of many is no JSON any more, each is looked up alone."""
        found: dict[str, Stored] = {}
        for names in _parts(payments, LOADED_AT_ONCE):
            try:
                rows = _decode_stored(self._as_one("load_payments", names)) if len(names) > 1 else None
            except ValueError:
                rows = None
            if rows is None:
                found |= self._load_each(names)
                continue
            for name, place, version, head, body in rows:
                found[name] = Stored(place, version, bytes.fromhex(head), bytes(body))
        return found

    def _load_each(self, payments: Sequence[str]) -> dict[str, Stored]:
        rows = ((name, self._db.execute(self._sql["load_payment"], (name,)).fetchone()) for name in payments)
        return {name: Stored(*row) for name, row in rows if row is not None}

    def cards(self, payments: Sequence[str]) -> dict[str, bytes]:
        """Their sealed card numbers, of those that have one."""
        found: dict[str, bytes] = {}
        for names in _parts(payments, LOADED_AT_ONCE):
            found |= {name: bytes.fromhex(card) for name, card in _decode_cards(self._as_one("get_cards", names))}
        return found

    def write(self, plan: Plan) -> None:
        """New payments first, so that what belongs to them finds them."""
        opened, moved = plan.payment_rows(ENGINE)
        with _plainly():
            self._many("open_payment", opened)
            before = self._db.total_changes()
            self._many("move_payment", moved)
            if self._db.total_changes() - before != len(moved):
                raise Stale("another writer changed a payment")
            for name, rows in plan.rows():
                self._many(name, rows)

    def put_strays(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Once each, however often they are tried."""
        with _plainly():
            self._many("put_stray", rows)

    def ask(self, name: str, *values: object) -> list[Any]:
        """To the end: a statement commits when it is finished, and only then may anybody use what it gave."""
        with _plainly():
            return self._db.execute(self._sql[name], values).fetchall()

    def ask_named(self, name: str, values: dict[str, object]) -> list[Any]:
        """The same with values by their names."""
        with _plainly():
            return self._db.execute(self._sql[name], values).fetchall()

    def tidy(self, idle: bool) -> None:
        """Move the WAL into the file. What is committed is safe in the WAL: no room for that now must not look like a
        failed commit."""
        if not self._wal_pages or (not idle and self._wal_pages <= WAL_PAGES_MAX):
            return
        with suppress(apsw.FullError, apsw.BusyError):
            self._db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        self._wal_pages = 0

    def take_over(self, most: int) -> list[bytes]:
        """There is nobody to take over from."""
        return []

    def close(self) -> None:
        """Empty the WAL and let the next writer in."""
        self._db.close()
        self._lock.release()

    def _as_one(self, name: str, payments: Sequence[str]) -> bytes:
        """What a statement that gathers its rows as JSON says of these payments."""
        row = self._db.execute(self._sql[name], (_encode_names(payments).decode(),)).fetchone()
        return b"[]" if row is None or row[0] is None else row[0]

    def _many(self, name: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if name in ONE_BY_ONE:
            self._db.executemany(self._sql[name], rows)
            return
        at, left = 0, len(rows)
        while left:
            size = min(ROWS_AT_ONCE, 1 << left.bit_length() - 1)
            self._db.execute(self._text(name, size), list(chain.from_iterable(rows[at : at + size])))
            at, left = at + size, left - size

    def _text(self, name: str, rows: int) -> str:
        """The statement for so many rows at once."""
        known = self._of_rows.get((name, rows))
        if known is None:
            known = _VALUES.sub(lambda one: ",".join([one[0].replace(" ", "")] * rows), self._sql[name])
            self._of_rows[name, rows] = known
        return known

    def _count_wal_pages(self, _db: apsw.Connection, _name: str, pages: int) -> int:
        self._wal_pages = pages
        return apsw.SQLITE_OK


class SqliteReading:
    """A connection to a file that cannot write."""

    def __init__(self, path: Path, engine: int) -> None:
        self._db = sqlite.open_reader(path)
        self._sql = queries()
        self.engine = engine

    def ask(self, name: str, values: Any) -> list[Any]:
        """One statement and all its rows; values by position or by name."""
        return self._db.execute(self._sql[name], values).fetchall()

    @contextmanager
    def moment(self) -> Iterator[None]:
        """A read transaction: the engine goes on writing into the WAL."""
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


def _parts(payments: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (payments[at : at + size] for at in range(0, len(payments), size))


@contextmanager
def _plainly() -> Iterator[None]:
    """No room is something the caller can wait for; any other failure of the disk is not."""
    try:
        yield
    except apsw.FullError as error:
        raise JournalFull(str(error)) from error
    except apsw.ConstraintError as error:
        raise Refused(str(error)) from error
