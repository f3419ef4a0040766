"""Must every call have an outcome, does the third failure escalate, and is an answer a witness and no verdict?"""

from __future__ import annotations

from typing import Any

from chongzheng.cases.contact import CONTACT
from chongzheng.cases.effects import Say
from unit.cases.play import Played

ASKED: dict[str, Any] = {"script": "failed reversal", "merchant": "M1", "due_at": 9}
SAID = {"goods": "no", "till": "over", "till_fen": 500, "spoke_to": "the manager"}


def asked() -> Played:
    one = Played(CONTACT, parent="case-4")
    one.well("Opened", "li", **ASKED)
    return one


def test_it_opens_with_the_lines_of_its_script() -> None:
    one = asked()
    assert len(one.matter.body["lines"]["zh"]) == len(one.matter.body["lines"]["en"]) == 5
    assert (one.matter.queue, one.matter.due_at, CONTACT.tags(one.matter)) == ("merchants", 9, {"merchant": "M1"})
    assert "there is failed reversal" in Played(CONTACT).refused("Opened", "li", script="chat", merchant="M1").text


def test_an_outcome_is_mandatory_and_one_of_the_list() -> None:
    one = asked()
    assert "outcome: is missing" in one.refused("Tried", "li").text
    assert "is one of" in one.refused("Tried", "li", outcome="fine").text
    assert "reached" in one.refused("Answered", "li", **SAID).text
    one.well("Tried", "li", outcome="hung up")
    assert "reached" in one.refused("Answered", "li", **SAID).text


def test_the_third_failed_attempt_escalates_once() -> None:
    one = asked()
    for outcome in ("no answer", "waiting", "hung up"):
        assert one.well("Tried", "li", outcome=outcome).state == "WAITING"
    assert one.well("Tried", "li", outcome="number dead").state == "ESCALATED"
    said = {"contact": "contact-1", "state": "ESCALATED", "failed": 3}
    assert one.effects == [Say("case-4", "ContactEnded", said, softly=True)]
    assert one.well("Tried", "zhang", outcome="no answer").state == "ESCALATED" and len(one.effects) == 1
    assert one.well("GivenUp", "zhang", reason="the shop is closed").state == "GIVEN_UP"


def test_an_answer_is_a_witness_of_the_case() -> None:
    one = asked()
    one.well("Tried", "li", outcome="reachable")
    one.well("Answered", "li", **SAID, text="he was angry")
    heard, ended = one.effects
    assert isinstance(heard, Say) and (heard.fact, heard.said["witness"], heard.said["goods"]) == (
        "WitnessHeard", "merchant", "no",
    )  # fmt: skip
    assert heard.said["text"] == "the manager: goods no, till over; he was angry"
    assert isinstance(ended, Say) and ended.fact == "ContactEnded" and one.matter.state == "ANSWERED"
    short = asked()
    short.well("Tried", "li", outcome="reachable")
    short.well("Answered", "li", goods="yes", till="agrees", spoke_to="a cashier")
    assert isinstance(short.effects[0], Say) and short.effects[0].said["text"] == "a cashier: goods yes, till agrees"


def test_its_deadline_goes_to_those_above() -> None:
    one = asked()
    assert (one.well("ClockRan").queue, one.matter.due_at) == ("supervisor", None)
