"""Does the interval say "works" only where the figures do, and is it the published one?"""

from __future__ import annotations

import pytest

from chongzheng.cases.measured import measured, wilson_ppm, wrong_figures


def figures(k1: int, n1: int, k2: int, n2: int) -> dict[str, int]:
    return {"failures_before": k1, "n_before": n1, "failures_after": k2, "n_after": n2}


def test_the_interval_of_one_rate_is_wilsons() -> None:
    # Newcombe (1998), method 3: 81/263 gives 0.2553 to 0.3662; 0/20 gives 0 to 0.1611; 1/29 gives 0.0061 to 0.1718.
    assert tuple(round(x, -2) for x in wilson_ppm(81, 263)) == (255_300, 366_200)
    assert tuple(round(x, -2) for x in wilson_ppm(0, 20)) == (0, 161_100)
    assert tuple(round(x, -2) for x in wilson_ppm(1, 29)) == (6_100, 171_800)
    assert wilson_ppm(20, 20)[1] == 1_000_000


def test_the_interval_of_a_difference_is_newcombes() -> None:
    # Newcombe (1998b), method 10: 56/70 - 48/80 gives 0.0524 to 0.3339; ours is after minus before.
    found = measured(figures(56, 70, 48, 80))
    assert (round(found.low_ppm, -2), round(found.high_ppm, -2)) == (-333_900, -52_400)
    assert (found.before_ppm, found.after_ppm, found.n, found.verdict) == (800_000, 600_000, 150, "works")
    assert found.row()["high_ppm"] == found.high_ppm


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [((50, 1000, 10, 1000), "works"), ((10, 1000, 50, 1000), "harmful"), ((9, 100, 7, 100), "no evidence")],
)
def test_what_the_figures_say(counts: tuple[int, int, int, int], verdict: str) -> None:
    assert measured(figures(*counts)).verdict == verdict


@pytest.mark.parametrize(
    ("counts", "wrong"),
    [
        ((0, 0, 1, 9), "n_before: nothing"),
        ((1, 9, 0, -1), "n_after: nothing"),
        ((-1, 9, 1, 9), "failures_before: is 0 to"),
        ((1, 9, 10, 9), "failures_after: is 0 to n_after (9)"),
    ],
)
def test_counts_that_cannot_be_are_told(counts: tuple[int, int, int, int], wrong: str) -> None:
    assert wrong_figures(figures(*counts)).startswith(wrong)
    assert wrong_figures(figures(1, 9, 1, 9)) == ""
