"""Is a requirement only called proven when its test passed and its planted bug was noticed, at this very tree?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chongzheng.reports import requirements as table
from chongzheng.reports.requirements import Proof, Requirement, Status, receipt, standings, tree
from house import requirement_proof
from house.requirement_proof import Court, Mutant, holds, mutants

ROW = Requirement("S-01", "rule", "零", "nothing", ("tiny.py",), "test_S_01.py")
PROGRAM = '"""How much?"""\n\n\ndef double(number):\n    return number * 2\n'
TEST = "from tiny import double\n\n\ndef test_s_01():\n    assert double(2) == 4\n"
MUTANT = '[[mutant]]\nrow = "S-01"\nfile = "src/tiny.py"\nwas = "{was}"\nbecomes = "{becomes}"\n'
SETTINGS = '[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib"]\n'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with one row: a program of one line, its test, its planted bug."""
    root = tmp_path / "checkout"
    for folder in ("src", "tests/requirements", "build"):
        (root / folder).mkdir(parents=True)
    (root / "pyproject.toml").write_text(SETTINGS, "utf-8")
    (root / "src/tiny.py").write_text(PROGRAM, "utf-8")
    (root / "tests/requirements/test_S_01.py").write_text(TEST, "utf-8")
    (root / "tests/requirements/mutants_tiny.toml").write_text(MUTANT.format(was="* 2", becomes="* 3"), "utf-8")
    return root


def judged(root: Path) -> Any:
    """How the row of this checkout stands after a run, by the receipt that it wrote."""
    place = root.parent / f"copies{len(list(root.parent.iterdir()))}"
    found = Court(root, place, 1, lambda line: None).judge({"S-01": "test_S_01.py"}, mutants(root))
    requirement_proof._write(root / table.RECEIPT, tree(root), found)
    (standing,) = standings([ROW], receipt(root))
    assert holds(found) is (standing.status is Status.PROVEN)
    return standing


def test_a_row_is_proven_and_every_lie_about_it_is_found(checkout: Path) -> None:
    proven = judged(checkout)
    assert proven.status is Status.PROVEN and len(proven.proof.passed) == 1
    assert [one["end"] for one in proven.proof.mutants] == ["red"]

    def lie(file: str, text: str, why: str) -> None:
        path = checkout / file
        before = path.read_text("utf-8")
        path.write_text(text, "utf-8")
        assert receipt(checkout) is None, "a byte was changed, and the receipt still holds"
        standing = judged(checkout)
        assert standing.status is Status.OPEN and why in standing.why
        path.write_text(before, "utf-8")

    bugs = "tests/requirements/mutants_tiny.toml"
    lie("src/tiny.py", PROGRAM.replace("* 2", "* 4"), "its test fails")
    lie(bugs, MUTANT.format(was="* 7", becomes="* 3"), "its place is not found")
    lie(bugs, MUTANT.format(was="* 2", becomes="+ number"), "survived")
    lie(bugs, MUTANT.format(was="* 2", becomes="* ("), "breaks before the test")
    lie(bugs, MUTANT.format(was="* 2", becomes="* 3").replace("src/", "tests/"), "no such file")
    lie(bugs, MUTANT.format(was="* 2", becomes="* 3").replace("S-01", "S-02"), "no planted bug")
    lie("tests/requirements/test_S_01.py", TEST.replace("test_s_01", "nothing"), "not there")
    (checkout / "tests/requirements/test_S_01.py").unlink()
    assert judged(checkout).why == "its named test is not there"


def test_a_bug_is_planted_where_its_text_stands_once() -> None:
    bug = Mutant("S-01", "src/chongzheng/tiny.py", "a", "b")
    assert bug.planted("cat") == "cbt" and bug.planted("banana") is None and bug.planted("dog") is None
    assert Mutant("S-01", "src/tiny.py", "a", "a").planted("cat") is None
    assert bug.name == "tiny.py: a -> b"


def test_without_a_receipt_nothing_is_proven(checkout: Path) -> None:
    assert receipt(checkout) is None
    assert standings([ROW], None)[0].why.startswith("its test was not run at this tree")
    for text in ("", "[]", '{"rows": 1}', '{"tree": "x", "rows": {"S-01": {"passed": [], "failed": []}}}'):
        (checkout / table.RECEIPT).write_text(text, "utf-8")
        assert receipt(checkout) is None


def test_what_is_missing_makes_a_row_partial_and_no_test_leaves_it_open() -> None:
    good = Proof(("test",), (), ({"name": "x", "file": "y", "end": "red"},))
    lacking = Requirement("S-01", "rule", "零", "nothing", (), "test_S_01.py", "the page", "页面")
    assert standings([lacking], {"S-01": good})[0].status is Status.PARTIAL
    assert standings([Requirement("S-01", "rule", "零", "x", ())], {"S-01": good})[0].why == "it has no named test yet"
