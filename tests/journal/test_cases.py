"""Is there one case a payment, does it hear how the payment stands, and is nothing open when it closes?"""

from __future__ import annotations

from typing import Any

import pytest

from chongzheng.cases.matter import PROGRAM, Matter
from chongzheng.journal import Journal
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.matters import Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from chongzheng.journal.slips import take_slip
from journal.made import NOON_MS, asked, cleared, key, name_of, reply, sale, undone, written
from journal.place import Place

SLIP = "商户号 {0.merchant} 终端号 {0.terminal} 批次号 {0.batch} 凭证号 {0.stan}"
ENGINE = {"source": "engine", "why": "reversal unanswered"}


class Desk:
    """Matters about payments that the engine knows."""

    def __init__(self, place: Place, journal: Journal, side: Side) -> None:
        self.now = NOON_MS
        self.place, self.journal, self.side = place, journal, side
        self.matters = Matters(side, lambda: self.now, Registers(side))
        people = Actors(side)
        people.add("boss", "Boss", frozenset({Role.ADMINISTRATOR}), "shell:root", NOON_MS)
        people.add("li", "li", frozenset({Role.CLERK}), "boss", NOON_MS)

    def say(self, matter: Matter, fact: str, by: str = "li", **said: Any) -> Matter:
        return self.matters.say(matter.id, fact, said, by, self.matters.view(matter.id).hash)

    def case(self, n: int, **said: Any) -> Matter:
        payment = name_of(n)
        return self.matters.open("case", {**ENGINE, **said}, PROGRAM, payment=payment, key=f"case {payment}")

    def tell_all(self) -> None:
        for one, facts in self.matters.behind():
            self.matters.tell_standing(one, facts)


@pytest.fixture
def desk(place: Place, journal: Journal, side: Side) -> Desk:
    """An empty journal with two people."""
    return Desk(place, journal, side)


def to_the_end(desk: Desk, case: Matter) -> Matter:
    """Confirm, cause, decision, told; what is left is to close it."""
    for fact, said in (
        ("ConfirmStarted", {}),
        ("Confirmed", {}),
        ("CauseFound", {"primary": "unknown"}),
        ("Decided", {"action": "tell"}),
        ("NoticeSent", {"audience": "cardholder", "template": "returned"}),
    ):
        if desk.matters.holds(case.id, fact):
            case = desk.say(case, fact, **said)
    return case


def test_a_case_is_worked_to_its_close_on_what_the_engine_knows(desk: Desk) -> None:
    desk.journal.apply([sale(1), reply(1), asked(1), undone(1), cleared(1, 1, 1)])
    case = to_the_end(desk, desk.case(1))
    assert case.body["decision"]["truth"] == "charged_returned" and case.fen == 12_345
    child = desk.matters.open("task", {"what": "call the shop", "team": "merchants"}, "li", parent=case.id)
    with pytest.raises(Overtaken, match="1 of what belongs to it"):
        desk.say(case, "Closed", outcome="returned")
    desk.say(child, "Accepted")
    desk.say(child, "Done", result="they know")
    closed = desk.say(case, "Closed", outcome="returned")
    assert closed.state == "CLOSED" and closed.body["tasks"][0]["task"] == child.id
    assert desk.side.ask("open_cases_of", payment=name_of(1)) == []


def test_the_engines_own_case_is_taken_once_and_closed_with_it(desk: Desk) -> None:
    desk.journal.apply([sale(1), reply(1), written(1), cleared(1, 1, 1)])
    (engine,) = desk.side.ask("cases_to_adopt", after=0, scan=10, most=10)
    case = desk.case(1, engine_case=engine[0])
    assert desk.side.ask("cases_to_adopt", after=0, scan=10, most=10) == []
    with pytest.raises(Overtaken, match="another case"):
        desk.matters.open("case", {**ENGINE, "engine_case": engine[0]})
    desk.say(to_the_end(desk, case), "Closed", outcome="the shop is short and knows")
    assert desk.side.ask("open_cases_of", payment=name_of(1)) == []


def test_a_case_hears_of_a_late_change_and_goes_back(desk: Desk) -> None:
    desk.journal.apply([sale(1), reply(1), written(1)])
    case = to_the_end(desk, desk.case(1))
    desk.journal.apply([cleared(1, 1, 1)])
    desk.tell_all()
    after = desk.matters.get(case.id)
    assert after.state == "CONFIRMING"
    assert after.body["late_changes"][0]["from"] == "charged_kept"
    assert after.body["standing"]["truth"] == "charged_returned"


