"""S-36: an improvement has an owner and a date, and ends with a measured effect or the waiver of another person."""

from __future__ import annotations

import pytest

from chongzheng.journal.actors import NotAllowed
from chongzheng.journal.breaks import Overtaken
from requirements.desk import DAY_MS, Desk

POOR = {"failures_before": 9, "n_before": 100, "failures_after": 8, "n_after": 100}
GOOD = {"failures_before": 60, "n_before": 1000, "failures_after": 9, "n_after": 1000}


def test_s_36(desk: Desk) -> None:
    said = {"what": "alarm on a queue that gives up", "sort": "corrective", "owner": "qian"}
    first = desk.open("capa", {**said, "due_at": desk.now + DAY_MS}, "zhang")
    assert [one.id for one in desk.matters.owned("qian")] == [first.id]
    desk.wait(DAY_MS)
    assert desk.matters.get(first.id).body["late"]
    desk.say(first, "Done", "qian", evidence="release 4.2")
    with pytest.raises(Overtaken, match="possible now: Measured, Waived"):
        desk.say(first, "Closed", "zhang")
    assert desk.say(first, "Measured", "li", **POOR).state == "DONE"
    assert desk.say(first, "Measured", "li", **GOOD).state == "EFFECTIVE"

    second = desk.open("capa", {**said, "due_at": desk.now + DAY_MS}, "zhang")
    desk.say(second, "Done", "qian", evidence="a poster")
    with pytest.raises(NotAllowed, match="takes another person"):
        desk.say(second, "Waived", "zhang", reason="cannot be counted")
    assert desk.say(second, "Waived", "wang", reason="cannot be counted").state == "WAIVED"
