"""Which payment is this record of the clearing file about? One payment for certain, or none.

Of a card payment terminal and merchant (F41, F42) always agree, and the business days lie within the channel's window.
Among those payments a record looks for its trace number (F11, or F90.2 for a reversal; or F32, F33, F11 and F7 of the
message we sent into the network), its RRN (F37) and its amount, in the order of `Fit`. A wallet's record looks for its
order number, or for the wallet's own number where it has none; order of one payment and number of another is no match.
Where two payments fit equally well the time of day decides if only one of them was opened close to it, or if as many
records as payments fit and one assignment is clearly the best; if it does not decide, there is no match. A wrong match
would prove something untrue; a missing one costs a person a look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from chongzheng.settlement import days
from chongzheng.settlement.assign import assign
from chongzheng.settlement.breaks import Break, Why
from chongzheng.settlement.line import CARD_CHANNEL, Kind, Record
from chongzheng.settlement.windows import HOUSE, Windows

CLOSE_S = 300
"""A record sent within five minutes of a payment's opening is close to it; clocks of hosts differ by less."""
INSTANT_CHARS = len("yyyymmddHHMMSS")
"""A layout may know the day of a trade and not its time of day; then nothing is close to it."""
CLEARLY_S = 60
"""By so much the best assignment of a group is closer in time than the next best, or there is none."""


class Held(StrEnum):
    """What our book holds a payment to be: it stands, it went back, it never happened, or nothing yet."""

    KEPT = "kept"
    RETURNED = "returned"
    NEVER = "never"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What matching needs of a payment. `rrns`: RRNs (F37) of approvals we believed; `read_days`: clearing days
    (yyyymmdd) whose files it has absorbed; `final`: no machine works on it any more; `gives_back`: it is a void or a
    refund, and no record of a sale is about it. `channel` as in the records; a wallet's payment has an `order`, and its
    `rrns` are the wallet's own numbers. `network`: see `network_key`; `card`: keyed hash of the card number. What the
    book says: `held`, `fee_fen` the agreed fee (None: nobody asked), `seen` originals less reversals in earlier files.
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
    channel: str = CARD_CHANNEL
    order: str = ""
    network: str = ""
    card: str = ""
    held: Held = Held.OPEN
    fee_fen: int | None = None
    seen: int = 0


def network_key(acquirer: str, forwarder: str, stan: str, sent_at: str) -> str:
    """F32, F33, F11 and F7 (with its year) as one text: what names a trade in the network (channels 5.5); "" where one
    that must be there is missing.
    """
    return f"{acquirer}|{forwarder}|{stan}|{sent_at}" if acquirer and stan and sent_at else ""


class Fit(IntEnum):
    """How a record and a payment agree, best first."""

    ALL = 1
    TRACE_AND_RRN = 2
    RRN_AND_AMOUNT = 3
    TRACE_AND_AMOUNT = 4
    ANOTHER_RRN = 5
    ANOTHER_AMOUNT = 6
    ORDER = 7
    ORDER_AND_ANOTHER_AMOUNT = 8
    SUM = 9


DECISIVE = frozenset({Fit.ALL, Fit.TRACE_AND_AMOUNT, Fit.ORDER})
"""Weaker fits of other payments do not dispute these; every other fit must be the only one."""


@dataclass(frozen=True, slots=True)
class Match:
    """`record` is about `payment` (its id); `fit` says by what."""

    record: Record
    payment: str
    fit: Fit


@dataclass(frozen=True, slots=True)
class Matching:
    """Every record stands in exactly one of the two, both in the order of the file; one that is the sum of several
    payments (`Fit.SUM`) stands in the matches once for each of them.
    """

    matches: tuple[Match, ...]
    breaks: tuple[Break, ...]


Trade = tuple[str, str, str, str]
"""Merchant, terminal, STAN and time of a sale in the file, or channel and order: what its reversal points back to."""


