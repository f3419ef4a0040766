"""Are shares, medians and their intervals those of the books, and is nothing praised that is only still open?"""

from __future__ import annotations

import pytest

from chongzheng.reports.figures import counted, fate, lasted, open_after, ranged, shared

SIX_MP = ((6, 1), (6, 1), (6, 1), (6, 0), (7, 1), (9, 0), (10, 1), (10, 0), (11, 0), (13, 1), (16, 1), (17, 0), (19, 0),
          (20, 0), (22, 1), (23, 1), (25, 0), (32, 0), (32, 0), (34, 0), (35, 0))  # fmt: skip
PLACEBO = (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)
"""Weeks of remission in the 6-MP trial (Freireich 1963), as every textbook of survival has them."""


def test_the_medians_of_the_leukaemia_trial_with_their_intervals() -> None:
    treated = lasted("resolve_ms", [(weeks, bool(over)) for weeks, over in SIX_MP], ("cases",))
    assert (treated.value, treated.low, treated.high, treated.n, treated.unit) == (23, 13, None, 21, "ms")
    placebo = lasted("resolve_ms", [(weeks, True) for weeks in PLACEBO], ())
    assert (placebo.value, placebo.low, placebo.high) == (8, 4, 11)


def test_the_curve_has_the_shares_of_the_textbook() -> None:
    steps = open_after((weeks, bool(over)) for weeks, over in SIX_MP)
    assert [step.ms for step in steps] == [6, 7, 10, 13, 16, 22, 23]
    assert [round(step.share, 3) for step in steps] == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert round(steps[0].low, 3) == 0.620 and round(steps[0].high, 3) == 0.952
    assert open_after([(5, True)])[0].share == 0.0


def test_what_is_open_is_longer_than_so_far() -> None:
    closed = [(1, True)] * 4
    assert lasted("m", closed, ()).value == 1
    assert lasted("m", [*closed, *[(9, False)] * 6], ()).value is None, "more than half is still open"
    assert lasted("m", [], ()).value is None


def test_shares_have_wilsons_interval() -> None:
    half = shared("promises_ppm", 8, 10, ("promises",))
    assert (half.value, half.low, half.high, half.n) == (800_000, 490_157, 943_319, 10)
    assert shared("p", 1, 3, ()).value == 333_333 and shared("p", 2, 3, ()).value == 666_667
    none = shared("p", 0, 0, ())
    assert (none.value, none.low, none.high, none.n) == (None, None, None, 0)


def test_counts_are_what_they_are_and_sums_lie_between_their_days() -> None:
    assert counted("cases_opened", 7, ("cases",)).n == 7
    assert (counted("closed_fen", 700, (), "fen").value, counted("closed_fen", 700, (), "fen").n) == (700, 0)
    risk = ranged("risk_fen", 5, [3, 9, 5], ())
    assert (risk.value, risk.low, risk.high, risk.n) == (5, 3, 9, 3)
    assert ranged("risk_fen", 0, [], ()).low is None


@pytest.mark.parametrize(
    ("kept_at", "moved_at", "asked", "now", "was_kept"),
    [
        (9, None, False, 20, True),
        (10, None, False, 20, True),
        (11, None, False, 20, False),
        (9, None, False, 8, None),
        (None, None, False, 9, None),
        (None, None, False, 10, False),
        (None, 5, False, 7, False),
        (None, 5, True, 20, None),
        (None, 8, False, 7, None),
    ],
)
def test_what_becomes_of_a_promise_for_the_tenth(
    kept_at: int | None, moved_at: int | None, asked: bool, now: int, was_kept: bool | None
) -> None:
    assert fate(10, kept_at, moved_at, asked, now) is was_kept
