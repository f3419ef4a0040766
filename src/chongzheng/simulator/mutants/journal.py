"""Which bugs may hide where facts become rows? Planted in the store, its plan, its file and its vault."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chongzheng.gateway import desk, forwarding, translate
from chongzheng.journal import plan, sqlite, store
from chongzheng.journal.audit import GENESIS
from chongzheng.journal.on_sqlite import SqliteStorage
from chongzheng.reversal.entries import Entry, Position
from chongzheng.simulator.mutants.mutant import CUTTING, JOURNAL, Mutant
from chongzheng.simulator.swapping import Patch


def _unwritten(*left_out: str) -> tuple[Patch, ...]:
    """A table is not written."""
    listed = plan.Plan.rows
    return ((plan.Plan, "rows", lambda one: tuple(r for r in listed(one) if r[0] not in left_out)),)


def _setting(name: str, value: str, found: object) -> tuple[Patch, ...]:
    settings = tuple((n, value, found) if n == name else (n, v, f) for n, v, f in sqlite.SETTINGS)
    return ((sqlite, "SETTINGS", settings),)


def _stale_body() -> tuple[Patch, ...]:
    made = plan._changing
    bodies: dict[str, bytes] = {}

    def changing(held: Any, owner: int) -> Any:
        row = made(held, owner)
        before = bodies.get(held.payment.id, row[-1])
        bodies[held.payment.id] = row[-1]
        return (*row[:-1], before)

    return ((plan, "_changing", changing),)


def _head_forgotten() -> tuple[Patch, ...]:
    made = plan._changing
    return ((plan, "_changing", lambda held, owner: (*made(held, owner)[:-2], GENESIS, made(held, owner)[-1])),)


def _clear_evidence() -> tuple[Patch, ...]:
    def body(message: Any) -> bytes:
        return repr({number: message.text(number) for number in message.fields}).encode()

    return ((translate, "evidence_body", body),)


def _lost_commits() -> tuple[Patch, ...]:
    count = 0

    @contextmanager
    def transaction(storage: Any) -> Iterator[None]:
        nonlocal count
        count += 1
        storage._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if storage._db.in_transaction:
                storage._db.execute("ROLLBACK")
            raise
        storage._db.execute("ROLLBACK" if count % 20 == 0 else "COMMIT")

    return ((SqliteStorage, "transaction", transaction),)


def _names_without_terminal() -> tuple[Patch, ...]:
    made = plan.payment_id

    def name(key: Any) -> str:
        return made(type(key)(key.merchant, "", key.batch, key.stan))

    return tuple((module, "payment_id", name) for module in (plan, desk, forwarding))


def _swapped_sides() -> tuple[Patch, ...]:
    made = plan.entries
    return ((plan, "entries", lambda a, b: tuple(Entry(e.credit, e.debit, e.fen) for e in made(a, b))),)


def _link_alone(previous: bytes, record: bytes) -> bytes:
    return hashlib.sha256(record).digest()


def _merchants(payment: Any) -> Position:
    return Position(merchant=payment.fen)


MUTANTS = (
    Mutant("no-release-token", JOURNAL, "a reversal takes no release token", lambda: _unwritten("take_release"),
           vices=("lost-answer", "")),
    Mutant("no-entries", JOURNAL, "the entries of a step are not written", lambda: _unwritten("put_entry")),
    Mutant("entries-swapped", JOURNAL, "debit and credit are exchanged", _swapped_sides),
    Mutant("all-the-merchant's", JOURNAL, "money is the merchant's before anybody knows",
           lambda: ((plan, "position", _merchants),)),
    Mutant("no-cases", JOURNAL, "cases are not written", lambda: _unwritten("open_case")),
    Mutant("no-evidence", JOURNAL, "evidence is not written", lambda: _unwritten("put_evidence")),
    Mutant("no-facts", JOURNAL, "facts are not written", lambda: _unwritten("put_fact")),
    Mutant("chain-of-one", JOURNAL, "a record is chained to nothing", lambda: ((plan, "link", _link_alone),)),
    Mutant("head-forgotten", JOURNAL, "the head of a chain is not kept with its payment", _head_forgotten),
    Mutant("commit-chain-short", JOURNAL, "the hash of a commit leaves out a fact",
           lambda: ((store, "link_commit", lambda before, hashes: _link_alone(before, b"".join(sorted(hashes)[1:]))),)),
    Mutant("state-of-before", JOURNAL, "the row of a payment has the state before its fact", _stale_body),
    Mutant("commits-lost", JOURNAL, "a commit is reported that was rolled back", _lost_commits),
    Mutant("sync-normal", JOURNAL, "a commit is not synced before anybody acts",
           lambda: _setting("synchronous", "NORMAL", 1), weather=CUTTING),
    Mutant("card-in-clear", JOURNAL, "a card number is written as it is",
           lambda: ((store.Journal, "_seal_card", lambda journal, payment, digits: digits),)),
    Mutant("evidence-in-clear", JOURNAL, "evidence keeps the message as it came", _clear_evidence),
    Mutant("key-without-terminal", JOURNAL, "payments of two terminals share their name", _names_without_terminal),
)  # fmt: skip
