"""How do a fact, the state it leads to, what is then owed and the next deadline become durable together?

One transaction holds a whole batch (group commit): all facts are stepped in memory first, then written with one
statement a table, then committed, and only then does anybody act. When the database refuses a row (a second
release token, a stale version), the batch is rolled back and taken again fact by fact, each under its own
savepoint, so that one poisonous fact stops its own payment and no other.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from chongzheng.card import Pan
from chongzheng.journal import settled
from chongzheng.journal.audit import GENESIS, link_commit
from chongzheng.journal.differences import put_breaks, take_back
from chongzheng.journal.on_sqlite import SqliteStorage
from chongzheng.journal.plan import ENGINES_VERBS, GIVE_BACK, Held, Plan, Planner
from chongzheng.journal.postgres import is_url
from chongzheng.journal.reader import Reader
from chongzheng.journal.rows import Committed, Evidence, Submission, decode_payment
from chongzheng.journal.settled import Came
from chongzheng.journal.storage import (
    LEASE_MS,
    NUMBERS_OF_ONE_ENGINE,
    Fenced,
    JournalFull,
    Refused,
    Stale,
    Storage,
    Stored,
    WritersPen,
)
from chongzheng.journal.vault import Vault
from chongzheng.mistakes import OurMistake
from chongzheng.reversal.effects import SendReversal
from chongzheng.reversal.facts import DeadlinePassed, Fact, Link, LinkChanged, Standing
from chongzheng.reversal.payment import FINAL, Payment
from chongzheng.reversal.policy import Policy
from chongzheng.settlement.breaks import Difference

HELD_MAX = 20_000
"""Open payments kept in memory between commits; more are read from the file again."""
STALE_TRIES_MAX = 8
"""Tries of a batch whose payments other engines write at the same moment; then it is taken fact by fact."""
AT_HAND_MAX = 2_000
"""Card numbers laid out for reversals about to be sent; older ones are read again if they are needed."""
STRAYS_MAX = 10_000
"""Stray evidence waiting for the next commit; beyond it a flood of junk is counted, not kept."""


@dataclass(frozen=True, slots=True)
class FilePart:
    """Which file of a day: whose, in which layout, and which part where there are several of that layout."""

    channel: str = "card"
    format: str = "acom"
    part: str = ""


CARD_FILE = FilePart()
"""The one file of trades of a card day."""
BREAKS_AT_ONCE = 500
"""Breaks written in one transaction."""
TAKEN_AT_ONCE = 500
"""Payments taken over from an engine that is gone, in one transaction."""

Card = Pan | Exception | None
"""A card number, why it cannot be read, or that there is none."""
POISON = (Refused, OurMistake, ValueError, TypeError, OverflowError)
"""What one fact can do to its batch: be refused by the database, by us, or not fit into a row (a lone surrogate, a
number beyond 64 bits). It must cost its own payment and no other."""

Other = TypeVar("Other")

__all__ = ["Journal", "JournalFull"]


class Journal:
    """The one writer. Synchronous, knows no threads; `lock` is whatever its owner needs to call it from two."""

    def __init__(
        self, storage: Storage, place: str | Path, vault: Vault, policy: Policy, lock: AbstractContextManager[Any]
    ) -> None:
        self._storage = storage
        self._at = place
        self._vault = vault
        self._lock = lock
        self._planner = Planner(policy, self._load, self._seal_card, self._next_place)
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._read: dict[str, Stored | None] = {}  # what the batch at hand found in the database
        self._strays: list[tuple[Any, ...]] = []
        self._strays_written = 0
        self._at_hand: OrderedDict[str, Card] = OrderedDict()
        self.strays_dropped = 0
        self._commit_no, self._commit_hash = self._last_commit()
        self._place = self._last_place()

    @classmethod
    def open(
        cls,
        place: str | Path,
        vault: Vault,
        policy: Policy,
        lock: AbstractContextManager[Any] | None = None,
        lease_ms: int = LEASE_MS,
        visiting: bool = False,
    ) -> Journal:
        """Open or make the journal in a file, or in the database of a postgresql:// URL, where others may write too.

        There an engine that says nothing for `lease_ms` is gone. A visitor writes, and looks after nothing.
        TheirMistake: locked, not ours, damaged, not durable as set.
        """
        return cls(_storage(place, lease_ms, visiting), place, vault, policy, lock or nullcontext())

    def close(self) -> None:
        """Write what is waiting and let the next writer in. An engine that lost its lease only lets go."""
        with self._lock:
            try:
                with suppress(Fenced):
                    self._flush_strays()
            finally:
                self._storage.close()

    def reader(self) -> Reader:
        """A connection of its own that cannot write."""
        return Reader.open(self._at, self._storage.engine)

    def apply(self, batch: Sequence[Submission]) -> list[Committed]:
        """Decide and write the whole batch in one commit; what is returned is durable.

        Raises JournalFull when there is no room: then nothing happened.
        """
        with self._lock:
            committed = self._as_one(batch)
            self._lay_out_cards(committed)
            self._storage.tidy(idle=False)
            return committed

    def _as_one(self, batch: Sequence[Submission]) -> list[Committed]:
        for _ in range(STALE_TRIES_MAX):
            try:
                return self._together(batch)
            except Stale:  # another engine wrote one of them, or waits for us: read them all again, step on from there
                self._forget_touched(submission.fact.payment for submission in batch)
            except POISON:
                break
        for _ in range(STALE_TRIES_MAX):
            with suppress(Stale):
                return self._one_by_one(batch)
        return self._one_by_one(batch)

    @property
    def alone(self) -> bool:
        """Whether no other engine can write here: a file has one writer."""
        return self._storage.alone

    @property
    def leased(self) -> bool:
        """Whether this engine may still act on what it committed; on SQLite as long as it lives."""
        return self._storage.leased

    def take_over(self) -> list[Payment]:
        """Payments of an engine that is gone, now this one's: its sends and answers may have happened or not, and its
        deadlines are to be watched. A bounded number at a time; none when there is nothing to take."""
        with self._lock:
            return [decode_payment(body) for body in self._storage.take_over(TAKEN_AT_ONCE)]

    def tidy(self) -> None:
        """For idle moments, once a second: write waiting stray evidence, keep the lease, move the WAL into the file.

        Raises Fenced when the lease is gone.
        """
        with self._lock:
            self._flush_strays()
            self._storage.tidy(idle=True)

    def keep_stray(self, stray: Evidence, why: str) -> None:
        """Keep evidence that belongs to no payment; it is written with the next commit."""
        if len(self._strays) >= STRAYS_MAX:
            self.strays_dropped += 1
            return
        self._strays.append((stray.id, stray.at, stray.kind, stray.source, why, stray.body))

    def card(self, payment: str) -> Pan | None:
        """The card number, if an obligation still needs it."""
        (card,) = self.cards([payment])
        if isinstance(card, Exception):
            raise card
        return card

    def cards(self, payments: Sequence[str]) -> list[Card]:
        """The card numbers of these payments, in their order; one that does not open costs only its own payment."""
        with self._lock:
            return self._cards(payments)

    def card_at_hand(self, payment: str, otherwise: Other) -> Card | Other:
        """What was laid out when the sending of this reversal was committed, once; `otherwise` when it no longer is.

        Needs no lock: whoever writes at this moment is not waited for.
        """
        return self._at_hand.pop(payment, otherwise)

    def _lay_out_cards(self, committed: Sequence[Committed]) -> None:
        """Read now, with the writer's connection at hand: otherwise each send would wait for one more commit."""
        sent = [one.payment.id for one in committed if any(type(effect) is SendReversal for effect in one.effects)]
        if not sent:
            return
        with suppress(Exception):  # the commit stands: whoever sends asks again, and hears why
            self._at_hand.update(zip(sent, self._cards(sent), strict=True))
        while len(self._at_hand) > AT_HAND_MAX:
            self._at_hand.popitem(last=False)

    def _cards(self, payments: Sequence[str]) -> list[Card]:
        sealed = self._storage.cards(payments)
        return [self._opened(payment, sealed.get(payment)) for payment in payments]

    def _opened(self, payment: str, sealed: bytes | None) -> Card:
        try:
            return Pan(self._vault.open(sealed, f"card.sealed:{payment}").decode()) if sealed is not None else None
        except Exception as error:  # noqa: BLE001 - whatever it is, the others can be read
            return error

    def save_secret(self, name: str, secret: bytes) -> None:
        """Keep a working key or the like, sealed; durable when this returns."""
        with self._lock, self._storage.transaction():
            self._storage.ask("put_secret", name, self._vault.seal(secret, f"secret.sealed:{name}"))

    def load_secret(self, name: str) -> bytes | None:
        """What `save_secret` kept under this name."""
        with self._lock:
            rows = self._storage.ask("get_secret", name)
        return self._vault.open(rows[0][0], f"secret.sealed:{name}") if rows else None

    def next_number(self, name: str) -> int:
        """1, 2, 3 …: never the same twice, whatever crashes."""
        with self._lock:
            with self._storage.transaction():
                number = int(self._storage.ask("next_number", name)[0][0])
            return number

    def begin_file(
        self,
        digest: str,
        name: str,
        day: str,
        records: int,
        complete: bool,
        at: int,
        part: FilePart = CARD_FILE,
        corrects: str = "",
        changes: str = "",
    ) -> str:
        """Note that a clearing file is being read: `new`, `unfinished`, `done`, `superseded`, or `other for this day`.

        Another file of the same part and day is let in only when it `corrects` the current one (its digest): then that
        one is superseded, with its breaks that nobody has resolved. `changes`: what differs between the two, as JSON.
        """
        given = (digest, name, day, records, int(complete), at, part.channel, part.format, part.part, corrects, changes)
        with self._lock:
            try:
                with self._storage.transaction():
                    standing = self._standing(digest, day, part, corrects)
                    if standing == "new":
                        if corrects:
                            self._storage.ask("supersede_file", digest, corrects)
                            take_back(WritersPen(self._storage), corrects, digest, at)
                            settled.take_back(WritersPen(self._storage), corrects, digest, at)
                        self._storage.ask("put_file", *given)
                return standing
            except Refused:  # another engine was quicker
                return self._standing(digest, day, part, corrects)

    def finish_file(self, digest: str, came: Came | None = None, at: int = 0) -> None:
        """Every fact of this file is in; what it `came` to is said once, whoever finishes it."""
        with self._lock, self._storage.transaction():
            ended = self._storage.ask("finish_file", digest)
            if ended and came is not None:
                settled.note(WritersPen(self._storage), digest, *map(str, ended[0]), came, at)

    def put_breaks(self, file: str, part: FilePart, day: str, differences: Sequence[Difference], at: int) -> int:
        """Keep what this file (its digest) and the book disagree about, for people to work; gives how many are new.

        In pages, so that no terminal waits for a long list; the same again changes nothing.
        """
        new = 0
        for start in range(0, len(differences), BREAKS_AT_ONCE):
            with self._lock, self._storage.transaction():
                page = differences[start : start + BREAKS_AT_ONCE]
                new += len(put_breaks(WritersPen(self._storage), file, part.channel, day, page, at))
        return new

    def _standing(self, digest: str, day: str, part: FilePart, corrects: str) -> str:
        known = self._storage.ask("file_by_digest", digest)
        if known:
            state, superseded_by = known[0]
            return "superseded" if superseded_by else str(state)
        current = [row[0] for row in self._storage.ask("current_file", part.channel, part.format, part.part, day)]
        return "new" if current == ([corrects] if corrects else []) else "other for this day"

    def _together(self, batch: Sequence[Submission]) -> list[Committed]:
        plan = Plan()
        number = self._commit_no + 1
        try:
            with self._storage.transaction():
                self._read_missing(batch)
                batch = self._still_due(batch)
                if not batch:
                    return []
                for submission in batch:
                    self._planner.add(plan, submission, number)
                self._storage.write(plan)
                chained = self._write_commit(number, plan.hashes)
        except Stale:
            self._forget_touched(plan.touched)  # linked payments too
            raise
        self._advance(number, chained)
        self._keep(plan)
        return plan.committed

    def _one_by_one(self, batch: Sequence[Submission]) -> list[Committed]:
        number, hashes, committed = self._commit_no + 1, list[bytes](), list[Committed]()
        touched = {submission.fact.payment for submission in batch}
        self._forget_touched(touched)
        try:
            with self._storage.transaction():
                self._read_missing(batch)  # locks them in one order, where there are other engines
                for submission in self._still_due(batch):
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
        try:
            self._read_missing([submission])
            return self._written([submission], number)
        except Stale:  # no fault of this fact: another engine wrote a payment that is told of it
            raise
        except POISON as error:
            self._read_again(submission)
            if isinstance(error, Refused) and self._given_back(submission.fact.payment):
                return self._barred(submission, number)
            return self._stopped(submission, number, f"{type(error).__name__}: {error}")

    def _written(self, parts: Sequence[Submission], number: int, broken: str = "") -> Plan:
        """These facts, together; when they cannot be written, nothing of them is remembered."""
        plan = Plan()
        try:
            for part in parts:
                self._planner.add(plan, part, number, broken=broken)
            with self._storage.savepoint():
                self._storage.write(plan)
            return plan
        except POISON:
            self._forget_touched(plan.touched)
            raise

    def _given_back(self, payment: str) -> bool:
        """Whether its release token is in the hands of people who give it back outside the wires."""
        held = self._storage.ask_named("release_holder", {"payment": payment})
        return bool(held) and held[0][0] not in ENGINES_VERBS

    def _barred(self, submission: Submission, number: int) -> Plan:
        """A reversal of what is being given back by a refund: the payment learns of that first, in the same commit, and
        then takes the fact as one that is bound. The terminal has its answer, a person a case, nobody money twice."""
        fact = submission.fact
        bound = LinkChanged(fact.payment, fact.at, GIVE_BACK, Link.GIVES_BACK, Standing.DOUBTED, proven=False)
        try:
            return self._written([Submission(bound), submission], number)
        except Stale:
            raise
        except POISON as error:
            self._read_again(submission)
            return self._stopped(submission, number, f"{type(error).__name__}: {error}")

    def _stopped(self, submission: Submission, number: int, why: str) -> Plan:
        try:
            return self._written([submission], number, broken=why)
        except Stale:
            raise
        except POISON:  # of a payment that does not exist, or whose key is taken: its evidence is kept, nothing moves
            self._held.pop(submission.fact.payment, None)
            for evidence in submission.evidence:
                self.keep_stray(evidence, why)
            return Plan()

    def _write_commit(self, number: int, hashes: list[bytes]) -> bytes:
        self._write_strays()
        chained = link_commit(self._commit_hash, hashes)
        self._storage.ask("put_commit", number, len(hashes), chained)
        return chained

    def _write_strays(self) -> None:
        writing = self._strays[:]
        self._strays_written = len(writing)
        if writing:
            self._storage.put_strays(writing)

    def _flush_strays(self) -> None:
        if not self._strays:
            return
        with self._storage.transaction():
            self._write_strays()
        del self._strays[: self._strays_written]

    def _advance(self, number: int, chained: bytes) -> None:
        del self._strays[: self._strays_written]  # more may have been kept meanwhile
        self._commit_no, self._commit_hash = number, chained

    def _keep(self, plan: Plan) -> None:
        held = self._held
        for name, one in plan.touched.items():
            one.body = b""  # it is on disk; memory keeps the payment only once
            if one.payment.state in FINAL:
                held.pop(name, None)
            else:
                held[name] = one
                held.move_to_end(name)
        while len(held) > HELD_MAX:
            held.popitem(last=False)

    def _forget_touched(self, payments: Iterable[str]) -> None:
        """After a rollback the file, not the memory, says what is true."""
        for payment in payments:
            self._held.pop(payment, None)

    def _read_missing(self, batch: Sequence[Submission]) -> None:
        held = self._held
        self._read = {s.fact.payment: None for s in batch if s.fact.payment not in held}
        if self._read:
            self._read.update(self._storage.load(list(self._read)))

    def _still_due(self, batch: Sequence[Submission]) -> Sequence[Submission]:
        """Without deadlines that another engine has moved or lifted: both may have waited for one, and only the other
        has it now. To write ours down would make this engine the owner again, and both would wait for the next."""
        return [submission for submission in batch if not self._is_over(submission.fact)]

    def _is_over(self, fact: Fact) -> bool:
        if not isinstance(fact, DeadlinePassed):
            return False
        found = self._read.get(fact.payment)  # what we hold in memory we wrote last, or its version tells otherwise
        if found is None or found.owner == self._storage.engine:
            return False
        wake_at = decode_payment(found.body).wake_at
        return wake_at is None or max(fact.due_at, fact.at) < wake_at

    def _read_again(self, submission: Submission) -> None:
        self._held.pop(submission.fact.payment, None)
        self._read_missing([submission])

    def _load(self, payment: str) -> Held | None:
        held = self._held.get(payment)
        if held is not None:
            return Held(held.payment, held.place, held.version, held.head, b"", held.position)
        if payment not in self._read:  # one that another payment tells something
            self._read[payment] = self._storage.load([payment]).get(payment)
        found = self._read[payment]
        return Held(decode_payment(found.body), found.place, found.version, found.head) if found else None

    def _next_place(self) -> int:
        self._place += 1
        return self._place

    def _seal_card(self, payment: str, digits: bytes) -> bytes:
        return self._vault.seal(digits, f"card.sealed:{payment}")

    def _bounds(self) -> tuple[int, int]:
        below = self._storage.engine * NUMBERS_OF_ONE_ENGINE
        return below, below + NUMBERS_OF_ONE_ENGINE

    def _last_commit(self) -> tuple[int, bytes]:
        rows = self._storage.ask("last_commit", *self._bounds())
        return (int(rows[0][0]), bytes(rows[0][1])) if rows else (self._bounds()[0], GENESIS)

    def _last_place(self) -> int:
        return int(self._storage.ask("last_place", *self._bounds())[0][0] or self._bounds()[0])


def _storage(place: str | Path, lease_ms: int, visiting: bool) -> Storage:
    if is_url(place):
        from chongzheng.journal.on_postgres import PostgresStorage  # an engine on SQLite needs no client library

        return PostgresStorage(str(place), lease_ms, visiting=visiting)
    return SqliteStorage(Path(place))
