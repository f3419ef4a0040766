"""What do counts, shares and spans of a month say, and how sure is that? Figures with their 95 % intervals.

A share has Wilson's interval. How long something takes is the Kaplan-Meier median, in which what is still open counts
as "longer than so far": the mean of what is closed would praise whoever leaves the hard cases open (operations 7.6).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

from chongzheng.cases.measured import MILLION, Z, wilson_ppm
from chongzheng.reports.documents import Because, Figure

Z_95 = float(Z)
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Step:
    """The share that is still open after `ms`, and the ends of its interval."""

    ms: int
    share: float
    low: float
    high: float


def counted(name: str, value: int, because: Because, unit: str = "count") -> Figure:
    """A plain count or sum: it is what it is, and has no interval."""
    return Figure(name, unit, value, None, None, value if unit == "count" else 0, because)


def shared(name: str, hits: int, tries: int, because: Because) -> Figure:
    """A share in ppm with Wilson's interval; no value where nothing was counted."""
    if not tries:
        return Figure(name, "ppm", None, None, None, 0, because)
    low, high = wilson_ppm(hits, tries)
    return Figure(name, "ppm", (2 * hits * MILLION + tries) // (2 * tries), low, high, tries, because)


def ranged(name: str, value: int, days: Sequence[int], because: Because) -> Figure:
    """A sum in fen at the end, between the least and the most that it was at the end of one of these days."""
    return Figure(name, "fen", value, min(days, default=None), max(days, default=None), len(days), because)


def lasted(name: str, spans: Sequence[tuple[int, bool]], because: Because) -> Figure:
    """The median of (ms, whether it ended), by Kaplan and Meier; None where more than half is still open."""
    steps = open_after(spans)
    median = _first(steps, [step.share for step in steps])
    low, high = _first(steps, [step.low for step in steps]), _first(steps, [step.high for step in steps])
    return Figure(name, "ms", median, low, high, len(spans), because)


def open_after(spans: Iterable[tuple[int, bool]]) -> list[Step]:
    """The Kaplan-Meier curve at every span that ended, with the interval that Greenwood's variance gives on the scale
    log(-log): it stays between 0 and 1."""
    ordered = sorted(spans)
    left, share, variance, steps = len(ordered), 1.0, 0.0, list[Step]()
    for ms in sorted({span for span, _ in ordered}):
        ended = sum(1 for span, over in ordered if span == ms and over)
        if ended:
            share *= 1 - ended / left
            variance = variance + ended / (left * (left - ended)) if left > ended else variance
            steps.append(Step(ms, share, *_between(share, variance)))
        left -= sum(1 for span, _ in ordered if span == ms)
    return steps


def _between(share: float, variance: float) -> tuple[float, float]:
    if share <= 0:
        return 0.0, 0.0
    width = Z_95 * sqrt(variance) / log(share)
    return exp(log(share) * exp(-width)), exp(log(share) * exp(width))


def _first(steps: Sequence[Step], shares: Sequence[float]) -> int | None:
    """The first span after which no more than half is open."""
    return next((step.ms for step, share in zip(steps, shares, strict=True) if share <= HALF), None)


def fate(due_at: int, kept_at: int | None, moved_at: int | None, asked: bool, now: int) -> bool | None:
    """Whether a promise was kept by `now`; None while that is open, or where the other side asked for another day."""
    if kept_at is not None and kept_at <= min(due_at, now):
        return True
    if moved_at is not None and moved_at <= now:
        return None if asked else False
    return False if now >= due_at else None
