"""Which day is it for clearing: the day before, the day after, the year that a file leaves out?

A day is `yyyymmdd` text in Chinese standard time (UTC+8, no summer time); an instant in a file is `yyyymmddHHMMSS`.
"""

from __future__ import annotations

from collections.abc import Set
from datetime import date, timedelta
from functools import lru_cache

DAYS_KEPT_MAX = 64
"""A file and its payments speak of a handful of days; more than this many are computed again."""

REST_DAYS_IN_A_ROW_MAX = 30
"""No holiday is longer; a calendar that says so is wrong, and counting stops."""

CHINA_AHEAD_S = 8 * 3600
DAY_S = 24 * 3600
YEARS_BACK_MAX = 8
"""How far back 29 February may lie (1896 to 1904 is the longest gap between two of them)."""


def is_day(text: str) -> bool:
    """Whether `text` is a day that exists, as yyyymmdd."""
    return _date(text) is not None


@lru_cache(maxsize=DAYS_KEPT_MAX)
def shifted(day: str, days: int) -> str:
    """The day `days` after `day` (before, if negative); "" where the calendar ends."""
    start = _date(day)
    try:
        return "" if start is None else _text(start + timedelta(days=days))
    except OverflowError:
        return ""


def working(day: str, rest_days: Set[str]) -> str:
    """The day itself where it is worked, else the next one that is."""
    for _ in range(REST_DAYS_IN_A_ROW_MAX):
        if day not in rest_days:
            break
        day = shifted(day, 1)
    return day


@lru_cache(maxsize=DAYS_KEPT_MAX)
def around(day: str) -> frozenset[str]:
    """The day and its two neighbours: a clock, or a cut-over in the evening, may put a trade into any of them."""
    return frozenset({shifted(day, -1), day, shifted(day, 1)})


def in_clearing_day(month_day: str, day: str, back: int = 1) -> str:
    """The full date of `MMDD` inside the file of `day`: that day or one of the `back` before; "" when it is none.

    The field has no year (facts/channels 5.5): a trade of 31 December stands in the file of 1 January.
    """
    for earlier in range(back + 1):
        possible = shifted(day, -earlier)
        if possible[4:] == month_day:
            return possible
    return ""


@lru_cache(maxsize=DAYS_KEPT_MAX)
def latest(month_day: str, day: str) -> str:
    """The latest date `MMDD` that is not after `day`: what an earlier trade, named without its year, means."""
    for year in range(int(day[:4]), max(int(day[:4]) - YEARS_BACK_MAX - 1, 0), -1):
        possible = f"{year:04d}{month_day}"
        if possible <= day and is_day(possible):
            return possible
    return ""


def is_time(hhmmss: str) -> bool:
    """Whether six digits are a time of day."""
    return hhmmss[:2] < "24" and hhmmss[2:4] < "60" and hhmmss[4:] < "60"


def closes_at(day: str) -> int:
    """Epoch ms at which the calendar day ends in China: what a file of that day was true at, whenever it is read."""
    start = _date(day)
    if start is None:
        return 0
    return ((start - date(1970, 1, 1)).days * DAY_S + DAY_S - CHINA_AHEAD_S) * 1000


def instant_ms(at: str) -> int:
    """Epoch ms of yyyymmddHHMMSS in China; 0 for a text whose day is none."""
    ends_at = closes_at(at[:8])
    if not ends_at:
        return 0
    seconds = int(at[8:10]) * 3600 + int(at[10:12]) * 60 + int(at[12:14])
    return ends_at - (DAY_S - seconds) * 1000


def apart_s(at: str, instant_ms: int) -> int:
    """Seconds between two times of day on the clock face, whatever the day: `at` in a file, `instant_ms` epoch ms."""
    theirs = int(at[8:10]) * 3600 + int(at[10:12]) * 60 + int(at[12:14])
    ours = (instant_ms // 1000 + CHINA_AHEAD_S) % DAY_S
    gap = abs(theirs - ours)
    return min(gap, DAY_S - gap)


@lru_cache(maxsize=DAYS_KEPT_MAX)
def _date(text: str) -> date | None:
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def _text(day: date) -> str:
    return f"{day.year:04d}{day.month:02d}{day.day:02d}"
