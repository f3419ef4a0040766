"""Is a compensation computed, given once, kept within the budget, and never given in place of the money?"""

from __future__ import annotations

from typing import Any

from chongzheng.cases.compensation import COMPENSATION
from chongzheng.cases.effects import Free, Take, Tell
from chongzheng.cases.matter import Fact, Matter, Refused
from unit.cases.giving import PAYMENT, booked
from unit.cases.play import NOON_MS, Played, standing

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
WORDS = {"customer": "C1", "bound": "merchant"}
GRANT = {"reference": "K-1", "until": "20261231", "to": "customer-1", "merchant": "Noodle shop"}


def blank(severity: str = "S3", away_ms: int = 25 * HOUR_MS, parent: str = "") -> Played:
    """A compensation of which nothing is said yet, for a case that was opened so long ago."""
    one = Played(COMPENSATION, standing(), payment=PAYMENT)
    case = Matter("case-9", "case", opened_at=NOON_MS - away_ms, payment=PAYMENT, parent=parent, fen=50_000,
                  body={"severity": severity})  # fmt: skip
    one.others["case"] = (case,)
    return one


def proposed(**about: Any) -> Played:
    """It is proposed."""
    one = blank(**about)
    one.well("Opened", "li", **WORDS)
    return one


def earlier(name: str, state: str = "REDEEMED", fen: int = 500, at: int = NOON_MS) -> Matter:
    """Another compensation."""
    return Matter(name, "compensation", state, opened_at=at, fen=fen)


def test_the_sum_follows_from_the_case_and_nobody_types_it() -> None:
    one = proposed()
    assert (one.matter.state, one.matter.fen, one.matter.body["row"]) == ("PROPOSED", 500, "S3 24h")
    assert one.effects == [Take("compensation case-9 C1", "this customer has one for this incident already")]
    assert "leave it out" in blank().refused("Opened", "li", **WORDS, fen=9).text
    assert "the money was back in time" in blank(away_ms=0).refused("Opened", "li", **WORDS).text
    early = blank().refused("Opened", "li", **WORDS, back_at=NOON_MS - 25 * HOUR_MS + 1)
    assert "in time" in early.text
    mass = proposed(parent="incident-2")
    assert mass.effects == [Take("compensation incident-2 C1", "this customer has one for this incident already")]
    assert "open that first" in Played(COMPENSATION).refused("Opened", "li", **WORDS).text
    dark = blank()
    dark.rules["calendar"] = {}
    assert "cannot be counted" in dark.refused("Opened", "li", **WORDS).text
    assert COMPENSATION.tags(one.matter)["month"] == "202609"
    asked = COMPENSATION.asks(one.matter, Fact("Approved", NOON_MS))
    assert (asked["customer"].value, asked["month"].value, asked["case"].value) == ("C1", "202609", PAYMENT)


def test_without_a_formula_a_head_names_it_and_a_supervisor_approves() -> None:
    assert "has no formula" in blank("S1").refused("Opened", "li", **WORDS).text
    one = blank("S1")
    one.well("Opened", "li", **WORDS, fen=30_000)
    assert one.refused("Approved", "wang").text == "a supervisor approves that: there is no formula for it"
    assert one.well("Approved", "zhang").state == "APPROVED"


def test_the_third_in_half_a_year_takes_a_supervisor() -> None:
    one = proposed()
    old = earlier("compensation-5", at=NOON_MS - 181 * DAY_MS)
    one.others["customer"] = (earlier("compensation-2"), earlier("compensation-3", "REFUSED"), old, one.matter)
    assert isinstance(one.well("Approved", "wang"), Matter)
    again = proposed()
    again.others["customer"] = (earlier("compensation-2"), earlier("compensation-4", "GRANTED"))
    refused = again.refused("Approved", "wang")
    assert refused.why == "role" and "the customer had compensation-2, compensation-4" in refused.text
    assert again.well("Approved", "zhang").state == "APPROVED"


def test_the_budget_stops_and_what_lapsed_is_free_again() -> None:
    one = proposed()
    one.rules["compensation budget"] = {"every month": {"fen": 1_000}}
    one.others["month"] = (earlier("compensation-2", fen=501), earlier("compensation-3", "LAPSED", 900))
    assert one.refused("Approved", "zhang").text == "the budget of 202609 has 499 fen left, it takes 500"
    one.others["month"] = (earlier("compensation-2", fen=500),)
    assert one.well("Approved", "zhang").state == "APPROVED"


def test_a_coupon_is_no_substitute_for_the_money() -> None:
    one = proposed()
    one.pays(suspense_fen=50_000)
    assert "50000 fen of the payment are owed" in one.refused("Approved", "zhang").text
    one.others["refunds"] = (Matter("refund-1", "refund", "EXPIRED"),)
    assert "give those back first" in one.refused("Approved", "zhang").text
    one.others["refunds"] = (Matter("refund-2", "refund", "PROPOSED"),)
    assert one.well("Approved", "zhang").state == "APPROVED"


def granted() -> Played:
    """It is given."""
    one = proposed()
    one.well("Approved", "zhang")
    assert isinstance(one.say("Granted", "li", **{**GRANT, "until": "20260901"}), Refused)
    assert isinstance(one.say("Granted", "li", **{**GRANT, "until": "20260931"}), Refused)
    one.well("Granted", "li", **GRANT)
    return one


def test_it_is_given_told_and_redeemed_or_lapses() -> None:
    one = granted()
    (told,) = [effect for effect in one.effects if isinstance(effect, Tell)]
    assert told.template == "cardholder.compensation" and told.said["amount"] == 500
    assert told.said["reference"] == "CASE-9"
    assert Take("coupon K-1", "that coupon was given to somebody already") in one.effects
    one.well("NoticeSent")
    assert one.well("NoticeFailed").queue == "supervisor"
    assert one.well("Redeemed", "wang", reference="bill 3").state == "REDEEMED"
    assert booked(one.effects) == [("compensated", 500), ("coupon redeemed", 500)]
    lapsed = granted()
    assert lapsed.well("ClockRan").state == "LAPSED"
    assert booked(lapsed.effects)[-1] == ("coupon lapsed", 500)


def test_what_is_refused_leaves_the_incident_free() -> None:
    one = proposed()
    assert one.well("Refused", "wang", ground="against the rule", reason="not the customer's loss").state == "REFUSED"
    assert Free("compensation case-9 C1") in one.effects


def test_a_proposal_that_nobody_decides_lapses_and_leaves_the_incident_free() -> None:
    one = proposed()
    assert one.matter.due_at == one.matter.body["expires_at"] == one.now + 5 * 24 * 3_600_000
    one.now = one.matter.body["expires_at"]
    assert one.refused("Approved", "zhang").why == "stale"
    assert one.well("ClockRan").state == "EXPIRED" and one.matter.due_at is None
    assert Free("compensation case-9 C1") in one.effects
