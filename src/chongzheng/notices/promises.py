"""Do we do what we said by the day we said? Promises, what became of each, and the share that was kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

Z_95 = 1.959963984540054
"""The normal deviate that leaves 2.5 % on either side."""


class Became(StrEnum):
    """What became of a promise."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Promise:
    """We said on `said_at` that `what` would be so by `due_at`. Instants are epoch ms, None: not so far.

    `moved_at`: when another date took its place; `asked`: the other side asked for that.
    """

    id: int
    matter: str
    what: str
    said_at: int
    due_at: int
    kept_at: int | None = None
    moved_at: int | None = None
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """`kept` of `counted` promises, as a share with its 95 % interval (Wilson); None when there is none to count."""

    kept: int
    counted: int
    share: float | None
    low: float
    high: float


def became(promise: Promise, now: int) -> Became:
    """What became of it by now. One that we moved is broken: the date that was believed was not held."""
    if promise.kept_at is not None and promise.kept_at <= promise.due_at:
        return Became.KEPT
    if promise.moved_at is not None and promise.asked:
        return Became.RELEASED
    if promise.moved_at is not None or promise.kept_at is not None or now > promise.due_at:
        return Became.BROKEN
    return Became.OPEN


def kept_share(promises: Iterable[Promise], now: int) -> Share:
    """Of the promises whose fate is known and ours: how many were kept?"""
    fates = [became(one, now) for one in promises]
    kept = fates.count(Became.KEPT)
    counted = kept + fates.count(Became.BROKEN)
    if not counted:
        return Share(0, 0, None, 0.0, 1.0)
    low, high = wilson(kept, counted)
    return Share(kept, counted, kept / counted, low, high)


def wilson(hits: int, tries: int) -> tuple[float, float]:
    """The 95 % interval of a share, sound also for few tries and for none or all hits (Wilson 1927). `tries` > 0."""
    share, square = hits / tries, Z_95 * Z_95
    centre = share + square / (2 * tries)
    spread = Z_95 * sqrt(share * (1 - share) / tries + square / (4 * tries * tries))
    whole = 1 + square / tries
    return max(0.0, (centre - spread) / whole), min(1.0, (centre + spread) / whole)
