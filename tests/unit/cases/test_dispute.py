"""Does a chargeback stop refunds, is a clock that was missed lost, and do the books of every way balance?"""

from __future__ import annotations

from typing import Any

import pytest

from chongzheng.cases.dispute import DISPUTE
from chongzheng.cases.effects import Open, Say, Settle, Take
from chongzheng.cases.matter import Fact, Matter
from unit.cases.giving import FEN, PAYMENT, booked, case
from unit.cases.play import NOON_MS, Played, standing

DAY_MS = 86_400_000
REFERENCE = {"reference": "E23 line 4"}
BACK = {"action": "chargeback", "code": "4502", "fen": FEN, "card": "credit"}
ASK = {"action": "debit request", "code": "9654", "fen": FEN, "card": "credit"}
ANSWER = {"code": "2706", "fen": FEN}


def dispute(said: dict[str, Any], parent: str = "case-9", refund: str = "SENT") -> Played:
    """A dispute as it was opened."""
    one = Played(DISPUTE, standing(amount_fen=FEN), payment=PAYMENT, parent=parent)
    one.others["refunds"] = (Matter("refund-3", "refund", refund),)
    one.others["case"] = (case(),)
    one.well("Opened", "li", **said)
    return one


def told(one: Played, fact: str) -> list[str]:
    """Which matters heard this."""
    return [effect.matter for effect in one.effects if isinstance(effect, Say) and effect.fact == fact]


def test_a_chargeback_is_booked_once_and_every_refund_hears_of_it() -> None:
    one = dispute({**BACK, **REFERENCE})
    assert (one.matter.state, one.matter.body["live"], one.matter.queue) == ("RECEIVED", True, "disputes")
    assert told(one, "ChargedBack") == ["refund-3"] and booked(one.effects) == [("charged back", FEN)]
    assert one.effects[0] == Take(
        f"chargeback {PAYMENT}", "that payment is charged back already; say SecondChargeback of it"
    )
    (joined,) = [effect for effect in one.effects if isinstance(effect, Open)]
    assert joined.said["witness"]["clearing"] == "chargeback" and joined.joins == "Joined"
    assert one.matter.due_at is not None and 20 * DAY_MS < one.matter.due_at - NOON_MS < 21 * DAY_MS
    assert DISPUTE.asks(one.matter, Fact("Sent", NOON_MS))["refunds"].value == PAYMENT
    assert DISPUTE.tags(one.matter) == {"payment": PAYMENT, "action": "chargeback", "code": "4502"}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"action": "a letter"}, "action: there is credit adjustment"),
        ({"code": "9652"}, "code: for this there is 4502"),
        ({"fen": FEN + 1}, f"fen: only {FEN} were paid"),
    ],
)
def test_what_cannot_be_is_refused(changed: dict[str, Any], why: str) -> None:
    one = Played(DISPUTE, standing(amount_fen=FEN), payment=PAYMENT)
    assert one.refused("Opened", "li", **{**BACK, **changed}).text.startswith(why)
    assert Played(DISPUTE).refused("Opened", "li", **BACK).text.startswith("payment: ")


def test_a_calendar_that_does_not_reach_is_told() -> None:
    one = Played(DISPUTE, standing(amount_fen=FEN), payment=PAYMENT)
    limits = one.rules["dispute limits"]
    one.rules["dispute limits"] = {**limits, "debit request": {**limits["debit request"], "count": "T"}}
    one.rules["calendar"] = {}
    assert one.refused("Opened", "li", **ASK).text.startswith("since_at: no working days")


def test_what_gives_money_back_is_only_the_way_of_an_approved_refund() -> None:
    give = {"action": "credit adjustment", "code": "9601", "fen": FEN, "card": "debit"}
    one = Played(DISPUTE, standing(amount_fen=FEN), payment=PAYMENT)
    assert "propose a refund" in one.refused("Opened", "li", **give).text
    sent = dispute(give, refund="APPROVED")
    sent.well("Sent", "wang", **REFERENCE)
    assert sent.well("Accepted", "wang", **REFERENCE).state == "WON" and booked(sent.effects) == []


