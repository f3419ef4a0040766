"""Does a playbook become tasks once, end when they are ended, and is a drill that nobody held flagged?"""

from __future__ import annotations

from typing import Any

import pytest

from chongzheng.cases.effects import Free, Open, Take
from chongzheng.cases.playbook import ACTIVATION, DAY_MS, DRILL, PLAYBOOKS
from unit.cases.timeline import Played, play

TASK = {"zh": "一", "en": "one", "team": "network", "hours": 1}
HELD: dict[str, Any] = {"people": ["li", "qian"], "minutes": 40, "worked": True}


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"drill_days": 0}, "drill_days: is one"),
        ({"tasks": []}, "tasks: are 1 to"),
        ({"tasks": [{"zh": "一"}]}, "tasks: each has"),
        ({"tasks": [{**TASK, "hours": "1"}]}, "tasks: each has"),
        ({"tasks": [{**TASK, "hours": 0}]}, "tasks: each has"),
        ({"tasks": [TASK]}, ""),
    ],
)
def test_rows(changed: dict[str, Any], wrong: str) -> None:
    said = PLAYBOOKS.wrong({**PLAYBOOKS.shipped["outage"], **changed})
    assert said.startswith(wrong) and bool(said) == bool(wrong)


def test_an_activation_becomes_a_task_for_each_department_and_ends_with_them() -> None:
    one = play(ACTIVATION, [("Opened", "li", {"playbook": "key loss", "reason": "a box was stolen"})])
    assert one.why_not("Activated", "li").startswith("role:")
    one.say("Activated", "zhang")
    tasks = [effect for effect in one.effects if isinstance(effect, Open)]
    assert [task.said["team"] for task in tasks] == ["security", "field", "risk", "operations"]
    assert [task.key for task in tasks] == [f"activation-1 task {n}" for n in range(4)]
    assert tasks[1].said["due_at"] == one.now + DAY_MS and tasks[0].parent == "activation-1"
    for n in range(3):
        one.say("TaskEnded", task=f"task-{n}", state="Done")
    assert "1 of its tasks are not ended" in one.why_not("StoodDown", "zhang", lesson="x")
    one.say("TaskEnded", task="task-3", state="Done").say("StoodDown", "zhang", lesson="two people for a box")
    assert one.state == "OVER" and isinstance(one.effects[0], Open) and one.effects[0].kind == "lesson"


def test_what_is_no_playbook_is_refused_and_a_false_alarm_discarded() -> None:
    assert "there is no playbook war" in Played(ACTIVATION).why_not("Opened", "li", playbook="war", reason="x")
    assert "there is no playbook war" in Played(DRILL).why_not("Opened", "li", playbook="war")
    one = play(ACTIVATION, [("Opened", "li", {"playbook": "outage", "reason": "x"})])
    assert one.say("Discarded", "zhang", reason="it came back").state == "DISCARDED"


def test_a_drill_is_due_within_its_days_and_flagged_after_them() -> None:
    one = play(DRILL, [("Opened", "li", {"playbook": "outage"})])
    assert one.effects == (Take("drill of outage ", "outage is drilled already"),)
    assert one.matter.due_at == one.now + 365 * DAY_MS
    one.say("ClockRan")
    assert (one.state, one.matter.due_at, one.matter.priority) == ("OVERDUE", None, 50)
    one.say("Held", "qian", **HELD)
    assert (one.state, one.matter.due_at, one.effects) == ("CURRENT", one.now + 365 * DAY_MS, ())
    assert one.matter.body["drills"][0]["by"] == "qian"


def test_what_a_drill_found_becomes_work_and_the_days_are_those_of_the_row_or_of_its_begin() -> None:
    one = play(DRILL, [("Opened", "li", {"playbook": "fail-over", "site": "shop 12"})])
    assert DRILL.tags(one.matter) == {"playbook": "fail-over", "site": "shop 12"}
    one.given = type(one.given)({"playbook": {}})
    one.say("Held", "qian", **{**HELD, "worked": False, "findings": ["the SIM has no plan"]})
    assert isinstance(one.effects[0], Open) and "the SIM has no plan" in one.effects[0].said["what"]
    assert one.matter.due_at == one.now + 365 * DAY_MS
    one.say("Held", "qian", **{**HELD, "worked": False})
    assert isinstance(one.effects[0], Open) and "it did not work" in one.effects[0].said["what"]
    assert one.say("Retired", "zhang", reason="the shop is closed").effects == (Free("drill of fail-over shop 12"),)
