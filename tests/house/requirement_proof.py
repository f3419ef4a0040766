"""Does the named test of each requirement pass, and does each bug that is planted for it turn it red?

`python tests/house/requirement_proof.py [--id S-07 …] [--workers 2]` runs every test that the table names, then each
planted bug of tests/requirements/mutants_*.toml: one changed text in a copy of the program, the named test against
it. Red means that a test failed while it ran; a program that cannot even be read, or whose fixtures break, is no proof.
It writes build/requirements.json, which holds for this very tree of src and tests only; exit 1 when something that the
table claims does not hold. One JSON line on stdout for each thing that was tried.
"""

from __future__ import annotations

import argparse
import compileall
import contextlib
import io
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HERE = Path("tests") / "requirements"
COPIED = ("src", "tests", "docs", "examples", "pyproject.toml", "requirements.lock", "README.md", "GLOSSARY.md")
TOOLS = [
    "pytest", "hypothesis.strategies", "psutil", "psycopg", "apsw", "argon2", "click", "rich.table", "rich.progress",
    "msgspec", "cryptography.hazmat.primitives.ciphers.aead", "chinese_calendar",
]  # fmt: skip
"""Read once, by the process that all others are forked from; nothing of ours is among them."""
TEST_TIME_S_MAX = 600
"""For a test without a bug."""
TIMES_MAX, TIME_S_LEAST = 20, 60
"""A bug that makes its test run for ever is noticed as well: so many times as long as without it, and at least this."""
Told = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Mutant:
    """One planted bug: in `file`, the text `was` (which stands there once) `becomes` another."""

    row: str
    file: str
    was: str
    becomes: str

    @property
    def name(self) -> str:
        """What people call it: the file and the change, in one line."""
        short = self.file.removeprefix("src/chongzheng/")
        return f"{short}: {' '.join(self.was.split())} -> {' '.join(self.becomes.split())}"

    def planted(self, text: str) -> str | None:
        """The text with the bug; None when it has no place there."""
        return text.replace(self.was, self.becomes) if text.count(self.was) == 1 and self.was != self.becomes else None


def mutants(root: Path) -> list[Mutant]:
    """Every planted bug that is named, in the order of files and lines."""
    found = []
    for path in sorted((root / HERE).glob("mutants_*.toml")):
        found += [Mutant(**one) for one in tomllib.loads(path.read_text("utf-8"))["mutant"]]
    return found


class Watch:
    """Hears how the tests of a run ended, by kind of end."""

    def __init__(self) -> None:
        self.ends: dict[str, list[str]] = {"passed": [], "failed": [], "broken": [], "skipped": []}

    def pytest_runtest_logreport(self, report: Any) -> None:
        """A failure outside the call (fixtures) is a breakage, not a red test."""
        if report.when == "call":
            self.ends[report.outcome].append(report.nodeid)
        elif report.failed:
            self.ends["broken"].append(report.nodeid)
        elif report.skipped:
            self.ends["skipped"].append(report.nodeid)

    def pytest_collectreport(self, report: Any) -> None:
        """A file that cannot be read."""
        if report.failed:
            self.ends["broken"].append(report.nodeid)