def test_money_in_suspense_keeps_a_case_open(desk: Desk) -> None:
    desk.journal.apply([sale(1), reply(1), asked(1), undone(1), cleared(1)])
    case = desk.case(1)
    assert case.body["standing"]["suspense_fen"] != 0
    for fact, said in (
        ("ConfirmStarted", {}),
        ("Confirmed", {}),
        ("CauseFound", {"primary": "unknown"}),
        ("Decided", {"action": "other"}),
        ("Remedied", {"result": "nothing yet"}),
    ):
        case = desk.say(case, fact, **said)
    with pytest.raises(Overtaken, match="fen of its payment lie in suspense"):
        desk.say(case, "Closed", outcome="x")


def test_what_a_clerk_decides_is_what_they_were_shown(desk: Desk) -> None:
    desk.journal.apply([sale(1), reply(1), written(1)])
    case = desk.say(desk.case(1), "ConfirmStarted")
    shown = desk.matters.view(case.id).hash
    desk.journal.apply([cleared(1)])
    with pytest.raises(Overtaken, match="look again"):
        desk.matters.say(case.id, "Confirmed", {}, "li", shown)
    after = desk.matters.say(case.id, "Confirmed", {}, "li", desk.matters.view(case.id).hash)
    assert after.body["decision"]["proof"] == "proven"


def test_one_payment_is_worked_by_everybody_in_one_case(desk: Desk) -> None:
    desk.journal.apply([sale(1), reply(1), asked(1), undone(1), cleared(1, 1, 1)])
    payment = name_of(1)
    slip = take_slip(desk.matters, SLIP.format(key(1)), "li")
    said = {"channel": "phone", "ticket": "7", "text": "debited, nothing bought"}
    complaint = desk.matters.open("complaint", said, "li", payment=payment)
    (case,) = [one for one in desk.matters.of_payment(payment) if one.kind == "case"]
    about = {"payment": payment, "parent": case.id}
    call = desk.matters.open("contact", {"script": "failed reversal", "merchant": "M"}, "li", **about)
    asked_for = desk.matters.open("inquiry", {"to": "wallet", "order": "W1", "day": "20260922"}, "li", **about)
    desk.say(call, "Tried", outcome="reachable")
    desk.say(call, "Answered", goods="no", till="agrees", spoke_to="the manager")
    desk.say(asked_for, "Sent", reference="letter 1")
    case = to_the_end(desk, case)
    with pytest.raises(Overtaken, match="a complaint is not answered"):
        desk.say(case, "Closed", outcome="returned")
    desk.say(complaint, "ComplaintAnswered", answer="the money is back", upheld=False)
    with pytest.raises(Overtaken, match="1 of what belongs to it"):
        desk.say(case, "Closed", outcome="returned")
    desk.say(asked_for, "ReplyCame", code="02")
    closed = desk.say(case, "Closed", outcome="returned")
    assert closed.state == "CLOSED" and slip.state == "MATCHED"
    assert [one["source"] for one in closed.body["sources"]] == ["fault slip", "complaint"]
    assert [one["witness"] for one in closed.body["witnesses"]] == ["slip", "cardholder", "merchant", "channel query"]
    assert closed.body["stands"] == {"original": "yes", "goods": "no", "reversal": "acked 00"}
    desk.journal.apply([sale(2)])
    with desk.place.reading() as reader:
        assert reader.faults() == []


def test_a_second_reason_joins_the_case_of_its_payment(desk: Desk) -> None:
    desk.journal.apply([sale(1)])
    case = desk.case(1)
    assert desk.case(1).id == case.id
    with pytest.raises(Overtaken, match=f"has a case already .{case.id}."):
        desk.matters.open("case", {"source": "person", "why": "x"}, "li", payment=name_of(1))
    joined = desk.say(case, "Joined", source="complaint", why="debited twice")
    assert [one["source"] for one in joined.body["sources"]] == ["engine", "complaint"]
    assert {one["name"] for one in joined.body["clocks"]} >= {"complaint answer", "final"}
    desk.now = int(joined.due_at or 0)
    assert desk.matters.due() == [case.id]
    desk.matters.say(case.id, "ClockRan", {})
    assert desk.matters.due() == []
