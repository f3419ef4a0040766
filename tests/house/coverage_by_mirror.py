"""Does each pure file reach full branch coverage from its own test file alone?

`python tests/house/coverage_by_mirror.py [PART_OF_PATH ...]` prints one line for each file that does not, with the
lines and branches that are missing, and exits 1 if there is one. Each file is measured in a process of its own, so that
no other test, and no import made for another test, can cover it.
"""

import contextlib
import io
import json
import multiprocessing
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import coverage
import hypothesis  # noqa: F401 - imported before the fork, so that every child has it
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from house.layers import is_pure
from house.rules import mirror
from house.sources import ROOT, Source, python_files

PROCESSES_MAX = 2


@dataclass(frozen=True)
class Measured:
    """One pure file: what is missing from its coverage, empty if nothing is."""

    path: str
    missing: str


def measure(pair: tuple[str, str]) -> Measured:
    """Run the test file of a pure file under coverage of that file only."""
    path, test_file = pair
    if not (ROOT / test_file).exists():
        return Measured(path, f"has no test file {test_file}")
    said = io.StringIO()
    watch = coverage.Coverage(data_file=None, branch=True, include=[str(ROOT / path)], config_file="pyproject.toml")
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        watch.start()
        quiet = ["-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:pytest_cov"]
        code = pytest.main([*quiet, test_file])
        watch.stop()
    if code != pytest.ExitCode.OK:
        closing = said.getvalue().strip().split("\n")[-1]
        return Measured(path, f"{test_file} ended with code {int(code)}: {closing}")
    return Measured(path, gaps(watch, path))


def gaps(watch: coverage.Coverage, path: str) -> str:
    """Lines and branches of the file that did not run, as words; "" if all did."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        try:
            watch.json_report(outfile=str(report))
        except coverage.exceptions.NoDataError:
            return "was never run"
        found = json.loads(report.read_text("utf-8"))["files"]
    only = next(iter(found.values()))
    unrun = set(only["missing_lines"])
    # A branch to or from a line that never ran says nothing that the line does not say.
    branches = [f"{start}->{end}" for start, end in only["missing_branches"] if not unrun & {start, end}]
    lines = [str(line) for line in sorted(unrun)]
    words = [f"lines {' '.join(lines)}" if lines else "", f"branches {' '.join(branches)}" if branches else ""]
    return ", ".join(word for word in words if word)


def pairs(sources: list[Source]) -> list[tuple[str, str]]:
    """(pure file, its test file) of everything that must have one."""
    return [(source.path, mirror(source)) for source in sources if is_pure(source) and mirror(source)]


def main(only: list[str]) -> int:
    """Measure the files whose path contains one of the given parts, or all; 0 if every one is full."""
    os.chdir(ROOT)
    wanted = [pair for pair in pairs(python_files("src")) if not only or any(part in pair[0] for part in only)]
    with multiprocessing.get_context("fork").Pool(PROCESSES_MAX, maxtasksperchild=1) as pool:
        short = [one for one in pool.imap(measure, wanted, chunksize=1) if one.missing]
    for one in short:
        print(f"{one.path}: {one.missing}")
    print(f"coverage: {len(wanted) - len(short)} of {len(wanted)} pure files full from their own test file")
    return 1 if short or not wanted else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