@dataclass(frozen=True, slots=True)
class _Sought:
    """What a record says about the sale it means: its own trace, time, number and order, or those of its original.

    `its_sale`: payments that the sale to which a reversal points back, in the same file, may belong to; `back`: it is
    the original that is meant, which may be of any earlier day.
    """

    record: Record
    stan: str
    sent_at: str
    rrn: str
    order: str
    its_sale: frozenset[str] = frozenset()
    back: bool = False

    @property
    def trade(self) -> Trade | None:
        """None where the record names no trade."""
        record = self.record
        if record.channel != CARD_CHANNEL:
            return (record.channel, self.order, "", "") if self.order else None
        return (record.merchant, record.terminal, self.stan, self.sent_at) if self.stan else None

    @property
    def network(self) -> str:
        return network_key(self.record.acquirer, self.record.forwarder, self.stan, self.sent_at)

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """What it can be looked up by; a wallet's own number only where there is no order."""
        if self.record.channel == CARD_CHANNEL:
            return ("stan", self.stan), ("rrn", self.rrn), ("network", self.network)
        return (("order", self.order),) if self.order else (("rrn", self.rrn),)


def _itself(record: Record) -> _Sought:
    rrn = record.rrn if record.channel == CARD_CHANNEL else record.theirs
    return _Sought(record, record.stan, record.sent_at, rrn, record.order)


def _its_original(record: Record) -> _Sought:
    rrn = record.rrn if record.channel == CARD_CHANNEL else record.theirs
    order = record.original_order or record.order
    return _Sought(record, record.original_stan, record.original_sent_at, record.original_rrn or rrn, order, back=True)


class _Index:
    """Candidates by what a record can name; lists keep the order of payment ids, so input order does not matter."""

    def __init__(self, candidates: Iterable[Candidate], windows: Windows) -> None:
        self.windows = windows
        self._named: dict[tuple[str, str, str, str, str], list[Candidate]] = {}
        self.by_id: dict[str, Candidate] = {}
        for candidate in sorted(candidates, key=lambda c: c.payment):
            self.by_id[candidate.payment] = candidate
            for what, value in _names(candidate):
                if value:
                    self._named.setdefault((what, value, *_place(candidate)), []).append(candidate)

    def near(self, sought: _Sought, gives_back: bool) -> list[Candidate]:
        """Candidates of the same place and days that share one of the names, or that the sale may belong to."""
        record = sought.record
        possible = self._days(sought)
        found: list[Candidate] = []
        for what, value in sought.names:
            found += self._named.get((what, value, *_place(record)), ()) if value else ()
        found += [self.by_id[payment] for payment in sorted(sought.its_sale)]
        fitting = (c for c in found if c.day in possible and c.gives_back is gives_back)
        return list({c.payment: c for c in fitting}.values())

    def numbered(self, sought: _Sought) -> tuple[str, ...]:
        """The payments that have the wallet's own number of this record, of whatever day."""
        named = self._named.get(("rrn", sought.rrn, *_place(sought.record)), ()) if sought.rrn else ()
        return tuple(candidate.payment for candidate in named)

    def _days(self, sought: _Sought) -> frozenset[str]:
        """A wallet's order is no other trade's, however old; a trace number comes round again, and needs its day."""
        window, record = self.windows.of(sought.record.channel), sought.record
        if sought.back and not sought.sent_at and record.channel != CARD_CHANNEL and sought.order:
            return window.before(record.sent_at[:8])
        return window.around((sought.sent_at or record.sent_at)[:8])


class PointedBack:
    """What the lines of a file name that take something back: payments of any earlier day."""

    def __init__(self, records: Iterable[Record]) -> None:
        sought = [_its_original(record) for record in records if record.is_reversal or record.gives_back]
        self._named = {(*name, *_place(one.record)) for one in sought for name in one.names if name[1]}

    def __bool__(self) -> bool:
        return bool(self._named)

    def at(self, candidate: Candidate) -> bool:
        """Whether one of them may mean this payment."""
        return any((*name, *_place(candidate)) in self._named for name in _names(candidate))


def _names(candidate: Candidate) -> list[tuple[str, str]]:
    names = [("stan", candidate.stan), ("network", candidate.network), ("order", candidate.order)]
    return [*names, *(("rrn", rrn) for rrn in dict.fromkeys(candidate.rrns))]


def _place(one: Record | Candidate) -> tuple[str, str, str]:
    """What always agrees: channel, merchant and terminal; of a wallet the channel, because orders are our own."""
    return (one.channel, one.merchant, one.terminal) if one.channel == CARD_CHANNEL else (one.channel, "", "")


