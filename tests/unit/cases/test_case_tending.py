"""Do clocks, severity and priority follow from every fact of a case, and from none that is refused?"""

from __future__ import annotations

from chongzheng.cases.case import CASE
from chongzheng.cases.case_tending import customer
from chongzheng.cases.matter import Given
from unit.cases.play import RULES, Played, standing

ENGINE = {"source": "engine", "why": "no answer"}


def test_taking_a_case_meets_its_first_clock() -> None:
    one = Played(CASE, standing(), payment="P1")
    one.well("Opened", **ENGINE)
    one.well("Taken", "li")
    met = {c["name"]: c["met_at"] for c in one.matter.body["clocks"]}
    assert met == {"first touch": one.now, "decision": None, "final": None}


def test_a_refused_fact_changes_nothing_of_it() -> None:
    one = Played(CASE, standing(), payment="P1")
    one.well("Opened", **ENGINE)
    before = one.matter
    one.refused("Resumed", "li")
    assert one.matter == before


def test_money_that_is_out_for_more_than_a_day_makes_it_worse() -> None:
    one = Played(CASE, standing(), payment="P1")
    one.well("Opened", **ENGINE)
    one.wait(2 * 86_400_000)
    assert one.well("Noted", "li", text="still out").body["severity"] == "S2"


def test_a_case_without_clocks_left_has_the_priority_of_its_amount() -> None:
    one = Played(CASE, standing(), payment="P1")
    one.rules["clocks"] = {}
    one.well("Opened", **ENGINE)
    assert (one.matter.priority, one.matter.due_at) == (2, None)


def test_a_customer_who_waits_is_in_need_or_came_back_weighs_more() -> None:
    given = Given(RULES)
    asked = [{"source": "complaint"}, {"source": "gone"}]
    assert customer({"sources": [{"source": "engine"}]}, given) == 0
    assert customer({"sources": asked}, given) == 1
    assert customer({"sources": asked, "marks": ["vulnerable"], "reopened": 2}, given) == 4
    assert customer({}, given) == 0
