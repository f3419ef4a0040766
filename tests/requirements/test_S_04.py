"""S-04: a talk with the shop has an outcome; the third failure escalates; its answer is heard, and judges nothing."""

from __future__ import annotations

import pytest

from chongzheng.mistakes import TheirMistake
from journal.made import name_of, reply, sale
from requirements.desk import Desk

CALL = {"script": "failed reversal", "merchant": "898100012345678"}


def test_s_04(desk: Desk) -> None:
    desk.journal.apply([sale(1), reply(1)])
    payment = name_of(1)
    case = desk.open("case", {"source": "engine", "why": "x"}, payment=payment, key=f"case {payment}")
    truth = desk.matters.standing(payment)["truth"]
    call = desk.open("contact", CALL, "li", parent=case.id)
    with pytest.raises(TheirMistake, match="outcome: is missing"):
        desk.say(call, "Tried", "li")
    for outcome in ("no answer", "hung up"):
        assert desk.say(call, "Tried", "li", outcome=outcome).state == "WAITING"
    third = desk.say(call, "Tried", "li", outcome="number dead")
    assert (third.state, third.queue) == ("ESCALATED", "supervisor")
    desk.say(call, "Tried", "zhang", outcome="reachable")
    desk.say(call, "Answered", "zhang", goods="no", till="over", till_fen=12_345, spoke_to="the manager")
    heard = desk.matters.get(case.id)
    assert heard.body["stands"] == {"goods": "no"} and heard.state == "CONFIRMING"
    assert heard.body.get("decision") is None and desk.matters.standing(payment)["truth"] == truth
    assert [one["state"] for one in heard.body["contacts"]] == ["ESCALATED", "ANSWERED"]
