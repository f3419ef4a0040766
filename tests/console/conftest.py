"""Which working day do the tests of the console share? One for a run, and a fresh one for whoever upsets it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from chongzheng.journal.actors import Actors, Role
from console.casework import SECOND
from console.seat import CHROMIUM, FLAGS
from console.world import PASSWORD, Day, actor_of, now_ms, working_day


@pytest.fixture(scope="session")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A journal with work in it, its door, the console."""
    with working_day(tmp_path_factory.mktemp("console")) as one:
        yield one


@pytest.fixture(scope="session")
def casework_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A day in which refunds are decided: two supervisors, nobody needs a second factor, a proof counts for an hour."""
    with working_day(tmp_path_factory.mktemp("casework"), "second_factor = []\nstep_up_min = 60\n") as one:
        people, who = Actors(one.side), actor_of("administrator")
        people.add(SECOND, "Second Supervisor", frozenset({Role.SUPERVISOR}), who, now_ms())
        people.set_password(SECOND, PASSWORD, who, now_ms())
        yield one


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's browser. Of a module: while it is there no other loop can run in this thread."""
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
