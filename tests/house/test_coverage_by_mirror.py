"""Does the coverage check see a line and a branch that a file's own test leaves out?"""

from pathlib import Path

import coverage
import pytest

from house.coverage_by_mirror import gaps, pairs
from house.sources import Source

PROGRAM = "def sign(x):\n    if x < 0:\n        return -1\n    return 1\n"


def run(path: Path, values: list[int]) -> coverage.Coverage:
    """Run the small program with some values, watched as the check watches a pure file."""
    watch = coverage.Coverage(data_file=None, branch=True, include=[str(path)], config_file=False)
    watch.start()
    try:
        names: dict[str, object] = {}
        exec(compile(path.read_text("utf-8"), str(path), "exec"), names)  # our own lines, above
        for value in values:
            names["sign"](value)  # type: ignore[operator]
    finally:
        watch.stop()
    return watch


@pytest.mark.parametrize(
    ("values", "missing"), [([1, -1], ""), ([1], "lines 3"), ([-1], "lines 4"), ([], "lines 2 3 4")]
)
def test_gaps_are_named(tmp_path: Path, values: list[int], missing: str) -> None:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM, "utf-8")
    assert gaps(run(path, values), str(path)) == missing


def test_a_branch_without_a_line_of_its_own_is_named(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text("def sign(x):\n    if x < 0:\n        x = 0\n    return x\n", "utf-8")
    assert gaps(run(path, [-1]), str(path)) == "branches 2->4"


@pytest.mark.filterwarnings("ignore:No data was collected")
def test_a_file_that_never_ran_is_named(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM, "utf-8")
    watch = coverage.Coverage(data_file=None, branch=True, include=[str(path)], config_file=False)
    watch.start()
    watch.stop()
    assert gaps(watch, str(path)) == "was never run"


def test_only_pure_files_are_measured() -> None:
    text = "def f(): ..."
    both = [Source("src/chongzheng/money.py", text), Source("src/chongzheng/runner.py", text)]
    assert pairs(both) == [("src/chongzheng/money.py", "tests/unit/test_money.py")]
