"""Which few harms, and which few sales, of a red seed are enough for it to break the same promise?

Delta debugging: leave a part out, and keep it left out if the same invariant still breaks; harms and sales in turn, by
coarse parts first, since a world with fewer sales is run sooner. What happened only because of something else that is
left out goes by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from chongzheng.simulator.virtual.events import Cast
from chongzheng.simulator.virtual.run import Outcome, run
from chongzheng.simulator.virtual.weather import Weather

EVENTS_MAX = 10
"""A story with more harms than this is not told yet, it is only shorter."""
GIVE_UP_AFTER_S = 120.0
COARSE, SINGLE = 4, 100_000
"""Into how many parts harms and sales are divided at most: a few at first, and in the end one by one."""
KINDS_FIRST = ("tail", "fragmented", "replayed", "swallowed", "reset", "bank", "trouble", "file", "plant")
"""Harms of these kinds are many and seldom to blame: they stand together, so that they go together."""

Say = Callable[[int, int, int], None]
"""Hears after each world: how many were run, how many harms and how many sales are left."""


@dataclass(frozen=True, slots=True)
class Shrunk:
    """The same seed with less in it. `outcome` is that of `cast`; `whole` is that of the whole seed."""

    invariant: str
    cast: Cast
    outcome: Outcome
    whole: Outcome
    worlds: int
    seconds: float

    @property
    def is_small(self) -> bool:
        """Whether few enough harms are left for a person to read."""
        return len(self.outcome.events) <= EVENTS_MAX


def shrink(
    seed: int,
    payments: int,
    weather: Weather | None = None,
    say: Say = lambda worlds, harms, sales: None,
    give_up_after_s: float = GIVE_UP_AFTER_S,
) -> Shrunk | None:
    """The smallest world that was found in that time; None when the seed breaks no promise."""
    began = time.monotonic()
    whole = run(seed, payments, weather)
    if not whole.violations:
        return None
    search = _Search(whole, payments, weather, say, began + give_up_after_s)
    for parts_max in (COARSE, COARSE, SINGLE):
        search.over_harms(parts_max)
        search.over_sales(parts_max)
    search.over_harms(SINGLE)
    return Shrunk(search.invariant, search.cast, search.best, whole, search.worlds, time.monotonic() - began)


class _Search:
    """The smallest world so far that breaks the invariant that the whole one broke first."""

    def __init__(self, whole: Outcome, payments: int, weather: Weather | None, say: Say, give_up_at: float) -> None:
        self.invariant = whole.violations[0][0]
        self.cast = Cast()
        self.best = whole
        self.worlds = 1
        self._asked = payments
        self._weather = weather
        self._say = say
        self._give_up_at = give_up_at

    def over_harms(self, parts_max: int) -> None:
        """As few harms as possible."""
        none = replace(self.cast, harms=frozenset())
        if self.best.events and self._has_time() and not self._breaks(none):
            self._reduce(lambda: _by_kind([e.name for e in self.best.events]), _with_harms, parts_max)

    def over_sales(self, parts_max: int) -> None:
        """As few sales as possible."""
        self._reduce(lambda: list(self.best.sales), _with_sales, parts_max)

    def _reduce(
        self, left: Callable[[], list[str]], with_names: Callable[[Cast, frozenset[str]], Cast], parts_max: int
    ) -> None:
        """Leave out one of `parts` after the other; finer parts when none can go, until these are single names."""
        parts = 2
        while len(names := left()) > 1 and self._has_time():
            parts = min(parts, len(names))
            if self._drop_one(names, parts, with_names):
                parts = max(2, parts - 1)
            elif parts >= min(parts_max, len(names)):
                break
            else:
                parts = min(2 * parts, len(names))

    def _drop_one(self, names: Sequence[str], parts: int, with_names: Callable[[Cast, frozenset[str]], Cast]) -> bool:
        bounds = [len(names) * n // parts for n in range(parts + 1)]
        for begin, end in pairwise(bounds):
            kept = frozenset([*names[:begin], *names[end:]])
            if self._has_time() and self._breaks(with_names(self.cast, kept)):
                return True
        return False

    def _breaks(self, cast: Cast) -> bool:
        """Whether the world with only these still breaks the invariant; if so it is the best so far."""
        self.worlds += 1
        outcome = run(self.best.seed, self._asked, self._weather, cast=cast)
        breaks = any(which == self.invariant for which, _ in outcome.violations)
        if breaks:
            self.best, self.cast = outcome, cast
        self._say(self.worlds, len(self.best.events), len(self.best.sales))
        return breaks

    def _has_time(self) -> bool:
        return time.monotonic() < self._give_up_at


def _with_harms(cast: Cast, names: frozenset[str]) -> Cast:
    return replace(cast, harms=names)


def _with_sales(cast: Cast, names: frozenset[str]) -> Cast:
    return replace(cast, sales=names)


def _by_kind(names: list[str]) -> list[str]:
    """Those of one kind beside each other, in the order of happening."""
    kinds = [name.partition(" ")[0] for name in names]
    order = {kind: n for n, kind in enumerate(KINDS_FIRST)}
    return [name for _, name in sorted(zip(kinds, names, strict=True), key=lambda one: order.get(one[0], len(order)))]
