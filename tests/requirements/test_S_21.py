"""S-21: before an exchange the journal is saved; its replay gives what is pending; else a supervisor says why not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from chongzheng.cases.backup import pending, read, receipt
from chongzheng.cli import main
from chongzheng.journal.actors import NotAllowed
from chongzheng.journal.breaks import Overtaken
from requirements.desk import Desk

WORDS = ("sale", "answer", "reversal", "reversal answer")


def export(owed: set[int], most: int) -> bytes:
    """A day of a terminal: every third sale is reversed, and those in `owed` have no answer to it."""
    records = []
    for number in range(most):
        about = {"terminal": "80000001", "batch": "000001", "stan": f"{number:06}"}
        records.append({"what": "sale", **about, "amount_fen": 100 + number})
        if number % 3 == 0:
            records.append({"what": "reversal", **about})
            records += [] if number in owed else [{"what": "reversal answer", **about, "code": "00"}]
    return "\n".join(json.dumps(record) for record in records).encode()


def test_s_21(desk: Desk, tmp_path: Path) -> None:
    desk.open("part", {"part": "terminal", "on_hand": 9}, "qian")
    said = {"terminal": "80000001", "part": "terminal", "serial_old": "A1", "severity": "S2"}
    saved = export({3, 27, 90}, 100)
    swap = desk.open("swap", said, "li")
    desk.say(swap, "PartReserved", "li")
    with pytest.raises(Overtaken, match="possible now: BackedUp, BackupWaived"):
        desk.say(swap, "Swapped", "qian", serial_new="B2")
    with pytest.raises(NotAllowed, match="said by: supervisor"):
        desk.say(swap, "BackupWaived", "qian", reason="in a hurry")
    file = tmp_path / "flash.jsonl"
    file.write_bytes(saved)
    words = json.loads(CliRunner().invoke(main, ["case", "saved", str(file), "--json"]).stdout)
    after = desk.say(swap, "BackedUp", "qian", **words)
    owed = [(one["terminal"], one["batch"], one["stan"]) for one in after.body["receipt"]["pending"]]
    assert owed == [("80000001", "000001", f"{number:06}") for number in (3, 27, 90)] == list(pending(read(saved)))
    assert after.body["receipt"]["records"] == len(read(saved)) and receipt(saved + b"\n").hash != receipt(saved).hash

    other = desk.open("swap", said, "li")
    desk.say(other, "PartReserved", "li")
    assert desk.say(other, "BackupWaived", "zhang", reason="flash is dead").body["no_backup"]["by"] == "zhang"
