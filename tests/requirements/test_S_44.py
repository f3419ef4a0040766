"""S-44: feedback after the close: three stars or fewer open the case again, or come before a person for review."""

from __future__ import annotations

from chongzheng.cases.matter import Matter
from requirements.desk import Desk


def closed_case(desk: Desk) -> Matter:
    case = desk.open("case", {"source": "person", "why": "charged twice, says the customer"}, "li")
    for fact, said in (
        ("ConfirmStarted", {}),
        ("Confirmed", {}),
        ("CauseFound", {"primary": "unknown"}),
        ("Decided", {"action": "nothing"}),
        ("NoticeSent", {"audience": "cardholder", "template": "kept"}),
        ("Closed", {"outcome": "charged once"}),
    ):
        case = desk.say(case, fact, "li", **said)
    assert case.state == "CLOSED"
    return case


def test_s_44(desk: Desk) -> None:
    case = closed_case(desk)
    good = desk.open("feedback", {"stars": 4, "solved": True, "text": "谢谢"}, parent=case.id)
    assert (good.state, good.body["tags"]) == ("NOTED", ["thanks"])
    assert desk.matters.get(case.id).state == "CLOSED"

    review = desk.open("feedback", {"stars": 3, "solved": True, "text": "等了太久"}, parent=case.id)
    assert [one.id for one in desk.matters.queue("feedback")] == [review.id]
    assert desk.matters.get(case.id).state == "CLOSED"
    assert desk.say(review, "Reviewed", "zhang", result="the file was late", reopen=False).state == "REVIEWED"

    poor = desk.open("feedback", {"stars": 1, "solved": False, "text": "没到账"}, parent=case.id)
    assert (poor.state, poor.body["tags"]) == ("REOPENED", ["money missing"])
    again = desk.matters.get(case.id)
    assert again.state == "REOPENED" and again.body["reopened"] == 1
    assert desk.matters.story(case.id)[-1]["said"]["reason"] == "feedback: 1 stars, not solved"
    assert desk.open("feedback", {"stars": 1, "solved": False}, parent=case.id).state == "REOPENED"
    assert desk.matters.get(case.id).body["reopened"] == 1, "a case that is open is not opened again"
