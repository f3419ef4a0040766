"""Is a letter marked done only when it is committed, and does trouble neither lose nor repeat it at once?"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from chongzheng.gateway import letters as module
from chongzheng.gateway.files import NotNow
from chongzheng.gateway.letters import Letters
from chongzheng.journal import Committed, JournalFull, Submission
from chongzheng.journal.mailbox import Letter
from journal.made import sale


class FakeMailbox:
    """Letters to be taken, and those that are done."""

    def __init__(self, *letters: Letter | BaseException) -> None:
        self.waiting = list(letters)
        self.finished: list[str] = []

    def take(self) -> list[Letter]:
        """One at a time."""
        if not self.waiting:
            return []
        found = self.waiting.pop(0)
        if isinstance(found, BaseException):
            raise found
        return [found]

    def done(self, letters: Sequence[Letter]) -> None:
        """Committed."""
        self.finished += [letter.name for letter in letters]


def went(box: FakeMailbox, *troubles: BaseException | None) -> tuple[list[Submission], list[BaseException]]:
    """What was committed, and what was fatal, when every letter was looked at; commits meet these troubles in turn."""
    committed: list[Submission] = []
    fatal: list[BaseException] = []
    ahead = list(troubles)

    async def commit(batch: list[Submission]) -> list[Committed]:
        trouble = ahead.pop(0) if ahead else None
        if trouble is not None:
            raise trouble
        committed.extend(batch)
        return []

    async def run() -> None:
        made: Any = box
        letters = Letters(made, commit, fatal.append)
        letters.start()
        async with asyncio.timeout(5):
            while box.waiting and not (fatal or any(isinstance(one, NotNow) for one in troubles)):
                await asyncio.sleep(0.001)
        await letters.stop()

    asyncio.run(run())
    return committed, fatal


def test_a_letter_is_done_when_it_is_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY_MS", 1)
    box = FakeMailbox(Letter("a", [sale(1), sale(2)]), Letter("b", [sale(3)]))
    committed, fatal = went(box)
    assert [one.fact.payment for one in committed] == [sale(n).fact.payment for n in (1, 2, 3)]
    assert (box.finished, fatal) == (["a", "b"], [])


def test_a_full_disk_leaves_the_letter_to_whoever_comes_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FULL_PAUSE_MS", 1)
    box = FakeMailbox(Letter("a", [sale(1)]), Letter("b", [sale(2)]))
    committed, fatal = went(box, JournalFull("full"))
    assert (len(committed), box.finished, fatal) == (1, ["b"], [])


def test_an_engine_that_stops_takes_no_more() -> None:
    box = FakeMailbox(Letter("a", [sale(1)]), Letter("b", [sale(2)]))
    committed, fatal = went(box, NotNow("stops"))
    assert (committed, box.finished, fatal) == ([], [], [])


def test_a_database_that_fails_ends_the_engine() -> None:
    committed, fatal = went(FakeMailbox(OSError("gone"), Letter("a", [sale(1)])))
    assert committed == []
    assert [str(error) for error in fatal] == ["gone"]
