"""May one person decide alone only in an emergency, once a day, up to a limit, and is every time reviewed?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chongzheng.cases import alone
from chongzheng.cases.effects import Open
from chongzheng.cases.matter import Ask, Fact, Given, Matter
from unit.cases.giving import case
from unit.cases.play import NOON_MS, RULES

WORDS = {"ground": "customer in need", "reason": "surgery tomorrow, nobody else on shift"}
ONE = Matter("refund-1", "refund", "PROPOSED", payment="P1", fen=500)


def fact(name: str = alone.FACT, **said: Any) -> Fact:
    """A supervisor says it."""
    return Fact(name, NOON_MS, "zhang", frozenset({"supervisor"}), said or WORDS)


def test_it_asks_for_what_the_same_person_decided_alone_within_a_day() -> None:
    assert alone.asks(fact()) == {"alone": Ask("review", "alone", "zhang", NOON_MS - alone.DAY_MS)}
    assert alone.asks(fact("Approved")) == {}


def test_once_a_day_and_up_to_a_limit() -> None:
    given = Given(RULES)
    assert alone.objection(ONE, fact(), given) is None
    much = alone.objection(Matter("refund-1", "refund", fen=1_000_001), fact(), given)
    assert much is not None and "up to 1000000 fen, this is 1000001" in much.text
    again = alone.objection(ONE, fact(), Given(RULES, others={"alone": (Matter("review-7", "review"),)}))
    assert again is not None and "zhang had review-7" in again.text


def test_the_review_stands_under_the_case_or_under_what_was_decided() -> None:
    said = {"decided": "refund-1", "alone": "zhang", "fen": 500, **WORDS}
    key = "refund-1 alone 0"
    assert alone.review(ONE, fact(), Given(RULES)) == Open("review", key, said, "P1", "refund-1")
    assert alone.review(ONE, fact(), Given(RULES, others={"case": (case(),)})).parent == "case-9"


def test_who_proposed_or_reported_is_named_apart() -> None:
    assert alone.review(ONE, fact(), Given(RULES), frozenset({"wang", "li"})).said["apart"] == ["li", "wang"]


def test_what_is_decided_alone_again_at_the_same_instant_has_a_review_of_its_own() -> None:
    again = replace(ONE, version=3)
    assert alone.review(again, fact(), Given(RULES)).key != alone.review(ONE, fact(), Given(RULES)).key
