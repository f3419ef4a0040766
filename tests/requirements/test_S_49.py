"""S-49: work between departments is handed over only to those who accept it, and each one's time is measured."""

from __future__ import annotations

import pytest

from chongzheng.cases.task import time_with
from chongzheng.journal.breaks import Overtaken
from journal.made import name_of, sale
from requirements.desk import HOUR_MS, Desk


def test_s_49(desk: Desk) -> None:
    desk.journal.apply([sale(1)])
    case = desk.open("case", {"source": "engine", "why": "x"}, payment=name_of(1))
    task = desk.open("task", {"what": "find the slip of 000001", "team": "merchants"}, "li", parent=case.id)
    with pytest.raises(Overtaken, match="possible now: Accepted"):
        desk.say(task, "Done", "mei", result="found")
    desk.now += HOUR_MS
    desk.say(task, "Accepted", "mei")
    desk.say(task, "HandedOver", "mei", team="clearing", reason="it is in the archive")
    assert desk.matters.get(task.id).owner == "" and desk.matters.queue("clearing")[0].id == task.id
    with pytest.raises(Overtaken, match="possible now: Accepted"):
        desk.say(task, "Done", "mei", result="found")
    desk.now += 3 * HOUR_MS
    desk.say(task, "Accepted", "wang")
    desk.now += HOUR_MS
    done = desk.say(task, "Done", "wang", result="found")
    assert time_with(done, desk.now) == {"merchants": HOUR_MS, "clearing": 4 * HOUR_MS}
    assert desk.matters.get(case.id).body["tasks"][0]["task"] == task.id
