"""Under which STAN and RRN of our own does a payment go to a network, whatever crashes?

Numbers are unique for an institution and a business day. They are taken from the journal in blocks, so that a
payment costs no commit of its own; a stop skips the rest of a block and never gives a number twice. Every payment
takes two trace numbers at once, for itself and for its reversals, because both are frozen with its first commit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chongzheng.gateway.counts import Counts
from chongzheng.gateway.profile import Numbers, Pairs
from chongzheng.journal import Journal, JournalFull

BLOCK = 1_000
BLOCKS_MAX = 999
"""Beyond it the six digits of a day are used up: 499,500 payments, and new ones are refused."""
PAIRS_WAITING = BLOCK // 4
"""With fewer pairs at hand the next block is fetched."""

@dataclass(frozen=True, slots=True)
class Named:
    """What a payment is called on the way up: a part of its frozen identity, and how the journal finds it by that."""

    pairs: Pairs = ()
    alias: str = ""


_UNNAMED = Named()


def unnamed() -> Named:
    """A payment that goes under its terminal's own names."""
    return _UNNAMED


Execute = Callable[[Callable[[], Any], Callable[[Any], None]], None]


class NumberBook:
    """The numbers of one institution. On the loop thread; the next block is fetched where the journal is written."""

    def __init__(self, institution: str, journal: Journal, execute: Execute, counts: Counts) -> None:
        self._institution = institution
        self._journal = journal
        self._execute = execute
        self._counts = counts
        self._day = ""
        self._free: list[range] = []
        self._fetching = False

    def take(self, day: str, mti: str, sent: str) -> Numbers | None:
        """Numbers for a payment of business day `day` (yyyymmdd) sent at `sent` (MMDDhhmmss); None: none are left."""
        if day != self._day:
            self._day, self._free, self._fetching = day, [], False
        if not any(self._free):
            self._put(day, self._next(day))
        stan = next((free[0] for free in self._free if free), None)
        if stan is None:
            self._counts.note("no trace numbers are left for today")
            return None
        self._free = [free[1:] if free and free[0] == stan else free for free in self._free if free]
        self._fetch_ahead(day)
        return Numbers(mti, f"{stan:06d}", f"{stan + 1:06d}", _rrn(day, stan), sent)

    def _next(self, day: str) -> int | BaseException:
        try:
            return self._journal.next_number(f"stan:{self._institution}:{day}")
        except JournalFull as error:
            return error

    def _put(self, day: str, block: Any) -> None:
        """A block that comes after its day is over is skipped."""
        if isinstance(block, int) and block <= BLOCKS_MAX and day == self._day:
            self._free.append(range((block - 1) * BLOCK + 1, block * BLOCK + 1, 2))

    def _fetch_ahead(self, day: str) -> None:
        if self._fetching or sum(map(len, self._free)) >= PAIRS_WAITING:
            return
        self._fetching = True

        def done(block: Any) -> None:
            self._fetching = False
            self._put(day, block)

        self._execute(lambda: self._next(day), done)


def _rrn(day: str, stan: int) -> str:
    """F37: last digit of the year, month and day, our trace number; unique for the institution, for ten years."""
    return f"{day[3:8]}0{stan:06d}"
