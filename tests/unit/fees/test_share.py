"""Are shrunken shares, their intervals and the chance of many hits right, against sums done by hand and each other?"""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.fees.share import EVIDENCE_MAX, Prior, Share, below, chance, discoveries

USUAL = Prior(2, 18)


def test_three_of_five_is_no_alarm_and_three_hundred_of_five_hundred_is() -> None:
    few, many = Share(3, 5, USUAL), Share(300, 500, USUAL)
    assert (few.low, few.mean, few.high) == (86, 200, 342)
    assert (many.low, many.mean, many.high) == (546, 580, 617)
    assert not few.is_above(300)
    assert many.is_above(300)


def test_what_was_not_seen_more_often_is_not_above() -> None:
    assert not Share(30, 100, USUAL).is_above(300)
    assert not Share(0, 0, USUAL).is_above(300)


def test_the_ends() -> None:
    assert below(2, 3, 0) == 0
    assert below(2, 3, 1000) == 1
    assert Share(0, 10**9, USUAL).low < Share(0, 10**9, USUAL).high <= 5


def test_much_evidence_is_scaled_down_and_stays_wide() -> None:
    assert Share(6 * 10**6, 10**7, USUAL).low == Share(EVIDENCE_MAX * 6 // 10, EVIDENCE_MAX, USUAL).low
    assert chance(6 * 10**6, 10**7, USUAL) == chance(EVIDENCE_MAX * 6 // 10, EVIDENCE_MAX, USUAL)


@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 999))
def test_below_is_the_binomial_tail(a: int, b: int, point: int) -> None:
    share, tries = Fraction(point, 1000), a + b - 1
    assert below(a, b, point) == sum(
        comb(tries, k) * share**k * (1 - share) ** (tries - k) for k in range(a, tries + 1)
    )


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 999))
def test_above_means_the_interval_is_above(hits: int, misses: int, limit: int) -> None:
    share = Share(hits, hits + misses, USUAL)
    assert share.low <= share.high
    if share.is_above(limit):
        assert share.low > limit
    elif hits * 1000 > limit * share.of:
        assert share.low <= limit


@given(st.integers(0, 30), st.integers(1, 5), st.integers(1, 20))
def test_chances_of_all_counts_add_up(of: int, a: int, b: int) -> None:
    prior = Prior(a, b)
    assert chance(0, of, prior) == 1
    each = [chance(hits, of, prior) - chance(hits + 1, of, prior) for hits in range(of + 1)]
    assert min(each) > 0
    assert sum(hits * each[hits] for hits in range(of + 1)) == Fraction(of * a, a + b)


def test_chance_by_hand() -> None:
    assert chance(1, 1, Prior(1, 30)) == Fraction(1, 31)
    assert chance(2, 2, Prior(1, 1)) == Fraction(1, 3)


@pytest.mark.parametrize(
    ("thousandths", "kept"),
    [((1, 20, 30, 900), "abc"), ((13, 26, 40, 900), ""), ((60, 70, 80, 90), ""), ((40, 40, 40, 40), "abcd"), ((), "")],
)
def test_discoveries_step_up(thousandths: tuple[int, ...], kept: str) -> None:
    chances = {name: Fraction(each, 1000) for name, each in zip("abcd", thousandths, strict=False)}
    assert discoveries(chances, Fraction(1, 20)) == frozenset(kept)
