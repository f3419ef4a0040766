"""How far may a trade and its line in the channel's file lie apart, and from which file on is silence final?

Days are yyyymmdd. A channel whose day is cut at 23:00 and one cut at midnight disagree about an hour every evening; the
window lets a payment's day differ from the line's by that much and by the clock of a late host.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from chongzheng.settlement import days
from chongzheng.settlement.line import CARD_CHANNEL

WINDOWS_KEPT_MAX = 256


class Counting(StrEnum):
    """D counts calendar days, T working days (operations 2.5)."""

    D = "D"
    T = "T"


@dataclass(frozen=True, slots=True)
class Window:
    """`before_days` and `after_days`: how far a payment's day may lie before and after its line's; `files_after`: how
    many files after that of its own day may still bring the line, counted in D or T; `tolerance_fen`: two amounts that
    differ by no more are the same amount.
    """

    before_days: int = 1
    after_days: int = 1
    files_after: int = 1
    counting: Counting = Counting.D
    tolerance_fen: int = 0

    def around(self, day: str) -> frozenset[str]:
        """The days that a payment may have whose line was sent on `day`; none for a text that is no day."""
        return _around(day, self.before_days, self.after_days)

    def same(self, one_fen: int, other_fen: int) -> bool:
        """Whether two amounts in fen count as one."""
        return abs(one_fen - other_fen) <= self.tolerance_fen

    def files(self, day: str, rest_days: Set[str] = frozenset()) -> tuple[str, ...]:
        """The clearing days whose files may bring the line of a payment of `day`, that day first; after the last of
        them its silence is final.
        """
        found = [day]
        for _ in range(self.files_after):
            following = days.shifted(found[-1], 1)
            found.append(days.working(following, rest_days) if self.counting is Counting.T else following)
        return tuple(found)


CARD = Window()
WALLET = Window(before_days=7)
"""A wallet's order may be revoked for seven days, and its line names the order (channels 2)."""

WINDOWS: MappingProxyType[str, Window] = MappingProxyType({CARD_CHANNEL: CARD})


def of(channel: str) -> Window:
    """The window of a channel: the card network's own, one for every wallet."""
    return WINDOWS.get(channel, WALLET)


@lru_cache(maxsize=WINDOWS_KEPT_MAX)
def _around(day: str, before: int, after: int) -> frozenset[str]:
    return frozenset(near for shift in range(-before, after + 1) if (near := days.shifted(day, shift)))
