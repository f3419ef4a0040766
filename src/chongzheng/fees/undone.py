"""How much of the fee comes back when a payment is undone?

Before clearing the trade never clears, so all of it; after clearing, what the agreement with the merchant says
(facts/operations 4.3). Parts are computed on the sum of all refunds so far, so that many small refunds of a sale give
back exactly what one large refund does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chongzheng.fees.rules import ANY, Rule
from chongzheng.mistakes import TheirMistake


class OnRefund(StrEnum):
    """What the agreement says. FULL: all of the fee with the first refund. NONE: nothing. PROPORTIONAL: the share of
    the amount. RECOMPUTE: what the fee of the rest is less, by the rule of the sale, so a cap that still binds gives
    nothing back.
    """

    FULL = "FULL"
    NONE = "NONE"
    PROPORTIONAL = "PROPORTIONAL"
    RECOMPUTE = "RECOMPUTE"


@dataclass(frozen=True, slots=True)
class RefundTerm:
    """One dated row of the agreement about refunds, of one merchant or ("") of all. `own`: the operator's own."""

    policy: OnRefund
    channel: frozenset[str] = ANY
    merchant: str = ""
    first_day: str = ""
    last_day: str = ""
    own: bool = False

    def holds(self, channel: str, merchant: str, day: str) -> bool:
        """Whether it is about this channel and merchant on the day (yyyymmdd) of the sale."""
        in_force = self.first_day <= day and (not self.last_day or day <= self.last_day)
        return in_force and self.merchant in ("", merchant) and (not self.channel or channel in self.channel)


@dataclass(frozen=True, slots=True)
class Charged:
    """A sale that cleared: its amount, the fee that was charged, and the rule it was charged by."""

    amount_fen: int
    fee_fen: int
    rule: Rule


def returned_fen(sale: Charged, refunded_before_fen: int, refund_fen: int, policy: OnRefund) -> int:
    """The part of the fee that comes back with this refund, in fen, after `refunded_before_fen` went back earlier.

    A failure that the acquirer caused gives back FULL whatever was agreed: the caller says so. TheirMistake: more is
    refunded than was paid.
    """
    after = refunded_before_fen + refund_fen
    if refunded_before_fen < 0 or refund_fen <= 0 or after > sale.amount_fen:
        raise TheirMistake("is nothing, or more than is left of the sale", "refund")
    return _back(sale, after, policy) - _back(sale, refunded_before_fen, policy)


def _back(sale: Charged, refunded_fen: int, policy: OnRefund) -> int:
    """All that came back when `refunded_fen` have gone back in all."""
    if policy is OnRefund.NONE or refunded_fen == 0:
        return 0
    if policy is OnRefund.FULL:
        return sale.fee_fen
    if policy is OnRefund.PROPORTIONAL:
        return (2 * sale.fee_fen * refunded_fen + sale.amount_fen) // (2 * sale.amount_fen)
    return max(sale.fee_fen - sale.rule.fee_fen(sale.amount_fen - refunded_fen), 0)
