"""Does the worse, the dearer and the later case come first, by the rows of the registers?"""

from __future__ import annotations

from itertools import pairwise

from chongzheng.cases.calendar import DAY_MS
from chongzheng.cases.priority import PRIORITY, SEVERITY, priority, severity

ROWS = SEVERITY.shipped
POINTS = PRIORITY.shipped


def test_the_shipped_rows_are_right() -> None:
    assert {SEVERITY.wrong(row) for row in ROWS.values()} == {PRIORITY.wrong(row) for row in POINTS.values()} == {""}
    assert PRIORITY.wrong({"factor": "money", "at_least": 0, "points": 0}) == "points are 1 to 1000"


def test_severity_is_the_worst_of_amount_customers_and_circumstances() -> None:
    none: frozenset[str] = frozenset()
    amounts = (9_999, 10_000, 99_999, 100_000, 999_999, 1_000_000)
    assert [severity(ROWS, fen, 1, none, 0) for fen in amounts] == ["S4", "S3", "S3", "S2", "S2", "S1"]
    assert [severity(ROWS, 1, n, none, 0) for n in (2, 3, 9, 10, 49, 50)] == ["S4", "S3", "S3", "S2", "S2", "S1"]
    assert severity(ROWS, 1, 1, frozenset({"double debit"}), 0) == "S2"
    assert severity(ROWS, 1, 1, frozenset({"media"}), 0) == "S1"


def test_a_vulnerable_customer_or_a_day_without_the_money_makes_it_one_worse() -> None:
    assert severity(ROWS, 1, 1, frozenset({"vulnerable"}), 0) == "S3"
    assert [severity(ROWS, 1, 1, frozenset(), ms) for ms in (DAY_MS, DAY_MS + 1)] == ["S4", "S3"]
    assert severity(ROWS, 0, 1, frozenset(), 9 * DAY_MS) == "S4"
    assert severity(ROWS, 2_000_000, 1, frozenset({"vulnerable"}), 9 * DAY_MS) == "S1"
    assert severity({}, 2_000_000, 1, frozenset(), 0) == "S4"


def test_priority_is_a_product_that_never_falls_when_a_factor_rises() -> None:
    assert priority(POINTS, 100_000, 1, 70) == 4 * 2 * 4
    assert priority(POINTS, 0, 0, 0) == 1 and priority({}, 100_000, 1, 70) == 1
    for money, customer, used in ((0, 0, 0), (50_000, 1, 60), (1_000_000, 2, 100)):
        rising = [priority(POINTS, fen, customer, used) for fen in range(money, money + 2_000_000, 50_000)]
        assert all(a <= b for a, b in pairwise(rising))
    assert priority(POINTS, 0, 0, 100) > priority(POINTS, 0, 0, 99)
