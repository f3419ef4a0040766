"""S-25 (case side): measurements are graded by the table, what was not measured is unknown, the carrier sees them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from chongzheng.cases.ticket import TICKET
from chongzheng.causes.grades import Grade, grade, grades
from chongzheng.cli import main
from requirements.desk import HOUR_MS
from unit.cases.timeline import NOON_MS, play

SERIES = {"tlm.rsrp_dbm": [[NOON_MS - n * 60_000, -112] for n in range(10)]}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("tlm.rsrp_dbm", ((-90, "good"), (-91, "fair"), (-101, "poor"), (-111, "none"))),
        ("tlm.wifi_rssi_dbm", ((-60, "good"), (-61, "fair"), (-71, "poor"), (-81, "none"))),
        ("tlm.rtt_ms_p95", ((499, "good"), (500, "fair"), (1501, "poor"), (3001, "none"))),
        ("tlm.loss_pct", ((0, "good"), (1, "fair"), (4, "poor"), (6, "none"))),
    ],
)
def test_s_25(name: str, values: tuple[tuple[int, str], ...]) -> None:
    assert [grade(name, value) for value, _ in values] == [Grade(word) for _, word in values]
    assert grade(name, None) is Grade.UNKNOWN and grades({})[name] is Grade.UNKNOWN


def test_s_25_what_was_measured_goes_to_the_carrier() -> None:
    said = {
        "supplier": "carrier", "what": "weak signal", "from_at": NOON_MS - HOUR_MS, "until_at": NOON_MS,
        "site": "shop 12", "circuit": "SIM-7", "metrics": SERIES,
    }  # fmt: skip
    ticket = play(TICKET, [("Opened", "qian", said), ("Sent", "qian", {})])
    assert ticket.matter.body["bundle"]["content"]["metrics"] == SERIES


def test_s_25_people_see_the_grades_and_what_was_not_measured(tmp_path: Path) -> None:
    file = tmp_path / "signals.json"
    file.write_text(json.dumps({"tlm.rsrp_dbm": -112, "tlm.loss_pct": 0}), "utf-8")
    said = json.loads(CliRunner().invoke(main, ["case", "causes", str(file), "--json"]).stdout)["grades"]
    assert (said.pop("tlm.rsrp_dbm"), said.pop("tlm.loss_pct")) == ("none", "good")
    assert said and set(said.values()) == {"unknown"}
