"""S-27 (case side): a site without a second path is flagged; the drill of it is recorded, or missed and flagged."""

from __future__ import annotations

from chongzheng.cases.units import without_second_path
from requirements.desk import DAY_MS, Desk


def test_s_27(desk: Desk) -> None:
    drill = desk.open("drill", {"playbook": "fail-over", "site": "shop 12"}, "qian")
    held = desk.say(drill, "Held", "qian", people=["qian"], minutes=4, worked=True, findings=["sale on 4G after 9 s"])
    assert held.body["drills"][0]["findings"] == ["sale on 4G after 9 s"]
    assert [one.id for one in desk.matters.tagged("drill", "site", "shop 12")] == [drill.id]
    desk.wait(365 * DAY_MS)
    assert desk.matters.get(drill.id).state == "OVERDUE"


def test_s_27_a_site_without_a_second_path_is_listed(desk: Desk) -> None:
    unit = {"model": "N9", "serial": "A1", "version": "4.1", "installed": "20260105"}
    for terminal, site, paths in (("1", "shop 12", ["ethernet", "cellular"]), ("2", "shop 13", ["cellular"])):
        row = {**unit, "site": site, "paths": paths}
        desk.registers.propose("units", terminal, "20991231", row, "site survey", "boss", desk.now)
    desk.registers.propose("units", "3", "20991231", {**unit, "site": "shop 14"}, "site survey", "boss", desk.now)
    assert without_second_path(desk.registers.rows("units", "20991231")) == ["shop 13", "shop 14"]