def match(records: Iterable[Record], candidates: Iterable[Candidate], windows: Windows = HOUSE) -> Matching:
    """Find the payment of each record. The outcome does not depend on the order of either input."""
    index = _Index(candidates, windows)
    ordered = sorted(records, key=lambda r: (r.number, r.text))
    originals = [_find_original(record, index) for record in ordered if record.is_original]
    placed = _summed(_told_apart(originals, index), index)
    sales: dict[Trade, set[str]] = {}
    for outcome in placed:
        if (trade := _itself(outcome.record).trade) is not None:
            sales.setdefault(trade, set()).update({outcome.payment} if isinstance(outcome, Match) else outcome.about)
    others = (_find_other(record, index, sales) for record in ordered if not record.is_original)
    outcomes = sorted([*placed, *others], key=lambda outcome: (outcome.record.number, outcome.record.text))
    return Matching(
        tuple(outcome for outcome in outcomes if isinstance(outcome, Match)),
        tuple(outcome for outcome in outcomes if isinstance(outcome, Break)),
    )


def _find_original(record: Record, index: _Index) -> Match | Break:
    """A void of which we know nothing says something of the sale that it names: that sale is not judged by the file."""
    outcome = _find(_itself(record), index)
    if isinstance(outcome, Match) or not record.gives_back:
        return outcome
    named = index.near(_its_original(record), gives_back=False)
    return replace(outcome, about=tuple(sorted({*outcome.about, *(c.payment for c in named)})))


def _find_other(record: Record, index: _Index, sales: Mapping[Trade, set[str]]) -> Match | Break:
    original = _its_original(record)
    if record.is_reversal:
        its_sale = sales.get(original.trade, ()) if original.trade is not None else ()
        return _find(replace(original, its_sale=frozenset(its_sale)), index)
    near = [*index.near(original, record.gives_back), *index.near(_itself(record), record.gives_back)]
    why = Why.ADJUSTMENT if record.kind is Kind.ADJUSTMENT else Why.OTHER_TRADE
    return Break(why, record, tuple(sorted({c.payment for c in near})))


def _find(sought: _Sought, index: _Index) -> Match | Break:
    near = index.near(sought, sought.record.gives_back)
    fits = [(fit, candidate) for candidate in near if (fit := _fit(sought, candidate, index.windows)) is not None]
    if not fits:
        about = tuple(sorted(c.payment for c in near))
        return Break(Why.CONTRADICTS if about else Why.STRANGER, sought.record, about)
    chosen = _only_best(fits, sought)
    if chosen is None or (sought.its_sale and chosen[1].payment not in sought.its_sale):
        about = tuple(sorted({c.payment for _, c in fits} | sought.its_sale))
        return Break(Why.AMBIGUOUS, sought.record, about)
    fit, payment = chosen[0], chosen[1].payment
    if sought.record.channel != CARD_CHANNEL and (others := index.numbered(sought)) and payment not in others:
        return Break(Why.AMBIGUOUS, sought.record, tuple(sorted({payment, *others})))
    return Match(sought.record, payment, fit)


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


def _told_apart(outcomes: Sequence[Match | Break], index: _Index) -> list[Match | Break]:
    """Originals that fit the same payments equally well, as many as those and nothing else about those payments, are
    assigned by time where that is clear.
    """
    groups: dict[tuple[str, ...], list[int]] = {}
    named: Counter[str] = Counter()
    for place, outcome in enumerate(outcomes):
        named.update((outcome.payment,) if isinstance(outcome, Match) else outcome.about)
        if isinstance(outcome, Break) and outcome.why is Why.AMBIGUOUS:
            groups.setdefault(outcome.about, []).append(place)
    told = list(outcomes)
    for about, places in groups.items():
        if all(named[payment] == len(places) for payment in about):
            for place, chosen in zip(
                places, _assigned([outcomes[p].record for p in places], about, index), strict=True
            ):
                told[place] = chosen or outcomes[place]
    return told


def _assigned(records: Sequence[Record], about: Sequence[str], index: _Index) -> list[Match | None]:
    fits = [_decided(record, index) for record in records]
    costs = [[fit[payment][0] if payment in fit else None for payment in about] for fit in fits]
    columns = assign(costs, CLEARLY_S)
    if columns is None:
        return [None] * len(records)
    chosen = [about[column] for column in columns]
    return [Match(record, payment, fit[payment][1]) for record, payment, fit in zip(records, chosen, fits, strict=True)]


