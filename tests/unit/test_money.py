"""Do amounts stay whole, in range and in one currency?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.mistakes import OurMistake
from chongzheng.money import FEN_MAX, Money


def test_adds_subtracts_and_negates() -> None:
    assert Money(150) + Money(50) == Money(200)
    assert Money(150) - Money(200) == Money(-50)
    assert -Money(1) == Money(-1)


PRINTED = [(0, "0.00"), (5, "0.05"), (10_000, "100.00"), (-5, "-0.05"), (-1_234, "-12.34")]


@pytest.mark.parametrize(("fen", "text"), PRINTED)
def test_prints_yuan_and_fen(fen: int, text: str) -> None:
    assert str(Money(fen)) == text


@pytest.mark.parametrize("fen", [FEN_MAX + 1, -FEN_MAX - 1])
def test_refuses_what_f4_cannot_hold(fen: int) -> None:
    with pytest.raises(OurMistake, match="twelve digits"):
        Money(fen)


def test_refuses_a_sum_that_f4_cannot_hold() -> None:
    with pytest.raises(OurMistake, match="twelve digits"):
        Money(FEN_MAX) + Money(1)


@pytest.mark.parametrize("fen", [1.0, True, "1", None])
def test_refuses_what_is_not_a_whole_number(fen: object) -> None:
    with pytest.raises(OurMistake, match="whole number"):
        Money(fen)  # type: ignore[arg-type]  # the point of the test


@pytest.mark.parametrize("currency", ["CNY", "15", "1566", "", "１５６"])
def test_refuses_what_is_no_currency(currency: str) -> None:
    with pytest.raises(OurMistake, match="three digits"):
        Money(1, currency)


def test_refuses_to_mix_currencies() -> None:
    with pytest.raises(OurMistake, match="156 and 840"):
        Money(1) + Money(1, "840")
    with pytest.raises(OurMistake, match="156 and 840"):
        Money(1) - Money(1, "840")


HALF = st.integers(-(FEN_MAX // 2), FEN_MAX // 2)


@given(HALF, HALF)
def test_what_is_added_can_be_taken_away(a: int, b: int) -> None:
    assert Money(a) + Money(b) - Money(b) == Money(a)
