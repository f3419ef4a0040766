"""Which instant is so many working days (T) or calendar days (D) after another, by the calendar in force?

The calendar is a register with one row a year: weekdays off, and weekends that are worked instead. A year that is not
published is refused, not guessed (operations 2.5); whoever counts may count calendar days then, which are never later.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chongzheng.cases.fields import Field
from chongzheng.cases.registers import Register
from chongzheng.mistakes import TheirMistake
from chongzheng.settlement import days

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
SATURDAY = 5
SPAN_DAYS_MAX = 1_000

Rows = Mapping[str, Mapping[str, Any]]


def _check(row: Mapping[str, Any]) -> str:
    for month_day in (*row["off"], *row["worked"]):
        if not days.is_day(f"2024{month_day}"):  # a leap year: 0229 may stand there
            return f"{month_day}: is a day, mmdd"
    return ""


CALENDAR = Register(
    name="calendar",
    titles=("工作日历", "working days"),
    money=False,
    fields=(
        Field("off", "texts", "休息的平日", "weekdays on which nobody works, mmdd"),
        Field("worked", "texts", "调休上班日", "weekend days that are worked instead, mmdd"),
    ),
    check=_check,
    shipped={
        "2025": {
            "off": ["0101", "0128", "0129", "0130", "0131", "0203", "0204", "0404", "0501", "0502", "0505", "0602",
                    "1001", "1002", "1003", "1006", "1007", "1008"],
            "worked": ["0126", "0208", "0427", "0928", "1011"],
        },
        "2026": {
            "off": ["0101", "0102", "0216", "0217", "0218", "0219", "0220", "0223", "0406", "0501", "0504", "0505",
                    "0619", "0925", "1001", "1002", "1005", "1006", "1007"],
            "worked": ["0104", "0214", "0228", "0509", "0920", "1010"],
        },
    },
)  # fmt: skip


def day_of(at: int) -> str:
    """The day (yyyymmdd) of an instant (epoch ms) in China, where there is no summer time."""
    return f"{datetime.fromtimestamp(at // 1000, UTC) + timedelta(seconds=days.CHINA_AHEAD_S):%Y%m%d}"


def works(day: str, calendar: Rows) -> bool:
    """Whether this day (yyyymmdd) is worked. TheirMistake: its year has no row; the line says what to do."""
    year, month_day = day[:4], day[4:]
    if year not in calendar:
        raise TheirMistake(f"no working days are known of {year}; add the row {year} to the register calendar", day)
    row = calendar[year]
    if date(int(year), int(month_day[:2]), int(month_day[2:])).weekday() >= SATURDAY:
        return month_day in row["worked"]
    return month_day not in row["off"]


def working_days_after(day: str, n: int, calendar: Rows) -> str:
    """The n-th working day behind `day` (T+n); n = 0: the day itself, worked or not."""
    found = day
    for _ in range(n):
        found = days.shifted(found, 1)
        while not works(found, calendar):
            found = days.shifted(found, 1)
    return found


def working_days_before(day: str, n: int, calendar: Rows) -> str:
    """The n-th working day before `day`: by when a letter leaves that must be there n working days ahead."""
    found = day
    for _ in range(n):
        found = days.shifted(found, -1)
        while not works(found, calendar):
            found = days.shifted(found, -1)
    return found


def working_days_between(first: str, last: str, calendar: Rows) -> int:
    """How many working days lie behind `first` up to and with `last`. TheirMistake: more than SPAN_DAYS_MAX apart."""
    found, day = 0, first
    for _ in range(SPAN_DAYS_MAX):
        if day >= last:
            return found
        day = days.shifted(day, 1)
        found += works(day, calendar)
    raise TheirMistake(f"are more than {SPAN_DAYS_MAX} days apart", f"{first} to {last}")


def instant(day: str, hour: int = 24) -> int:
    """Epoch ms of a full hour of that day in China; 24: its end."""
    return days.closes_at(day) - (24 - hour) * HOUR_MS


def due_at(at: int, count: str, n: int, hour: int, calendar: Rows) -> int:
    """The instant n of `count` after `at`: "minutes", or "D" or "T" days, then at that full hour in China.

    TheirMistake: working days of a year that has no row.
    """
    if count == "minutes":
        return at + n * 60_000
    day = day_of(at)
    return instant(days.shifted(day, n) if count == "D" else working_days_after(day, n, calendar), hour)
