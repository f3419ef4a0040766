"""How does a plan become rows of a PostgreSQL database that other engines write to as well?

A transaction begins by renewing this engine's lease, or ends there. Rows travel as arrays, one statement a table; the
statements of a batch travel together, so that a commit costs a few round trips whatever its size.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

import psycopg
from psycopg import errors

from chongzheng.journal import postgres
from chongzheng.journal.plan import Plan
from chongzheng.journal.sql import queries_of_postgres
from chongzheng.journal.storage import (
    LEASE_MS,
    VISIT_LEASE_MS,
    VISITORS,
    Fenced,
    JournalFull,
    Refused,
    Stale,
    Stored,
)
from chongzheng.mistakes import TheirMistake

LEASE_MARGIN_MS = 1_000
"""By so much an engine itself gives up earlier: what leaves a socket now must still count as sent in time."""
COLUMNS = {"open_payment": 20, "move_payment": 13, "put_fact": 9, "put_evidence": 7, "put_entry": 7, "free_release": 1,
           "take_release": 4,
           "open_case": 4, "put_card": 3, "forget_card": 1, "put_alias": 2, "put_stray": 6}  # fmt: skip
"""How many columns each kind of row has, where there is no row to count them by."""

ORDER_OF_FACTS = "fact_place_seq_key"
"""What the database calls the rule that each number of a payment's facts is there once."""

Rows = Sequence[tuple[Any, ...]]
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def since_boot_ns() -> int:
    """A clock that nobody sets and that also counts while the machine sleeps, where the system has one."""
    return time.clock_gettime_ns(_CLOCK)


