"""What do trades of one category usually look like: how large are they, and at what hours are they made?

Whole numbers and fractions only; sizes are compared by ratio, because amounts spread by ratio.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from chongzheng.fees.traffic import Trade

BAND_HOURS = 4
BANDS = 24 // BAND_HOURS
SMOOTHING = 1
"""Trades that every band is given, so that no band is impossible."""

FENCES = 2
"""How many quartile ratios beyond a quartile an amount is far away."""


@dataclass(frozen=True, slots=True)
class Norm:
    """Quartiles of the amount in fen, and the number of trades in each band of hours."""

    lower_fen: int
    median_fen: int
    upper_fen: int
    bands: tuple[int, ...]

    def is_far(self, amount_fen: int) -> bool:
        """Whether an amount lies beyond a quartile by more than FENCES times the ratio of the quartiles."""
        spread = Fraction(self.upper_fen, self.lower_fen) ** FENCES
        return amount_fen > self.upper_fen * spread or amount_fen * spread < self.lower_fen

    def distance(self, trades: Iterable[Trade]) -> Fraction:
        """Chi-square of the hours of the trades against those of the norm."""
        seen = Counter(trade.hour // BAND_HOURS for trade in trades)
        total, of = sum(seen.values()), sum(self.bands) + SMOOTHING * BANDS
        found = Fraction(0)
        for band, usual in enumerate(self.bands):
            expected = Fraction(total * (usual + SMOOTHING), of)
            found += (seen[band] - expected) ** 2 * Fraction(1, expected or 1)
        return found


def of(trades: list[Trade]) -> Norm:
    """The norm of at least one trade."""
    amounts = sorted(max(trade.amount_fen, 1) for trade in trades)
    lower, median, upper = (amounts[len(amounts) * part // 4] for part in (1, 2, 3))
    bands = Counter(trade.hour // BAND_HOURS for trade in trades)
    return Norm(lower, median, upper, tuple(bands[band] for band in range(BANDS)))
