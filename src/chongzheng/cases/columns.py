"""What can each witness of a payment in doubt have said? The columns of the golden table (facts/operations 2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Original(StrEnum):
    """Was the original approved, at the network or the issuer? WALLET: a wallet says that it was paid."""

    UNKNOWN = "unknown"
    NO = "no"
    YES = "yes"
    TWICE = "twice"
    WALLET = "wallet paid"
    CONTRADICTED = "contradicted"


class Goods(StrEnum):
    """How often were the goods or the service delivered?"""

    UNKNOWN = "unknown"
    NO = "no"
    ONCE = "once"
    TWICE = "twice"


class Reversal(StrEnum):
    """What became of the reversal. FAILED: no answer that says what it did; CONFIRMED: a later query saw its effect."""

    UNKNOWN = "unknown"
    NONE = "none"
    FAILED = "failed"
    NOT_FOUND = "not found (25)"
    REFUSED = "refused"
    REFUSED_LATER_DAY = "refused, later day"
    AMOUNT = "amount differs (64)"
    ACKED = "acknowledged"
    CONFIRMED = "confirmed"


class Clearing(StrEnum):
    """What the clearing files show. NONE: one complete day is silent; NONE_TWO: two days are."""

    UNKNOWN = "unknown"
    NOT_YET = "not yet"
    NOT_APPLICABLE = "n/a"
    NONE = "none"
    NONE_TWO = "none in two days"
    ORIGINAL = "original only"
    BOTH = "original and reversal"
    TWO = "two originals"
    TWO_ONE_BACK = "two originals, one reversal"
    REVERSAL = "reversal only"
    AMOUNT = "another amount"
    CHARGEBACK = "chargeback"


@dataclass(frozen=True, slots=True)
class Witnesses:
    """What is known. `refunded`: a provisional refund went out; `charged_back`: the customer's bank took the money."""

    original: Original = Original.UNKNOWN
    goods: Goods = Goods.UNKNOWN
    reversal: Reversal = Reversal.UNKNOWN
    clearing: Clearing = Clearing.UNKNOWN
    refunded: bool = False
    charged_back: bool = False
