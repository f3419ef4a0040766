"""Can a row of a contract be wrong in its figures, and are the clauses of a breach found?"""

from __future__ import annotations

from typing import Any

import pytest

from chongzheng.cases.contracts import CONTRACTS, SUPPLIERS, clauses

ROW = dict(CONTRACTS.shipped["carrier, outage"])


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"fen_each": -1}, "fen_each: is 0 to"),
        ({"fen_hour": -1}, "fen_hour: is 0 to"),
        ({"fen_month": -1}, "fen_month: is 0 to"),
        ({"loss_percent": 101}, "loss_percent: is 0 to 100"),
        ({"fen_hour": 0, "loss_percent": 0}, "fen_each: nothing is due"),
        ({"breach": "bad mood"}, "breach: is one of"),
        ({}, ""),
    ],
)
def test_figures_of_a_clause(changed: dict[str, Any], wrong: str) -> None:
    said = CONTRACTS.wrong({**ROW, **changed})
    assert said.startswith(wrong) and bool(said) == bool(wrong)


def test_a_supplier_answers_in_hours_and_its_clauses_are_found_by_the_breach() -> None:
    assert SUPPLIERS.wrong({**SUPPLIERS.shipped["carrier"], "answer_hours": 0}).startswith("answer_hours")
    assert SUPPLIERS.wrong(SUPPLIERS.shipped["carrier"]) == ""
    assert list(clauses(CONTRACTS.shipped, "carrier", "outage")) == ["carrier, outage"]
    assert clauses(CONTRACTS.shipped, "carrier", "defect") == {}
