"""S-16: a procedure leads people; a step out of order is refused with its reason; the log says who and when."""

from __future__ import annotations

import pytest

from chongzheng.journal.actors import NotAllowed
from chongzheng.journal.breaks import Overtaken
from requirements.desk import Desk

LATER = {"version": 2, "zh": "密钥", "en": "keys", "steps": [{"id": "one", "zh": "一", "en": "one"}]}


def test_s_16(desk: Desk) -> None:
    task = desk.open("task", {"what": "keys of shop 12", "team": "field"}, "li")
    run = desk.open("procedure", {"sop": "key loss"}, "li", parent=task.id)
    with pytest.raises(Overtaken, match="revoke comes later; next is block"):
        desk.say(run, "StepDone", "qian", step="revoke", evidence="K-1")
    assert "block is taken by: supervisor" in desk.matters.preview(run.id, "StepDone", {"step": "block"}, "qian")
    desk.say(run, "StepDone", "zhang", step="block")
    desk.registers.propose("sop", "key loss", "20991231", LATER, "shorter", "zhang", desk.now)
    desk.now += 60_000
    desk.say(run, "StepDone", "qian", step="revoke", evidence="K-1")
    with pytest.raises(NotAllowed, match="takes another person"):
        desk.say(run, "StepDone", "qian", step="load")
    with pytest.raises(Overtaken, match="cannot be left out"):
        desk.say(run, "StepSkipped", "zhang", step="load", reason="in a hurry")
    desk.say(run, "StepDone", "li", step="load")
    desk.say(run, "StepDone", "qian", step="check")
    done = desk.say(run, "StepDone", "zhang", step="report")
    log = [(entry["step"], entry["by"], entry["version"]) for entry in done.body["log"]]
    assert done.state == "FINISHED" and log == [
        ("block", "zhang", 1), ("revoke", "qian", 1), ("load", "li", 1), ("check", "qian", 1), ("report", "zhang", 1),
    ]  # fmt: skip
    assert done.body["log"][1]["at"] - done.body["log"][0]["at"] == 60_000
    assert [one.id for one in desk.matters.of_parent(task.id)] == [run.id]


def test_s_16_a_run_keeps_the_version_that_it_began_with(desk: Desk) -> None:
    run = desk.open("procedure", {"sop": "key loss"}, "li")
    today = "20991231"
    desk.registers.propose("sop", "key loss", today, LATER, "shorter", "zhang", desk.now)
    desk.now = 4_102_500_000_000  # 2100: the new row is in force
    assert desk.open("procedure", {"sop": "key loss"}, "li").body["version"] == 2
    assert desk.say(run, "StepDone", "zhang", step="block").body["log"][0]["version"] == 1
