"""Does each queue list what is open and belongs there, and nothing that is closed?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chongzheng.cases.matter import Matter
from chongzheng.cases.queues import QUEUES, Seat
from chongzheng.journal import Journal
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.matters import PAGE_MAX, Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from chongzheng.journal.worklists import FIRST, page, tallies
from journal.made import DAY_MS, NOON_MS, asked, cleared, name_of, reply, sale, undone

LONG = 1_000
ASKED = {"what": "send the slip", "team": "merchants"}
Clock = dict[str, int]


@pytest.fixture
def now() -> Clock:
    """The clock of the desk, epoch ms."""
    return {"at": NOON_MS}


@pytest.fixture
def matters(side: Side, now: Clock) -> Matters:
    """A keeper, and a clerk."""
    people = Actors(side)
    people.add("boss", "Boss", frozenset({Role.ADMINISTRATOR}), "shell:root", NOON_MS)
    people.add("li", "li", frozenset({Role.CLERK}), "boss", NOON_MS)
    return Matters(side, lambda: now["at"], Registers(side))


@pytest.fixture
def ids(matters: Matters, side: Side, now: Clock) -> Callable[[str], list[str]]:
    """The ids in a queue, as li of the shops' desk sees it."""

    def found(name: str) -> list[str]:
        rows, after = page(matters, side, name, Seat("li", now["at"], frozenset({"merchants"})), FIRST, LONG)
        assert after is None
        return [one.id for one in rows]

    return found


def a_case(matters: Matters, source: str, **about: Any) -> Matter:
    return matters.open("case", {"source": source, "why": "x"}, **about)


def test_a_matter_is_in_the_queues_that_its_state_says(
    journal: Journal, matters: Matters, ids: Callable[[str], list[str]], now: Clock
) -> None:
    journal.apply([sale(1), reply(1), asked(1), undone(1), cleared(1)])
    held = a_case(matters, "engine", payment=name_of(1))
    gap = a_case(matters, "break")
    task = matters.open("task", ASKED)
    slip = matters.open("slip", {"merchant": "m", "terminal": "t", "batch": "b", "trace": "s"})
    matters.say(task.id, "Accepted", {}, "li")
    for whom in ("merchant", "issuer", "scheme", "supplier"):
        matters.say(gap.id, "Paused", {"reason": whom}, "li")
        assert ids(f"waiting {whom}") == [gap.id] and ids("waiting merchant") == (
            [gap.id] if whom == "merchant" else []
        )
        matters.say(gap.id, "Resumed", {}, "li")
    assert (ids("my"), ids("team"), ids("breaks"), ids("suspense")) == ([task.id], [task.id], [gap.id], [held.id])
    assert (ids("fault slips"), ids("approvals")) == ([slip.id], [])
    assert set(ids("unassigned")) == {held.id, gap.id, slip.id}
    assert (ids("due today"), ids("at risk")) == ([], [])
    matters.say(task.id, "Done", {"result": "sent"}, "li")
    assert ids("my") == ids("team") == []
    now["at"] += DAY_MS
    assert set(ids("due today")) == {held.id, gap.id} == set(ids("at risk"))
    for one in matters.due():
        matters.say(one, "ClockRan", {})
    assert set(ids("due today")) == {held.id, gap.id} == set(ids("at risk"))


def test_counts_are_the_lengths_of_the_lists_also_of_long_ones(
    matters: Matters, side: Side, ids: Callable[[str], list[str]]
) -> None:
    with side.together():
        for _ in range(PAGE_MAX + 5):
            task = matters.begin("task", ASKED, "", "", "", 0)
        for n in range(PAGE_MAX + 5):
            slip = {"merchant": "m", "terminal": "t", "batch": "b", "trace": str(n)}
            matters.begin("slip", slip, "", "", "", 0)
    assert task.state == "OFFERED"
    seat = Seat("li", NOON_MS, frozenset({"merchants"}))
    found = tallies(side, seat)
    assert found == {name: len(ids(name)) for name in QUEUES}
    assert (found["team"], found["fault slips"], found["unassigned"]) == (205, 205, 410)
