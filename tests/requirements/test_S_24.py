"""S-24: lost records are rebuilt from host, backup and slips, or listed as irrecoverable; no value is invented."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from chongzheng.cases.backup import Key
from chongzheng.cases.rebuild import NEEDED
from chongzheng.cli import main


def truth(number: int) -> dict[str, Any]:
    card = f"622200******{number:04}"
    return {
        "what": "sale",
        "amount_fen": 137 * number + 1,
        "at": 1_800_000_000_000 + number,
        "card": card,
        "code": "00",
    }


def rebuilt(folder: Path, lost: list[Key], told: dict[str, dict[Key, dict[str, Any]]]) -> tuple[int, dict[str, Any]]:
    """What the command makes of it: its exit code and its document."""
    names = ("terminal", "batch", "stan")
    records = {
        who: [dict(zip(names, key, strict=True)) | values for key, values in of.items()] for who, of in told.items()
    }
    file = folder / "lost.json"
    file.write_text(json.dumps({"lost": lost, **records}), "utf-8")
    done = CliRunner().invoke(main, ["case", "rebuild", str(file), "--json"])
    said: dict[str, Any] = json.loads(done.stdout)
    return done.exit_code, said


def test_s_24(tmp_path: Path) -> None:
    rng = random.Random(24)
    lost: list[Key] = [("80000001", "000001", f"{number:06}") for number in range(100)]
    told: dict[str, dict[Key, dict[str, Any]]] = {"host": {}, "backup": {}, "slip": {}}
    for number, key in enumerate(lost):
        for who, chance in (("host", 0.7), ("backup", 0.4), ("slip", 0.5)):
            if rng.random() < chance:
                told[who][key] = {name: value for name, value in truth(number).items() if rng.random() < 0.9}
    wrong = lost[7]
    told["host"][wrong], told["slip"][wrong] = truth(7), {**truth(7), "amount_fen": 1}

    code, said = rebuilt(tmp_path, lost, told)
    answers = said["records"]
    assert [tuple(one["key"].split()) for one in answers] == lost
    whole = [one for one in answers if one["rebuilt"]]
    assert 40 < len(whole) < 100 and code == 1
    assert (said["rebuilt"], said["irrecoverable"]) == (len(whole), 100 - len(whole))
    for number, (key, one) in enumerate(zip(lost, answers, strict=True)):
        values = one["values"]
        assert all(values[name] == truth(number)[name] for name in values), "a value that no witness gave"
        assert all(told[who][key][name] == values[name] for name, who in one["sources"].items())
        assert set(values) | set(one["missing"]) | set(one["contested"]) == set(NEEDED)
        assert one["rebuilt"] == (set(values) == set(NEEDED))
    assert answers[7]["contested"] == {"amount_fen": {"host": truth(7)["amount_fen"], "slip": 1}}


def test_s_24_when_all_is_known_all_is_rebuilt(tmp_path: Path) -> None:
    lost = [("80000001", "000001", f"{number:06}") for number in range(3)]
    code, said = rebuilt(tmp_path, lost, {"host": {key: truth(n) for n, key in enumerate(lost)}})
    assert (code, said["rebuilt"], said["irrecoverable"]) == (0, 3, 0)
