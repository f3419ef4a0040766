"""Is the table of requirements whole: every row, its named test, its planted bugs, and where it is built?"""

from __future__ import annotations

import ast
import json
import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from chongzheng.cli import COMMANDS, main, requirements
from chongzheng.reports.requirements import RECEIPT, Status, every_row, tree
from house.requirement_proof import mutants

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
AREAS = {"rule", "fees", "confirm", "diagnose", "remedy", "tell", "improve", "merchants", "none"}
ROWS = every_row()


def test_the_73_rows_stand_in_order_and_say_what_is_asked_in_both_languages() -> None:
    assert [row.id for row in ROWS] == [f"S-{n:02d}" for n in range(1, 74)]
    for row in ROWS:
        assert row.area in AREAS and row.en.endswith(".") and row.zh.endswith("。"), row.id
        assert bool(row.missing) is bool(row.missing_zh), f"{row.id}: what is missing is said in both languages"
        assert row.test or not row.built or row.missing, f"{row.id}: what is built has a test, or lacks something"


def test_every_row_names_files_and_commands_that_are_there() -> None:
    for row in ROWS:
        for place in row.built:
            if place.startswith("chongzheng "):
                assert place.split()[1] in COMMANDS, f"{row.id}: {place}"
            else:
                assert (ROOT / "src/chongzheng" / place).is_file(), f"{row.id}: {place}"


def test_every_test_file_is_named_by_its_row_and_opens_with_the_requirement() -> None:
    there = {path.name for path in HERE.glob("test_S_*.py")}
    assert {row.test for row in ROWS if row.test} == there
    for row in ROWS:
        if row.test:
            assert row.test == f"test_{row.id.replace('-', '_')}.py"
            document = ast.get_docstring(ast.parse((HERE / row.test).read_text("utf-8"))) or ""
            assert re.match(rf"{row.id}\b.*: .+", document), row.test


def test_every_row_with_a_test_has_a_bug_that_can_be_planted() -> None:
    planted = mutants(ROOT)
    assert {one.row for one in planted} == {row.id for row in ROWS if row.test}
    for one in planted:
        text = one.planted((ROOT / one.file).read_text("utf-8"))
        assert text is not None, f"{one.row}: {one.name}: its place is not found"
        if one.file.endswith(".py"):
            ast.parse(text)
        elif one.file.endswith(".toml"):
            tomllib.loads(text)


def asked(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["requirements", *words])
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root of its own: no checkout, so nothing can be run there."""
    (tmp_path / "build").mkdir()
    monkeypatch.setattr(requirements, "ROOT", tmp_path)
    return tmp_path


def test_the_command_reads_the_receipt_of_this_tree(elsewhere: Path) -> None:
    code, out, _ = asked("--json")
    said = json.loads(out)
    assert (code, said["counts"]) == (0, {"proven": 0, "partial": 0, "open": 73})
    bug = {"name": "x: a -> b", "file": "src/x.py", "end": "red"}
    good = {"passed": ["test_S_02.py::test_s_02"], "failed": [], "mutants": [bug]}
    text = json.dumps({"tree": tree(elsewhere), "rows": {"S-02": good, "S-05": good}})
    (elsewhere / RECEIPT).write_text(text, "utf-8")
    rows = {row["id"]: row for row in json.loads(asked("--json")[1])["rows"]}
    assert (rows["S-02"]["status"], rows["S-02"]["mutant"]) == (Status.PROVEN, "x: a -> b")
    assert rows["S-02"]["test"] == "tests/requirements/test_S_02.py" and rows["S-02"]["missing"] is None
    assert rows["S-05"]["status"] == Status.PARTIAL and rows["S-05"]["missing"]
    assert rows["S-03"]["status"] == Status.OPEN and "not run at this tree" in rows["S-03"]["why"]
    code, out, _ = asked("--id", "S-05", "--language", "zh")
    assert code == 0 and "partial" in out and "S-02" not in out and "页面" in out
    odd = {"name": "x: [/b] -> y", "file": "src/x.py", "end": "survived"}
    doubted = json.dumps({"tree": tree(elsewhere), "rows": {"S-02": {**good, "mutants": [odd]}}})
    (elsewhere / RECEIPT).write_text(doubted, "utf-8")
    assert "x: [/b] -> y" in asked("--id", "S-02")[1]
    (elsewhere / RECEIPT).write_text(text, "utf-8")
    (elsewhere / "src").mkdir()
    (elsewhere / "src" / "new.py").write_text("", "utf-8")
    assert json.loads(asked("--json")[1])["counts"]["proven"] == 0


COURT = """
import json, sys
from pathlib import Path
from chongzheng.reports.requirements import RECEIPT, tree
root = Path(__file__).parents[2]
assert sys.argv[1:] in (["--id", "S-02"], ["--id", "S-05"])
row = sys.argv[2]
end = "red" if row == "S-02" else "survived"
print(json.dumps({"steps": 2}))
print(json.dumps({"row": row, "test": "x", "end": "passed"}))
bugs = [{"name": "x: a -> b", "file": "src/x.py", "end": end}]
rows = {row: {"passed": ["x"], "failed": [], "mutants": bugs}}
(root / RECEIPT).write_text(json.dumps({"tree": tree(root), "rows": rows}))
"""


def test_without_a_receipt_the_command_runs_them_itself_and_says_no_when_one_does_not_hold(elsewhere: Path) -> None:
    court = elsewhere / requirements.COURT
    court.parent.mkdir(parents=True)
    court.write_text(COURT, "utf-8")
    assert json.loads(asked("--no-run", "--id", "S-02", "--json")[1])["counts"]["proven"] == 0
    code, out, error = asked("--id", "S-02", "--json")
    assert (code, json.loads(out)["counts"]["proven"]) == (0, 1) and "2 named tests and planted bugs" in error
    assert asked("--id", "S-02", "--json")[2] == "", "the receipt holds: nothing is run again"
    assert "are tried first" in asked("--id", "S-02", "--run")[2]
    code, out, _ = asked("--id", "S-05", "--run", "--json")
    assert code == 1 and "not noticed (survived)" in json.loads(out)["rows"][0]["why"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--id", "S-74"), "--id S-74: there is no such row; they are S-01 to S-73"),
        (("--run", "--no-run"), "say one of --run, --no-run"),
        (("--run",), "takes a checkout with its test tools"),
        (("--language", "fr"), "--language"),
    ],
)
def test_bad_input_is_one_line(elsewhere: Path, words: tuple[str, ...], says: str) -> None:
    code, out, error = asked(*words)
    assert (code, out, error.count("\n")) == (2, "", 1) and says in error
