"""Does nothing get lost when the power fails under the whole program, and is a program found that does not sync?"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from chongzheng.simulator import processes
from chongzheng.simulator.real.cuts import run
from chongzheng.simulator.real.kills import Campaign

pytestmark = pytest.mark.soak  # needs a file system in user space, and the right to mount it

# The program, which believes that its commits last although nothing is synced.
UNSYNCED = """
from chongzheng.journal import sqlite
sqlite.SETTINGS = tuple(("synchronous", "OFF", 0) if one[0] == "synchronous" else one for one in sqlite.SETTINGS)
from chongzheng.cli import main
main()
"""


def carried_out(campaign: Campaign) -> dict[str, Any]:
    """The figures of a campaign."""
    return asyncio.run(run(campaign, lambda line: None))


def test_power_cuts_under_load_lose_nothing(tmp_path: Path) -> None:
    found = carried_out(Campaign(100, tmp_path, seed=8, brief=True))
    assert (found["kills"], found["lost"], found["duplicated"], found["found"]) == (100, 0, 0, [])
    assert sum(found["power_cuts"].values()) >= 100 and all(found["power_cuts"].values())


def test_a_program_that_does_not_sync_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "ENGINE", (sys.executable, "-c", UNSYNCED))
    found = carried_out(Campaign(4, tmp_path, seed=9, brief=True))
    assert found["lost"] > 0
