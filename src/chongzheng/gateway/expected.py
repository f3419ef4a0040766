"""Which clearing files should be here by now, which are missing, and which came late?

A clock of its own: it looks at the calendar and at what was read, and at no payment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from chongzheng.settlement import days

LOOK_BACK_DAYS = 31
"""A file that did not come for a month is no alarm any more but a decision."""
DAY_MS = 86_400_000
HOUR_MS, MINUTE_MS = 3_600_000, 60_000


class Standing(StrEnum):
    """How a file stands."""

    AWAITED = "awaited"
    READ = "read"
    LATE = "late"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Expectation:
    """A file that comes every day. `by_min`: minutes after the shops' midnight of the day it is due, which is
    `days_after` days behind its clearing day, working days if `working`; `since`: yyyymmdd.
    """

    format: str
    since: str
    by_min: int
    days_after: int = 1
    working: bool = False
    part: str = ""


@dataclass(frozen=True, slots=True)
class Awaited:
    """One file of one day: `due_at` and `read_at` (0: not yet) in epoch ms."""

    format: str
    part: str
    day: str
    due_at: int
    read_at: int
    standing: Standing

    def __str__(self) -> str:
        """For people."""
        whose = f" of {self.part}" if self.part else ""
        return f"{self.format}{whose} of {self.day}"


def document(found: Sequence[Awaited]) -> dict[str, Any]:
    """How each file stands, and how many are missing; `read_at` None: not yet."""
    files = [
        {
            "format": one.format,
            "part": one.part,
            "day": one.day,
            "due_at": one.due_at,
            "read_at": one.read_at or None,
            "standing": str(one.standing),
        }
        for one in found
    ]
    return {"files": files, "missing": sum(one.standing is Standing.MISSING for one in found)}


RestDays = Callable[[str, str], Set[str]]
"""The days off between two days (yyyymmdd), both included."""


def standing(
    expectations: Sequence[Expectation], read: Iterable[Mapping[str, Any]], now: int, utc_offset_h: int, rest: RestDays
) -> list[Awaited]:
    """How each expected file of the last month stands at `now`, oldest first. `read`: rows of what was read, as the
    journal gives them."""
    first: dict[tuple[str, str, str], int] = {}
    for row in read:
        if row["state"] == "done":
            key = (row["format"], row["part"], row["day"])
            first[key] = min(first.get(key, row["at"]), row["at"])
    today = _day_of(now, utc_offset_h)
    begin = days.shifted(today, -LOOK_BACK_DAYS)
    found = []
    for one in expectations:
        off = rest(begin, days.shifted(today, 1)) if one.working else frozenset()
        for day in _span(max(begin, one.since), today):
            due_at = _instant(_due_day(day, one, off), one.by_min, utc_offset_h)
            found.append(_awaited(one, day, due_at, first.get((one.format, one.part, day), 0), now))
    return sorted(found, key=lambda awaited: (awaited.day, awaited.format, awaited.part))


def _awaited(one: Expectation, day: str, due_at: int, read_at: int, now: int) -> Awaited:
    if read_at:
        state = Standing.LATE if read_at > due_at else Standing.READ
    else:
        state = Standing.MISSING if now > due_at else Standing.AWAITED
    return Awaited(one.format, one.part, day, due_at, read_at, state)


def _due_day(day: str, one: Expectation, off: Set[str]) -> str:
    """The day on which the file of `day` is due. A holiday that reaches beyond what is known counts as worked: then
    the alarm comes early, not late."""
    left, due = one.days_after, day
    while left:
        due = days.shifted(due, 1)
        left -= due not in off
    return due


def _span(first: str, last: str) -> list[str]:
    found: list[str] = []
    while first <= last and len(found) <= LOOK_BACK_DAYS:
        found.append(first)
        first = days.shifted(first, 1)
    return found


def _day_of(at: int, utc_offset_h: int) -> str:
    """The day of an instant on the shops' clock."""
    whole = (at + utc_offset_h * HOUR_MS) // DAY_MS
    return days.shifted("19700101", whole)


def _instant(day: str, minute: int, utc_offset_h: int) -> int:
    ends_at = days.closes_at(day) + (days.CHINA_AHEAD_S * 1000 - utc_offset_h * HOUR_MS)
    return ends_at - DAY_MS + minute * MINUTE_MS
