"""Which rule says what a payment costs, and how much does it say? Rules are dated data; this is their shape.

Money is exact: a rate times an amount is a Decimal in fen, rounded half up to whole fen once (facts/operations 4.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CHANNELS = ("card", "alipay", "wechat", "unionpay_qr")
ENTRY_MODES = ("tap", "insert", "swipe", "manual", "qr")
CARD_TYPES = ("credit", "debit")

GENERAL = "default"
"""The set of rules that holds where nobody names another."""

ANY: frozenset[str] = frozenset()
"""A condition that is not named: every value will do."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is paid, how and where. `day` yyyymmdd in China; "" for what is not known."""

    channel: str
    amount_fen: int
    day: str
    entry_mode: str = ""
    card_type: str = ""
    mcc: str = ""
    merchant: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """The conditions of a rule; both ends of the amount belong to it."""

    channel: frozenset[str] = ANY
    entry_mode: frozenset[str] = ANY
    card_type: frozenset[str] = ANY
    mcc: frozenset[str] = ANY
    amount_fen_min: int | None = None
    amount_fen_max: int | None = None

    def holds(self, asked: Asked) -> bool:
        """Whether all of them are met; in the order that explains best: channel, entry mode, amount, card type."""
        return (
            _among(asked.channel, self.channel)
            and _among(asked.entry_mode, self.entry_mode)
            and (self.amount_fen_min is None or asked.amount_fen >= self.amount_fen_min)
            and (self.amount_fen_max is None or asked.amount_fen <= self.amount_fen_max)
            and _among(asked.card_type, self.card_type)
            and _among(asked.mcc, self.mcc)
        )


@dataclass(frozen=True, slots=True)
class Tier:
    """The rate of one slice of the amount, which ends with `up_to_fen`; None: it has no end."""

    up_to_fen: int | None
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the price list. One tier: the rate is for the WHOLE amount; several: each for its slice (TIERED).

    In force from `first_day` to `last_day`, both included, "" for open. `merchant`: it holds for that merchant only, in
    place of the general rule of the same id. `own`: it stands in the operator's file and goes before a packed row.
    """

    set: str
    order: int
    id: str
    when: When
    tiers: tuple[Tier, ...]
    cap_fen: int | None = None
    first_day: str = ""
    last_day: str = ""
    merchant: str = ""
    approved_by: str = ""
    own: bool = False
    zh: str = ""
    en: str = ""

    @property
    def is_tiered(self) -> bool:
        """Whether slices of the amount have rates of their own."""
        return len(self.tiers) > 1

    def is_in_force(self, day: str) -> bool:
        """Whether it holds on the day (yyyymmdd)."""
        return self.first_day <= day and (not self.last_day or day <= self.last_day)

    def uncapped_fen(self, amount_fen: int) -> Decimal:
        """Exactly what the rates say, in fen with a fraction."""
        found, start = Decimal(0), 0
        for tier in self.tiers:
            end = amount_fen if tier.up_to_fen is None else min(tier.up_to_fen, amount_fen)
            found += tier.rate * max(end - start, 0)
            start = end
        return found

    def exact_fen(self, amount_fen: int) -> Decimal:
        """The fee before it is rounded, in fen with a fraction, never above the cap."""
        found = self.uncapped_fen(amount_fen)
        return found if self.cap_fen is None else min(found, Decimal(self.cap_fen))

    def fee_fen(self, amount_fen: int) -> int:
        """The fee in whole fen."""
        return half_up(self.exact_fen(amount_fen))


def half_up(fen: Decimal) -> int:
    """Whole fen, a half away from zero."""
    return int(fen.quantize(Decimal(1), ROUND_HALF_UP))


def _among(value: str, allowed: frozenset[str]) -> bool:
    return not allowed or value in allowed
