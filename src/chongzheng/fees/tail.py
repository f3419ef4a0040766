"""Why do the rounded fees of a day not add up to the clearing total, and to the fen by how much?

Each payment's fee is rounded to a fen; clearing keeps six decimals of a yuan, adds up, and rounds once
(facts/operations 2.5, 4.4). The difference is the tail of the day, booked to the account of rounding differences.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from chongzheng.fees.rules import half_up

MICRO_PER_FEN = 10_000
"""A fen has ten thousand of the units that clearing counts fees in: six decimals of a yuan."""


@dataclass(frozen=True, slots=True)
class Fee:
    """One fee of a day (yyyymmdd): as charged, and as it would be without rounding; negative where it came back."""

    day: str
    exact_fen: Decimal
    charged_fen: int


@dataclass(frozen=True, slots=True)
class Tail:
    """One day. `exact_micro` is what clearing adds up, `cleared_fen` what it makes of it, rounded once; `charged_fen`
    is the sum of the fees as charged. `gained_micro` is what rounding each fee added (on `raised` of them), and
    `lost_micro` what it took away (on `lowered`): together they explain the tail to the last digit.
    """

    day: str
    fees: int
    exact_micro: int
    charged_fen: int
    raised: int
    gained_micro: int
    lowered: int
    lost_micro: int

    @property
    def cleared_fen(self) -> int:
        """The sum, rounded once."""
        return half_up(Decimal(self.exact_micro).scaleb(-4))

    @property
    def tail_fen(self) -> int:
        """What the account of rounding differences takes: charged beyond what was cleared; negative: too little."""
        return self.charged_fen - self.cleared_fen

    @property
    def last_micro(self) -> int:
        """What the one rounding of the sum added, or took away (negative)."""
        return self.cleared_fen * MICRO_PER_FEN - self.exact_micro

    def __str__(self) -> str:
        """One line for a person: the sum that leads from the exact fees to the tail."""
        return (
            f"{self.day}: {self.fees} fees, charged {self.charged_fen} fen, cleared {self.cleared_fen} fen, tail"
            f" {self.tail_fen} fen = ({self.gained_micro} on {self.raised} rounded up - {self.lost_micro} on"
            f" {self.lowered} rounded down - {self.last_micro} of the sum) / {MICRO_PER_FEN}"
        )


def micro(exact_fen: Decimal) -> int:
    """An exact fee in units of a ten-thousandth of a fen, a half away from zero."""
    return int((exact_fen * MICRO_PER_FEN).quantize(Decimal(1), ROUND_HALF_UP))


def tails(fees: Iterable[Fee]) -> tuple[Tail, ...]:
    """The tail of each day, in order of days."""
    days: dict[str, list[Fee]] = {}
    for fee in fees:
        days.setdefault(fee.day, []).append(fee)
    return tuple(_tail(day, days[day]) for day in sorted(days))


def _tail(day: str, fees: list[Fee]) -> Tail:
    exact = [micro(fee.exact_fen) for fee in fees]
    moved = [fee.charged_fen * MICRO_PER_FEN - each for fee, each in zip(fees, exact, strict=True)]
    up, down = [each for each in moved if each > 0], [-each for each in moved if each < 0]
    charged = sum(fee.charged_fen for fee in fees)
    return Tail(day, len(fees), sum(exact), charged, len(up), sum(up), len(down), sum(down))
