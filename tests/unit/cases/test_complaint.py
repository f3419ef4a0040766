"""Is a complaint joined to the case of its payment, answered in its days, and never handled by whom it is about?"""

from __future__ import annotations

from typing import Any

from chongzheng.cases.calendar import DAY_MS, day_of, instant
from chongzheng.cases.complaint import COMPLAINT
from chongzheng.cases.effects import Open, Say, Take
from chongzheng.cases.matter import Ask, Fact, Matter
from unit.cases.play import Played, moved

TOLD: dict[str, Any] = {"channel": "phone", "ticket": "400-1", "text": "debited, nothing bought", "fen": 500}
CASE = Matter("case-9", "case", "OPEN")


def taken_in(payment: str = "P1", **said: Any) -> Played:
    one = Played(COMPLAINT, payment=payment)
    one.others = {"case": (CASE,)} if payment else {}
    one.well("Opened", "li", **{**TOLD, **said})
    return one


def test_one_about_a_known_payment_joins_its_case_with_what_the_customer_said() -> None:
    one = taken_in(vulnerable=True)
    number, joins = one.effects
    assert number == Take("complaint phone 400-1", "that complaint is here already")
    assert isinstance(joins, Open) and (joins.key, joins.joins) == ("case P1", "Joined")
    assert joins.said["marks"] == ["vulnerable"] and joins.said["witness"]["witness"] == "cardholder"
    assert (one.matter.state, one.matter.queue, one.matter.fen) == ("JOINED", "complaints", 500)
    assert one.matter.body["clocks"][0]["due_at"] == instant(day_of(one.now + 15 * DAY_MS))
    assert COMPLAINT.tags(one.matter) == {"payment": "P1", "channel": "phone"}
    fact = Fact("Opened", 1)
    assert COMPLAINT.asks(one.matter, fact)["complaint"] == Ask("complaint", "payment", "P1")
    assert COMPLAINT.asks(moved(one.matter, payment=""), fact) == {}


def test_one_without_a_payment_waits_until_it_is_found() -> None:
    one = taken_in("", channel="regulator")
    assert one.matter.state == "RECEIVED" and len(one.effects) == 1
    one.well("PaymentFound", "li", payment="P7")
    joins = one.effects[-1]
    assert isinstance(joins, Open) and joins.payment == "P7" and joins.said["marks"] == ["regulator"]
    assert (one.matter.state, one.matter.payment) == ("JOINED", "P7")


def test_the_days_of_the_law_are_fifteen_thirty_or_sixty_from_the_first() -> None:
    one = taken_in()
    start = one.matter.body["clocks"][0]["started_at"]
    one.wait(5 * DAY_MS)
    one.well("FoundComplex", "li", reason="three banks")
    assert one.matter.body["clocks"][0]["due_at"] == instant(day_of(start + 30 * DAY_MS))
    assert one.effects[-1] == Say("case-9", "ClockExtended", {"clock": "complex", "reason": "three banks"}, softly=True)
    assert "already" in one.refused("FoundComplex", "mei", reason="x").text
    assert one.refused("Extended", "li", reason="x").why == "role"
    one.well("Extended", "zhang", reason="the foreign issuer answers in a month")
    assert one.matter.body["clocks"][0]["due_at"] == instant(day_of(start + 60 * DAY_MS))
    assert "already" in one.refused("FoundComplex", "mei", reason="x").text
    assert "already" in one.refused("Extended", "zhang", reason="x").text


def test_whoever_found_it_complex_does_not_grant_the_longer_time() -> None:
    one = taken_in()
    one.well("FoundComplex", "zhang", reason="three banks")
    assert one.refused("Extended", "zhang", reason="x").why == "self"


def test_nobody_handles_a_complaint_about_themselves() -> None:
    assert Played(COMPLAINT).refused("Opened", "li", **TOLD, against="li").why == "self"
    one = Played(COMPLAINT)
    one.well("Opened", "mei", **TOLD, against="li")
    assert one.refused("Taken", "li").why == "self"
    assert one.refused("Assigned", "zhang", to="li").why == "self"
    assert one.refused("ComplaintAnswered", "li", answer="no", upheld=False).why == "self"
    assert one.well("Assigned", "zhang", to="mei").owner == "mei"


def test_no_paper_is_asked_for_that_is_here() -> None:
    one = taken_in()
    assert "slip: is here already" in one.refused("PapersAsked", "li", papers=["slip"]).text
    assert one.well("PapersAsked", "li", papers=["bank statement"]).body["papers"] == ["bank statement"]


def test_an_answer_tells_the_case_and_one_that_is_right_changes_something() -> None:
    one = taken_in()
    assert "correction" in one.refused("ComplaintAnswered", "li", answer="sorry", upheld=True).text
    done = one.well("ComplaintAnswered", "li", answer="the money is back", upheld=True, correction="a second path")
    assert (done.state, done.due_at, done.body["clocks"][0]["met_at"]) == ("ANSWERED", None, one.now)
    words = {"complaint": "complaint-1", "answer": "the money is back"}
    assert one.effects[-1] == Say("case-9", "ComplaintAnswered", words, softly=True)


def test_a_clock_that_runs_out_goes_to_those_above() -> None:
    one = taken_in()
    one.now = one.matter.due_at or 0
    assert one.well("ClockRan").queue == "complaints"
    one.now = one.matter.due_at or 0
    assert one.well("ClockRan").queue == "supervisor" and one.matter.due_at is None
