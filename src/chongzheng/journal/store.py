"""How do a fact, the state it leads to, what is then owed and the next deadline become durable together?

One transaction holds a whole batch (group commit): all facts are stepped in memory first, then written with one
statement a table, then committed, and only then does anybody act. When the database refuses a row (a second
release token, a stale version), the batch is rolled back and taken again fact by fact, each under its own
savepoint, so that one poisonous fact stops its own payment and no other.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import apsw

from chongzheng.card import Pan
from chongzheng.journal import sqlite
from chongzheng.journal.audit import GENESIS, link_commit
from chongzheng.journal.plan import Held, Plan, Planner, payment_row
from chongzheng.journal.reader import Reader
from chongzheng.journal.rows import Committed, Evidence, Submission, decode_payment
from chongzheng.journal.sql import queries
from chongzheng.journal.vault import Vault
from chongzheng.mistakes import OurMistake
from chongzheng.reversal.payment import FINAL
from chongzheng.reversal.policy import Policy

HELD_MAX = 50_000
"""Open payments kept in memory between commits; more are read from the file again."""
STRAYS_MAX = 10_000
"""Stray evidence waiting for the next commit; beyond it a flood of junk is counted, not kept."""
WAL_PAGES_MAX = 20_000
"""About 80 MiB: beyond it the checkpoint no longer waits for an idle moment."""


POISON = (apsw.ConstraintError, OurMistake, ValueError, TypeError, OverflowError)
"""What one fact can do to its batch: be refused by the database, by us, or not fit into a row (a lone surrogate, a
number beyond 64 bits). It must cost its own payment and no other."""


class JournalFull(Exception):
    """The disk is full: nothing of the batch was written, and nothing may be sent."""


class Journal:
    """The one writer. Synchronous, knows no threads; `lock` is whatever its owner needs to call it from two."""

    def __init__(
        self,
        connection: apsw.Connection,
        writer_lock: sqlite.WriterLock,
        path: Path,
        vault: Vault,
        policy: Policy,
        lock: AbstractContextManager[Any],
    ) -> None:
        self._db = connection
        self._writer_lock = writer_lock
        self._path = path
        self._vault = vault
        self._lock = lock
        self._sql = queries()
        self._planner = Planner(policy, self._load, self._seal_card)
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._strays: list[tuple[Any, ...]] = []
        self._strays_written = 0
        self.strays_dropped = 0
        self._wal_pages = 0
        self._commit_no, self._commit_hash = self._last_commit()
        connection.set_wal_hook(self._count_wal_pages)

    @classmethod
    def open(
        cls, path: str | Path, vault: Vault, policy: Policy, lock: AbstractContextManager[Any] | None = None
    ) -> Journal:
        """Open or make the journal. TheirMistake: locked, not ours, damaged, not durable as set."""
        connection, writer_lock = sqlite.open_writer(Path(path))
        return cls(connection, writer_lock, Path(path), vault, policy, lock or nullcontext())

    def close(self) -> None:
        """Write what is waiting, empty the WAL and let the next writer in."""
        with self._lock:
            try:
                self._flush_strays()
            finally:
                self._db.close()
                self._writer_lock.release()

    def reader(self) -> Reader:
        """A connection of its own that cannot write."""
        return Reader.open(self._path)

    def apply(self, batch: Sequence[Submission]) -> list[Committed]:
        """Decide and write the whole batch in one commit; what is returned is durable.

        Raises JournalFull when there is no room: then nothing happened.
        """
        with self._lock:
            try:
                with _room():
                    committed = self._together(batch)
            except POISON:
                committed = self._one_by_one(batch)
            if self._wal_pages > WAL_PAGES_MAX:
                self._checkpoint()
            return committed

    def tidy(self) -> None:
        """For idle moments: write waiting stray evidence, move the WAL into the file."""
        with self._lock:
            with _room():
                self._flush_strays()
            if self._wal_pages:
                self._checkpoint()

    def keep_stray(self, stray: Evidence, why: str) -> None:
        """Keep evidence that belongs to no payment; it is written with the next commit."""
        if len(self._strays) >= STRAYS_MAX:
            self.strays_dropped += 1
            return
        self._strays.append((stray.id, stray.at, stray.kind, stray.source, why, stray.body))

    def card(self, payment: str) -> Pan | None:
        """The card number, if an obligation still needs it."""
        with self._lock:
            row = self._db.execute(self._sql["get_card"], (payment,)).fetchone()
        return Pan(self._vault.open(row[0], f"card.sealed:{payment}").decode()) if row else None

    def save_secret(self, name: str, secret: bytes) -> None:
        """Keep a working key or the like, sealed; durable when this returns."""
        with self._lock, _room():
            self._db.execute(self._sql["put_secret"], (name, self._vault.seal(secret, f"secret.sealed:{name}")))

    def load_secret(self, name: str) -> bytes | None:
        """What `save_secret` kept under this name."""
        with self._lock:
            row = self._db.execute(self._sql["get_secret"], (name,)).fetchone()
        return self._vault.open(row[0], f"secret.sealed:{name}") if row else None

    def next_number(self, name: str) -> int:
        """1, 2, 3 …: never the same twice, whatever crashes."""
        with self._lock, _room():
            # To the end: the statement commits when it is finished, and only then may anybody use the number.
            rows: list[Any] = self._db.execute(self._sql["next_number"], (name,)).fetchall()
        return int(rows[0][0])

    def begin_file(self, digest: str, name: str, day: str, records: int, complete: bool, at: int) -> str:
        """Note that a clearing file is being read: `new`, `unfinished`, `done`, or `other for this day`."""
        with self._lock, _room():
            known = self._db.execute(self._sql["file_by_digest"], (digest,)).fetchone()
            if known is not None:
                return str(known[0])
            if self._db.execute(self._sql["file_by_day"], (day,)).fetchone() is not None:
                return "other for this day"
            self._db.execute(self._sql["put_file"], (digest, name, day, records, int(complete), at))
            return "new"

    def finish_file(self, digest: str) -> None:
        """Every fact of this file is in."""
        with self._lock, _room():
            self._db.execute(self._sql["finish_file"], (digest,))

    def _together(self, batch: Sequence[Submission]) -> list[Committed]:
        plan = Plan()
        number = self._commit_no + 1
        for submission in batch:
            self._planner.add(plan, submission, number)
        with sqlite.transaction(self._db):
            self._write(plan)
            chained = self._write_commit(number, plan.hashes)
        self._advance(number, chained)
        self._keep(plan)
        return plan.committed

    def _one_by_one(self, batch: Sequence[Submission]) -> list[Committed]:
        number, hashes, committed = self._commit_no + 1, list[bytes](), list[Committed]()
        touched = {submission.fact.payment for submission in batch}
        self._forget_touched(touched)
        try:
            with _room(), sqlite.transaction(self._db):
                for submission in batch:
                    plan = self._alone(submission, number)
                    touched.update(plan.touched)
                    self._keep(plan)
                    hashes.extend(plan.hashes)
                    committed.extend(plan.committed)
                chained = self._write_commit(number, hashes)
        except BaseException:
            self._forget_touched(touched)
            raise
        self._advance(number, chained)
        return committed

    def _alone(self, submission: Submission, number: int) -> Plan:
        """One fact under its own savepoint; what the database refuses stops the payment, with the refusal on it."""
        plan = Plan()
        try:
            self._planner.add(plan, submission, number)
            with sqlite.savepoint(self._db):
                self._write(plan)
            return plan
        except POISON as error:
            self._held.pop(submission.fact.payment, None)
            return self._stopped(submission, number, f"{type(error).__name__}: {error}")

    def _stopped(self, submission: Submission, number: int, why: str) -> Plan:
        plan = Plan()
        try:
            self._planner.add(plan, submission, number, broken=why)
            with sqlite.savepoint(self._db):
                self._write(plan)
            return plan
        except POISON:
            self._held.pop(submission.fact.payment, None)
            self._keep_ownerless(submission, why)
            return Plan()

    def _keep_ownerless(self, submission: Submission, why: str) -> None:
        """A fact of a payment that does not exist, or whose key is taken: its evidence is kept, nothing moves."""
        for evidence in submission.evidence:
            self.keep_stray(evidence, why)

    def _write(self, plan: Plan) -> None:
        before = self._db.total_changes()
        rows = [payment_row(held, plan.loaded[held.payment.id]) for held in plan.touched.values()]
        self._db.executemany(self._sql["put_payment"], rows)
        if self._db.total_changes() - before != len(rows):
            raise OurMistake("another writer changed a payment, or its key differs", "payment.version")
        for name, values in (
            ("put_fact", plan.facts),
            ("put_evidence", plan.evidence),
            ("put_entry", plan.entries),
            ("take_release", plan.releases),
            ("open_case", plan.cases),
            ("put_card", plan.cards),
            ("forget_card", plan.forgotten),
            ("put_alias", plan.aliases),
        ):
            if values:
                self._db.executemany(self._sql[name], values)

    def _write_commit(self, number: int, hashes: list[bytes]) -> bytes:
        self._write_strays()
        chained = link_commit(self._commit_hash, hashes)
        self._db.execute(self._sql["put_commit"], (number, len(hashes), chained))
        return chained

    def _write_strays(self) -> None:
        writing = self._strays[:]
        self._strays_written = len(writing)
        if writing:
            self._db.executemany(self._sql["put_stray"], writing)

    def _flush_strays(self) -> None:
        if not self._strays:
            return
        with sqlite.transaction(self._db):
            self._write_strays()
        del self._strays[: self._strays_written]

    def _advance(self, number: int, chained: bytes) -> None:
        del self._strays[: self._strays_written]  # more may have been kept meanwhile
        self._commit_no, self._commit_hash = number, chained

    def _keep(self, plan: Plan) -> None:
        for held in plan.touched.values():
            held.body = b""  # it is on disk; memory keeps the payment only once
            if held.payment.state in FINAL:
                self._held.pop(held.payment.id, None)
            else:
                self._held[held.payment.id] = held
                self._held.move_to_end(held.payment.id)
        while len(self._held) > HELD_MAX:
            self._held.popitem(last=False)

    def _forget_touched(self, payments: Iterable[str]) -> None:
        """After a rollback the file, not the memory, says what is true."""
        for payment in payments:
            self._held.pop(payment, None)

    def _load(self, payment: str) -> Held | None:
        held = self._held.get(payment)
        if held is not None:
            return replace(held)
        row = self._db.execute(self._sql["get_payment"], (payment,)).fetchone()
        return Held(decode_payment(row[2]), row[0], row[1]) if row else None

    def _seal_card(self, payment: str, digits: bytes) -> bytes:
        return self._vault.seal(digits, f"card.sealed:{payment}")

    def _last_commit(self) -> tuple[int, bytes]:
        row = self._db.execute(self._sql["last_commit"]).fetchone()
        return (int(row[0]), bytes(row[1])) if row else (0, GENESIS)

    def _count_wal_pages(self, _db: apsw.Connection, _name: str, pages: int) -> int:
        self._wal_pages = pages
        return apsw.SQLITE_OK

    def _checkpoint(self) -> None:
        """What is committed is safe in the WAL: no room for moving it now must not look like a failed commit."""
        with suppress(apsw.FullError, apsw.BusyError):
            self._db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        self._wal_pages = 0


@contextmanager
def _room() -> Iterator[None]:
    """No room is something the caller can wait for; any other failure of the disk is not."""
    try:
        yield
    except apsw.FullError as error:
        raise JournalFull(str(error)) from error
