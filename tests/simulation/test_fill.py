"""Is a journal that was filled in one go as sound as one that took years, and as full as was asked for?"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import apsw
import pytest

from chongzheng.journal import Reader, Vault
from chongzheng.journal.inspection import inspect
from chongzheng.mistakes import TheirMistake
from chongzheng.simulator.fill import Size, fill, has_case

PROGRAM = [sys.executable, "-c", "from chongzheng.cli import main; main()"]
UNTIL = 1_790_000_000_000


def simulate(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """The command, to its end."""
    command = [*PROGRAM, "simulate", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """A small one, and what the command said of it."""
    folder = tmp_path_factory.mktemp("fill") / "kept"
    ended = simulate("--fill", "60,900", "--keep", folder, "--json")
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout), folder


def test_it_is_as_full_as_was_asked_for(filled: tuple[dict[str, Any], Path]) -> None:
    said, folder = filled
    assert (said["cases"], said["payments"], said["faults"]) == (60, 900, [])
    reader = Reader.open(folder / "journal.db")
    try:
        payments = list(reader.payments())
    finally:
        reader.close()
    assert len(payments) == 900
    assert len({payment.state for payment in payments}) >= 4
    assert sum(said["case_states"].values()) == 60 and len(said["case_states"]) >= 4


def test_its_chains_hold_and_a_changed_fact_is_found(filled: tuple[dict[str, Any], Path], tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    journal.write_bytes((filled[1] / "journal.db").read_bytes())
    assert inspect(journal).holds
    db = apsw.Connection(str(journal))
    db.execute("UPDATE fact SET record = CAST(replace(record, '12', '13') AS BLOB) WHERE seq = 2 AND place % 7 = 0")
    db.close()
    assert not inspect(journal).holds


def test_it_is_not_filled_twice(filled: tuple[dict[str, Any], Path]) -> None:
    folder = filled[1]
    with pytest.raises(TheirMistake, match="holds payments already"):
        fill(folder / "journal.db", Vault.from_file(folder / "vault.keys"), Size(1, 1, UNTIL), lambda *_: None)


@pytest.mark.parametrize(("cases", "payments"), [(0, 10), (1, 10), (3, 10), (10, 10), (7, 1_000)])
def test_cases_are_spread_over_payments(cases: int, payments: int) -> None:
    size = Size(cases, payments, UNTIL)
    assert sum(has_case(n, size) for n in range(payments)) == cases


@pytest.mark.parametrize(("words", "says"), [("5", "two numbers"), ("9,0", "two numbers"), ("9,8", "at least as many")])
def test_what_cannot_be_is_one_line(words: str, says: str) -> None:
    ended = simulate("--fill", words)
    assert ended.returncode == 2 and says in ended.stderr and ended.stderr.count("\n") == 1


def test_its_pages_are_measured(filled: tuple[dict[str, Any], Path]) -> None:
    command = [*PROGRAM, "bench", "console", "--kept", str(filled[1]), "--times", "1", "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    pages = json.loads(ended.stdout)["pages"]
    assert len(pages) > 15 and {page["status"] for page in pages} == {200}
    assert all(page["p50_ms"] is None and page["max_ms"] >= 0 for page in pages), "one call has no percentiles"
