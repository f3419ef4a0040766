"""Are the shipped ways into a case, decisions and limits right, and is a senseless row refused?"""

from __future__ import annotations

from chongzheng.cases.case_rules import ACTIONS, LIMITS, SOURCES


def test_every_shipped_row_is_a_right_row() -> None:
    for register in (SOURCES, ACTIONS, LIMITS):
        assert [register.wrong(row) for row in register.shipped.values()] == [""] * len(register.shipped)


def test_no_final_refund_is_for_a_verdict_that_is_unknown() -> None:
    assert ACTIONS.money
    for name in ("refund", "refund one of two", "credit adjustment"):
        assert "unknown" not in ACTIONS.shipped[name]["truths"]


def test_senseless_rows_are_refused() -> None:
    assert "truths are" in ACTIONS.wrong({**ACTIONS.shipped["tell"], "truths": ["maybe"]})
    assert LIMITS.wrong({"zh": "零", "en": "none", "n": 0}) == "n is above nought"
