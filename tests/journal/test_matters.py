"""Does a fact about a matter happen once, as a whole, under a name that may say it, and is everybody else told why?"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from chongzheng.journal import Journal
from chongzheng.journal.actors import Actors, NotAllowed, Role
from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.matters import Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from journal.made import NOON_MS
from journal.place import Place

RACERS = 20
ASKED = {"what": "send the slip of 000042", "team": "merchants"}


class Desk:
    """A journal with three people and a keeper of matters; a clock that tests set."""

    def __init__(self, place: Place, journal: Journal, side: Side) -> None:
        self.now = NOON_MS
        self.place, self.journal, self.side = place, journal, side
        self.matters = Matters(side, lambda: self.now, Registers(side))
        people = Actors(side)
        people.add("boss", "Boss", frozenset({Role.ADMINISTRATOR}), "shell:root", NOON_MS)
        for who, role in (("li", Role.CLERK), ("zhang", Role.SUPERVISOR), ("sun", Role.AUDITOR)):
            people.add(who, who, frozenset({role}), "boss", NOON_MS)

    def acts(self) -> int:
        """How many acts there are."""
        return int(self.place.raw("SELECT count(*) FROM act")[0][0])


@pytest.fixture
def desk(place: Place, journal: Journal, side: Side) -> Desk:
    """An empty journal with people."""
    return Desk(place, journal, side)


def refused(desk: Desk, act: Callable[[], Any], how: type[Exception], match: str) -> None:
    """It is refused, and leaves no trace."""
    before = desk.acts(), desk.place.raw("SELECT * FROM matter"), desk.place.raw("SELECT * FROM matter_key")
    with pytest.raises(how, match=match):
        act()
    assert before == (desk.acts(), desk.place.raw("SELECT * FROM matter"), desk.place.raw("SELECT * FROM matter_key"))


def test_a_matter_is_opened_moved_and_ended_and_its_story_says_by_whom(desk: Desk) -> None:
    one = desk.matters.open("task", ASKED, "li")
    desk.now += 60_000
    taken = desk.matters.say(one.id, "Accepted", {}, "zhang")
    desk.now += 60_000
    done = desk.matters.say(one.id, "Done", {"result": "sent"}, "zhang")
    assert (one.state, taken.state, done.state, done.version) == ("OFFERED", "ACCEPTED", "DONE", 3)
    assert (one.queue, taken.owner, done.opened_at) == ("merchants", "zhang", NOON_MS)
    told = [(act["fact"], act["actor"], act["state"]) for act in desk.matters.story(one.id)]
    assert told == [("Opened", "li", "OFFERED"), ("Accepted", "zhang", "ACCEPTED"), ("Done", "zhang", "DONE")]
    assert desk.matters.get(one.id) == done
    assert [m.id for m in desk.matters.page("task")] == [one.id]
    assert desk.matters.queue("merchants") == [] and desk.matters.page("task", open_only=True) == []


def test_what_is_out_of_order_wrong_or_not_theirs_to_say_is_refused_and_leaves_no_trace(desk: Desk) -> None:
    one = desk.matters.open("task", ASKED, "li")
    say = desk.matters.say
    refused(desk, lambda: say(one.id, "Done", {"result": "x"}, "li"), Overtaken, "OFFERED; possible now: Accepted")
    refused(desk, lambda: say(one.id, "Accepted", {}, "sun"), NotAllowed, "said by")
    refused(desk, lambda: say(one.id, "Accepted", {}, "nobody"), NotAllowed, "does not work here")
    refused(desk, lambda: say(one.id, "Accepted", {"what": "?"}, "li"), TheirMistake, "nobody asks for it")
    refused(desk, lambda: say(one.id, "Noted", {"text": "4111 1111 1111 1111"}, "li"), TheirMistake, "card number")
    refused(desk, lambda: say("task-99", "Accepted", {}, "li"), TheirMistake, "no matter of this number")
    refused(desk, lambda: say("cat-1", "Accepted", {}, "li"), TheirMistake, "no id of a matter")
    refused(desk, lambda: desk.matters.open("cat", {}, "li"), TheirMistake, "no such kind")
    refused(desk, lambda: desk.matters.open("task", {"what": "x"}, "li"), TheirMistake, "team: is missing")
    refused(desk, lambda: desk.matters.open("task", ASKED, "li", payment="P" * 17), TheirMistake, "no such payment")


def test_a_preview_says_what_would_happen_and_changes_nothing(desk: Desk) -> None:
    one = desk.matters.open("task", ASKED, "li")
    before = desk.acts()
    assert desk.matters.preview(one.id, "Accepted", {}, "li") == ""
    assert "possible now" in desk.matters.preview(one.id, "Done", {"result": "x"}, "li")
    assert "said by" in desk.matters.preview(one.id, "Accepted", {}, "sun")
    assert desk.matters.get(one.id) == one and desk.acts() == before


def test_under_one_key_there_is_one_matter(desk: Desk) -> None:
    first = desk.matters.open("task", ASKED, "li", key="slip 000042")
    assert desk.matters.open("task", ASKED, "zhang", key="slip 000042") == first
    assert desk.matters.open("task", ASKED, "zhang").id != first.id


def test_of_many_who_accept_at_once_one_does_and_the_others_hear_why(desk: Desk) -> None:
    one = desk.matters.open("task", ASKED, "li")
    heard: list[str] = []

    def accept() -> None:
        side = Side.open(desk.place.path)
        try:
            Matters(side, lambda: NOON_MS, Registers(side)).say(one.id, "Accepted", {}, "zhang")
            heard.append("done")
        except Overtaken as no:
            heard.append(str(no))
        finally:
            side.close()

    racers = [threading.Thread(target=accept) for _ in range(RACERS)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert heard.count("done") == 1
    assert all("ACCEPTED" in why for why in heard if why != "done") and len(heard) == RACERS
    assert desk.matters.get(one.id).version == 2


def test_a_story_that_somebody_changed_is_found(desk: Desk) -> None:
    one = desk.matters.open("task", ASKED, "li")
    desk.matters.say(one.id, "Accepted", {}, "zhang")
    with desk.place.reading() as reader:
        assert reader.faults() == []
    desk.place.raw("UPDATE act SET actor = 'li' WHERE kind = 'matter' AND actor = 'zhang'")
    with desk.place.reading() as reader:
        assert [fault for fault in reader.faults() if "labelled otherwise" in str(fault)]
