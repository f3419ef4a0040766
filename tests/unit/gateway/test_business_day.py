"""Does the business day turn at the cut-over, on the shop's clock?"""

from datetime import datetime, timedelta, timezone

import pytest

from chongzheng.gateway.business_day import DAY_MS, Calendar

CHINA = timezone(timedelta(hours=8))


def ms(*when: int, zone: timezone = CHINA) -> int:
    return int(datetime(*when, tzinfo=zone).timestamp()) * 1000  # type: ignore[arg-type,misc]  # year to second


@pytest.mark.parametrize(
    ("calendar", "at", "day", "ends_at"),
    [
        (Calendar(), ms(2026, 11, 22, 22, 59, 59), "20261122", ms(2026, 11, 22, 23)),
        (Calendar(), ms(2026, 11, 22, 23), "20261123", ms(2026, 11, 23, 23)),
        (Calendar(), ms(2026, 12, 31, 23, 30), "20270101", ms(2027, 1, 1, 23)),
        (Calendar(cut_over_min=0), ms(2026, 11, 22, 0), "20261122", ms(2026, 11, 23)),
        (Calendar(cut_over_min=0), ms(2026, 11, 22, 23, 59, 59), "20261122", ms(2026, 11, 23)),
        (Calendar(utc_offset_h=-5), ms(2026, 11, 22, 23, zone=timezone(timedelta(hours=-5))), "20261123", None),
    ],
)
def test_the_day_of_an_instant(calendar: Calendar, at: int, day: str, ends_at: int | None) -> None:
    found, ends = calendar.day(at)
    assert found == day
    assert ends_at is None or ends == ends_at
    assert at < ends <= at + DAY_MS
    assert calendar.day(ends)[0] > day


def test_a_fixed_day_does_not_end_in_practice() -> None:
    calendar = Calendar(fixed_day="20260101")
    assert calendar.day(ms(2026, 11, 22, 23)) == ("20260101", ms(2026, 11, 23, 23))


def test_local_time_and_date() -> None:
    assert Calendar().local(ms(2026, 1, 2, 3, 4, 5)) == ("030405", "0102")
    assert Calendar(utc_offset_h=0).local(ms(2026, 1, 2, 3, 4, 5)) == ("190405", "0101")
