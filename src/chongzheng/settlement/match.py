"""Which payment is this record of the clearing file about? One payment for certain, or none.

Terminal and merchant (F41, F42) always agree, and the business days touch. Among those payments a record looks for
its trace number (F11, or F90.2 for a reversal), its RRN (F37) and its amount, in the order of `Fit`. Where two
payments fit equally well the time of day decides if only one of them was opened close to it; if it does not decide,
there is no match. A wrong match would prove something untrue; a missing one costs a person a look.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum

from chongzheng.settlement import days
from chongzheng.settlement.breaks import Break, Why
from chongzheng.settlement.line import Record

CLOSE_S = 300
"""A record sent within five minutes of a payment's opening is close to it; clocks of hosts differ by less."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What matching needs of a payment. `rrns`: RRNs (F37) of approvals we believed; `read_days`: clearing days
    (yyyymmdd) whose files it has absorbed; `final`: no machine works on it any more; `gives_back`: it is a void or a
    refund, and no record of a sale is about it.
    """

    payment: str
    terminal: str
    merchant: str
    stan: str
    amount_fen: int
    opened_at_ms: int
    day: str
    rrns: tuple[str, ...] = ()
    masked_pan: str = ""
    read_days: tuple[str, ...] = ()
    final: bool = False
    gives_back: bool = False


class Fit(IntEnum):
    """How a record and a payment agree, best first."""

    ALL = 1
    TRACE_AND_RRN = 2
    RRN_AND_AMOUNT = 3
    TRACE_AND_AMOUNT = 4
    ANOTHER_RRN = 5
    ANOTHER_AMOUNT = 6


DECISIVE = frozenset({Fit.ALL, Fit.TRACE_AND_AMOUNT})
"""Weaker fits of other payments do not dispute these; every other fit must be the only one."""


@dataclass(frozen=True, slots=True)
class Match:
    """`record` is about `payment` (its id); `fit` says by what."""

    record: Record
    payment: str
    fit: Fit


@dataclass(frozen=True, slots=True)
class Matching:
    """Every record stands in exactly one of the two, both in the order of the file."""

    matches: tuple[Match, ...]
    breaks: tuple[Break, ...]


Trade = tuple[str, str, str, str]
"""Merchant, terminal, STAN and time of a sale in the file: what its reversal points back to."""


@dataclass(frozen=True, slots=True)
class _Sought:
    """What a record says about the sale it means: its own trace and time, or those of its original.

    `its_sale`: payments that the sale to which a reversal points back, in the same file, may belong to.
    """

    record: Record
    stan: str
    sent_at: str
    its_sale: frozenset[str] = frozenset()
    gives_back: bool = False

    @property
    def trade(self) -> Trade:
        return (self.record.merchant, self.record.terminal, self.stan, self.sent_at)


class _Index:
    """Candidates by what a record can name; lists keep the order of payment ids, so input order does not matter."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._named: dict[tuple[str, str, str, str], list[Candidate]] = {}
        self._by_id: dict[str, Candidate] = {}
        for candidate in sorted(candidates, key=lambda c: c.payment):
            self._by_id[candidate.payment] = candidate
            self._add("stan", candidate.stan, candidate)
            for rrn in dict.fromkeys(candidate.rrns):
                self._add("rrn", rrn, candidate)

    def near(self, sought: _Sought) -> list[Candidate]:
        """Candidates of the same terminal, merchant and days that share the trace number, the RRN or the sale."""
        record = sought.record
        possible = days.around((sought.sent_at or record.sent_at)[:8])
        place = (record.merchant, record.terminal)
        found = [*self._get("stan", sought.stan, place), *self._get("rrn", record.rrn, place)]
        found += [self._by_id[payment] for payment in sorted(sought.its_sale)]
        fitting = (c for c in found if c.day in possible and c.gives_back is sought.gives_back)
        return list({c.payment: c for c in fitting}.values())

    def _add(self, what: str, value: str, candidate: Candidate) -> None:
        key = (what, value, candidate.merchant, candidate.terminal)
        self._named.setdefault(key, []).append(candidate)

    def _get(self, what: str, value: str, place: tuple[str, str]) -> list[Candidate]:
        return self._named.get((what, value, *place), []) if value else []


