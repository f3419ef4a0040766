"""What does a corrected file of a day say otherwise than the one whose place it takes, payment by payment?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from chongzheng.journal import Reader
from chongzheng.reversal.facts import Line
from chongzheng.reversal.payment import Payment
from chongzheng.settlement.judge import Saying
from chongzheng.settlement.line import Record

SHOWN_MAX = 1_000
"""Changed payments that are listed; the others are counted."""
KIND = "settlement-record"


@dataclass(frozen=True, slots=True)
class Said:
    """What the earlier file said of a payment: evidence of the file, and its lines."""

    file: str
    originals: tuple[Line, ...] = ()
    reversals: tuple[Line, ...] = ()

    @property
    def evidence(self) -> tuple[str, ...]:
        """Of all its lines."""
        return tuple(line.evidence for line in (*self.originals, *self.reversals))


@dataclass(slots=True)
class Changes:
    """Payments of which the two files say different things: id -> (lines before, lines now), each line one text."""

    of: str
    by_payment: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)

    def as_json(self) -> str:
        """For the journal: the digest of the earlier file, how many payments, and the first of them line by line."""
        shown = dict(list(sorted(self.by_payment.items()))[:SHOWN_MAX])
        listed = [{"payment": payment, "before": before, "now": now} for payment, (before, now) in shown.items()]
        document = {"corrects": self.of, "payments": len(self.by_payment), "changes": listed}
        return json.dumps(document, ensure_ascii=False, sort_keys=True)


def said_before(payment: Payment, day: str, reader: Reader, digest: str) -> Said | None:
    """What the file of this `digest` (SHA-256) said of the payment; None when it never heard that file."""
    file = next((evidence for read, evidence in payment.days if read == day), "")
    if not file:
        return None
    kept = {one.id: one for one in reader.evidence_of(payment.id)}
    if file not in kept or json.loads(kept[file].body).get("sha256") != digest:
        return None
    its_own = {one.id for one in kept.values() if one.kind == KIND and json.loads(one.body).get("sha256") == digest}
    return Said(
        file,
        tuple(line for line in payment.originals if line.evidence in its_own),
        tuple(line for line in payment.reversals if line.evidence in its_own),
    )


def changed(
    sayings: Mapping[str, Saying], before: Mapping[str, Said], withheld: frozenset[str], of: str
) -> tuple[list[Saying], Changes]:
    """The sayings that say something new, and the difference between the two files.

    A payment that the earlier file had lines of, and this one has none of, is told so, even if it is settled. One that
    a break may be about (`withheld`) is told nothing.
    """
    changes, new = Changes(of), []
    for payment in sorted({*sayings, *before} - withheld):
        saying = sayings.get(payment, Saying(payment))
        earlier = before.get(payment)
        then = () if earlier is None else _texts(earlier)
        now = _lines(saying)
        if earlier is None:
            new.append(saying)
        elif then != now:
            new.append(saying)
            changes.by_payment[payment] = (then, now)
    return new, changes


def _lines(saying: Saying) -> tuple[str, ...]:
    lines = [_of_record(one, False) for one in saying.originals] + [_of_record(one, True) for one in saying.reversals]
    return tuple(sorted(lines))


def _texts(said: Said) -> tuple[str, ...]:
    lines = [_of_line(line, False) for line in said.originals] + [_of_line(line, True) for line in said.reversals]
    return tuple(sorted(lines))


def _of_line(line: Line, undone: bool) -> str:
    return _words(undone, line.amount_fen, line.rrn, line.stan, line.sent_at)


def _of_record(record: Record, undone: bool) -> str:
    return _words(undone, record.amount_fen, record.rrn, record.stan, record.sent_at)


def _words(undone: bool, fen: int, rrn: str, stan: str, sent_at: str) -> str:
    return f"{'reversal' if undone else 'trade'} {fen} fen, RRN {rrn or '-'}, STAN {stan or '-'}, sent {sent_at}"
