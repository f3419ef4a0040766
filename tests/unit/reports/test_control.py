"""Are control limits those of the published example, and do days that only vary stay inside them?"""

from __future__ import annotations

import pytest

from chongzheng.reports.control import DAYS_MIN, Day, p_chart

WAFERS = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
"""Nonconforming wafers in 30 samples of 50 each (NIST/SEMATECH e-Handbook, 6.3.3.2)."""


def days(hits: list[int], tries: int = 50) -> list[Day]:
    return [Day(f"{number:02d}", count, tries) for number, count in enumerate(hits)]


def test_the_limits_of_the_published_example() -> None:
    chart = p_chart(days(WAFERS), spread=1)
    assert chart.mean_ppm == pytest.approx(231_300, abs=50)
    assert chart.points[0].high_ppm == pytest.approx(410_200, abs=100)
    assert chart.points[0].low_ppm == pytest.approx(52_400, abs=100)
    assert [point.day.name for point in chart.points if point.strange] == ["14", "22"]


def test_days_that_vary_more_than_chance_widen_the_limits() -> None:
    swaying = days([170, 290, 180, 280, 175, 285, 185, 275, 170, 290, 180, 280], 100_000)
    ordinary, wide = p_chart(swaying, spread=1), p_chart(swaying)
    assert any(point.strange for point in ordinary.points) and not any(point.strange for point in wide.points)
    assert wide.spread > 2
    low, high = wide.points[0].low_ppm, wide.points[0].high_ppm
    assert low is not None and high is not None and low < 2_300 < high


def test_a_day_that_still_runs_does_not_say_what_is_usual() -> None:
    usual = days([5, 6, 4, 5, 5, 6, 4, 5, 5, 6], 1_000)
    chart = p_chart([*usual, Day("now", 90, 100)], until=len(usual))
    assert chart.seen == len(usual) and chart.mean_ppm == 5_100
    assert [point.day.name for point in chart.points if point.strange] == ["now"]


def test_too_few_days_have_no_limits_and_a_day_without_tries_neither() -> None:
    few = p_chart(days([1] * (DAYS_MIN - 1)))
    assert few.mean_ppm is None and not any(point.strange for point in few.points)
    rest = p_chart([*days([1] * DAYS_MIN), Day("rest", 0, 0)])
    assert rest.points[-1].low_ppm is None and rest.points[-1].day.share_ppm is None and not rest.points[-1].strange


@pytest.mark.parametrize("hits", [0, 50])
def test_where_all_days_are_alike_the_limits_are_that_share(hits: int) -> None:
    chart = p_chart(days([hits] * DAYS_MIN))
    assert chart.spread == 1.0 and not any(point.strange for point in chart.points)
    assert chart.points[0].low_ppm == chart.points[0].high_ppm == hits * 20_000
