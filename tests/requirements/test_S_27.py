"""S-27 (case side): the drill of the second network path is recorded, and one that was not held is flagged."""

from __future__ import annotations

from requirements.desk import DAY_MS, Desk


def test_s_27(desk: Desk) -> None:
    drill = desk.open("drill", {"playbook": "fail-over", "site": "shop 12"}, "qian")
    held = desk.say(drill, "Held", "qian", people=["qian"], minutes=4, worked=True, findings=["sale on 4G after 9 s"])
    assert held.body["drills"][0]["findings"] == ["sale on 4G after 9 s"]
    assert [one.id for one in desk.matters.tagged("drill", "site", "shop 12")] == [drill.id]
    desk.wait(365 * DAY_MS)
    assert desk.matters.get(drill.id).state == "OVERDUE"
