"""Is nothing lost and nothing done twice when the real program is killed under load, and is it found when it is?"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from chongzheng.mistakes import OurMistake
from chongzheng.reversal import facts
from chongzheng.reversal.payment import Payment, Seen, Told
from chongzheng.simulator import processes
from chongzheng.simulator.demo import engine_id
from chongzheng.simulator.ledger import Key
from chongzheng.simulator.real.kills import Campaign, compare, percentiles, run
from chongzheng.simulator.terminal import Seen as Held

# The program, on a machine that loses the last commits of a killed process, as one that does not sync would.
FORGETFUL = """
import os, sys
from pathlib import Path
log = Path(sys.argv[sys.argv.index("--config") + 1]).parent / "journal.db-wal"
if log.exists():
    os.truncate(log, log.stat().st_size // 2)
from chongzheng.cli import main
main()
"""
KEY = Key("898310000000001", "10000001", "000001", "000007")


def carried_out(campaign: Campaign) -> dict[str, Any]:
    """The figures of a campaign."""
    return asyncio.run(run(campaign, lambda line: None))


def test_kills_under_load_lose_nothing_and_do_nothing_twice(tmp_path: Path) -> None:
    found = carried_out(Campaign(6, tmp_path, seed=5, brief=True))
    assert (found["kills"], found["lost"], found["duplicated"], found["found"]) == (6, 0, 0, [])
    assert found["acks"] > 30 and found["reversals_sent"] > 20
    assert found["first_answer_ms"]["starts"] >= 3 and found["first_answer_ms"]["p50"] > 0


def test_kills_of_two_engines_on_one_database_lose_nothing(tmp_path: Path, postgres_url: str) -> None:
    found = carried_out(Campaign(5, tmp_path, postgres_url, engines=2, seed=6, brief=True))
    assert (found["kills"], found["lost"], found["duplicated"], found["found"]) == (5, 0, 0, [])
    assert (found["db"], found["engines"]) == ("postgresql", 2) and found["acks"] > 30


def test_commits_that_did_not_last_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "ENGINE", (sys.executable, "-c", FORGETFUL))
    try:
        found = carried_out(Campaign(4, tmp_path, seed=7, brief=True))
    except OurMistake as mistake:  # the engine itself saw it first: its mark remembers more than the journal holds
        assert "older or another journal" in str(mistake)
        return
    assert found["lost"] > 0 and any("terminal holds" in line or "the bank has it" in line for line in found["found"])


def of(**what: Any) -> Payment:
    """The payment of KEY as a journal may have it."""
    return Payment(engine_id(KEY), facts.Key(*KEY), **what)


def test_an_answer_that_the_journal_does_not_have_is_lost() -> None:
    approval = Seen("e1", "00", "480000000001")
    approved = Held(KEY, 100, "none", code="00", was_approved=True)
    undone = Held(KEY, 100, "none", reversal_code="00")
    refused_at_the_door = Held(KEY, 100, "none", code="96")
    assert compare([approved], [of(approval=approval)]) == (1, [])
    assert compare([refused_at_the_door], []) == (0, [])
    assert compare([undone], [of(told=Told.UNDONE)]) == (1, [])
    for held, payments in (([approved], []), ([approved], [of()]), ([undone], [])):
        assert len(compare(held, payments)[1]) == 1


def test_percentiles_name_what_was_measured() -> None:
    assert percentiles([]) == {"p50": 0, "p99": 0, "max": 0}
    assert percentiles([7]) == {"p50": 7, "p99": 7, "max": 7}
    assert percentiles(list(range(1, 102))) == {"p50": 51, "p99": 100, "max": 101}
