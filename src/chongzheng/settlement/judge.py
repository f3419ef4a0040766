"""What does the file tell each payment: lines for it, silence, or nothing that can be used?

Silence is told only to a payment that is open and whose business day is not after the file's. Only the files of its
own day and of the next one decide about a payment (DESIGN 6a), so a later file is told to it only after both:
otherwise two files with a gap between them would look like two clearing days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from chongzheng.reversal.facts import Line, SettlementSaw
from chongzheng.settlement import days
from chongzheng.settlement.breaks import Break, Why
from chongzheng.settlement.line import Record
from chongzheng.settlement.match import Candidate, Fit, Matching


@dataclass(frozen=True, slots=True)
class Saying:
    """What the file says about one payment; no records at all: it is silent."""

    payment: str
    originals: tuple[Record, ...] = ()
    reversals: tuple[Record, ...] = ()

    @property
    def is_silence(self) -> bool:
        """Whether the file has nothing about this payment."""
        return not self.originals and not self.reversals


@dataclass(frozen=True, slots=True)
class Judgement:
    """`sayings` by payment id, `withheld` the ids of open payments that are told nothing because a break may be about
    them, or because a line is the sum of several payments; `breaks` in the order of the file.
    """

    sayings: tuple[Saying, ...]
    withheld: tuple[str, ...]
    breaks: tuple[Break, ...]


def judge(matching: Matching, candidates: Iterable[Candidate], day: str) -> Judgement:
    """What the complete file of `day` (yyyymmdd) says about each candidate that has not heard it yet."""
    found: dict[str, list[Record]] = {}
    for one in matching.matches:
        found.setdefault(one.payment, []).append(one.record)
    breaks = list(matching.breaks)
    doubted = {payment for one in matching.breaks for payment in one.about}
    doubted.update(one.payment for one in matching.matches if one.fit is Fit.SUM)
    sayings, withheld = [], []
    for candidate in sorted(candidates, key=lambda c: c.payment):
        records = found.get(candidate.payment, [])
        if day in candidate.read_days or not (records or _is_told_silence(candidate, day)):
            continue
        if candidate.payment in doubted:
            withheld.append(candidate.payment)
        elif _has_gap(candidate, day):
            breaks.extend(Break(Why.EARLIER_FILE, record, (candidate.payment,)) for record in records)
        else:
            sayings.append(_saying(candidate.payment, records))
    breaks.sort(key=lambda one: one.record.number)
    return Judgement(tuple(sayings), tuple(withheld), tuple(breaks))


def fact(saying: Saying, day: str, at: int, evidence: str, name: Callable[[Record], str]) -> SettlementSaw:
    """The fact for the machine. `at`: epoch ms of reading; `evidence`: id of the file; `name`: id of a record."""
    return SettlementSaw(
        saying.payment,
        at,
        evidence,
        day,
        tuple(_line(record, name) for record in saying.originals),
        tuple(_line(record, name) for record in saying.reversals),
    )


def _saying(payment: str, records: list[Record]) -> Saying:
    originals = tuple(record for record in records if record.is_original)
    return Saying(payment, originals, tuple(record for record in records if record.is_reversal))


def _is_told_silence(candidate: Candidate, day: str) -> bool:
    return not candidate.final and candidate.day <= day and not _has_gap(candidate, day)


def _has_gap(candidate: Candidate, day: str) -> bool:
    """Whether the file is later than the two that decide about this payment, and one of those was not read. A payment
    that is decided hears no silence, so that nobody knows; a line about it is news all the same."""
    following = days.shifted(candidate.day, 1)
    return not candidate.final and day > following and not {candidate.day, following} <= set(candidate.read_days)


def _line(record: Record, name: Callable[[Record], str]) -> Line:
    return Line(name(record), record.amount_fen, record.rrn, record.stan, record.sent_at)
