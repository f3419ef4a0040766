"""S-23: after a restore the pending reversals are sent before the first new sale, and nobody can skip that."""

from __future__ import annotations

import pytest

from chongzheng.journal.breaks import Overtaken
from requirements.desk import Desk


def test_s_23(desk: Desk) -> None:
    run = desk.open("procedure", {"sop": "restore"}, "qian")
    for step in ("save", "install", "sign on", "keys"):
        desk.say(run, "StepDone", "qian", step=step, evidence="ab12")
    for step in ("first sale", "test"):
        with pytest.raises(Overtaken, match="comes later; next is pending"):
            desk.say(run, "StepDone", "qian", step=step, evidence="000001")
    with pytest.raises(Overtaken, match="reversals still pending: 2, at most 0"):
        desk.say(run, "StepDone", "qian", step="pending", figure=2)
    with pytest.raises(Overtaken, match="cannot be left out"):
        desk.say(run, "StepSkipped", "chen", step="pending", reason="the shop is waiting")
    desk.say(run, "StepDone", "qian", step="pending", figure=0)
    desk.say(run, "StepDone", "qian", step="test", evidence="000001 000002")
    assert desk.say(run, "StepDone", "qian", step="first sale").state == "FINISHED"