def _try(place: str, paths: list[str], way: Connection) -> None:
    """In a process of its own, which has read no module of ours: the tests of `paths` against the copy at `place`."""
    import pytest

    source = str(Path(place) / "src")
    ours = {str(ROOT / "src"), str(ROOT / "tests" / "house"), str(ROOT)}
    sys.path[:] = [source, *(path for path in sys.path if path and path not in ours)]
    os.chdir(place)
    os.environ |= {"PYTHONPATH": source, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    watch = Watch()
    words = [
        "-q",
        "--no-header",
        "-p",
        "no:cacheprovider",
        "-p",
        "_hypothesis_pytestplugin",
        "--rootdir",
        place,
        *paths,
    ]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        pytest.main(words, plugins=[watch])
    for name, module in list(sys.modules.items()):
        where = getattr(module, "__file__", None)
        if name.startswith("chongzheng") and where and not where.startswith(place):
            watch.ends["broken"].append(f"{name} was read from elsewhere")
    way.send(watch.ends)


class Copy:
    """A copy of the tree in which bugs are planted, one at a time."""

    def __init__(self, root: Path, place: Path, start: str) -> None:
        self.place = place
        self._start = start
        caches = shutil.ignore_patterns("__pycache__", ".hypothesis", ".pytest_cache")
        for name in COPIED:
            if (root / name).is_dir():
                shutil.copytree(root / name, place / name, ignore=caches)
            elif (root / name).exists():
                shutil.copy(root / name, place / name)
        # By hash, not by time: a text that was changed and put back within a second must be read anew each time.
        compileall.compile_dir(place / "src", quiet=2, invalidation_mode=PycInvalidationMode.CHECKED_HASH)

    def run(self, paths: list[str], most_s: float = TEST_TIME_S_MAX) -> dict[str, list[str]] | None:
        """The ends of these test files; None when they take longer than this."""
        context = multiprocessing.get_context(self._start)
        here, there = context.Pipe(duplex=False)
        child = context.Process(target=_try, args=(str(self.place), paths, there))
        child.start()
        there.close()
        try:
            ends = here.recv() if here.poll(most_s) else None
        except EOFError:
            ends = {"passed": [], "failed": [], "broken": ["the run ended by itself"], "skipped": []}
        if ends is None:
            child.kill()
        child.join()
        return ends

    def end_of(self, mutant: Mutant, test: str, usual_s: float) -> str:
        """How the named test, which takes so long otherwise, ends with this bug in the program."""
        path = self.place / mutant.file
        if not mutant.file.startswith("src/") or not path.is_file():
            return "no such file of the program"
        text = path.read_text("utf-8")
        planted = mutant.planted(text)
        if planted is None:
            return "its place is not found"
        path.write_text(planted, "utf-8")
        try:
            ends = self.run([str(HERE / test)], max(TIME_S_LEAST, TIMES_MAX * usual_s))
        finally:
            path.write_text(text, "utf-8")
        if ends is None:
            return "hangs"
        if ends["failed"]:
            return "red"
        return "breaks before the test" if ends["broken"] else "survived"


class Court:
    """Judges rows: first every named test, then every planted bug, with so many copies at once."""

    def __init__(self, root: Path, place: Path, workers: int, told: Told, start: str = "spawn") -> None:
        self._root = root
        self._copies = [Copy(root, place / f"copy{n}", start) for n in range(workers)]
        self._free = threading.Semaphore(workers)
        self._told = told
        self._lock = threading.Lock()

    def _with_copy(self, do: Callable[[Copy], Any]) -> Any:
        with self._free:
            with self._lock:
                copy = self._copies.pop()
            try:
                return do(copy)
            finally:
                with self._lock:
                    self._copies.append(copy)

    def judge(self, tests: dict[str, str], planted: Iterable[Mutant]) -> dict[str, Any]:
        """What was found of each row: `tests` says the name of its test file."""
        found: dict[str, Any] = {row: {"passed": [], "failed": [], "mutants": []} for row in tests}
        due = [one for one in planted if one.row in tests]
        took_s: dict[str, float] = {}

        def green(row: str) -> None:
            began = time.monotonic()
            ends = self._with_copy(lambda copy: copy.run([str(HERE / tests[row])]))
            took_s[row] = time.monotonic() - began
            bad = ["takes for ever"] if ends is None else ends["failed"] + ends["broken"] + ends["skipped"]
            if not (self._root / HERE / tests[row]).exists():
                bad = []  # nothing failed, nothing passed
            found[row] |= {"passed": [] if ends is None else ends["passed"], "failed": bad}
            end = "failed" if bad else "passed" if found[row]["passed"] else "is not there"
            self._told({"row": row, "test": tests[row], "end": end})

        def red(one: Mutant) -> dict[str, str]:
            end = self._with_copy(lambda copy: copy.end_of(one, tests[one.row], took_s[one.row]))
            self._told({"row": one.row, "mutant": one.name, "end": end})
            return {"name": one.name, "file": one.file, "end": end}

        with ThreadPoolExecutor(len(self._copies)) as pool:
            list(pool.map(green, tests))
            for one, ended in zip(due, pool.map(red, due), strict=True):
                found[one.row]["mutants"].append(ended)
        return found


def steps(root: Path, tests: dict[str, str]) -> int:
    """How many things a run tries."""
    return len(tests) + sum(one.row in tests for one in mutants(root))


def holds(found: dict[str, Any]) -> bool:
    """Whether every row has a test that passed and bugs that were all noticed."""
    return all(
        row["passed"] and not row["failed"] and row["mutants"]
        and all(one["end"] in ("red", "hangs") for one in row["mutants"])
        for row in found.values()
    )  # fmt: skip


def main() -> int:
    """Judge, write the receipt; 0 when all that the table claims holds."""
    from chongzheng.reports.requirements import RECEIPT, every_row, tree

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--id", dest="ids", action="append", default=[], help="this row only; may repeat")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--quiet", action="store_true", help="say only what does not hold, and how much was tried")
    given = parser.parse_args()
    start = _prepare()
    tests = {row.id: row.test for row in every_row() if row.test and (not given.ids or row.id in given.ids)}
    told = _tell_wrong if given.quiet else _tell
    before, count = tree(ROOT), steps(ROOT, tests)
    if not given.quiet:
        _tell({"steps": count})
    with tempfile.TemporaryDirectory() as folder:
        found = Court(ROOT, Path(folder), given.workers, told, start).judge(tests, mutants(ROOT))
    if tree(ROOT) != before:
        _tell({"void": "src or tests changed while they were judged; run it again"})
        return 1
    try:
        _write(ROOT / RECEIPT, before, found)
    except OSError as wrong:
        _tell({"void": f"{RECEIPT} cannot be written: {wrong.strerror}"})
        return 1
    if given.quiet:
        print(f"requirements: {len(tests)} named tests and {count - len(tests)} planted bugs tried")
    return int(not holds(found))


def _prepare() -> str:
    """How processes are started when there are hundreds: from one that has read the tools, but no module of ours."""
    multiprocessing.set_forkserver_preload(TOOLS)
    return "forkserver"


def _tell(line: dict[str, Any]) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)


def _tell_wrong(line: dict[str, Any]) -> None:
    if line["end"] not in ("passed", "red", "hangs"):
        print(f"requirements: {line['row']}: {line.get('mutant') or line['test']}: {line['end']}", flush=True)


def _write(path: Path, tree: str, found: dict[str, Any]) -> None:
    """The receipt; rows that an earlier run judged at the same tree stay."""
    path.parent.mkdir(exist_ok=True)
    half = path.with_suffix(".half")
    rows = {**_earlier(path, tree), **found}
    half.write_text(json.dumps({"tree": tree, "rows": rows}, indent=1, ensure_ascii=False), "utf-8")
    half.replace(path)


def _earlier(path: Path, tree: str) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
        return dict(found["rows"]) if found["tree"] == tree else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


if __name__ == "__main__":
    sys.exit(main())
