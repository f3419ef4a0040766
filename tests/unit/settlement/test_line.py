"""Does a record know what kind of trade it is?"""

import pytest

from chongzheng.settlement.line import Problem, Reading
from unit.settlement.acom_lines import record, reversed_record


def test_a_sale() -> None:
    assert record().is_sale and not record().is_reversal


@pytest.mark.parametrize(
    "changes",
    [{"mti": "0220"}, {"processing": "200000"}, {"condition": "06"}, {"code": "51"}, {"code": ""}],
    ids=["refund", "void", "pre-authorisation", "refused", "no code"],
)
def test_what_is_no_sale(changes: dict[str, str]) -> None:
    assert not record(**changes).is_sale


def test_a_reversal_may_hold_its_reason_in_f39() -> None:
    assert reversed_record(code="98").is_reversal and not reversed_record().is_sale
    assert not reversed_record(processing="200000").is_reversal
    assert not reversed_record(condition="06").is_reversal


def test_the_control_total_adds_reversals_like_sales() -> None:
    assert Reading((record(), reversed_record()), ()).amount_fen == 200


def test_a_problem_says_where() -> None:
    assert str(Problem("line 7", "is not digits", "STAN (F11)")) == "line 7, STAN (F11): is not digits"
    assert str(Problem("line 7", "is cut")) == "line 7: is cut"
