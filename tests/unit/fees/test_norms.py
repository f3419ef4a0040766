"""Is far from the norm what is far by ratio, and are other hours seen?"""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from chongzheng.fees.norms import of
from chongzheng.fees.traffic import Trade


def trades(amounts: list[int], hour: int = 10) -> list[Trade]:
    return [Trade("SN1", "M", fen, "20261123", hour) for fen in amounts]


def test_quartiles() -> None:
    norm = of(trades([8, 1, 2, 3, 4, 5, 6, 7]))
    assert (norm.lower_fen, norm.median_fen, norm.upper_fen) == (3, 5, 7)
    assert of(trades([0])).lower_fen == 1


def test_far_is_two_quartile_ratios_beyond_a_quartile() -> None:
    norm = of(trades([100, 100, 200, 400, 400, 400]))
    assert (norm.lower_fen, norm.upper_fen) == (100, 400)
    assert norm.is_far(6401) and not norm.is_far(6400)
    assert norm.is_far(6) and not norm.is_far(7)


def test_hours_far_from_the_norm_have_a_distance() -> None:
    by_day = of(trades([1] * 94, hour=10))
    assert by_day.bands == (0, 0, 94, 0, 0, 0)
    assert by_day.distance(trades([1] * 10, hour=10)) < 1
    assert by_day.distance(trades([1] * 10, hour=23)) > 100
    assert by_day.distance([]) == 0


@given(st.lists(st.integers(0, 23), min_size=1, max_size=40), st.lists(st.integers(0, 23), max_size=40))
def test_the_distance_is_chi_square(usual: list[int], seen: list[int]) -> None:
    norm = of([Trade("SN1", "M", 1, "20261123", hour) for hour in usual])
    found = norm.distance(Trade("SN1", "M", 1, "20261123", hour) for hour in seen)
    expected = [
        Fraction(len(seen) * (sum(hour // 4 == band for hour in usual) + 1), len(usual) + 6) for band in range(6)
    ]
    observed = [sum(hour // 4 == band for hour in seen) for band in range(6)]
    by_hand = sum(((o - e) ** 2 / e for o, e in zip(observed, expected, strict=True) if e), Fraction(0))
    assert found == by_hand
