"""Which harms happened in a simulated world, and which of them, and which sales, are left out this time?

The name of an event is the same in two worlds of one seed as far as these are the same: it says what is harmed and the
how-manieth time, never when. What is left out still costs its dice, so that everything else stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

EVENTS_MAX = 100_000
"""Far more harms than a world has; whatever came after them would not be told."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who may come on: names of harms and of sales. None: all."""

    harms: frozenset[str] | None = None
    sales: frozenset[str] | None = None


ALL = Cast()


@dataclass(frozen=True, slots=True)
class Event:
    """A harm that happened: the how-manieth, when (virtual ms), its name, and what it was in plain words."""

    number: int
    at_ms: int
    name: str
    words: str


class Events:
    """What happened in one world, in order. `now_ms` tells virtual time."""

    def __init__(self, now_ms: Callable[[], int], cast: Cast = ALL) -> None:
        self.happened: list[Event] = []
        self.sales: dict[str, None] = {}
        """Names of the sales that were made."""
        self._now_ms = now_ms
        self._cast = cast
        self._seen: set[str] = set()  # asked for membership only

    def allow(self, name: str, words: str) -> bool:
        """A harm is about to be done: whether it may be. If so it has happened. A name counts once."""
        harms = self._cast.harms
        if harms is not None and name not in harms:
            return False
        if name not in self._seen and len(self.happened) < EVENTS_MAX:
            self._seen.add(name)
            self.happened.append(Event(len(self.happened) + 1, self._now_ms(), name, words))
        return True

    def makes(self, sale: str) -> bool:
        """A sale is about to be made: whether it is."""
        sales = self._cast.sales
        if sales is not None and sale not in sales:
            return False
        self.sales[sale] = None
        return True
