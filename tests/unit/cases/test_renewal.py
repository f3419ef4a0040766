"""Is the order of renewal shrunk, is its stability told, and does the budget hold?"""

from __future__ import annotations

from chongzheng.cases.renewal import Unit, plan, proposal, ranking, stability


def fleet(spread: int) -> list[Unit]:
    """Forty units; the first ten fail `spread` times more often."""
    return [Unit(f"T{n:02}", (spread if n < 10 else 1) * 4, 400, 100_000, n) for n in range(40)]


def test_a_unit_with_few_attempts_is_not_the_worst_because_it_failed_once() -> None:
    order = ranking([Unit("rare", 1, 1, 1), Unit("bad", 80, 400, 1), Unit("good", 1, 2_000, 1)])
    assert [one.unit.name for one in order] == ["bad", "rare", "good"]
    assert ranking([Unit("b", 0, 0, 1), Unit("a", 0, 0, 1), Unit("old", 0, 0, 1, 9)])[0].unit.name == "old"


def test_a_clear_order_is_stable_and_one_of_chance_is_not() -> None:
    assert stability(fleet(10)) > 95
    assert stability(fleet(1)) < 60
    assert stability([]) == 100 and stability(fleet(10)) == stability(fleet(10))


def test_the_budget_reaches_the_worst_first_and_no_further() -> None:
    chosen = proposal(fleet(10), 350_000)
    assert [one.unit.name for one in chosen] == ["T09", "T08", "T07"]
    found = plan(fleet(10), 5_000_000)
    rows = found["replace"]
    assert isinstance(rows, list) and len(rows) == 40 and rows[0]["name"] == "T09" and found["stability_percent"]
