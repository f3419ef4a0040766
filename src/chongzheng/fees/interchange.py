"""What does a card trade cost the acquirer: how much goes to the issuer, how much to the network, for which class?

Dated data like the price list (facts/operations 4.1). A class lowers both fees and both caps by one factor.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from chongzheng.fees.rows import Row, tables
from chongzheng.fees.rules import CARD_TYPES, half_up
from chongzheng.mistakes import TheirMistake

STANDARD = "standard"
"""The class of every category that no other class names."""


@dataclass(frozen=True, slots=True)
class Part:
    """A rate with the most it may come to, in fen; None: no cap."""

    rate: Decimal
    cap_fen: int | None

    def exact_fen(self, amount_fen: int, factor: Decimal) -> Decimal:
        """What it comes to, in fen with a fraction."""
        found = self.rate * amount_fen
        return (found if self.cap_fen is None else min(found, Decimal(self.cap_fen))) * factor


@dataclass(frozen=True, slots=True)
class Steps:
    """What a card type costs from the first day to the last: the issuer's part and the acquirer's half of the
    network's.
    """

    card_type: str
    issuer: Part
    network: Part
    first_day: str = ""
    last_day: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class MerchantClass:
    """Categories that pay a part of the fees only; `factor` of the standard."""

    name: str
    factor: Decimal
    mccs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one trade costs, exact in fen with a fraction."""

    issuer_fen: Decimal
    network_fen: Decimal
    card_type: str
    merchant_class: str

    @property
    def issuer_fee_fen(self) -> int:
        """The issuer's part in whole fen."""
        return half_up(self.issuer_fen)

    @property
    def network_fee_fen(self) -> int:
        """The network's part in whole fen."""
        return half_up(self.network_fen)


@dataclass(frozen=True, slots=True)
class Ladder:
    """All steps of all days, and the classes; the operator's come last and count before the packed ones."""

    steps: tuple[Steps, ...]
    classes: tuple[MerchantClass, ...]

    def merchant_class(self, mcc: str) -> str:
        """The name of the class of a category (F18)."""
        return self._class(mcc).name

    def factor(self, mcc: str) -> Decimal:
        """The share of the standard fees that a category pays."""
        return self._class(mcc).factor

    def cost(self, amount_fen: int, card_type: str, mcc: str, day: str) -> Cost | None:
        """What a trade of that day (yyyymmdd) costs; None when no step speaks of this card type and day."""
        return self.cost_in(amount_fen, card_type, self._class(mcc), day)

    def cost_in(self, amount_fen: int, card_type: str, of: MerchantClass, day: str) -> Cost | None:
        """What it would cost if the merchant were of that class."""
        held = [one for one in self.steps if one.card_type == card_type and _in_force(one, day)]
        best = max(held, key=lambda one: (one.own, one.first_day), default=None)
        if best is None:
            return None
        issuer, network = (part.exact_fen(amount_fen, of.factor) for part in (best.issuer, best.network))
        return Cost(issuer, network, card_type, of.name)

    def merged(self, own: Ladder) -> Ladder:
        """This ladder with the operator's rows before its own; a class of the same name is replaced whole."""
        classes = {one.name: one for one in (*self.classes, *own.classes)}
        return Ladder((*self.steps, *(replace(one, own=True) for one in own.steps)), tuple(classes.values()))

    def refuse_contradictions(self) -> None:
        """TheirMistake: a category stands in two classes, or nothing says what the standard class is."""
        seen: dict[str, str] = {}
        for one in self.classes:
            for mcc in sorted(one.mccs):
                if seen.setdefault(mcc, one.name) != one.name:
                    raise TheirMistake(f"holds {mcc}, which stands in {seen[mcc]} too", f"class {one.name}")
        if STANDARD not in (one.name for one in self.classes):
            raise TheirMistake("is missing", f"class {STANDARD}")

    def _class(self, mcc: str) -> MerchantClass:
        named = (one for one in self.classes if mcc in one.mccs)
        standard = (one for one in self.classes if one.name == STANDARD)
        return next(named, None) or next(standard)


def read(text: str, name: str) -> Ladder:
    """The ladder in the TOML `text` of the file `name`. TheirMistake, one line with file, row and key."""
    found = tables(text, name)
    return Ladder(tuple(map(_steps, found["cost"])), tuple(_classes(found["class"])))


def _steps(row: Row) -> Steps:
    known = "card_type from until issuer_rate issuer_cap_fen network_rate network_cap_fen en zh"
    row.refuse_others(known.split())
    first, last = row.days()
    issuer = Part(row.rate("issuer_rate"), row.fen("issuer_cap_fen"))
    network = Part(row.rate("network_rate"), row.fen("network_cap_fen"))
    return Steps(row.choice("card_type", CARD_TYPES, ""), issuer, network, first, last)


def _classes(rows: Iterable[Row]) -> Iterable[MerchantClass]:
    for row in rows:
        row.refuse_others(("name", "factor", "mcc", "en", "zh"))
        yield MerchantClass(row.name("name"), row.rate("factor"), row.mccs("mcc"))


def _in_force(one: Steps, day: str) -> bool:
    return one.first_day <= day and (not one.last_day or day <= one.last_day)
