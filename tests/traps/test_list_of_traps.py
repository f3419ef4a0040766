"""Do the list of traps and the tests of traps agree, each trap with its test and each test with its trap?"""

from __future__ import annotations

import ast
import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
TRAPS = 20
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`(test_\w+\.py::test_\w+)`")


def listed(text: str) -> dict[int, list[str]]:
    """The tests of each trap, by its number."""
    return {int(number): NAMED.findall(tests) for number, _, tests in ROW.findall(text)}


def written() -> list[str]:
    """Every test in this folder but those of this file."""
    found = []
    for path in sorted(FOLDER.glob("test_*.py")):
        if path != Path(__file__).resolve():
            tree = ast.parse(path.read_text("utf-8"))
            names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
            found += [f"{path.name}::{name}" for name in names if name.startswith("test_")]
    return found


def test_every_trap_has_its_test_and_every_test_its_trap() -> None:
    traps = listed((FOLDER / "README.md").read_text("utf-8"))
    assert sorted(traps) == list(range(1, TRAPS + 1))
    assert all(traps.values()), [number for number, tests in traps.items() if not tests]
    assert sorted(test for tests in traps.values() for test in tests) == sorted(written())


def test_a_trap_without_a_test_shows() -> None:
    assert listed("| 1 | Something | none yet |\n| 2 | Other | `test_x.py::test_y` |\n") == {
        1: [], 2: ["test_x.py::test_y"]}  # fmt: skip
