"""Does the journal still say what it said when it was written? Chains, commits, states, evidence and books, row by row.

What this can see: any change, removal or insertion that does not rewrite every hash after it. Whoever rewrites all of
them, or cuts off the last commits whole, is seen by comparing the last commit's hash with one kept elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from chongzheng.journal.audit import GENESIS, digest, link, link_commit
from chongzheng.journal.plan import columns
from chongzheng.journal.rows import decode_payment, evidence_id
from chongzheng.journal.storage import NUMBERS_OF_ONE_ENGINE
from chongzheng.reversal.entries import Account, position
from chongzheng.reversal.payment import Payment, State

Ask = Callable[..., list[Any]]
"""Runs a named query with its values and returns all rows."""


def faults(ask: Ask) -> Iterator[str]:
    """What does not add up, one line each, beginning with the payment or commit."""
    for (payment,) in ask("ownerless"):
        yield f"{payment}: has rows but is no payment"
    for name, body in ask("payment_bodies"):
        try:
            yield from (f"{name}: {what}" for what in _payment(ask, name, body))
        except (msgspec.MsgspecError, KeyError, ValueError, TypeError):
            yield f"{name}: its state or one of its records cannot be read any more"
    yield from _commits(ask)


def _payment(ask: Ask, name: str, body: bytes) -> Iterator[str]:
    facts = ask("facts_of", name)
    yield from _chain(facts)
    records = [msgspec.json.decode(row[5]) for row in facts]
    yield from _labels(facts, records)
    payment = decode_payment(body)
    if payment.id != name:
        yield "its state is another payment's"
    yield from _state(ask, payment, body, facts, records)
    yield from _evidence(ask, payment, records)
    yield from _books(ask, payment, records)


def _chain(facts: list[Any]) -> Iterator[str]:
    head = GENESIS
    for number, (seq, *_, record, stored) in enumerate(facts, 1):
        if seq != number or stored != link(head, record):
            yield f"fact {seq} does not follow from the one before"
        head = stored


def _labels(facts: list[Any], records: list[Any]) -> Iterator[str]:
    for (seq, _, at, kind, rule, *_), told in zip(facts, records, strict=True):
        if (told["seq"], told["at"], told["kind"], told["rule"]) != (seq, at, kind, rule):
            yield f"fact {seq} is labelled otherwise than it was written"


def _state(ask: Ask, payment: Payment, body: bytes, facts: list[Any], records: list[Any]) -> Iterator[str]:
    version, head, _ = ask("get_payment", payment.id)[0]
    if not facts or (version, head) != (len(facts), facts[-1][6]):
        yield "its facts do not end where the payment says"
    if not records or records[-1]["payment_hash"] != digest(body):
        yield "its state is not the one that its last fact led to"
    stored = ask("payment_columns", payment.id)[0]
    said = zip(COLUMNS, stored, columns(payment), strict=True)
    wrong = [name for name, copy, value in said if copy != value]
    if wrong:
        yield f"its columns {', '.join(wrong)} disagree with its state"
    if payment.attempts and not ask("release_of", payment.id):
        yield "it was reversed without a release token"


COLUMNS = ("merchant", "terminal", "batch", "stan", "day", "opened_at", "amount_fen", "state", "owes", "wake_at",
           "truth", "proof")  # fmt: skip
"""What `payment_columns` selects: copies of the state for indexes, which must not drift from it."""


def _evidence(ask: Ask, payment: Payment, records: list[Any]) -> Iterator[str]:
    kept = set()
    cut = max((int(value) for (value,) in ask("evidence_cut")), default=0)
    for name, at, kind, source, body in ask("evidence_of", payment.id):
        kept.add(name)
        taken_out = not body and at < cut and payment.state is State.SETTLED
        if not taken_out and evidence_id(kind, source, at, body) != name:
            yield f"evidence {name} was changed"
    for told in records:
        name = told["fact"].get("evidence", "")
        if name and name not in kept:
            yield f"fact {told['seq']} rests on evidence {name}, which is gone"


def _books(ask: Ask, payment: Payment, records: list[Any]) -> Iterator[str]:
    """The books are the entries that the facts made, and lead to where the state says the money lies."""
    written: dict[int, list[Any]] = defaultdict(list)
    books = dict.fromkeys(Account, 0)
    for seq, _, debit, credit, fen in ask("entries_of", payment.id):
        written[seq].append([debit, credit, fen])
        books[debit] += fen
        books[credit] -= fen
    for told in records:
        if written.pop(told["seq"], []) != told["entries"]:
            yield f"the entries of fact {told['seq']} are not those it made"
    for seq in written:
        yield f"has entries of a fact {seq} that does not exist"
    held = position(payment)
    if (-books[Account.MERCHANT], -books[Account.SUSPENSE]) != (held.merchant, held.suspense):
        yield "the books and the state disagree about where the money lies"


def _commits(ask: Ask) -> Iterator[str]:
    """Each engine has a chain of its own; its commits are numbered from 1, above the bits that name it."""
    hashes: dict[int, list[bytes]] = defaultdict(list)
    for number, stored in ask("fact_hashes"):
        hashes[number].append(stored)
    chained, before = GENESIS, 0
    for no, count, stored in ask("all_commits"):
        if no // NUMBERS_OF_ONE_ENGINE != before // NUMBERS_OF_ONE_ENGINE:
            chained, before = GENESIS, no - no % NUMBERS_OF_ONE_ENGINE
        found = hashes.pop(no, [])
        chained, before = link_commit(chained, found), before + 1
        if no != before or len(found) != count:
            yield f"commit {no}: facts are missing or were added"
        elif chained != stored:
            yield f"commit {no}: does not follow from the one before, or its facts were changed"
        chained, before = stored, no
    yield from (f"commit {no}: has facts but no record" for no in hashes)
