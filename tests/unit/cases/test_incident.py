"""Is a mass incident told of once, reported where it must be, and closed after its cases?"""

from __future__ import annotations

from chongzheng.cases.effects import CloseCase
from chongzheng.cases.incident import FEED_MAX, INCIDENT
from unit.cases.play import Played


def declared(who: str = "li", customers: int = 60) -> Played:
    one = Played(INCIDENT)
    one.well("Opened", who, title="channel A does not answer", channel="A", customers=customers)
    return one


def test_it_is_declared_contained_resolved_and_may_come_back() -> None:
    one = declared()
    assert (one.matter.owner, one.matter.queue, INCIDENT.tags(one.matter)) == ("li", "incidents", {"channel": "A"})
    one.well("Told", "qian", text="a line card failed", public=True)
    one.well("Contained", "li", text="traffic goes over B")
    one.well("Resolved", "li", cause="NW-LINE", text="the card was exchanged")
    assert one.well("Recurred", "li", text="it is back").state == "DECLARED"
    assert [said["fact"] for said in one.matter.body["feed"]] == ["Told", "Contained", "Resolved", "Recurred"]
    one.matter.body["feed"].extend([{}] * FEED_MAX)
    assert len(one.well("Told", "li", text="once more").body["feed"]) == FEED_MAX
    assert declared("program").matter.owner == ""


def test_it_closes_after_its_children_and_a_large_one_after_its_report() -> None:
    one = declared()
    one.well("ChildClosed", case="case-4")
    one.well("Resolved", "li", cause="unknown", text="it ended by itself")
    assert "authority" in one.refused("Closed", "zhang", text="over").text
    one.well("Reported", "zhang", authority="central bank", reference="2026-7")
    assert one.well("Closed", "zhang", text="over").body["closed_children"] == 1
    assert one.effects == [CloseCase("")]
    small = declared(customers=2)
    small.well("Resolved", "li", cause="unknown", text="it ended by itself")
    assert small.well("Closed", "zhang", text="over").state == "CLOSED"
