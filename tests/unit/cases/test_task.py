"""Is a task handed over only to those who accept it, and is the time of each department measured?"""

from __future__ import annotations

from chongzheng.cases.effects import Say
from chongzheng.cases.matter import NEW, Fact, Given, Matter, Refused, Step, step
from chongzheng.cases.task import LATE_PRIORITY, TASK, time_with

CLERK = frozenset({"clerk"})
HEAD = frozenset({"supervisor"})
ASKED = {"what": "send the slip", "team": "merchants", "due_at": 99_000}


def play(*facts: tuple[str, int, str, dict[str, object]], parent: str = "") -> Matter | Refused:
    matter = Matter("", "task", NEW, parent=parent)
    for name, at, who, said in facts:
        taken = step(TASK, matter, Fact(name, at, who, HEAD if who == "zhang" else CLERK, said), Given())
        if isinstance(taken, Refused):
            return taken
        matter = taken.matter
    return matter


OPENED = ("Opened", 1_000, "li", ASKED)
TAKEN = ("Accepted", 3_000, "mei", {})
HANDED = ("HandedOver", 6_000, "mei", {"team": "clearing", "reason": "it is theirs"})


def test_a_task_goes_from_hand_to_hand_and_each_keeps_its_time() -> None:
    one = play(OPENED, TAKEN, HANDED, ("Accepted", 7_000, "wu", {}), ("Done", 9_000, "wu", {"result": "sent"}))
    assert isinstance(one, Matter)
    assert (one.state, one.queue, one.due_at, one.body["result"]) == ("DONE", "clearing", 99_000, "sent")
    assert time_with(one, 1_000_000) == {"merchants": 5_000, "clearing": 3_000}
    assert [held["accepted_at"] for held in one.body["held"]] == [3_000, 7_000]


def test_it_can_be_sent_back_once_it_was_handed_over() -> None:
    back = ("SentBack", 7_000, "wu", {"reason": "not ours"})
    one = play(OPENED, TAKEN, HANDED, back)
    assert isinstance(one, Matter) and (one.state, one.queue) == ("OFFERED", "merchants")
    assert time_with(one, 10_000) == {"merchants": 8_000, "clearing": 1_000}
    refused = play(OPENED, back)
    assert isinstance(refused, Refused) and "nobody handed it over" in refused.text


def test_nobody_hands_it_to_themselves_and_a_dropped_task_says_why() -> None:
    same = play(OPENED, TAKEN, ("HandedOver", 6_000, "mei", {"team": "merchants", "reason": "ours"}))
    assert isinstance(same, Refused) and "already" in same.text
    dropped = play(OPENED, ("Dropped", 5_000, "zhang", {"reason": "twice the same"}))
    assert isinstance(dropped, Matter) and (dropped.state, dropped.body["result"]) == ("DROPPED", "twice the same")


def test_the_case_hears_when_its_task_ends() -> None:
    one = play(OPENED, TAKEN, parent="case-1")
    assert isinstance(one, Matter)
    taken = step(TASK, one, Fact("Done", 9_000, "mei", CLERK, {"result": "sent"}), Given())
    assert isinstance(taken, Step)
    assert taken.effects == (Say("case-1", "TaskEnded", {"task": "", "state": "Done"}, softly=True),)


def test_a_task_that_is_late_goes_up_once() -> None:
    one = play(OPENED, TAKEN)
    assert isinstance(one, Matter)
    late = step(TASK, one, Fact("ClockRan", 99_000), Given())
    assert isinstance(late, Step)
    assert (late.matter.due_at, late.matter.priority, late.matter.body["late"]) == (None, LATE_PRIORITY, True)
    assert isinstance(step(TASK, one, Fact("ClockRan", 99_000, "mei", CLERK), Given()), Refused)
