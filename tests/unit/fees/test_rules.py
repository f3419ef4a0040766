"""Is a fee exact to the last digit, rounded half up once, and never above its cap?"""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.fees.rules import ANY, Tier, When, half_up
from unit.fees.priced import asked, rule, tiers


@pytest.mark.parametrize(
    ("rate", "amount_fen", "fee_fen"),
    [("0.0060", 750, 5), ("0.0060", 1250, 8), ("0.0060", 84, 1), ("0.0060", 83, 0), ("0.0050", 100, 1), ("0", 9, 0)],
)
def test_half_a_fen_goes_up(rate: str, amount_fen: int, fee_fen: int) -> None:
    assert rule(rate=rate).fee_fen(amount_fen) == fee_fen


def test_half_up_is_away_from_zero() -> None:
    assert half_up(Decimal("-0.5")) == -1
    assert half_up(Decimal("-0.49")) == 0


def test_the_cap_is_the_most() -> None:
    capped = rule(rate="0.0050", cap_fen=2500)
    assert [capped.fee_fen(fen) for fen in (499_899, 499_900, 500_000, 10**11)] == [2499, 2500, 2500, 2500]
    assert capped.uncapped_fen(10**6) == 5000
    assert rule(cap_fen=0).exact_fen(10**6) == 0


def test_each_slice_has_its_rate() -> None:
    sliced = rule(tiers=tiers((100_000, "0.0038"), (200_000, "0.0050"), (None, "0.0060")))
    assert sliced.is_tiered and not rule().is_tiered
    assert rule(tiers=tiers((100_000, "0.0038"), (None, "0.0060"))).is_tiered
    assert sliced.exact_fen(1) == Decimal("0.0038")
    assert sliced.exact_fen(100_000) == 380
    assert sliced.exact_fen(200_000) == 880
    assert sliced.exact_fen(300_000) == 1480


@given(st.integers(1, 10**12 - 1), st.integers(0, 10**8 - 1))
def test_the_fee_is_the_nearest_fen_and_a_half_goes_up(amount_fen: int, rate_units: int) -> None:
    rate = Decimal(rate_units).scaleb(-8)
    exact = Fraction(amount_fen * rate_units, 10**8)
    assert rule(tiers=(Tier(None, rate),)).fee_fen(amount_fen) == int(exact + Fraction(1, 2))


def test_conditions_that_are_not_named_hold() -> None:
    assert When().holds(asked(1))
    assert When().channel is ANY


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        (When(channel=frozenset({"card"})), True),
        (When(channel=frozenset({"alipay"})), False),
        (When(entry_mode=frozenset({"tap"})), True),
        (When(entry_mode=frozenset({"insert"})), False),
        (When(amount_fen_min=100), True),
        (When(amount_fen_min=101), False),
        (When(amount_fen_max=100), True),
        (When(amount_fen_max=99), False),
        (When(card_type=frozenset({"debit"})), True),
        (When(card_type=frozenset({"credit"})), False),
        (When(mcc=frozenset({"5411", "5812"})), True),
        (When(mcc=frozenset({"5812"})), False),
    ],
)
def test_each_condition_counts_and_the_ends_belong(when: When, holds: bool) -> None:
    assert when.holds(asked(100, entry_mode="tap", card_type="debit", mcc="5411")) is holds


def test_a_rule_holds_from_its_first_day_to_its_last() -> None:
    dated = rule(first_day="20260101", last_day="20261231")
    held = [dated.is_in_force(day) for day in ("20251231", "20260101", "20261231", "20270101")]
    assert held == [False, True, True, False]
    assert rule().is_in_force("00010101")
