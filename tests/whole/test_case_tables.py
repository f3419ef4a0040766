"""Do case decide and case causes reproduce the given tables, explain themselves, and refuse bad input in one line?"""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from chongzheng.cli import main

DATA = Path(__file__).parents[1] / "data"
ORACLE = json.loads((DATA / "causes-oracle.json").read_text("utf-8"))


def run(*words: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["case", *map(str, words)])
    return done.exit_code, done.stdout, done.stderr


def written(folder: Path, text: str) -> Path:
    file = folder / "signals.json"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize("vector", ORACLE["vectors"], ids=lambda vector: vector["id"])
def test_causes_reproduces_the_given_vectors(vector: dict[str, Any], tmp_path: Path) -> None:
    code, out, err = run("causes", written(tmp_path, json.dumps(vector["signals"])), "--json")
    said, wanted = json.loads(out), vector["expected"]
    assert (code, err, len(said["causes"])) == (0, "", 46)
    assert said["primary"] == (wanted["top"] if wanted["name_primary"] else None)
    first, second = said["causes"][:2]
    assert (first["id"], second["id"]) == (wanted["top"], wanted["second"])
    assert abs(first["posterior"] - wanted["posterior"]) <= ORACLE["tolerance"]
    assert abs(second["posterior"] - wanted["second_posterior"]) <= ORACLE["tolerance"]
    posteriors = [one["posterior"] for one in said["causes"]]
    assert posteriors == sorted(posteriors, reverse=True) and abs(sum(posteriors) - 1) < 1e-9
    assert sum(one["percent"] for one in said["shares"]) == 100
    assert bool(first["because"]) is bool(vector["signals"])
    assert said["next_tests"] and all(one["zh"] and one["en"] for one in said["next_tests"])


def test_a_person_reads_both_names_the_reason_and_the_next_question(tmp_path: Path) -> None:
    code, out, _ = run("causes", written(tmp_path, '{"tlm.printer": "jam", "orig.rsp": "00", "rev.reason": "4351"}'))
    assert code == 0
    for words in ("打印机卡纸/缺纸", "Printer jam", "tlm.printer = jam", "Ask next: "):
        assert words in out
    code, out, _ = run("causes", written(tmp_path, "{}"))
    assert code == 0 and "Cause: unknown" in out and "原因：未知" in out


def test_signals_that_no_cause_asks_for_are_named(tmp_path: Path) -> None:
    said = json.loads(run("causes", written(tmp_path, '{"tlm.pinter": "jam", "rsp": null}'), "--json")[1])
    assert said["not_asked_for"] == ["tlm.pinter"] and said["primary"] is None
    assert said["grades"]["tlm.rsrp_dbm"] == "unknown"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no JSON"),
        ("[1]", "is not one object of signals"),
        ("[" * 100_000, "is no JSON"),
        ('{"rsp": "00", "rsp": "96"}', "signals.json: rsp: stands twice"),
        ('{"rsp": 0}', "signals.json: rsp: is a code"),
        ('{"tlm.printer": ["jam"]}', "signals.json: tlm.printer: is a list"),
        ('{"rev.count": "3"}', "signals.json: rev.count: is a number"),
        ('{"tlm.loss_pct": NaN}', "signals.json: tlm.loss_pct: is not a number of this world"),
        ('{"tlm.loss_pct": 1e999}', "is not a number of this world"),
        ('{"tlm.loss_pct": ' + "9" * 5_000 + "}", "is no JSON"),
        ('{"tlm.loss_pct": ' + "9" * 500 + "}", "is not a number of this world"),
    ],
)
def test_bad_signals_are_one_line(text: str, says: str, tmp_path: Path) -> None:
    code, out, err = run("causes", written(tmp_path, text), "--json")
    assert (code, out) == (2, "") and says in err and err.count("\n") == 1


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    assert run("causes", tmp_path / "nowhere.json")[0] == 2
    assert "cannot be read" in run("causes", tmp_path)[2]
    binary = tmp_path / "b.json"
    binary.write_bytes(b"\xff\xfe")
    assert "is not UTF-8" in run("causes", binary)[2]
    big = written(tmp_path, " " * ((4 << 20) + 1))
    assert "has more than" in run("causes", big)[2]


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text((DATA / "causes.csv").read_text("utf-8").replace("HW-PRN", "MY-PRN"), "utf-8")
    signals = written(tmp_path, '{"tlm.printer": "jam", "orig.rsp": "00", "rev.reason": "4351"}')
    assert json.loads(run("causes", signals, "--table", own, "--json")[1])["primary"] == "MY-PRN"
    own.write_text("cause_id\nX\n", "utf-8")
    code, _, err = run("causes", signals, "--table", own)
    assert code == 2 and "own.csv: has not the columns" in err
