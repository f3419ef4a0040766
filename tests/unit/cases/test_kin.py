"""Does a matter find its case: its parent, or the one of its payment?"""

from __future__ import annotations

from chongzheng.cases import kin
from chongzheng.cases.effects import Open, Say
from chongzheng.cases.matter import Ask, Fact, Given, Matter

FACT = Fact("Opened", 1)
FOUND = Given(others={"case": (Matter("case-9", "case"),)})


def test_the_parent_comes_before_the_case_of_the_payment() -> None:
    assert kin.case_of(Matter("", "contact", parent="case-4"), FOUND) == "case-4"
    assert kin.case_of(Matter("", "contact", parent="incident-4"), FOUND) == "case-9"
    assert kin.case_of(Matter("", "contact"), Given()) == ""


def test_it_asks_for_the_case_of_its_payment_and_tells_it_softly() -> None:
    one = Matter("", "contact", payment="P1")
    assert kin.asks_case(one, FACT) == {"case": Ask("case", "payment", "P1")}
    assert kin.asks_case(Matter("", "contact"), FACT) == {}
    assert kin.told(one, FOUND, "Resumed", {}) == (Say("case-9", "Resumed", {}, softly=True),)
    assert kin.told(one, Given(), "Resumed", {}) == ()
    assert kin.joins_case("P1", {"why": "x"}) == Open("case", "case P1", {"why": "x"}, "P1", joins="Joined")