class PostgresStorage:
    """One engine's writing connection, and its lease; or a visitor's, who writes and looks after nothing."""

    dialect = "postgresql"
    alone = False

    def __init__(
        self,
        url: str,
        lease_ms: int = LEASE_MS,
        monotonic_ns: Callable[[], int] = since_boot_ns,
        *,
        visiting: bool = False,
    ) -> None:
        self._db = postgres.open_writer(url)
        self._sql: dict[str, Any] = dict(queries_of_postgres())
        self._lease_ms = VISIT_LEASE_MS if visiting else lease_ms
        self._monotonic_ns = monotonic_ns
        self._leased_until_ns = 0
        self._first = VISITORS if visiting else 0
        self.engine, self._epoch = self._enlist()

    @property
    def leased(self) -> bool:
        """Whether this engine may still act on what it committed, by its own clock."""
        return self._monotonic_ns() < self._leased_until_ns

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """The lease first. What fails is rolled back; a lost connection is the caller's end."""
        with _plainly():
            asked_ns = self._monotonic_ns()
            with self._db.transaction():
                self._renew()
                yield
            self._leased_from(asked_ns)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part that may fail alone."""
        with _plainly(), self._db.transaction():
            yield

    def load(self, payments: Sequence[str]) -> dict[str, Stored]:
        """Those that exist, locked to the end of the transaction."""
        with _plainly():
            rows = self._db.execute(self._sql["load_payments"], (list(payments),)).fetchall()
        return {row[0]: Stored(*row[1:]) for row in rows}

    def cards(self, payments: Sequence[str]) -> dict[str, bytes]:
        """Their sealed card numbers, of those that have one."""
        with _plainly():
            return dict(self._db.execute(self._sql["get_cards"], (list(payments),)).fetchall())

    def write(self, plan: Plan) -> None:
        """All tables in one round trip, which also tells whether every payment was as we knew it."""
        opened, moved = plan.payment_rows(self.engine)
        # One statement sees one moment: a card that comes and goes within the plan must not come at all.
        forgotten = {place for (place,) in plan.forgotten}
        plan.cards = [row for row in plan.cards if row[0] not in forgotten]
        tables = [(opened, COLUMNS["open_payment"]), (moved, COLUMNS["move_payment"])]
        tables += [(rows, COLUMNS[name]) for name, rows in plan.rows()]
        with _plainly():
            values = [column for rows, width in tables for column in _columns(rows, width)]
            ((were_opened, were_moved),) = self._db.execute(self._sql["write"], values).fetchall()
            if (were_opened, were_moved) != (len(opened), len(moved)):
                raise Stale("another engine changed a payment")

    def put_strays(self, rows: Rows) -> None:
        """Once each, however often they are tried."""
        with _plainly():
            self._db.execute(self._sql["put_stray"], _columns(rows, COLUMNS["put_stray"]))

    def ask(self, name: str, *values: object) -> list[Any]:
        """One statement and all its rows."""
        with _plainly():
            return _all(self._db.execute(self._sql[name], values))

    def ask_named(self, name: str, values: dict[str, object]) -> list[Any]:
        """The same with values by their names."""
        with _plainly():
            return _all(self._db.execute(self._sql[name], values))

    def tidy(self, idle: bool) -> None:
        """An idle engine says that it is alive; a busy one says so with every commit."""
        if idle:
            with self.transaction():
                pass

    def take_over(self, most: int) -> list[bytes]:
        """States of up to `most` payments that engines left which are gone; they are ours now.

        What may be on its way comes first: it waits for nobody's backlog.
        """
        with self.transaction():
            dead = [row[0] for row in self._ask("find_dead")]
            if not dead:
                return []
            self._ask("fence_off", dead=dead)
            rows = self._ask("take_over_sent", dead=dead, most=most)
            rows += self._ask("take_over", dead=dead, most=most - len(rows))
            if len(rows) < most:
                self._ask("all_taken", dead=dead)
            return [row[0] for row in rows]

    def close(self) -> None:
        """Give the lease back, so that nobody waits for it to run out."""
        try:
            if not self._db.closed:
                self._ask("resign")
        finally:
            self._db.close()

    def _enlist(self) -> tuple[int, int]:
        asked_ns = self._monotonic_ns()
        with _plainly(), self._db.transaction():
            self._db.execute("SELECT pg_advisory_xact_lock(%s)", (postgres.CLAIM_LOCK,))
            values = {"name": f"{socket.gethostname()}:{os.getpid()}", "lease_ms": self._lease_ms}
            values |= {"first": self._first, "end": self._first + VISITORS}
            ((engine, epoch),) = self._db.execute(self._sql["enlist"], values).fetchall()
        self._leased_from(asked_ns)
        return engine, epoch

    def _renew(self) -> None:
        values = {"id": self.engine, "epoch": self._epoch, "lease_ms": self._lease_ms}
        if self._db.execute(self._sql["renew"], values).rowcount != 1:
            raise Fenced(f"the lease of engine {self.engine} has run out or was taken: others go on with its work")

    def _leased_from(self, asked_ns: int) -> None:
        self._leased_until_ns = asked_ns + (self._lease_ms - min(LEASE_MARGIN_MS, self._lease_ms // 2)) * 1_000_000

    def _ask(self, name: str, **values: object) -> list[Any]:
        values |= {"id": self.engine, "epoch": self._epoch}
        return _all(self._db.execute(self._sql[name], values))


class PostgresReading:
    """A connection that cannot write. `engine`: whose payments `due` and the like are about; below 0: everybody's."""

    def __init__(self, url: str, engine: int) -> None:
        self._url = url
        self._db = postgres.open_reader(url)
        self._sql: dict[str, Any] = dict(queries_of_postgres())
        self._in_moment = False
        self.engine = engine

    def ask(self, name: str, values: Any) -> list[Any]:
        """One statement and all its rows; values by position or by name. A connection that was lost is made anew: what
        is only read may be asked twice. Otherwise an engine whose writer still lives would refuse all work."""
        try:
            return _all(self._db.execute(self._sql[name], values))
        except psycopg.OperationalError as lost:
            if not self._db.closed or self._in_moment:
                raise
            self._dial_again(lost)
        return _all(self._db.execute(self._sql[name], values))

    @contextmanager
    def moment(self) -> Iterator[None]:
        """Everything asked inside is answered as of one moment."""
        if self._db.closed:
            self._dial_again(psycopg.OperationalError("the connection is lost"))
        with self._db.transaction():
            self._db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            self._in_moment = True
            try:
                yield
            finally:
                self._in_moment = False

    def _dial_again(self, lost: psycopg.OperationalError) -> None:
        try:
            self._db = postgres.open_reader(self._url)
        except TheirMistake:  # the database is away; nobody outside made a mistake
            raise lost from None

    def close(self) -> None:
        """Hang up."""
        self._db.close()


def _columns(rows: Rows, width: int) -> list[list[Any]]:
    """The rows as arrays; words of an enumeration as plain text, which is what an array of text is made of."""
    if not rows:
        return [[]] * width
    return [[v.value if isinstance(v, StrEnum) else v for v in column] for column in zip(*rows, strict=True)]


def _all(cursor: psycopg.Cursor[Any]) -> list[Any]:
    return cursor.fetchall() if cursor.description is not None else []


@contextmanager
def _plainly() -> Iterator[None]:
    """What a single row can do, and no room, in the words of the journal; anything else ends this engine."""
    try:
        yield
    except errors.DiskFull as error:
        raise JournalFull(str(error)) from error
    except (errors.DeadlockDetected, errors.SerializationFailure) as error:
        raise Stale(str(error)) from error
    except (psycopg.IntegrityError, psycopg.DataError) as error:
        if error.diag.constraint_name == ORDER_OF_FACTS:
            raise Stale("another engine wrote this fact's number") from error
        raise Refused(str(error)) from error