def _decided(record: Record, index: _Index) -> dict[str, tuple[int, Fit]]:
    """The payments that a record fits well enough to be assigned to, each with the seconds that lie between them."""
    sought = _itself(record)
    return {
        candidate.payment: (days.apart_s(sought.sent_at, candidate.opened_at_ms), fit)
        for candidate in index.near(sought, record.gives_back)
        if (fit := _fit(sought, candidate, index.windows)) is not None
        and fit in DECISIVE
        and _is_close(sought, candidate)
    }


def _summed(outcomes: Sequence[Match | Break], index: _Index) -> list[Match | Break]:
    """An original that belongs to several payments which share its number, and is their sum to the fen."""
    taken = Counter(outcome.payment for outcome in outcomes if isinstance(outcome, Match))
    summed: list[Match | Break] = []
    for outcome in outcomes:
        own = outcome.payment if isinstance(outcome, Match) else ""
        parts = _parts(outcome, index)
        if parts and not any(taken[part.payment] > (part.payment == own) for part in parts):
            summed += [Match(outcome.record, part.payment, Fit.SUM) for part in parts]
            taken.update(part.payment for part in parts)
        else:
            summed.append(outcome)
    return summed


def _parts(outcome: Match | Break, index: _Index) -> list[Candidate]:
    """The payments of which a record may be the sum: all that share its number, where it fits no single one of them."""
    record, sought = outcome.record, _itself(outcome.record)
    if sought.rrn == "" or (isinstance(outcome, Match) and outcome.fit is not Fit.TRACE_AND_RRN):
        return []
    near = [c for c in index.near(sought, record.gives_back) if sought.rrn in c.rrns]
    alone = len(near) < 2 or any(_other_card(record, candidate) for candidate in near)
    return near if not alone and sum(c.amount_fen for c in near) == record.amount_fen else []


def _fit(sought: _Sought, candidate: Candidate, windows: Windows) -> Fit | None:
    record = sought.record
    if _other_card(record, candidate):
        return None
    amount = windows.of(record.channel).same(record.amount_fen, candidate.amount_fen)
    if record.channel != CARD_CHANNEL:
        return _fit_by_order(sought, candidate, amount)
    linked = candidate.payment in sought.its_sale
    trace = linked or sought.stan == candidate.stan or (sought.network != "" and sought.network == candidate.network)
    if sought.rrn != "" and sought.rrn in candidate.rrns:
        return _fit_by_rrn(trace, amount)
    # A reversal record may carry an RRN of its own, so another RRN says nothing against it.
    unknown = record.is_reversal or sought.rrn == "" or not candidate.rrns
    if amount and unknown:
        return Fit.TRACE_AND_AMOUNT
    if amount:
        return Fit.ANOTHER_RRN if _is_close(sought, candidate) else None
    same_card = record.masked_pan != "" and record.masked_pan == candidate.masked_pan
    return Fit.ANOTHER_AMOUNT if same_card and (linked or not candidate.rrns) else None


def _fit_by_order(sought: _Sought, candidate: Candidate, amount: bool) -> Fit | None:
    """One order has one number at the wallet; the same order under another number is another trade."""
    if sought.rrn and candidate.rrns and sought.rrn not in candidate.rrns:
        return None
    return Fit.ORDER if amount else Fit.ORDER_AND_ANOTHER_AMOUNT


def _fit_by_rrn(trace: bool, amount: bool) -> Fit | None:
    if trace:
        return Fit.ALL if amount else Fit.TRACE_AND_RRN
    return Fit.RRN_AND_AMOUNT if amount else None


def _other_card(record: Record, candidate: Candidate) -> bool:
    """Whether the two are certainly of different cards; a masked number that shows no digit says nothing."""
    if record.card != "" and candidate.card != "":
        return record.card != candidate.card
    theirs, ours = record.masked_pan, candidate.masked_pan
    return theirs != ours and any(map(str.isdigit, theirs)) and any(map(str.isdigit, ours))


def _is_close(sought: _Sought, candidate: Candidate) -> bool:
    return len(sought.sent_at) == INSTANT_CHARS and days.apart_s(sought.sent_at, candidate.opened_at_ms) <= CLOSE_S
