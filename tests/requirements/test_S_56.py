"""S-56: playbooks lie ready; activation creates tasks; a drill that nobody held within twelve months is flagged."""

from __future__ import annotations

import pytest

from chongzheng.journal.breaks import Overtaken
from requirements.desk import DAY_MS, HOUR_MS, Desk


def test_s_56(desk: Desk) -> None:
    assert {"outage", "key loss", "mass late reversals"} <= set(desk.registers.rows("playbook", "20260101"))
    drill = desk.open("drill", {"playbook": "mass late reversals"}, "li")
    with pytest.raises(Overtaken, match="is drilled already"):
        desk.open("drill", {"playbook": "mass late reversals"}, "li")
    desk.wait(365 * DAY_MS - 1)
    assert desk.matters.get(drill.id).state == "DUE"
    desk.wait(1)
    flagged = desk.matters.get(drill.id)
    assert (flagged.state, flagged.priority) == ("OVERDUE", 50)
    assert [one.id for one in desk.matters.queue("drills")] == [drill.id]
    held = desk.say(drill, "Held", "qian", people=["qian", "li"], minutes=35, worked=False, findings=["no list"])
    assert (held.state, held.due_at, held.body["drills"][0]["people"]) == (
        "CURRENT",
        desk.now + 365 * DAY_MS,
        ["qian", "li"],
    )
    assert [one.queue for one in desk.matters.of_parent(drill.id)] == ["improvement"]
    desk.wait(365 * DAY_MS)
    assert desk.matters.get(drill.id).state == "OVERDUE"


def test_s_56_activation_creates_the_tasks_of_the_playbook(desk: Desk) -> None:
    active = desk.open("activation", {"playbook": "mass late reversals", "reason": "500 late answers 00"}, "li")
    assert desk.matters.of_parent(active.id) == []
    desk.say(active, "Activated", "zhang")
    tasks = desk.matters.of_parent(active.id)
    assert [one.queue for one in tasks] == ["operations", "clearing", "finance", "customer service"]
    assert tasks[0].due_at == desk.now + HOUR_MS
    with pytest.raises(Overtaken, match="4 of its tasks are not ended"):
        desk.say(active, "StoodDown", "zhang", lesson="x")
    for task in tasks:
        desk.say(task, "Accepted", "mei")
        desk.say(task, "Done", "mei", result="done")
    assert desk.say(active, "StoodDown", "zhang", lesson="stop advances sooner").state == "OVER"
    assert [one.body["what"] for one in desk.matters.page("lesson")] == ["stop advances sooner"]
