"""Is the same said of many matters row by row, once, with the reason of each refusal, and shown before it is done?"""

from __future__ import annotations

from typing import Any

import pytest

from chongzheng.cases.matter import Matter
from chongzheng.journal import Journal, bulk
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.bulk import BEFORE, DONE, REFUSED, Result
from chongzheng.journal.matters import Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from chongzheng.journal.slips import take_slip
from chongzheng.mistakes import TheirMistake
from journal.made import NOON_MS, key, name_of, reply, sale
from journal.place import Place

CHILDREN = 300
SLIP = "商户号 {0.merchant}\n终端号 {0.terminal}\n批次号 {0.batch}\n凭证号 {0.stan}\n金额 123.45"


class Desk:
    """Two people, and a keeper."""

    def __init__(self, place: Place, journal: Journal, side: Side) -> None:
        self.place, self.journal, self.side = place, journal, side
        self.matters = Matters(side, lambda: NOON_MS, Registers(side))
        people = Actors(side)
        people.add("boss", "Boss", frozenset({Role.ADMINISTRATOR}), "shell:root", NOON_MS)
        people.add("li", "li", frozenset({Role.CLERK}), "boss", NOON_MS)

    def cases(self, most: int) -> list[Matter]:
        said = {"source": "supplier", "why": "channel A was down"}
        return [self.matters.open("case", said, key=f"made {n}") for n in range(most)]

    def say(self, ids: list[str], fact: str, reference: str, **said: Any) -> list[Result]:
        return bulk.bulk(self.matters, self.side, ids, fact, said, "li", reference)


@pytest.fixture
def desk(place: Place, journal: Journal, side: Side) -> Desk:
    """An empty journal with two people."""
    return Desk(place, journal, side)


def test_a_row_that_is_not_as_it_was_shown_is_refused_and_the_others_are_done(desk: Desk) -> None:
    one, other, third = (case.id for case in desk.cases(3))
    shown = {name: desk.matters.view(name).hash for name in (one, other)}
    desk.matters.say(other, "Noted", {"text": "the shop rang"}, "li")
    said = {"queue": "night"}
    found = bulk.bulk(desk.matters, desk.side, [one, other, third], "Queued", said, "li", "b7", shown)
    assert [row.result for row in found] == [DONE, REFUSED, DONE] and "not as it was shown" in found[1].why
    assert [desk.matters.get(name).queue for name in (one, other, third)] == ["night", "suppliers", "night"]
    again = {other: desk.matters.view(other).hash}
    assert bulk.bulk(desk.matters, desk.side, [other], "Queued", said, "li", "b7", again)[0].result == DONE


def test_every_row_has_its_result_and_a_second_time_nothing_is_done_again(desk: Desk) -> None:
    ids = [case.id for case in desk.cases(3)]
    desk.say(ids[2:], "Marked", "other", mark="media")
    looked = bulk.preview(desk.matters, [*ids, "case-99"], "Queued", {"queue": "night"}, "li", desk.side, "b1")
    assert [row.result for row in looked] == [DONE, DONE, DONE, REFUSED]
    assert [desk.matters.get(one).queue for one in ids] == ["suppliers"] * 3
    first = desk.say([*ids, "case-99", "cat"], "Queued", "b1", queue="night")
    assert [row.result for row in first] == [DONE, DONE, DONE, REFUSED, REFUSED] and "no matter" in first[3].why
    desk.matters.say(ids[0], "Queued", {"queue": "day"}, "li")
    again = desk.say([*ids, "case-99"], "Queued", "b1", queue="night")
    assert [row.result for row in again] == [BEFORE, BEFORE, BEFORE, REFUSED]
    assert [desk.matters.get(one).queue for one in ids] == ["day", "night", "night"]
    assert [row.result for row in bulk.preview(desk.matters, ids, "Queued", {"queue": "x"}, "li", desk.side, "b1")] == [
        BEFORE
    ] * 3


def test_a_row_that_refuses_hurts_no_other_and_can_be_tried_again(desk: Desk) -> None:
    ids = [case.id for case in desk.cases(2)]
    rows = desk.say(ids, "Resumed", "b2")
    assert {row.result for row in rows} == {REFUSED} and "waits for nobody" in rows[0].why
    desk.matters.say(ids[0], "Paused", {"reason": "issuer"}, "li")
    assert [row.result for row in desk.say(ids, "Resumed", "b2")] == [DONE, REFUSED]
    with pytest.raises(TheirMistake, match="reference"):
        desk.say(ids, "Resumed", "")
    with pytest.raises(TheirMistake, match="at most"):
        desk.say(ids, "Resumed", "x" * 99)
    with pytest.raises(TheirMistake, match="at most"):
        desk.say([f"case-{n}" for n in range(bulk.ROWS_MAX + 1)], "Resumed", "b3")


@pytest.mark.databases("sqlite")
def test_an_incident_has_hundreds_of_children_each_with_its_own_verdict(desk: Desk) -> None:
    incident = desk.matters.open("incident", {"title": "channel A is down", "customers": 3}, "li")
    children = desk.cases(CHILDREN)
    rows = desk.say([one.id for one in children], "IncidentNamed", "mass 1", incident=incident.id)
    assert {row.result for row in rows} == {DONE}
    found: list[Matter] = []
    while page := desk.matters.of_parent(incident.id, after=int(found[-1].id.split("-")[1]) if found else 0):
        found += page
    assert [one.id for one in found] == [one.id for one in children]
    desk.say([children[0].id], "ConfirmStarted", "one of them")
    assert desk.matters.get(children[0].id).state == "CONFIRMING"
    assert {desk.matters.get(one.id).state for one in children[1:]} == {"OPEN"}


def test_a_slip_finds_its_payment_by_what_stands_on_it_and_once(desk: Desk) -> None:
    desk.journal.apply([sale(1), reply(1)])
    slip = take_slip(desk.matters, SLIP.format(key(1)), "li", hash="a" * 64)
    assert (slip.state, slip.payment) == ("MATCHED", name_of(1))
    assert take_slip(desk.matters, SLIP.format(key(1)), "li").id == slip.id
    (case,) = [one for one in desk.matters.of_payment(name_of(1)) if one.kind == "case"]
    assert case.body["stands"] == {"reversal": "failed"} and case.body["sources"][0]["source"] == "fault slip"
    asked = desk.side.ask("open_errands", most=9)
    assert [(row[2], row[3]) for row in asked] == [(name_of(1), "CheckAsked")]
    lost = take_slip(desk.matters, SLIP.format(key(77)), "li")
    assert (lost.state, lost.payment) == ("UNMATCHED", "")
    with pytest.raises(TheirMistake, match="no such payment"):
        desk.matters.say(lost.id, "PaymentFound", {"payment": name_of(77)}, "li")
    assert desk.matters.say(lost.id, "PaymentFound", {"payment": name_of(1)}, "li").state == "MATCHED"
    assert len(desk.matters.get(case.id).body["sources"]) == 2
