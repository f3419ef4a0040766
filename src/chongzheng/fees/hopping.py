"""Does a machine send its trades through merchants of a cheaper category (跳码, 套码), and what shows it?

Every machine gets the signals that fire, with their figures, and the sum of their weights; a level of that sum is an
alert. Weights, limits and levels are data (hopping.toml). Finding and preventing it is the purpose; an alert never
blocks anything by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from chongzheng.fees import norms
from chongzheng.fees.interchange import Ladder
from chongzheng.fees.norms import Norm
from chongzheng.fees.rows import Row, tables
from chongzheng.fees.rules import CARD_TYPES
from chongzheng.fees.share import PER_MILLE, Prior, Share, chance, discoveries
from chongzheng.fees.traffic import Registered, Trade
from chongzheng.fees.usage import USUAL_LIMITS, USUAL_PREFERENTIAL, Limits

USUAL_CONFLICTS = Prior(1, 49)
"""Typing and register errors: about two in a hundred trades disagree where nobody hops."""

USUAL_CHEAP = Prior(1, 30)
"""Trades of a cheaper class at an honest machine."""

WEIGHT_MAX, LIMIT_MAX, LEAST_MAX, SCORE_MAX = 100, 10**9, 10**6, 1000
NUMBERS_SHARE_MIN = 20
"""A merchant number with fewer thousandths of a machine's trades is a slip of the register, not a second merchant."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One signal: what it is worth when it fires, and the limits it fires at (see hopping.toml)."""

    id: str
    weight: int
    limit: int
    least: int
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Level:
    """What a sum of weights calls for."""

    name: str
    score: int
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Signals:
    """The signals by id, the levels, the highest score first, and above what use calls for advice."""

    rules: Mapping[str, Rule]
    levels: tuple[Level, ...]
    limits: Limits = USUAL_LIMITS

    def level(self, score: int) -> Level | None:
        """The highest level that the score reaches."""
        return next((one for one in self.levels if score >= one.score), None)


@dataclass(frozen=True, slots=True)
class Fired:
    """A signal that fired: `hits` of `of` trades (or fen), and which rule."""

    rule: Rule
    hits: int
    of: int

    def __str__(self) -> str:
        """One line for a person."""
        return f"{self.rule.weight:+d} {self.rule.id}: {self.rule.en} ({self.hits} of {self.of})"


@dataclass(frozen=True, slots=True)
class Finding:
    """A machine with its signals, the sum of their weights, the level, and its share of preferential traffic."""

    machine: str
    trades: int
    score: int
    level: Level | None
    fired: tuple[Fired, ...]
    preferential: Share


def findings(
    trades: Iterable[Trade], register: Mapping[str, Registered], ladder: Ladder, signals: Signals
) -> tuple[Finding, ...]:
    """Every machine at which a signal fired, the highest score first; `register` by machine."""
    machines: dict[str, list[Trade]] = {}
    for trade in trades:
        machines.setdefault(trade.machine, []).append(trade)
    looking = _Looking(machines, register, ladder, signals)
    found = [looking.at(machine) for machine in machines]
    return tuple(sorted((one for one in found if one.fired), key=lambda one: (-one.score, one.machine)))


def read(text: str, name: str) -> Signals:
    """The signals in the TOML `text` of the file `name`. TheirMistake, one line with file, row and key."""
    found = tables(text, name, ("signal", "level", "usage"))
    rules = {row.choice("id", IDS, ""): _rule(row) for row in found["signal"]}
    levels = sorted(map(_level, found["level"]), key=lambda one: -one.score)
    limits = [_limits(row) for row in found["usage"]]
    return Signals(rules, tuple(levels), limits[-1] if limits else USUAL_LIMITS)


def _rule(row: Row) -> Rule:
    row.refuse_others(("id", "weight", "limit", "least", "en", "zh"))
    limit = row.whole("limit", LIMIT_MAX) if "limit" in row else 0
    least = row.whole("least", LEAST_MAX) if "least" in row else 0
    return Rule(row.name("id"), row.integer("weight", WEIGHT_MAX), limit, least, row.text("en"), row.text("zh"))


def _level(row: Row) -> Level:
    row.refuse_others(("name", "score", "en", "zh"))
    return Level(row.name("name"), row.whole("score", SCORE_MAX), row.text("en"), row.text("zh"))


def _limits(row: Row) -> Limits:
    row.refuse_others(("in_7_days", "in_30_days", "preferential"))
    week, month = row.whole("in_7_days", LEAST_MAX), row.whole("in_30_days", LEAST_MAX)
    return Limits(week, month, row.whole("preferential", PER_MILLE))


