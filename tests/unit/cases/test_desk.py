"""Can an open matter of any kind be taken, handed on, noted and given evidence?"""

from __future__ import annotations

from chongzheng.cases import desk
from chongzheng.cases.matter import Fact, Given, Kind, Matter, Step, step

ROLES = frozenset({"clerk", "supervisor"})
THING = Kind("thing", ("东西", "thing"), ("OPEN",), frozenset(), desk.rows(("OPEN",)))
ONE = Matter("thing-1", "thing", "OPEN", 1, queue="new")


def after(name: str, matter: Matter = ONE, **said: object) -> Matter:
    taken = step(THING, matter, Fact(name, 5, "li", ROLES, said), Given())
    assert isinstance(taken, Step), taken
    return taken.matter


def test_it_changes_hands() -> None:
    assert after("Assigned", to="mei").owner == "mei"
    mine = after("Taken")
    assert mine.owner == "li" and after("Released", mine).owner == ""
    moved = after("Queued", mine, queue="clearing")
    assert (moved.queue, moved.owner) == ("clearing", "")


def test_notes_and_evidence_are_appended_up_to_a_limit() -> None:
    noted = after("Noted", after("Noted", text="one"), text="two")
    assert [note["text"] for note in noted.body["notes"]] == ["one", "two"]
    full = after("Noted", Matter("thing-1", "thing", "OPEN", body={"notes": [{}] * desk.NOTES_MAX}), text="last")
    assert len(full.body["notes"]) == desk.NOTES_MAX and full.body["notes"][-1]["text"] == "last"
    shown = after("EvidenceAdded", source="slip photo", reference="img-1", hash="a" * 64)
    assert shown.body["evidence"] == [
        {"source": "slip photo", "reference": "img-1", "hash": "a" * 64, "added_at": 5, "by": "li"}
    ]
