"""What does one trade say about the merchant behind it, and what was registered of the machine it was made on?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from chongzheng.fees import merchant_number

UNLIKE = 500
"""Two names that share fewer pairs of neighbouring letters than this, in thousandths, are two names."""


@dataclass(frozen=True, slots=True)
class Registered:
    """What the register says of a machine: category, province (two digits of the national code); "" if unknown."""

    mcc: str = ""
    province: str = ""


@dataclass(frozen=True, slots=True)
class Trade:
    """One sale. `machine`: the serial number of the device, or the terminal (F41); `merchant` F42 as on the slip;
    `field_mcc` F18 as sent, `clearing_mcc` as cleared; `cost_fen` what issuer and network got; `hour` 0 to 23 in China;
    `card` a keyed hash. "" and None for what is not known.
    """

    machine: str
    merchant: str
    amount_fen: int
    day: str
    hour: int
    field_mcc: str = ""
    clearing_mcc: str = ""
    card_type: str = ""
    entry: str = ""
    cost_fen: int | None = None
    slip_name: str = ""
    asked_name: str = ""
    card: str = ""

    @property
    def receipt_mcc(self) -> str:
        """The category that the merchant number claims."""
        parts = merchant_number.parse(self.merchant)
        return parts.mcc if parts else ""

    @property
    def has_two_names(self) -> bool:
        """Whether slip and network name different merchants."""
        both = self.slip_name and self.asked_name and self.slip_name != self.asked_name
        return bool(both) and alike(self.slip_name, self.asked_name) < UNLIKE

    def lies_outside(self, province: str) -> bool:
        """Whether the merchant number surely lies in another province."""
        parts = merchant_number.parse(self.merchant)
        return bool(province) and parts is not None and not parts.may_lie_in(province)


def alike(one: str, other: str) -> int:
    """How alike two names are, in thousandths: twice the pairs of neighbours that both have, over all pairs."""
    mine, theirs = _pairs(one), _pairs(other)
    common = sum(min(count, theirs.get(pair, 0)) for pair, count in mine.items())
    total = sum(mine.values()) + sum(theirs.values())
    return 2000 * common // total if total else 1000 * (one == other)


def _pairs(name: str) -> dict[str, int]:
    text = "".join(name.split()).casefold()
    found: dict[str, int] = {}
    for first, second in pairwise(text):
        found[first + second] = found.get(first + second, 0) + 1
    return found