class _Looking:
    """One look at all machines: the norms and the chances are those of all of them together."""

    def __init__(
        self, machines: dict[str, list[Trade]], register: Mapping[str, Registered], ladder: Ladder, signals: Signals
    ) -> None:
        self._machines, self._register, self._ladder, self._signals = machines, register, ladder, signals
        self._factors: dict[str, Fraction] = {}
        self._due: dict[str, list[_Cost]] = {}
        by_mcc: dict[str, list[Trade]] = {}
        for machine, trades in machines.items():
            if mcc := self._registered(machine).mcc:
                by_mcc.setdefault(mcc, []).extend(trades)
        self._norms: dict[str, Norm] = {mcc: norms.of(trades) for mcc, trades in by_mcc.items()}
        self._cheap = {machine: self._cheaper(machine, trades) for machine, trades in machines.items()}
        self._discovered = self._discoveries()

    def at(self, machine: str) -> Finding:
        """The machine with all signals that fire."""
        trades = self._machines[machine]
        fired = [one for id_, test in _TESTS.items() if (one := self._fired(id_, test, machine, trades))]
        score = sum(one.rule.weight for one in fired)
        lowered = sum(self._factor(trade.clearing_mcc) < 1 for trade in trades if trade.clearing_mcc)
        share = Share(lowered, sum(bool(trade.clearing_mcc) for trade in trades), USUAL_PREFERENTIAL)
        return Finding(machine, len(trades), score, self._signals.level(score), tuple(fired), share)

    def _fired(self, id_: str, test: _Test, machine: str, trades: list[Trade]) -> Fired | None:
        rule = self._signals.rules.get(id_)
        figures = None if rule is None else test(self, rule, machine, trades)
        return None if rule is None or figures is None else Fired(rule, *figures)

    def _registered(self, machine: str) -> Registered:
        return self._register.get(machine, Registered())

    def _factor(self, mcc: str) -> Fraction:
        if mcc not in self._factors:
            self._factors[mcc] = Fraction(self._ladder.factor(mcc))
        return self._factors[mcc]

    def receipt(self, rule: Rule, machine: str, trades: list[Trade]) -> tuple[int, int] | None:
        return self._conflicts(rule, machine, trades, lambda trade: trade.receipt_mcc)

    def field(self, rule: Rule, machine: str, trades: list[Trade]) -> tuple[int, int] | None:
        return self._conflicts(rule, machine, trades, lambda trade: trade.field_mcc)

    def clearing(self, rule: Rule, machine: str, trades: list[Trade]) -> tuple[int, int] | None:
        return self._conflicts(rule, machine, trades, lambda trade: trade.clearing_mcc)

    def many(self, rule: Rule, machine: str, trades: list[Trade]) -> tuple[int, int] | None:
        numbers = Counter(trade.merchant for trade in trades)
        least = max(rule.least, -(-len(trades) * NUMBERS_SHARE_MIN // PER_MILLE))
        real = sum(count >= least for count in numbers.values())
        return (real, len(trades)) if real > 1 else None

    def region(self, rule: Rule, machine: str, trades: list[Trade]) -> tuple[int, int] | None:
        province = self._registered(machine).province
        return _surely(rule, sum(trade.lies_outside(province) for trade in trades), len(trades))

    def names(self, rule: Rule, machine: str, trades: list[Trade]) -> tuple[int, int] | None:
        return _surely(rule, sum(trade.has_two_names for trade in trades), len(trades))

    def interchange(self, rule: Rule, machine: str, trades: list[Trade]) -> tuple[int, int] | None:
        """Missing fen of expected fen."""
        return _missing(rule, self._costs(machine, trades))

    def tap(self, rule: Rule, machine: str, trades: list[Trade]) -> tuple[int, int] | None:
        """Fires when interchange does, and would not without the taps that are cheaper by right."""
        missing = self._signals.rules.get("interchange")
        mcc = self._registered(machine).mcc
        costs = self._costs(machine, trades)
        if missing is None or _missing(missing, costs) is None:
            return None
        others = [cost for cost in costs if not _is_small_tap(cost.trade, mcc, rule.limit)]
        return (len(costs) - len(others), len(costs)) if _missing(missing, others) is None else None

    def ticket(self, rule: Rule, machine: str, trades: list[Trade]) -> tuple[int, int] | None:
        norm = self._norms.get(self._registered(machine).mcc)
        amounts = sorted(trade.amount_fen for trade in trades)
        if norm is None or len(amounts) < rule.least or not norm.is_far(usual := amounts[len(amounts) // 2]):
            return None
        return usual, norm.median_fen

    def hours(self, rule: Rule, machine: str, trades: list[Trade]) -> tuple[int, int] | None:
        norm = self._norms.get(self._registered(machine).mcc)
        if norm is None or len(trades) < rule.least:
            return None
        distance = norm.distance(trades)
        return (int(distance), len(trades)) if distance * PER_MILLE > rule.limit * len(trades) else None

    def cheap(self, rule: Rule, machine: str, trades: list[Trade]) -> tuple[int, int] | None:
        return self._cheap[machine] if machine in self._discovered else None

    def _conflicts(
        self, rule: Rule, machine: str, trades: list[Trade], told: Callable[[Trade], str]
    ) -> tuple[int, int] | None:
        """Where nothing is registered, what the message says stands for it."""
        registered = self._registered(machine).mcc
        pairs = [(told(trade), registered or trade.field_mcc) for trade in trades]
        known = [(one, other) for one, other in pairs if one and other]
        return _surely(rule, sum(one != other for one, other in known), len(known))

    def _costs(self, machine: str, trades: list[Trade]) -> list[_Cost]:
        """Due and paid of every trade of which both are known."""
        mcc = self._registered(machine).mcc
        if mcc and machine not in self._due:
            found = [(trade, trade.cost_fen, self._expected(trade, mcc)) for trade in trades]
            known = [_Cost(trade, due, paid) for trade, paid, due in found if due is not None and paid is not None]
            self._due[machine] = known
        return self._due.get(machine, [])

    def _expected(self, trade: Trade, mcc: str) -> Decimal | None:
        """What issuer and network should get of it; of an unknown card the cheaper type's."""
        types = [trade.card_type] if trade.card_type else CARD_TYPES
        costs = (self._ladder.cost(trade.amount_fen, each, mcc, trade.day) for each in types)
        return min((cost.issuer_fen + cost.network_fen for cost in costs if cost), default=None)

    def _cheaper(self, machine: str, trades: list[Trade]) -> tuple[int, int]:
        """Trades cleared in a cheaper class than the registered one, of those whose class is known."""
        mcc = self._registered(machine).mcc
        known = [trade for trade in trades if trade.clearing_mcc and mcc]
        return sum(self._factor(trade.clearing_mcc) < self._factor(mcc) for trade in known), len(known)

    def _discoveries(self) -> frozenset[str]:
        rule = self._signals.rules.get("cheap_share")
        if rule is None:
            return frozenset()
        chances = {machine: chance(hits, of, USUAL_CHEAP) for machine, (hits, of) in self._cheap.items()}
        return discoveries(chances, Fraction(rule.limit, PER_MILLE))


_Test = Callable[[_Looking, Rule, str, list[Trade]], tuple[int, int] | None]
_TESTS: dict[str, _Test] = {
    "receipt_mcc": _Looking.receipt,
    "field_mcc": _Looking.field,
    "clearing_mcc": _Looking.clearing,
    "many_merchants": _Looking.many,
    "region": _Looking.region,
    "interchange": _Looking.interchange,
    "ticket_size": _Looking.ticket,
    "hours": _Looking.hours,
    "cheap_share": _Looking.cheap,
    "name": _Looking.names,
    "tap": _Looking.tap,
}
IDS = tuple(_TESTS)


@dataclass(frozen=True, slots=True)
class _Cost:
    """What issuer and network should get of a trade, and got, in fen."""

    trade: Trade
    due_fen: Decimal
    paid_fen: int


def _missing(rule: Rule, costs: list[_Cost]) -> tuple[int, int] | None:
    """Missing fen of expected fen; None when nothing is, or no more than rounding explains, or little."""
    expected = sum((cost.due_fen for cost in costs), Decimal(0))
    missing = expected - sum(cost.paid_fen for cost in costs)
    # Two fees a trade, each rounded: a variance of 2/12 fen^2 a trade.
    is_no_rounding = missing > 0 and 6 * missing**2 > rule.least**2 * len(costs)
    is_much = missing * PER_MILLE > rule.limit * expected
    return (int(missing), int(expected)) if is_no_rounding and is_much else None


def _surely(rule: Rule, hits: int, of: int) -> tuple[int, int] | None:
    return (hits, of) if Share(hits, of, USUAL_CONFLICTS).is_above(rule.limit) else None


def _is_small_tap(trade: Trade, mcc: str, limit_fen: int) -> bool:
    """A tap that is cheaper by right: small, and cleared as what the merchant is."""
    return trade.entry == "tap" and trade.amount_fen <= limit_fen and trade.clearing_mcc in ("", mcc)
