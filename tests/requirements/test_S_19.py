"""S-19: what the device diagnoses of itself is read and ordered: a jammed printer ranks first, unguessed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from chongzheng.cli import main

SEEN = {"orig.rsp": "00", "rev.reason": "4351", "tlm.iface": "ethernet", "tlm.reboots": 0}


def causes(folder: Path, signals: dict[str, Any]) -> dict[str, Any]:
    file = folder / "signals.json"
    file.write_text(json.dumps(signals), "utf-8")
    done = CliRunner().invoke(main, ["case", "causes", str(file), "--json"])
    assert done.exit_code == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("fault", ["jam", "out_of_paper", "overheat"])
def test_s_19(fault: str, tmp_path: Path) -> None:
    found = causes(tmp_path, SEEN | {"tlm.printer": fault})
    assert found["primary"] == found["causes"][0]["id"] == "HW-PRN"
    assert found["causes"][0]["because"][0] == (
        f"tlm.printer in {{jam;out_of_paper;overheat}}: +2.5 (tlm.printer = {fault})"
    )
    healthy = causes(tmp_path, SEEN | {"tlm.printer": "ok"})
    assert healthy["primary"] is None and healthy["causes"][0]["id"] != "HW-PRN"


def test_s_19_a_sick_reader_is_told_from_a_sick_printer(tmp_path: Path) -> None:
    seen = {"orig.rsp": "00", "rev.reason": "4007", "tlm.reader_err": 3, "tlm.printer": "ok", "entry_mode": "insert"}
    assert causes(tmp_path, seen)["causes"][0]["id"] == "HW-READER"


def test_s_19_what_the_device_has_not_said_is_the_next_thing_to_look_at(tmp_path: Path) -> None:
    found = causes(tmp_path, {})
    assert found["primary"] is None and found["next_tests"][0]["signal"].startswith("tlm.")
    assert all(one["gain_bits"] > 0 for one in found["next_tests"])
