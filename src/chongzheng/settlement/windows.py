"""How far may a trade and its line in the channel's file lie apart, and from which file on is silence final?

The house's windows are below; the register of matching windows lays an operator's over them, from a day on.

Days are yyyymmdd. A channel whose day is cut at 23:00 and one cut at midnight disagree about an hour every evening; the
window lets a payment's day differ from the line's by that much and by the clock of a late host.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from chongzheng.settlement import days
from chongzheng.settlement.line import CARD_CHANNEL

WINDOWS_KEPT_MAX = 256
UNDONE_DAYS = 400
"""A refund is possible for about a year (facts/channels 2.2)."""
OTHERS = "others"
"""Stands for every channel that has no row of its own."""


class Counting(StrEnum):
    """D counts calendar days, T working days (operations 2.5)."""

    D = "D"
    T = "T"


@dataclass(frozen=True, slots=True)
class Window:
    """`before_days` and `after_days`: how far a payment's day may lie before and after its line's; `files_after`: how
    many files after that of its own day may still bring the line, counted in D or T; `tolerance_fen`: two amounts that
    differ by no more are the same amount; `undone_days`: how old a payment may be that a line takes back.
    """

    before_days: int = 1
    after_days: int = 1
    files_after: int = 1
    counting: Counting = Counting.D
    tolerance_fen: int = 0
    undone_days: int = UNDONE_DAYS

    def around(self, day: str) -> frozenset[str]:
        """The days that a payment may have whose line was sent on `day`; none for a text that is no day."""
        return _around(day, self.before_days, self.after_days)

    def before(self, day: str) -> frozenset[str]:
        """The days that a payment may have which a line of `day` takes back without saying when it was."""
        return _around(day, self.undone_days, self.after_days)

    def oldest(self, day: str) -> str:
        """The first day of payments that the file of `day` may speak of, its own evening before included."""
        return days.shifted(day, -self.before_days - 1)

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


@dataclass(frozen=True, slots=True)
class Windows:
    """The window of each channel that has one of its `own`, and that of all `others`."""

    own: Mapping[str, Window] = field(default_factory=lambda: MappingProxyType({CARD_CHANNEL: CARD}))
    others: Window = WALLET

    def of(self, channel: str) -> Window:
        """The window of a channel."""
        return self.own.get(channel, self.others)

    @property
    def count_working_days(self) -> bool:
        """Whether days off must be known."""
        return any(window.counting is Counting.T for window in (*self.own.values(), self.others))


HOUSE = Windows()
"""The card network's own, and one for every wallet."""


def rows(of: Windows = HOUSE) -> dict[str, dict[str, Any]]:
    """The windows as rows of a register, by channel."""
    windows = {**of.own, OTHERS: of.others}
    return {
        channel: {
            "before_days": one.before_days,
            "after_days": one.after_days,
            "files_after": one.files_after,
            "counting": one.counting.value,
            "tolerance_fen": one.tolerance_fen,
            "undone_days": one.undone_days,
        }
        for channel, one in windows.items()
    }


def read(given: Mapping[str, Mapping[str, Any]]) -> Windows:
    """Windows out of such rows; where the row of all others is gone, the house's counts."""
    found = {channel: Window(**{**row, "counting": Counting(row["counting"])}) for channel, row in given.items()}
    others = found.pop(OTHERS, HOUSE.others)
    return Windows(MappingProxyType(found), others)


@lru_cache(maxsize=WINDOWS_KEPT_MAX)
def _around(day: str, before: int, after: int) -> frozenset[str]:
    return frozenset(near for shift in range(-before, after + 1) if (near := days.shifted(day, shift)))
