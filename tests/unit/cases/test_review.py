"""Is what one person decided alone reviewed by another, and does the review end no other way?"""

from __future__ import annotations

import pytest

from chongzheng.cases.alone import DAY_MS
from chongzheng.cases.effects import Open
from chongzheng.cases.review import REVIEW
from unit.cases.play import Played

SAID = {"decided": "refund-1", "alone": "zhang", "fen": 500, "ground": "legal deadline", "reason": "today is the day"}
FOUND = {"found": "the papers were there"}


def waiting() -> Played:
    """The program asks for a review."""
    one = Played(REVIEW, payment="P1", parent="case-9")
    one.well("Opened", **SAID)
    return one


def test_the_program_opens_it_with_a_deadline() -> None:
    one = waiting()
    assert (one.matter.state, one.matter.fen, one.matter.queue) == ("PROPOSED", 500, "supervisor")
    assert one.matter.due_at == one.now + DAY_MS
    assert REVIEW.tags(one.matter) == {"alone": "zhang", "payment": "P1", "decided": "refund-1"}
    assert Played(REVIEW).refused("Opened", "zhang", **SAID).why == "role"


@pytest.mark.parametrize("fact", ["Upheld", "Faulted"])
def test_never_by_whoever_decided_alone(fact: str) -> None:
    one = waiting()
    assert one.refused(fact, "zhang", **FOUND).why == "self"
    assert one.refused(fact, "li", **FOUND).why == "role"
    assert one.refused(fact, "wang").why == "field"
    assert one.well(fact, "wang", **FOUND).state == fact.upper()
    assert (one.matter.body["reviewer"], one.matter.body["found"]) == ("wang", "the papers were there")


def test_never_by_whoever_proposed_or_reported_it() -> None:
    one = Played(REVIEW, payment="P1", parent="case-9")
    one.well("Opened", **SAID, apart=["wang"])
    assert one.refused("Upheld", "wang", **FOUND).why == "self"
    assert one.well("Upheld", "boss", **FOUND).state == "UPHELD"


def test_what_was_wrong_becomes_a_task_and_what_was_right_does_not() -> None:
    one = waiting()
    one.well("Upheld", "wang", **FOUND)
    assert one.effects == []
    other = waiting()
    other.well("Faulted", "boss", **FOUND)
    (task,) = other.effects
    assert isinstance(task, Open) and (task.kind, task.parent) == ("task", "case-9") and "refund-1" in task.said["what"]


def test_nobody_drops_it_and_no_clock_ends_it() -> None:
    one = waiting()
    assert one.refused("Dropped", "boss", reason="no time").why == "order"
    one.wait(DAY_MS)
    assert one.well("ClockRan").state == "PROPOSED"
    assert (one.matter.due_at, one.matter.priority, one.matter.body["late"]) == (None, 100, True)
