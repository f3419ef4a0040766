"""Does the journal still say what it said when it was written? Chains, commits, states, evidence and books, row by row.

What this can see: any change, removal or insertion that does not rewrite every hash after it. Whoever rewrites all of
them, or cuts off the last commits whole, is seen by the signed checkpoints that left this house (inspection.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from chongzheng.journal.acts import act_faults
from chongzheng.journal.audit import GENESIS, Fault, digest, link, link_commit
from chongzheng.journal.plan import columns
from chongzheng.journal.rows import decode_payment, evidence_id
from chongzheng.journal.storage import NUMBERS_OF_ONE_ENGINE
from chongzheng.reversal.entries import disagreement
from chongzheng.reversal.payment import Payment, State

Ask = Callable[..., list[Any]]
"""Runs a named query with its values and returns all rows."""


Told = tuple[int, str]
"""The number of the fact that something is wrong with, 0 for the payment itself, and what it is."""


def faults(ask: Ask) -> Iterator[Fault]:
    """What does not add up, with the payment, fact or commit it is about."""
    for (payment,) in ask("ownerless"):
        yield Fault("has rows but is no payment", payment)
    for name, body in ask("payment_bodies"):
        try:
            yield from (Fault(what, name, seq) for seq, what in _payment(ask, name, body))
        except (msgspec.MsgspecError, KeyError, ValueError, TypeError):
            yield Fault("its state or one of its records cannot be read any more", name)
    yield from _commits(ask)
    yield from act_faults(ask)


def _payment(ask: Ask, name: str, body: bytes) -> Iterator[Told]:
    facts = ask("facts_of", name)
    yield from _chain(facts)
    records = [msgspec.json.decode(row[5]) for row in facts]
    yield from _labels(facts, records)
    payment = decode_payment(body)
    if payment.id != name:
        yield 0, "its state is another payment's"
    yield from _state(ask, payment, body, facts, records)
    yield from _evidence(ask, payment, records)
    yield from _books(ask, payment, records)
    yield from _cases(ask, payment, records)
    yield from _release(ask, payment, records)


def _chain(facts: list[Any]) -> Iterator[Told]:
    head = GENESIS
    for number, (seq, *_, record, stored) in enumerate(facts, 1):
        if seq != number or stored != link(head, record):
            yield seq, f"fact {seq} does not follow from the one before"
        head = stored


def _labels(facts: list[Any], records: list[Any]) -> Iterator[Told]:
    for (seq, _, at, kind, rule, *_), told in zip(facts, records, strict=True):
        if (told["seq"], told["at"], told["kind"], told["rule"]) != (seq, at, kind, rule):
            yield seq, f"fact {seq} is labelled otherwise than it was written"


def _state(ask: Ask, payment: Payment, body: bytes, facts: list[Any], records: list[Any]) -> Iterator[Told]:
    version, head, _ = ask("get_payment", payment.id)[0]
    if not facts or (version, head) != (len(facts), facts[-1][6]):
        yield len(facts), "its facts do not end where the payment says"
    if not records or records[-1]["payment_hash"] != digest(body):
        yield len(facts), "its state is not the one that its last fact led to"
    stored = ask("payment_columns", payment.id)[0]
    said = zip(COLUMNS, stored, columns(payment), strict=True)
    wrong = [name for name, copy, value in said if copy != value]
    if wrong:
        yield 0, f"its columns {', '.join(wrong)} disagree with its state"


COLUMNS = ("merchant", "terminal", "batch", "stan", "day", "opened_at", "channel", "amount_fen", "state", "owes",
           "wake_at", "truth", "proof", "suspense_fen")  # fmt: skip
"""What `payment_columns` selects: copies of the state for indexes, which must not drift from it."""


def _evidence(ask: Ask, payment: Payment, records: list[Any]) -> Iterator[Told]:
    kept = set()
    cut = max((int(value) for (value,) in ask("evidence_cut")), default=0)
    for name, at, kind, source, body in ask("evidence_of", payment.id):
        kept.add(name)
        taken_out = not body and at < cut and payment.state is State.SETTLED
        if not taken_out and evidence_id(kind, source, at, body) != name:
            yield 0, f"evidence {name} was changed"
    for told in records:
        name = told["fact"].get("evidence", "")
        if name and name not in kept:
            yield told["seq"], f"fact {told['seq']} rests on evidence {name}, which is gone"


def _books(ask: Ask, payment: Payment, records: list[Any]) -> Iterator[Told]:
    """The books are the entries that the facts made, and lead to where the state says the money lies."""
    written: dict[int, list[Any]] = defaultdict(list)
    for seq, _, *move in ask("entries_of", payment.id):
        written[seq].append(move)
    wrong = disagreement(payment, (move for moves in written.values() for move in moves))
    for told in records:
        if written.pop(told["seq"], []) != told["entries"]:
            yield told["seq"], f"the entries of fact {told['seq']} are not those it made"
    for seq in written:
        yield seq, f"has entries of a fact {seq} that does not exist"
    if wrong:
        yield 0, "the books and the state disagree about where the money lies"


def _cases(ask: Ask, payment: Payment, records: list[Any]) -> Iterator[Told]:
    """A case stands for each reason that a fact gave, with the dates of the first; what became of it is not here."""
    opened: dict[str, tuple[int, int, int]] = {}
    for told in records:
        for effect in told["effects"]:
            if effect["do"] == "OpenCase":
                opened.setdefault(effect["why"], (told["seq"], told["at"], effect["due_at"]))
    for _, _, why, opened_at, due_at, _ in ask("cases_of", payment.id):
        seq, *dates = opened.pop(why, (0, 0, 0))
        if not seq:
            yield 0, f"has a case, {why}, that no fact opened"
        elif dates != [opened_at, due_at]:
            yield seq, f"the dates of its case, {why}, are not those that fact {seq} gave it"
    for why, (seq, *_) in opened.items():
        yield seq, f"the case, {why}, that fact {seq} opened is gone"


def _release(ask: Ask, payment: Payment, records: list[Any]) -> Iterator[Told]:
    """A reversal has the release token that the fact took which first sent it."""
    held = ask("release_of", payment.id)
    if payment.attempts and not held:
        yield 0, "it was reversed without a release token"
    sent = [told["seq"] for told in records for e in told["effects"] if e["do"] == "SendReversal" and e["attempt"] == 1]
    if any(verb == "reversal" and [seq] != sent for verb, seq in held):
        yield (sent or [0])[0], "its release token is not the one that its facts took"


def _commits(ask: Ask) -> Iterator[Fault]:
    hashes: dict[int, list[bytes]] = defaultdict(list)
    for number, stored in ask("fact_hashes"):
        hashes[number].append(stored)
    yield from commit_faults(ask, hashes)


def commit_faults(ask: Ask, hashes: dict[int, list[bytes]]) -> Iterator[Fault]:
    """What is wrong with the commits, given the hashes of the facts of each.

    Each engine has a chain of its own; its commits are numbered from 1, above the bits that name it.
    """
    chained, before = GENESIS, 0
    for no, count, stored in ask("all_commits"):
        if no // NUMBERS_OF_ONE_ENGINE != before // NUMBERS_OF_ONE_ENGINE:
            chained, before = GENESIS, no - no % NUMBERS_OF_ONE_ENGINE
        found = hashes.pop(no, [])
        chained, before = link_commit(chained, found), before + 1
        if no != before or len(found) != count:
            yield Fault("facts are missing or were added", commit=no)
        elif chained != stored:
            yield Fault("does not follow from the one before, or its facts were changed", commit=no)
        chained, before = stored, no
    yield from (Fault("has facts but no record", commit=no) for no in hashes)