def match(records: Iterable[Record], candidates: Iterable[Candidate]) -> Matching:
    """Find the payment of each record. The outcome does not depend on the order of either input."""
    index = _Index(candidates)
    ordered = sorted(records, key=lambda r: (r.number, r.text))
    outcomes: list[Match | Break] = []
    sales: dict[Trade, set[str]] = {}
    for record in ordered:
        if record.is_original:
            outcome = _place_original(record, index)
            outcomes.append(outcome)
            trade = (record.merchant, record.terminal, record.stan, record.sent_at)
            sales.setdefault(trade, set()).update({outcome.payment} if isinstance(outcome, Match) else outcome.about)
    for record in ordered:
        if not record.is_original:
            outcomes.append(_place_other(record, index, sales))
    outcomes.sort(key=lambda outcome: (outcome.record.number, outcome.record.text))
    return Matching(
        tuple(outcome for outcome in outcomes if isinstance(outcome, Match)),
        tuple(outcome for outcome in outcomes if isinstance(outcome, Break)),
    )


def _place_original(record: Record, index: _Index) -> Match | Break:
    """A void of which we know nothing says something of the sale that it names: that sale is not judged by the file."""
    outcome = _place(_Sought(record, record.stan, record.sent_at, gives_back=record.gives_back), index)
    if isinstance(outcome, Match) or not record.gives_back:
        return outcome
    named = index.near(_Sought(record, record.original_stan, record.original_sent_at))
    return replace(outcome, about=tuple(sorted({*outcome.about, *(c.payment for c in named)})))


def _place_other(record: Record, index: _Index, sales: dict[Trade, set[str]]) -> Match | Break:
    original = _Sought(record, record.original_stan, record.original_sent_at, gives_back=record.gives_back)
    if record.is_reversal:
        return _place(replace(original, its_sale=frozenset(sales.get(original.trade, ()))), index)
    itself = _Sought(record, record.stan, record.sent_at, gives_back=record.gives_back)
    near = [*index.near(original), *index.near(itself)]
    return Break(Why.OTHER_TRADE, record, tuple(sorted({c.payment for c in near})))


def _place(sought: _Sought, index: _Index) -> Match | Break:
    near = index.near(sought)
    fits = [(fit, candidate) for candidate in near if (fit := _fit(sought, candidate)) is not None]
    if not fits:
        about = tuple(sorted(c.payment for c in near))
        return Break(Why.CONTRADICTS if about else Why.STRANGER, sought.record, about)
    chosen = _only_best(fits, sought)
    if chosen is None or (sought.its_sale and chosen[1].payment not in sought.its_sale):
        about = tuple(sorted({c.payment for _, c in fits} | sought.its_sale))
        return Break(Why.AMBIGUOUS, sought.record, about)
    return Match(sought.record, chosen[1].payment, chosen[0])


def _only_best(fits: list[tuple[Fit, Candidate]], sought: _Sought) -> tuple[Fit, Candidate] | None:
    """The one fit that nothing disputes. A reversal looks first among the payments of its sale in this file."""
    preferred = [one for one in fits if one[1].payment in sought.its_sale] or fits
    best = min(fit for fit, _ in preferred)
    if best not in DECISIVE and len(fits) > 1:
        return None
    top = [(fit, candidate) for fit, candidate in preferred if fit is best]
    if len(top) > 1:
        top = [(fit, candidate) for fit, candidate in top if _is_close(sought, candidate)]
    return top[0] if len(top) == 1 else None


def _fit(sought: _Sought, candidate: Candidate) -> Fit | None:
    record = sought.record
    if _other_card(record.masked_pan, candidate.masked_pan):
        return None
    linked = candidate.payment in sought.its_sale
    trace = linked or sought.stan == candidate.stan
    amount = record.amount_fen == candidate.amount_fen
    if record.rrn != "" and record.rrn in candidate.rrns:
        return _fit_by_rrn(trace, amount)
    # A reversal record may carry an RRN of its own, so another RRN says nothing against it.
    unknown = record.is_reversal or record.rrn == "" or not candidate.rrns
    if amount and unknown:
        return Fit.TRACE_AND_AMOUNT
    if amount:
        return Fit.ANOTHER_RRN if _is_close(sought, candidate) else None
    same_card = record.masked_pan != "" and record.masked_pan == candidate.masked_pan
    return Fit.ANOTHER_AMOUNT if same_card and (linked or not candidate.rrns) else None


def _fit_by_rrn(trace: bool, amount: bool) -> Fit | None:
    if trace:
        return Fit.ALL if amount else Fit.TRACE_AND_RRN
    return Fit.RRN_AND_AMOUNT if amount else None


def _other_card(theirs: str, ours: str) -> bool:
    """Whether the two masked numbers are certainly of different cards; one that shows no digit says nothing."""
    shown = any(c.isdigit() for c in theirs) and any(c.isdigit() for c in ours)
    return shown and theirs != ours


def _is_close(sought: _Sought, candidate: Candidate) -> bool:
    return sought.sent_at != "" and days.apart_s(sought.sent_at, candidate.opened_at_ms) <= CLOSE_S
