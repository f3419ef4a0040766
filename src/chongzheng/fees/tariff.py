"""Which rules hold on this day, for this merchant, and what does a payment cost by them?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from chongzheng.fees.rules import ANY, GENERAL, Asked, Rule, half_up
from chongzheng.fees.undone import OnRefund, RefundTerm
from chongzheng.mistakes import TheirMistake
from chongzheng.money import FEN_MAX


@dataclass(frozen=True, slots=True)
class Quote:
    """What the payment costs: `fee_fen` whole fen, `exact_fen` before rounding, and the rule that says so."""

    asked: Asked
    rule: Rule
    exact_fen: Decimal
    fee_fen: int

    @property
    def is_capped(self) -> bool:
        """Whether the cap took something off."""
        return self.exact_fen < self.rule.uncapped_fen(self.asked.amount_fen)


@dataclass(frozen=True, slots=True)
class Prices:
    """The rules of one set on one day, in the order in which they are tried; those of a merchant by its number."""

    general: tuple[Rule, ...]
    of_merchant: Mapping[str, tuple[Rule, ...]]

    def quote(self, asked: Asked) -> Quote | None:
        """The first rule that holds says it; None when none does."""
        for rule in self.of_merchant.get(asked.merchant, self.general):
            if rule.when.holds(asked):
                exact = rule.exact_fen(asked.amount_fen)
                return Quote(asked, rule, exact, half_up(exact))
        return None


@dataclass(frozen=True, slots=True)
class Tariff:
    """All rules of all days. `over`: set -> the set whose other rules it takes over; the general one is over none."""

    rules: tuple[Rule, ...]
    over: Mapping[str, str] = field(default_factory=dict)
    refunds: tuple[RefundTerm, ...] = ()

    @property
    def sets(self) -> tuple[str, ...]:
        """The names of the sets, the general one first."""
        return (GENERAL, *sorted(self.over))

    def prices(self, name: str, day: str) -> Prices:
        """The rules of the set `name` on `day` (yyyymmdd). TheirMistake: there is no such set."""
        if name not in self.sets:
            raise TheirMistake(f"is none of {', '.join(self.sets)}", "rules")
        general = self._general(name, day)
        special: dict[str, list[Rule]] = {}
        for rule in self._held(name, day):
            if rule.merchant:
                special.setdefault(rule.merchant, list(general)).append(rule)
        return Prices(general, {merchant: _laid(rules) for merchant, rules in special.items()})

    def quote(self, asked: Asked, name: str = GENERAL) -> Quote | None:
        """What a payment costs on its day; None when no rule of the set speaks of it."""
        return self.prices(name, asked.day).quote(asked)

    def on_refund(self, channel: str, merchant: str, day: str) -> OnRefund:
        """What was agreed about refunds of a sale of that day; NONE where nobody agreed anything.

        The merchant's own row goes first, then the operator's, then one of the channel, then the youngest.
        """
        held = [term for term in self.refunds if term.holds(channel, merchant, day)]
        best = max(held, key=_closeness, default=None)
        return OnRefund.NONE if best is None else best.policy

    def merged(self, own: Tariff) -> Tariff:
        """This tariff with the operator's rows before its own. TheirMistake: together they contradict each other."""
        rules = (*self.rules, *(replace(rule, own=True) for rule in own.rules))
        refunds = (*self.refunds, *(replace(term, own=True) for term in own.refunds))
        both = Tariff(rules, {**self.over, **own.over}, refunds)
        both.refuse_contradictions()
        return both

    def refuse_contradictions(self) -> None:
        """TheirMistake: a set stands over none that is there, or rules of one day cannot all be meant."""
        for name, below in self.over.items():
            if name == GENERAL or self._chain(name)[0] != GENERAL:
                raise TheirMistake(f"stands over {below}, which does not lead to {GENERAL}", f"set {name}")
        for rule in self.rules:
            if rule.set not in self.sets:
                raise TheirMistake(f"there is no set {rule.set}; add a [[set]] of that name", place(rule))
        self._refuse_doubles()
        self._refuse_same_order()
        self._refuse_dearer()

    def _chain(self, name: str) -> list[str]:
        """The set and those it stands over, the lowest first."""
        chain = [name]
        while (below := self.over.get(chain[0], "")) and below not in chain:
            chain.insert(0, below)
        return chain

    def _held(self, name: str, day: str) -> list[Rule]:
        """The rows of the set and of those below it that hold on the day; of one id the last one counts."""
        height = {below: at for at, below in enumerate(self._chain(name))}
        held = [rule for rule in self.rules if rule.set in height and rule.is_in_force(day)]
        return sorted(held, key=lambda rule: (height[rule.set], rule.own))

    def _general(self, name: str, day: str) -> tuple[Rule, ...]:
        return _laid([rule for rule in self._held(name, day) if not rule.merchant])

    def _turns(self) -> list[str]:
        """Every day on which the general rules may change, and one before all of them."""
        general = [rule for rule in self.rules if not rule.merchant]
        ends = {_day_after(rule.last_day) for rule in general if rule.last_day}
        return sorted({"", *ends, *(rule.first_day for rule in general)})

    def _refuse_doubles(self) -> None:
        seen: dict[tuple[str, str, str, bool], list[Rule]] = {}
        for rule in self.rules:
            same = seen.setdefault((rule.set, rule.id, rule.merchant, rule.own), [])
            if any(_overlap(rule, other) for other in same):
                raise TheirMistake("two rows of this id hold on the same day; end one before the other", place(rule))
            same.append(rule)

    def _refuse_same_order(self) -> None:
        for name in self.sets:
            for day in self._turns():
                general = self._general(name, day)
                for one, other in pairwise(general):
                    if one.order == other.order:
                        raise TheirMistake(f"has the order {one.order} of rule {one.id}; which is first?", place(other))

    def _refuse_dearer(self) -> None:
        """A merchant's own price may be lower as it stands; a higher one, or of another case, needs an approval."""
        turns = self._turns()
        general = {
            (name, day): {one.id: one for one in self._general(name, day)} for name in self.sets for day in turns
        }
        for rule in self.rules:
            if not rule.merchant or rule.approved_by:
                continue
            first = max(day for day in turns if day <= rule.first_day)
            for day in turns:
                if day == first or (rule.is_in_force(day) and day > rule.first_day):
                    _refuse_dearer_than(general[rule.set, day].get(rule.id), rule)