def test_a_debit_request_is_a_receivable_until_the_issuer_pays_or_refuses() -> None:
    one = dispute(ASK)
    assert one.refused("Sent", "li", **REFERENCE).why == "role"
    one.well("Sent", "wang", **REFERENCE)
    one.well("Accepted", "wang", **REFERENCE)
    assert booked(one.effects) == [("issuer asked", FEN), ("issuer paid", FEN)]
    assert Settle("merchant", PAYMENT) in one.effects and told(one, "RemedyEnded") == ["case-9"]
    for fact, who, said in (("Declined", "wang", REFERENCE), ("Withdrawn", "zhang", {"reason": "wrong"})):
        other = dispute(ASK)
        other.well("Sent", "wang", **REFERENCE)
        other.well(fact, who, **said)
        assert booked(other.effects) == [("issuer asked", FEN), ("issuer refused", FEN)]
    draft = dispute(ASK)
    assert draft.well("Withdrawn", "zhang", reason="wrong").state == "WITHDRAWN" and booked(draft.effects) == []


def test_of_a_claw_back_nothing_is_booked_here_and_it_hears_how_it_ended() -> None:
    one = dispute({**ASK, "code": "9652"}, parent="clawback-8")
    one.well("Sent", "wang", **REFERENCE)
    one.well("Accepted", "wang", **REFERENCE)
    (heard,) = [effect for effect in one.effects if isinstance(effect, Say) and effect.fact == "DisputeEnded"]
    assert heard.matter == "clawback-8" and heard.said == {"dispute": "dispute-1", "won": True, "fen": FEN}
    assert booked(one.effects) == []
    lost = dispute({**ASK, "code": "9652"}, parent="clawback-8")
    lost.well("Sent", "wang", **REFERENCE)
    lost.well("Declined", "wang", **REFERENCE)
    (heard,) = [effect for effect in lost.effects if isinstance(effect, Say) and effect.fact == "DisputeEnded"]
    assert heard.said["won"] is False and heard.said["fen"] == 0


def test_a_clock_that_was_missed_is_lost() -> None:
    one = dispute({**ASK, "since_at": NOON_MS - 40 * DAY_MS})
    assert one.matter.due_at is not None and one.matter.due_at < one.now
    assert one.well("ClockRan").queue == "supervisor"
    assert "an exception (9703)" in one.refused("Sent", "wang", **REFERENCE).text
    back = dispute(BACK)
    back.well("ClockRan")
    assert "an exception (9703)" in back.refused("Represented", "wang", **ANSWER).text


def test_a_representment_is_for_the_amount_of_the_chargeback_and_its_code() -> None:
    one = dispute(BACK)
    assert f"the amount of the chargeback, {FEN}" in one.refused("Represented", "wang", code="2706", fen=1).text
    assert "code: for this there is 2000" in one.refused("Represented", "wang", code="4502", fen=FEN).text
    assert "Represented, or Borne" in one.refused("Answered", "li", code="01").text
    assert one.refused("Borne", "li", bears="loss").why == "role"
    assert one.well("Represented", "wang", **ANSWER).state == "ANSWERED"
    assert one.well("Undone", "wang", **REFERENCE).state == "WON"
    assert booked(one.effects) == [("charged back", FEN), ("chargeback undone", FEN)]
    assert told(one, "ChargebackUndone") == ["refund-3"]


def test_only_a_credit_card_has_a_second_chargeback_and_after_it_comes_arbitration() -> None:
    debit = dispute({**BACK, "card": "debit"})
    debit.well("Represented", "wang", **ANSWER)
    second = {"code": "4502", **REFERENCE}
    assert "has no second chargeback" in debit.refused("SecondChargeback", "li", **second).text
    one = dispute(BACK)
    assert "after the second chargeback" in one.refused("ArbitrationAsked", "zhang", **REFERENCE).text
    one.well("Represented", "wang", **ANSWER)
    one.well("SecondChargeback", "li", **second)
    assert "not represented again" in one.refused("Represented", "wang", **ANSWER).text
    assert one.well("ArbitrationAsked", "zhang", **REFERENCE).state == "IN_ARBITRATION"
    assert one.well("Borne", "wang", bears="loss").state == "LOST"
    assert Settle("loss", PAYMENT) in one.effects and one.matter.body["live"] is False


def test_an_inquiry_is_answered_in_time_and_04_or_late_lets_the_issuer_charge_back() -> None:
    ask = {"action": "inquiry", "code": "6302", "fen": FEN, "card": "credit"}
    one = dispute(ask)
    assert "only a chargeback is represented" in one.refused("Represented", "wang", **ANSWER).text
    assert "only a chargeback is borne" in one.refused("Borne", "wang", bears="loss").text
    assert "code: for this there is 01" in one.refused("Answered", "li", code="9652").text
    assert one.well("Answered", "li", code="01").state == "WON" and not one.matter.body["chargeback_possible"]
    assert dispute(ask).well("Answered", "li", code="04").body["chargeback_possible"]
    late = dispute(ask)
    late.well("ClockRan")
    assert late.well("Answered", "li", code="01").state == "LOST"
