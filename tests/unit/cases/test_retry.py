"""Is a sale repeated only when nobody is charged, with another number, once, and its differences shown?"""

from __future__ import annotations

from typing import Any

import pytest

from chongzheng.cases.effects import Free, Open, Say, Take
from chongzheng.cases.matter import Matter
from chongzheng.cases.retry import RETRY, differences
from chongzheng.reversal.payment import Truth
from unit.cases.play import Played, standing

AGAIN = {"trace": "000043", "fen": 12_000, "corrected": "the amount was keyed wrong"}
CASE = Matter("case-9", "case", "OPEN")
TOKEN = Take("retry P1", "it is being repeated already")


def prepared(truth: str = "never_charged", **said: Any) -> Played:
    one = Played(RETRY, standing(truth), payment="P1")
    one.others = {"case": (CASE,)}
    one.well("Opened", "li", **{**AGAIN, **said})
    return one


@pytest.mark.parametrize("truth", Truth)
def test_it_is_allowed_only_where_nobody_is_charged(truth: Truth) -> None:
    one = Played(RETRY, standing(str(truth)), payment="P1")
    if truth in (Truth.NEVER_CHARGED, Truth.CHARGED_RETURNED):
        assert one.well("Opened", "li", **AGAIN).state == "PREPARED"
    else:
        assert f"while it is {truth}" in one.refused("Opened", "li", **AGAIN).text


def test_it_is_prefilled_and_shows_what_differs() -> None:
    one = prepared()
    assert one.matter.body["sale"]["terminal"] == "T1"
    assert one.matter.body["differs"] == [
        {"field": "trace", "was": "000042", "now": "000043"},
        {"field": "fen", "was": 12_345, "now": 12_000},
    ]
    assert one.effects == [TOKEN] and RETRY.tags(one.matter) == {"payment": "P1"}
    assert differences({"stan": "1"}, {}) == []


def test_it_has_a_new_number_and_a_case() -> None:
    one = Played(RETRY, standing("never_charged"), payment="P1")
    assert "new number" in one.refused("Opened", "li", trace="000042").text
    assert one.well("Opened", "li", trace="000042", terminal="T2").state == "PREPARED"
    assert isinstance(one.effects[1], Open) and one.effects[1].key == "case P1"
    assert "payment" in Played(RETRY).refused("Opened", "li", **AGAIN).text


def test_a_verdict_that_changes_meanwhile_stops_it() -> None:
    one = prepared()
    one.pays(truth="contested")
    assert one.refused("Sent", "li").why == "rule"
    assert one.well("PaymentMoved", **standing("charged_returned")).state == "PREPARED"
    assert one.well("PaymentMoved", **standing("contested")).state == "DROPPED"
    assert one.effects[1] == Free("retry P1")
    going = prepared()
    going.well("Sent", "li")
    assert going.well("PaymentMoved", **standing("contested")).state == "SENT"


@pytest.mark.parametrize(("fact", "frees"), [("Sold", False), ("Failed", True)])
def test_one_that_failed_lets_another_try_and_one_that_sold_does_not(fact: str, frees: bool) -> None:
    one = prepared()
    one.well("Sent", "li")
    one.well(fact, **({"payment": "P2"} if fact == "Sold" else {"reason": "declined 51"}))
    assert (Free("retry P1") in one.effects) is frees
    told = one.effects[-1]
    assert isinstance(told, Say) and (told.matter, told.fact, told.said["state"]) == ("case-9", "RetryEnded", fact)


def test_one_that_nobody_wants_any_more_is_dropped() -> None:
    one = prepared()
    assert one.well("Dropped", "li", reason="the customer left").state == "DROPPED" and Free("retry P1") in one.effects
