"""Is the reorder point the least stock that keeps the promise, by published quantiles and by a simulation?"""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest

from chongzheng.cases.stock import PARTS, demand, reorder_point, wrong_part


def row(**changed: int) -> dict[str, Any]:
    return {**PARTS.shipped["printer"], **changed}


@pytest.mark.parametrize(
    # Quantiles of the Poisson distribution: mean 5 at 95 %: 9, at 99 %: 11; mean 10 at 95 %: 15; mean 1 at 99.9 %: 5.
    ("mean", "ppm", "point"),
    [(5, 50_000, 9), (5, 10_000, 11), (10, 50_000, 15), (1, 1_000, 5), (0, 20_000, 0), (1_000, 50_000, 1_052)],
)
def test_the_point_is_the_quantile_of_the_failures_of_one_lead_time(mean: int, ppm: int, point: int) -> None:
    one = row(units=mean, failures_ppm_day=1_000_000, lead_days=1, stock_out_ppm=ppm)
    assert demand(one) == Fraction(mean) and reorder_point(one) == point


def test_in_a_simulation_lead_times_seldom_find_the_stock_empty_and_one_part_less_would_not_do() -> None:
    one, rng, runs = row(), random.Random(11), 20_000
    point, target = reorder_point(one), Fraction(one["stock_out_ppm"], 1_000_000)
    rate = one["units"] * one["failures_ppm_day"] / 1_000_000
    out = short_by_one = 0
    for _ in range(runs):
        failures, clock = 0, rng.expovariate(rate)
        while clock < one["lead_days"]:
            failures += 1
            clock += rng.expovariate(rate)
        out += failures > point
        short_by_one += failures > point - 1
    assert Fraction(out, runs) <= target * Fraction(11, 10)
    assert Fraction(short_by_one, runs) > target


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"units": -1}, "units: is nought"),
        ({"failures_ppm_day": -1}, "failures_ppm_day: is nought"),
        ({"lead_days": 0}, "lead_days: is one"),
        ({"batch": 0}, "batch: is one"),
        ({"stock_out_ppm": 0}, "stock_out_ppm: is 1"),
        ({"units": 10**9, "failures_ppm_day": 10**6}, "failures_ppm_day: more than"),
        ({}, ""),
    ],
)
def test_figures_that_cannot_be_are_told(changed: dict[str, int], wrong: str) -> None:
    assert wrong_part(row(**changed)).startswith(wrong) and bool(PARTS.wrong(row(**changed))) == bool(wrong)
