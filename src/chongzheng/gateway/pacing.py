"""How many reversals may be on their way to a host at once, and when will none be left?

The window follows what TCP taught: it grows by a step for each window of good answers (doubling until the first
setback), and shrinks at once and by a factor when answers are busy, missing or slow. One setback shrinks it once:
what was sent before says nothing about the window after. Instants `at` are epoch milliseconds.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from chongzheng.mistakes import TheirMistake

WINDOW_CEILING = 4_096
"""No configuration opens a window wider than this; the link and the runner have limits of their own behind it."""
BAD_MIN = 2
"""One reversal that fails alone is its own trouble, not the host's."""
SMOOTHING = 8
"""A new latency moves the smoothed one by an eighth of the difference."""
FLOOR_FOR_MS = 60_000
"""How long the shortest latency is believed to be what the host can do; it is forgotten after twice that."""
DRAIN_OVER_MS = 60_000
DRAIN_STEP_MS = 1_000
DRAIN_STEPS_MAX = DRAIN_OVER_MS // DRAIN_STEP_MS + 1
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Pace:
    """How reversals are paced towards one host.

    `window_*`: reversals in flight, at the start, at least and at most; `step`: growth for a window of good answers.
    `bad_percent`: the share of busy or missing answers in a window that shrinks it to a half.
    `slack_ms`: latency beyond twice the shortest that still counts as prompt; more shrinks it to three quarters.
    `patience_ms`: a reversal without an answer for so long is missing.
    `sale_share_percent`: how much of the window new sales in flight may claim before reversals.
    `stubborn_share_percent`: how much of the window reversals get that stayed silent before while others were answered.
    `lane_max`: reversals of one terminal in flight. TheirMistake when a number makes no sense.
    """

    window_start: int = 32
    window_min: int = 1
    window_max: int = 1_024
    step: int = 8
    bad_percent: int = 20
    slack_ms: int = 250
    patience_ms: int = 5_000
    sale_share_percent: int = 50
    stubborn_share_percent: int = 25
    lane_max: int = 4

    def __post_init__(self) -> None:
        if not 1 <= self.window_min <= self.window_start <= self.window_max <= WINDOW_CEILING:
            wanted = f"1 <= window_min <= window_start <= window_max <= {WINDOW_CEILING}"
            raise TheirMistake(f"must keep {wanted}", "pacing.window")
        for name in ("step", "slack_ms", "patience_ms", "lane_max"):
            if getattr(self, name) <= 0:
                raise TheirMistake("must be above zero", f"pacing.{name}")
        for name in ("bad_percent", "sale_share_percent", "stubborn_share_percent"):
            if not 0 < getattr(self, name) < 100:
                raise TheirMistake("must be between 0 and 100", f"pacing.{name}")


class Window:
    """The adaptive window of one host. `size`: reversals that may be in flight, sales not counted."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self.size = pace.window_start
        self._doubling = True
        self._shrunk_at = 0
        self._good = 0
        self._bad = 0
        self._full = False
        self._smoothed = 0  # in SMOOTHING-ths of a millisecond
        self._floor_ms: int | None = None
        self._floor_before_ms: int | None = None
        self._floor_at = 0

    @property
    def latency_ms(self) -> int:
        """How long the host takes at present, smoothed."""
        return self._smoothed // SMOOTHING

    def good(self, at: int, sent_at: int, full: bool) -> None:
        """An answer that is not "busy". `full`: the window was used up, so a wider one would be of use."""
        if sent_at < self._shrunk_at:
            return
        self._learn(at, at - sent_at)
        self._good += 1
        self._full = self._full or full
        if self._good + self._bad >= self.size:
            self._close_round(at)

    def bad(self, at: int, sent_at: int) -> None:
        """Busy, missing, or lost with the link."""
        if sent_at < self._shrunk_at:
            return
        self._bad += 1
        if self._bad >= BAD_MIN and self._bad * 100 > self._pace.bad_percent * self.size:
            self._shrink(at, 1, 2)

    def reversals(self, sales_in_flight: int) -> int:
        """How many reversals may be in flight beside so many sales: sales claim their share first, and no more."""
        claimed = min(sales_in_flight, self.size * self._pace.sale_share_percent // 100)
        return max(self._pace.window_min, self.size - claimed)

    def stubborn(self) -> int:
        """How many of them may have stayed silent before."""
        return max(1, self.size * self._pace.stubborn_share_percent // 100)

    def _learn(self, at: int, latency_ms: int) -> None:
        if self._smoothed == 0:
            self._smoothed = latency_ms * SMOOTHING
        self._smoothed += latency_ms - self.latency_ms
        if at - self._floor_at >= FLOOR_FOR_MS:
            self._floor_before_ms, self._floor_ms, self._floor_at = self._floor_ms, None, at
        self._floor_ms = latency_ms if self._floor_ms is None else min(self._floor_ms, latency_ms)

    def _is_slow(self) -> bool:
        floors = [floor for floor in (self._floor_ms, self._floor_before_ms) if floor is not None]
        return self.latency_ms > 2 * min(floors) + self._pace.slack_ms

    def _close_round(self, at: int) -> None:
        if self._is_slow():
            self._shrink(at, 3, 4)
            return
        if self._full:
            step = min(self._pace.step, max(1, self.size // 4))  # a small window feels its way
            wider = self.size * 2 if self._doubling else self.size + step
            self.size = min(wider, self._pace.window_max)
        self._good, self._bad, self._full = 0, 0, False

    def _shrink(self, at: int, part: int, whole: int) -> None:
        self.size = max(self._pace.window_min, self.size * part // whole)
        self._doubling = False
        self._shrunk_at = at
        self._smoothed = 0
        self._good, self._bad, self._full = 0, 0, False


class Drain:
    """How fast reversals come to an end, over the last minute, and when the queue will be empty at that pace."""

    def __init__(self) -> None:
        self._since: int | None = None
        self._steps: deque[tuple[int, int]] = deque(maxlen=DRAIN_STEPS_MAX)

    def finished(self, at: int) -> None:
        """One more needs no reversal any longer."""
        step = at // DRAIN_STEP_MS
        if self._since is None:
            self._since = at
        if self._steps and self._steps[-1][0] >= step:
            last, count = self._steps.pop()
            self._steps.append((last, count + 1))
        else:
            self._steps.append((step, 1))

    def per_minute(self, at: int) -> int:
        """How many ended within the last minute; extrapolated while we have watched for less than one."""
        oldest = (at - DRAIN_OVER_MS) // DRAIN_STEP_MS
        count = sum(count for step, count in self._steps if step > oldest)
        watched_ms = at - self._since if self._since is not None else 0
        watched_ms = min(max(watched_ms, DRAIN_STEP_MS), DRAIN_OVER_MS)
        return count * MINUTE_MS // watched_ms

    def empty_in_ms(self, pending: int, at: int) -> int | None:
        """How long `pending` reversals will take; None while nothing moves."""
        if pending == 0:
            return 0
        rate = self.per_minute(at)
        return pending * MINUTE_MS // rate if rate else None
