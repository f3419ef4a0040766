"""Does the calendar of clearing files get years, evenings and clocks right?"""

from datetime import UTC, datetime

import pytest

from chongzheng.settlement import days


@pytest.mark.parametrize("text", ["20261122", "20240229", "00010101"])
def test_a_day_is_a_day(text: str) -> None:
    assert days.is_day(text)


@pytest.mark.parametrize("text", ["20261131", "2026112", "2026112a", "20250229", "２0261122", ""])
def test_no_day(text: str) -> None:
    assert not days.is_day(text)


def test_days_are_shifted_over_months_and_end_with_the_calendar() -> None:
    assert days.shifted("20261130", 1) == "20261201"
    assert days.shifted("20260101", -1) == "20251231"
    assert days.shifted("99991231", 1) == ""
    assert days.shifted("nonsense", 1) == ""
    assert days.around("20260101") == {"20251231", "20260101", "20260102"}


def test_new_years_eve_stands_in_the_file_of_new_year() -> None:
    assert days.in_clearing_day("1231", "20270101") == "20261231"
    assert days.in_clearing_day("0101", "20270101") == "20270101"
    assert days.in_clearing_day("0102", "20270101") == ""
    assert days.in_clearing_day("1230", "20270101") == ""


def test_the_latest_date_that_is_not_after_the_day() -> None:
    assert days.latest("1122", "20261122") == "20261122"
    assert days.latest("1123", "20261122") == "20251123"
    assert days.latest("0229", "20270101") == "20240229"
    assert days.latest("1331", "20261122") == ""
    assert days.latest("0229", "19040101") == "18960229"
    assert days.latest("1231", "00010101") == ""


@pytest.mark.parametrize(
    ("text", "is_time"), [("235959", True), ("240000", False), ("006000", False), ("000060", False)]
)
def test_times(text: str, is_time: bool) -> None:
    assert days.is_time(text) is is_time


def test_a_day_closes_at_midnight_in_china() -> None:
    assert days.closes_at("20261122") == int(datetime(2026, 11, 22, 16, tzinfo=UTC).timestamp()) * 1000
    assert days.closes_at("never") == 0


def test_clock_faces_are_compared_whatever_the_day() -> None:
    midnight_ms = days.closes_at("20261122")
    assert days.apart_s("20270505000010", midnight_ms) == 10
    assert days.apart_s("20261122235950", midnight_ms) == 10
    assert days.apart_s("20261122120000", midnight_ms) == 12 * 3600


def test_an_instant_in_a_file_is_an_instant() -> None:
    assert days.instant_ms("20261122000000") == days.closes_at("20261121")
    assert days.instant_ms("20261122235959") == days.closes_at("20261122") - 1_000
    assert days.instant_ms("20261331000000") == days.instant_ms("") == 0


def test_a_file_may_hold_more_than_the_evening_before() -> None:
    assert days.in_clearing_day("1120", "20261122", 2) == "20261120"
    assert days.in_clearing_day("1120", "20261122") == days.in_clearing_day("1121", "20261122", 0) == ""


def test_a_day_off_gives_way_to_the_next_that_is_worked() -> None:
    assert days.working("20261001", {f"202610{day:02d}" for day in range(1, 8)}) == "20261008"
    assert days.working("20260930", {"20261001"}) == "20260930"


def test_a_calendar_in_which_nobody_works_ends_the_search() -> None:
    never = {days.shifted("20261101", day) for day in range(90)}
    assert days.working("20261101", never) == "20261201"
