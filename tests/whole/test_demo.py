"""Does the demo take a small bad day to proven answers, show when it does not, and leave nothing running?"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

PROGRAM = [sys.executable, "-c", "from chongzheng.cli import main; main()", "demo"]
KEYS = (
    "payments in_doubt late_replies reversals_sent kills verdicts unproven excused contradictions_planted wrong"
    " returned_twice lost open_cases seconds seed rules_reached"
).split()
RUN_WAIT_S = 150

# The demo, with an engine whose reversal table lacks one row.
TORN = """
import sys
from chongzheng.simulator import processes
row = sys.argv.pop(1).split(".")
tear = (
    "from chongzheng.reversal.table import TABLE; from chongzheng.reversal.payment import State;"
    "from chongzheng.reversal.events import Event;"
    f"del TABLE[State({row[0]!r})][Event({row[1]!r})];"
)
processes.ENGINE = (sys.executable, "-c", tear + "from chongzheng.cli import main; main()")
from chongzheng.cli import main
main()
"""


def run(*words: str, program: list[str] = PROGRAM) -> subprocess.CompletedProcess[str]:
    """The demo with these words."""
    return subprocess.run([*program, *words], capture_output=True, text=True, timeout=RUN_WAIT_S, env={**os.environ})


def document(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The one JSON document on its standard output."""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_small_bad_day_ends_proven(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    done = run("--payments", "160", "--terminals", "16", "--seed", "3", "--kills", "2", "--json", "--keep", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    found = document(done)
    assert set(KEYS) <= found.keys()
    assert (found["payments"], found["kills"], found["seed"]) == (160, 2, 3)
    assert sum(found["verdicts"].values()) == 160 - found["never_taken"]
    assert found["in_doubt"] >= 20 and found["reversals_sent"] >= found["in_doubt"] // 2
    assert [found[name] for name in ("wrong", "lost", "returned_twice", "unproven")] == [0, 0, 0, 0]
    assert found["excused"] == found["contradictions_planted"] == found["verdicts"]["contested"] > 0
    assert len(found["excused_ids"]) == found["excused"]
    assert len(found["rules_reached"]) > 30
    assert {"journal.db", "config.toml", "engine.log", "bank.log"} <= {path.name for path in folder.iterdir()}


def test_for_people_it_prints_tables_seed_and_what_to_do_next() -> None:
    done = run("--payments", "40", "--terminals", "8", "--seed", "5", "--kills", "0")
    assert done.returncode == 0, done.stdout + done.stderr
    for words in ("seed 5", "Durations are shortened", "Rows of the reversal table", "Verdicts beside the bank's",
                  "wrong against the bank's book", "Next:"):  # fmt: skip
        assert words in done.stdout
    assert done.stderr == ""


def test_an_engine_without_one_row_of_its_table_is_found_out() -> None:
    program = [sys.executable, "-c", TORN, "FORWARDED.declined", "demo"]
    done = run("--payments", "60", "--terminals", "12", "--seed", "7", "--kills", "0", "--json", program=program)
    assert done.returncode == 1, done.stdout + done.stderr
    found = document(done)
    assert found["unproven"] > 0 and not found["ok"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_ends_the_children_and_removes_the_folder(number: signal.Signals, tmp_path: Path) -> None:
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    demo = subprocess.Popen(
        [*PROGRAM, "--payments", "5000", "--rate", "10"], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        children: list[psutil.Process] = []
        until_s = time.monotonic() + 30
        while len(children) < 2 and time.monotonic() < until_s:
            children = psutil.Process(demo.pid).children(recursive=True)
            time.sleep(0.05)
        assert len(children) == 2
        time.sleep(1)
        demo.send_signal(number)
        _, errors = demo.communicate(timeout=40)
        assert demo.returncode == 1
        assert errors.decode().strip() == "chongzheng: stopped"
        _, alive = psutil.wait_procs(children, timeout=5)
        assert not alive
        assert list(tmp_path.iterdir()) == []
    finally:
        demo.kill()


def test_a_folder_with_something_in_it_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep me", "utf-8")
    done = run("--keep", str(tmp_path))
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and "is not empty" in done.stderr
