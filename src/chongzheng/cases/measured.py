"""Did a measure help? Two failure rates, before and after, and what their difference lets one say.

Whole numbers only: rates are parts per million, the interval is Newcombe's (two Wilson intervals at 95 %, joined).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Any

from chongzheng.cases.fields import Field

MILLION = 1_000_000
Z2 = Fraction(38_416, 10_000)
"""1.96 squared: 95 %."""
Z = Fraction(196, 100)

WORKS, NO_EVIDENCE, HARMFUL = "works", "no evidence", "harmful"

FIGURES = (
    Field("failures_before", "whole", "之前失败数", "failures before"),
    Field("n_before", "whole", "之前总数", "attempts before"),
    Field("failures_after", "whole", "之后失败数", "failures after"),
    Field("n_after", "whole", "之后总数", "attempts after"),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What was counted and what follows. Rates and the interval of their difference (after - before) in ppm."""

    before_ppm: int
    after_ppm: int
    low_ppm: int
    high_ppm: int
    n: int
    verdict: str

    def row(self) -> dict[str, Any]:
        """The same as JSON values."""
        return {
            "before_ppm": self.before_ppm,
            "after_ppm": self.after_ppm,
            "low_ppm": self.low_ppm,
            "high_ppm": self.high_ppm,
            "n": self.n,
            "verdict": self.verdict,
        }


def wrong_figures(said: Mapping[str, Any]) -> str:
    """What is wrong with these four counts, "" nothing."""
    for when in ("before", "after"):
        failures, n = said[f"failures_{when}"], said[f"n_{when}"]
        if n <= 0:
            return f"n_{when}: nothing was counted; a rate takes at least one attempt"
        if not 0 <= failures <= n:
            return f"failures_{when}: is 0 to n_{when} ({n})"
    return ""


def measured(said: Mapping[str, Any]) -> Measured:
    """What the four counts of FIGURES say; they have passed `wrong_figures`."""
    k1, n1, k2, n2 = (said[field.name] for field in (FIGURES[0], FIGURES[1], FIGURES[2], FIGURES[3]))
    p1, p2 = _ppm(k1, n1), _ppm(k2, n2)
    low1, high1 = wilson_ppm(k1, n1)
    low2, high2 = wilson_ppm(k2, n2)
    low = p2 - p1 - isqrt((p2 - low2) ** 2 + (high1 - p1) ** 2)
    high = p2 - p1 + isqrt((high2 - p2) ** 2 + (p1 - low1) ** 2)
    verdict = WORKS if high < 0 else HARMFUL if low > 0 else NO_EVIDENCE
    return Measured(p1, p2, low, high, n1 + n2, verdict)


def wilson_ppm(failures: int, n: int) -> tuple[int, int]:
    """Wilson's interval at 95 % of a rate, in ppm, rounded to the nearest part."""
    radicand = Z2 + Fraction(4 * failures * (n - failures), n)
    root = Fraction(isqrt(radicand.numerator * MILLION**2 // radicand.denominator), MILLION)
    below = 2 * (n + Z2)
    low = Fraction(2 * failures + Z2 - Z * root, below)
    high = Fraction(2 * failures + Z2 + Z * root, below)
    return max(0, round(low * MILLION)), min(MILLION, round(high * MILLION))


def _ppm(failures: int, n: int) -> int:
    return round(Fraction(failures * MILLION, n))
