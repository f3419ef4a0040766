"""Are T and D days counted by the published calendar, with its make-up days, and is a year without one refused?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from chinese_calendar import is_workday

from chongzheng.cases import calendar
from chongzheng.mistakes import TheirMistake

ROWS = calendar.CALENDAR.shipped
NOON = calendar.instant("20260922", 12)


def test_what_is_shipped_is_the_published_calendar_day_by_day() -> None:
    day, seen = date(2025, 1, 1), 0
    while day.year < 2027:
        assert calendar.works(f"{day:%Y%m%d}", ROWS) == is_workday(day), day
        day, seen = day + timedelta(days=1), seen + 1
    assert seen == 730
    assert all(calendar.CALENDAR.wrong(row) == "" for row in ROWS.values())


def test_a_row_of_no_days_is_refused() -> None:
    assert calendar.CALENDAR.wrong({"off": ["1301"], "worked": ["0104"]}) == "1301: is a day, mmdd"
    assert calendar.CALENDAR.wrong({"off": ["0101"], "worked": ["0229"]}) == ""


def test_t_skips_holidays_and_counts_make_up_days_and_d_counts_all() -> None:
    assert calendar.working_days_after("20260930", 1, ROWS) == "20261008"
    assert calendar.working_days_after("20260918", 1, ROWS) == "20260920"  # a Sunday that is worked
    assert calendar.working_days_after("20261003", 0, ROWS) == "20261003"
    assert calendar.working_days_before("20261008", 1, ROWS) == "20260930"
    assert calendar.working_days_between("20260930", "20261009", ROWS) == 2
    assert calendar.working_days_between("20260930", "20260930", ROWS) == 0
    assert calendar.due_at(NOON, "D", 15, 24, ROWS) == calendar.instant("20261007")
    assert calendar.due_at(NOON, "T", 3, 12, ROWS) == calendar.instant("20260928", 12)  # the 25th is a holiday
    assert calendar.due_at(NOON, "minutes", 30, 24, {}) == NOON + 1_800_000


def test_a_day_begins_at_midnight_in_china() -> None:
    midnight = calendar.instant("20260922", 24)
    assert (calendar.day_of(midnight - 1), calendar.day_of(midnight)) == ("20260922", "20260923")


def test_a_year_without_a_row_is_refused_and_the_line_says_what_to_do() -> None:
    with pytest.raises(TheirMistake, match="add the row 2027 to the register calendar"):
        calendar.working_days_after("20261231", 1, ROWS)
    with pytest.raises(TheirMistake, match="apart"):
        calendar.working_days_between("20250101", "20281231", {str(y): ROWS["2025"] for y in range(2025, 2029)})
