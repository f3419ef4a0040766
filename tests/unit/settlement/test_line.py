"""Does a record know what kind of trade it is?"""

import pytest

from chongzheng.settlement.line import Kind, Problem, Reading
from unit.settlement.acom_lines import record, reversed_record


@pytest.mark.parametrize(
    ("changes", "gives_back"),
    [
        ({}, False),
        ({"processing": "200000"}, True),
        ({"mti": "0220", "processing": "200000"}, True),
        ({"condition": "06"}, False),
        ({"mti": "0220", "condition": "06"}, False),
        ({"processing": "600000"}, False),
        ({"processing": "170000"}, True),
    ],
    ids=["sale", "void", "refund", "completion", "completion advice", "load", "void of a load"],
)
def test_a_trade_that_moved_money_and_which_way(changes: dict[str, str], gives_back: bool) -> None:
    assert record(**changes).is_original and not record(**changes).is_reversal
    assert record(**changes).gives_back is gives_back


@pytest.mark.parametrize(
    "changes",
    [{"mti": "0100", "processing": "030000"}, {"processing": "310000"}, {"code": "51"}, {"code": ""}],
    ids=["pre-authorisation", "inquiry", "refused", "no code"],
)
def test_what_moved_no_money(changes: dict[str, str]) -> None:
    assert not record(**changes).is_original


def test_a_reversal_may_hold_its_reason_in_f39() -> None:
    assert reversed_record(code="98").is_reversal and not reversed_record().is_original
    assert reversed_record(processing="200000").is_reversal and reversed_record(processing="200000").gives_back
    assert not reversed_record(processing="030000").is_reversal


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, Kind.SALE),
        ({"processing": "200000"}, Kind.VOID),
        ({"mti": "0220", "processing": "200000"}, Kind.REFUND),
        ({"mti": "0420"}, Kind.REVERSAL),
        ({"mti": "0420", "processing": "200000"}, Kind.REVERSAL),
        ({"mti": "0220", "processing": "220000"}, Kind.ADJUSTMENT),
        ({"mti": "0220", "processing": "020000"}, Kind.ADJUSTMENT),
        ({"error": "E05"}, Kind.ADJUSTMENT),
        ({"processing": "310000"}, Kind.OTHER),
        ({"code": "51"}, Kind.OTHER),
    ],
)
def test_what_a_line_is_to_the_trade(changes: dict[str, str], kind: Kind) -> None:
    assert record(**changes).kind is kind


def test_a_line_of_a_dispute_is_neither_trade_nor_reversal() -> None:
    assert not record(error="E05").is_original and not reversed_record(error="E05").is_reversal


def test_the_control_total_adds_reversals_like_sales() -> None:
    assert Reading((record(), reversed_record()), ()).amount_fen == 200


def test_a_problem_says_where() -> None:
    assert str(Problem("line 7", "is not digits", "STAN (F11)")) == "line 7, STAN (F11): is not digits"
    assert str(Problem("line 7", "is cut")) == "line 7: is cut"
