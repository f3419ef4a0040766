"""Is the share of failures of a day still within what it always does? A p-chart with Laney's limits (operations 7.3).

Days with tens of thousands of tries differ by more than chance says, so ordinary limits would cry wolf: the width is
multiplied by what the days before showed of themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

SIGMAS = 3
DAYS_MIN = 10
"""Fewer days say nothing about what is usual."""
RANGE_TO_SIGMA = 1.128
"""The mean range of two neighbours, in sigmas of a normal distribution."""
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Day:
    """One day: `hits` of `tries` failed."""

    name: str
    hits: int
    tries: int

    @property
    def share_ppm(self) -> int | None:
        """The share that failed; None where nothing was tried."""
        return round(MILLION * self.hits / self.tries) if self.tries else None


@dataclass(frozen=True, slots=True)
class Point:
    """A day, between which limits (ppm) it should lie, and whether it does not; limits None: they are not known."""

    day: Day
    low_ppm: int | None
    high_ppm: int | None

    @property
    def strange(self) -> bool:
        """Whether something other than chance was at work."""
        share = self.day.share_ppm
        if share is None or self.low_ppm is None or self.high_ppm is None:
            return False
        return not self.low_ppm <= share <= self.high_ppm


@dataclass(frozen=True, slots=True)
class Chart:
    """All days with their limits. `mean_ppm`: None where too few days were seen; `spread`: by how much days differ more
    than chance alone explains, 1 where they do not; `seen`: days that the limits rest on."""

    points: tuple[Point, ...]
    mean_ppm: int | None
    spread: float
    seen: int


def p_chart(days: Sequence[Day], until: int | None = None, spread: float | None = None) -> Chart:
    """The chart of these days, of which the first `until` (all, if not given) say what is usual; a day that is still
    running must not. `spread`: 1 gives the ordinary p-chart; the days' own, if not given."""
    usual = [day for day in days[:until] if day.tries]
    hits, tries = sum(day.hits for day in usual), sum(day.tries for day in usual)
    if len(usual) < DAYS_MIN:
        return Chart(tuple(Point(day, None, None) for day in days), None, 1.0, len(usual))
    mean = hits / tries
    wide = _spread(usual, mean) if spread is None else spread
    points = tuple(Point(day, *_limits(day, mean, wide)) for day in days)
    return Chart(points, round(MILLION * mean), wide, len(usual))


def _spread(usual: Sequence[Day], mean: float) -> float:
    """Laney's sigma of z. Below 1 it would draw limits narrower than chance itself is."""
    if mean in (0.0, 1.0):
        return 1.0
    standing = [(day.hits / day.tries - mean) / sqrt(mean * (1 - mean) / day.tries) for day in usual]
    moved = [abs(later - earlier) for earlier, later in pairwise(standing)]
    return max(1.0, sum(moved) / len(moved) / RANGE_TO_SIGMA)


def _limits(day: Day, mean: float, spread: float) -> tuple[int, int] | tuple[None, None]:
    if not day.tries:
        return None, None
    width = SIGMAS * spread * sqrt(mean * (1 - mean) / day.tries)
    return round(MILLION * max(0.0, mean - width)), round(MILLION * min(1.0, mean + width))
