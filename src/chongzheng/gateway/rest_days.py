"""Which days does nobody work in China: weekends and public holidays, without the weekends that are worked instead?

The calendar is published a year ahead and knows nothing beyond, so a day outside it is refused, not guessed.
"""

from __future__ import annotations

from datetime import date

from chongzheng.mistakes import TheirMistake
from chongzheng.settlement import days

PACKAGE = "chinesecalendar"
SPAN_DAYS_MAX = 800
"""Nobody asks for more than two years at once."""


def between(first: str, last: str) -> frozenset[str]:
    """The days off from `first` to `last` (yyyymmdd), both included. TheirMistake: the calendar ends before."""
    return frozenset(day for day in _span(first, last) if not _is_worked(day))


def _span(first: str, last: str) -> list[str]:
    found = [first]
    while found[-1] < last and len(found) < SPAN_DAYS_MAX:
        found.append(days.shifted(found[-1], 1))
    return found


def _is_worked(day: str) -> bool:
    from chinese_calendar import is_workday  # years of days: only where one is asked for

    try:
        return bool(is_workday(date(int(day[:4]), int(day[4:6]), int(day[6:]))))
    except RuntimeError:  # what the library raises of a year that is not published is one
        raise TheirMistake(f"is beyond the calendar of working days; update {PACKAGE}", day) from None