def place(rule: Rule) -> str:
    """Where a row stands, for messages."""
    return f"rule {rule.id} of set {rule.set}" + (f", merchant {rule.merchant}" if rule.merchant else "")


def dearer_at(one: Rule, other: Rule) -> int | None:
    """An amount in fen at which `one` costs more than `other`, both of the same case; None when there is none.

    Both are straight between their bends, so what never shows at a bend or at an end never happens between them.
    """
    low, high = one.when.amount_fen_min or 1, one.when.amount_fen_max or FEN_MAX
    bends = {low, high, *_bends(one), *_bends(other)}
    dearer = (fen for fen in sorted(bends) if low <= fen <= high and one.exact_fen(fen) > other.exact_fen(fen))
    return next(dearer, None)


def _bends(rule: Rule) -> set[int]:
    """The whole fen on both sides of every amount at which the fee changes its slope."""
    found, below = set(), 0
    for tier in rule.tiers:
        if rule.cap_fen is not None and tier.rate > 0:
            missing = Fraction(rule.cap_fen) - Fraction(rule.uncapped_fen(below))
            full = below + int(missing * Fraction(1, Fraction(tier.rate)))
            found |= {full, full + 1}
        if tier.up_to_fen is not None:
            below = tier.up_to_fen
            found.add(below)
    return found


def _refuse_dearer_than(general: Rule | None, rule: Rule) -> None:
    if general is None or general.when != rule.when:
        raise TheirMistake("has no general rule of the same conditions; it needs approved_by", place(rule))
    if (fen := dearer_at(rule, general)) is not None:
        raise TheirMistake(f"costs more than the general rule at {fen} fen; it needs approved_by", place(rule))


def _closeness(term: RefundTerm) -> tuple[bool, bool, bool, str]:
    return term.merchant != "", term.own, term.channel != ANY, term.first_day


def _laid(rules: list[Rule]) -> tuple[Rule, ...]:
    """Of one id the last stays: a set over another, the operator's over the packed, a merchant's over the general."""
    return tuple(sorted({rule.id: rule for rule in rules}.values(), key=lambda rule: (rule.order, rule.id)))


def _overlap(one: Rule, other: Rule) -> bool:
    starts_in_time = not other.last_day or one.first_day <= other.last_day
    return starts_in_time and (not one.last_day or other.first_day <= one.last_day)


def _day_after(day: str) -> str:
    following = date(int(day[:4]), int(day[4:6]), int(day[6:])) + timedelta(days=1)
    return following.isoformat().replace("-", "")
