"""Does exactly the agreed part of the fee come back, whatever the refunds are cut into?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.fees.rules import Rule
from chongzheng.fees.undone import Charged, OnRefund, RefundTerm, returned_fen
from chongzheng.mistakes import TheirMistake
from unit.fees.priced import rule, tiers

CAPPED = rule(rate="0.0050", cap_fen=2500)


def sold(amount_fen: int, by: Rule = CAPPED) -> Charged:
    return Charged(amount_fen, by.fee_fen(amount_fen), by)


@pytest.mark.parametrize(
    ("policy", "back"),
    [(OnRefund.FULL, 2500), (OnRefund.NONE, 0), (OnRefund.PROPORTIONAL, 1000), (OnRefund.RECOMPUTE, 0)],
)
def test_four_thousand_of_a_capped_ten_thousand(policy: OnRefund, back: int) -> None:
    assert returned_fen(sold(1_000_000), 0, 400_000, policy) == back


def test_below_the_cap_recomputing_gives_the_difference() -> None:
    assert returned_fen(sold(1_000_000), 400_000, 300_000, OnRefund.RECOMPUTE) == 1000
    assert returned_fen(sold(1_000_000), 700_000, 300_000, OnRefund.RECOMPUTE) == 1500


def test_all_of_it_comes_with_the_first_refund_and_nothing_later() -> None:
    assert returned_fen(sold(100_000), 0, 1, OnRefund.FULL) == 500
    assert returned_fen(sold(100_000), 1, 99_999, OnRefund.FULL) == 0


def test_a_fee_that_was_charged_too_low_is_not_asked_for_again() -> None:
    assert returned_fen(Charged(100_000, 10, CAPPED), 0, 1, OnRefund.RECOMPUTE) == 0


@pytest.mark.parametrize(("before", "refund"), [(0, 0), (0, -1), (-1, 2), (0, 101), (60, 41)])
def test_no_more_than_was_paid(before: int, refund: int) -> None:
    with pytest.raises(TheirMistake, match="refund: is nothing, or more than is left"):
        returned_fen(sold(100), before, refund, OnRefund.FULL)


RULES = [CAPPED, rule(), rule(tiers=tiers((1000, "0.0038"), (None, "0.0060"))), rule(rate="0")]


@given(st.integers(1, 10**9), st.lists(st.integers(1, 10**6), max_size=6), st.sampled_from(RULES),
       st.sampled_from([OnRefund.FULL, OnRefund.PROPORTIONAL, OnRefund.RECOMPUTE]))  # fmt: skip
def test_parts_give_back_what_the_whole_does(amount_fen: int, cuts: list[int], by: Rule, policy: OnRefund) -> None:
    sale, gone, back = sold(amount_fen, by), 0, 0
    for cut in cuts:
        if (part := min(cut, amount_fen - gone - 1)) > 0:
            came = returned_fen(sale, gone, part, policy)
            assert came >= 0
            gone, back = gone + part, back + came
    assert back + returned_fen(sale, gone, amount_fen - gone, policy) == sale.fee_fen


def test_a_row_about_refunds_holds_for_its_days_channel_and_merchant() -> None:
    term = RefundTerm(OnRefund.FULL, frozenset({"card"}), "M", "20260101", "20261231")
    assert term.holds("card", "M", "20260101") and term.holds("card", "M", "20261231")
    assert not term.holds("card", "M", "20251231") and not term.holds("card", "M", "20270101")
    assert not term.holds("card", "N", "20260101") and not term.holds("alipay", "M", "20260101")
    assert RefundTerm(OnRefund.FULL).holds("alipay", "N", "00010101")
