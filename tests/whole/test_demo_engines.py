"""Does the demo take a bad day to proven answers with several engines on one PostgreSQL, some killed, some frozen?"""

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
import psycopg
import pytest

from chongzheng.cli.demo import without_password

PROGRAM = [sys.executable, "-c", "from chongzheng.cli import main; main()", "demo"]
RUN_WAIT_S = 600
MUST_BE_NOUGHT = ("wrong", "lost", "returned_twice", "unproven")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """The demo with these words."""
    return subprocess.run([*PROGRAM, *words], capture_output=True, text=True, timeout=RUN_WAIT_S, env={**os.environ})


def document(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The one JSON document of a run that ended well."""
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert {name: found[name] for name in MUST_BE_NOUGHT} == dict.fromkeys(MUST_BE_NOUGHT, 0)
    assert found["excused"] == found["contradictions_planted"] > 0
    assert sum(found["verdicts"].values()) == found["payments"]
    return found


def tables(url: str) -> int:
    """How many tables there are in all schemas that are not PostgreSQL's own."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_two_engines_and_two_kills_end_proven_and_leave_the_database_as_it_was(postgres_url: str) -> None:
    before = tables(postgres_url)
    words = ("--payments", "160", "--terminals", "16", "--seed", "3", "--kills", "2", "--engines", "2", "--json")
    found = document(run("--db", postgres_url, *words))
    assert (found["db"], found["engines"], found["kills"], found["freezes"]) == ("postgresql", 2, 2, 0)
    assert found["in_doubt"] >= 20 and len(found["rules_reached"]) > 30
    assert tables(postgres_url) == before


@pytest.mark.soak
@pytest.mark.parametrize("seed", ["7", "11"])
def test_three_engines_ten_kills_and_some_freezes(seed: str) -> None:
    words = ("--payments", "5000", "--terminals", "60", "--seed", seed, "--kills", "10", "--engines", "3", "--json")
    found = document(run("--db", "postgresql", *words))
    assert (found["payments"] + found["never_taken"] >= 5000) and found["kills"] == 10 and found["freezes"] == 2


def test_a_stop_ends_engines_and_server_and_empties_the_database(postgres_url: str, tmp_path: Path) -> None:
    before = tables(postgres_url)
    words = ("--db", postgres_url, "--engines", "2", "--payments", "5000", "--rate", "10")
    demo = subprocess.Popen([*PROGRAM, *words], env={**os.environ, "TMPDIR": str(tmp_path)},
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    try:
        children: list[psutil.Process] = []
        until_s = time.monotonic() + 60
        while len(children) < 3 and time.monotonic() < until_s:
            children = psutil.Process(demo.pid).children(recursive=True)
            time.sleep(0.05)
        assert len(children) == 3, "a bank and two engines"
        demo.send_signal(signal.SIGTERM)
        _, errors = demo.communicate(timeout=60)
        assert (demo.returncode, errors.decode().strip()) == (1, "chongzheng: stopped")
        _, alive = psutil.wait_procs(children, timeout=5)
        assert not alive
        assert list(tmp_path.iterdir()) == []
        assert tables(postgres_url) == before
    finally:
        demo.kill()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--engines", "2"), "--engines 2: needs a database that engines can share"),
        (("--engines", "2", "--db", "journal.db"), "--db: must be sqlite, postgresql"),
        (("--freezes", "1"), "--freezes 1: needs others that take over"),
        (("--db", "postgresql://127.0.0.1:1/nobody"), "postgresql://127.0.0.1/nobody: cannot be used"),
    ],
)
def test_what_cannot_be_run_is_refused_in_one_line(words: tuple[str, ...], told: str, tmp_path: Path) -> None:
    done = run(*words, "--keep", str(tmp_path / "kept"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"chongzheng: {told}") and done.stderr.count("\n") == 1


def test_a_password_is_not_shown_again() -> None:
    assert without_password("postgresql://me:word@db:5432/x?a=b") == "postgresql://me:PASSWORD@db:5432/x?a=b"
    assert without_password("postgresql:///x?host=/tmp") == "postgresql:///x?host=/tmp"
