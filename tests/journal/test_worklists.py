"""Is each page of a queue what belongs there, in one order, and found at once among a hundred thousand matters?"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from chongzheng.cases.calendar import DAY_MS
from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import Matter
from chongzheng.cases.queues import QUEUES, Seat
from chongzheng.journal import worklists
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.matters import Matters, number
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from chongzheng.journal.worklists import (
    ANY,
    BY_AGE,
    EVERYTHING,
    FIRST,
    OPEN,
    Narrow,
    open_page,
    open_tally,
    page,
    tallies,
)
from chongzheng.mistakes import TheirMistake
from journal.made import NOON_MS
from journal.place import Place

MANY = 100_000
PAGE_WAIT_MS = 50
SORTED_WAIT_MS = 300
"""For what no index has in order: one owner's of one state, read and sorted."""
TRIES = 5
"""The best of so many counts: other programs run on the machine."""
COPIED = "kind, state, version, opened_at, changed_at, payment, parent, fen, seen, body"
COPIES = f"""
WITH RECURSIVE n (no) AS (SELECT 1000 UNION ALL SELECT no + 1 FROM n WHERE no < 1000 + {MANY})
INSERT INTO matter (no, closed, due_at, owner, queue, priority, {COPIED})
SELECT n.no, n.no % 5 = 0, opened_at + n.no * 1000, CASE WHEN n.no % 3 = 0 THEN 'li' ELSE '' END,
       CASE n.no % 4 WHEN 0 THEN 'confirm' WHEN 1 THEN 'merchants' WHEN 2 THEN 'breaks' ELSE 'supervisor' END,
       n.no * 7919 % 1000003, {COPIED} FROM n, matter m WHERE m.no = 1
"""


@pytest.fixture
def clock() -> dict[str, int]:
    """The clock of the desk, epoch ms."""
    return {"at": NOON_MS}


@pytest.fixture
def matters(side: Side, clock: dict[str, int]) -> Matters:
    """A keeper, and a clerk."""
    people = Actors(side)
    people.add("boss", "Boss", frozenset({Role.ADMINISTRATOR}), "shell:root", NOON_MS)
    people.add("li", "li", frozenset({Role.CLERK}), "boss", NOON_MS)
    return Matters(side, lambda: clock["at"], Registers(side))


def a_desk(matters: Matters, count: int = 12) -> None:
    """Cases and tasks of all sorts, some of them li's."""
    for n in range(count):
        sort = ("complaint", "break", "person")[n % 3]
        one = matters.open("case", {"source": sort, "why": "x", "fen": 1_000 * (1 + n % 4)}, "li")
        if n % 4 == 0:
            matters.say(one.id, "Taken", {}, "li")
        if n % 5 == 0:
            matters.say(one.id, "Paused", {"reason": "merchant"}, "li")
        matters.open("task", {"what": "x", "team": "merchants"}, "li")
        slip = {"merchant": "m", "terminal": "t", "batch": "b", "trace": f"{n}"}
        matters.open("slip", slip, "li", key=f"slip {n}")


def whole(matters: Matters, side: Side, name: str, seat: Seat, most: int, narrow: Narrow = EVERYTHING) -> list[Matter]:
    """A queue page by page, or everything open."""
    found: list[Matter] = []
    after: worklists.Place | None = FIRST
    while after is not None:
        if name:
            some, after = page(matters, side, name, seat, after, most, narrow)
        else:
            some, after = open_page(side, after, most, narrow)
        assert len(some) <= most
        found += some
    return found


def every(matters: Matters) -> list[Matter]:
    """Everything open, read one kind after the other, its payment as it stands now."""
    found = [one for kind in KINDS for one in matters.all_open(kind)]
    return [replace(one, body={**one.body, "standing": matters.standing(one.payment)}) for one in found]


def wanted(matters: Matters, name: str, seat: Seat, narrow: Narrow = EVERYTHING) -> list[str]:
    """What belongs in a queue, said without any index."""
    return sorted(one.id for one in every(matters) if QUEUES[name][2](one, seat) and narrow.fits(one))


def ids(found: list[Matter]) -> list[str]:
    """Their ids, sorted; nothing twice."""
    assert len({one.id for one in found}) == len(found)
    return sorted(one.id for one in found)


@pytest.mark.parametrize("most", [1, 4, 200])
def test_pages_together_are_the_queue_in_one_order(
    matters: Matters, side: Side, clock: dict[str, int], most: int
) -> None:
    a_desk(matters)
    for _ in range(2):
        seat = Seat("li", clock["at"], frozenset({"merchants", "breaks"}))
        for name in QUEUES:
            found = whole(matters, side, name, seat, most)
            assert ids(found) == wanted(matters, name, seat), name
            if name != BY_AGE:
                assert found == sorted(found, key=lambda one: (-one.priority, number(one.id))), name
        assert tallies(side, seat) == {name: len(wanted(matters, name, seat)) for name in QUEUES}
        clock["at"] += 40 * DAY_MS
        while due := matters.due():
            for one in due:
                matters.say(one, "ClockRan", {})


def test_a_page_looks_at_so_many_and_the_next_goes_on(
    matters: Matters, side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worklists, "LOOKED_AT_MAX", 3)
    a_desk(matters, 4)
    seat = Seat("li", NOON_MS)
    first, after = page(matters, side, "unassigned", seat, FIRST, 200)
    assert len(first) == 3 and after is not None
    assert ids(whole(matters, side, "unassigned", seat, 200)) == wanted(matters, "unassigned", seat)


CASES = frozenset((kind, state) for kind, state in OPEN if kind == "case")
NARROWER = (
    Narrow(owner="li"),
    Narrow(owner=""),
    Narrow(queue="merchants"),
    Narrow(owner="li", queue="complaints"),
    Narrow(states=CASES),
    Narrow(states=frozenset({("slip", "OPEN"), ("task", "OFFERED")})),
    Narrow(owner="", states=CASES),
    Narrow(states=frozenset()),
)


@pytest.mark.parametrize("narrow", NARROWER)
def test_a_filter_leaves_of_each_queue_what_fits(
    matters: Matters, side: Side, clock: dict[str, int], narrow: Narrow
) -> None:
    a_desk(matters)
    clock["at"] += 2 * DAY_MS
    seat = Seat("li", clock["at"], frozenset({"merchants", "complaints"}))
    for name in QUEUES:
        assert ids(whole(matters, side, name, seat, 3, narrow)) == wanted(matters, name, seat, narrow), name
    found = whole(matters, side, "", seat, 7, narrow)
    assert ids(found) == sorted(one.id for one in every(matters) if narrow.fits(one))
    assert open_tally(side, narrow) in (len(found), None)
    assert (open_tally(side, narrow) is None) == (narrow in (NARROWER[3], NARROWER[6]))


def test_everything_open_is_listed_and_counted(matters: Matters, side: Side) -> None:
    a_desk(matters, 3)
    found = whole(matters, side, "", Seat("li", NOON_MS), 4)
    assert ids(found) == sorted(one.id for one in every(matters)) and len(found) == open_tally(side) == 9
    assert Narrow().owner == ANY


def test_no_other_queue_is_known(matters: Matters, side: Side) -> None:
    with pytest.raises(TheirMistake, match="there are my, team"):
        page(matters, side, "dreams", Seat("li", NOON_MS), FIRST, 9)


@pytest.mark.databases("sqlite")
def test_a_page_among_a_hundred_thousand_is_there_at_once(matters: Matters, side: Side, place: Place) -> None:
    matters.open("case", {"source": "complaint", "why": "debited twice 扣款"}, "li")
    place.raw(COPIES)
    words = (
        "INSERT INTO matter_word SELECT w.word, m.no FROM matter m, matter_word w WHERE w.matter = 1 AND m.no >= 1000"
    )
    place.raw(words)
    place.raw("INSERT INTO matter_word SELECT 'only' || no, no FROM matter WHERE no >= 1000")
    seat = Seat("li", NOON_MS + 50_000_000, frozenset({"merchants", "breaks"}))
    asked: dict[str, Callable[[], object]] = {
        name: lambda name=name: page(matters, side, name, seat, FIRST, 50)  # type: ignore[misc]
        for name in QUEUES
    }
    rare, common = frozenset({("slip", "OPEN")}), frozenset({("case", "OPEN")})
    for name in ("my", "unassigned", "team", "due today"):
        asked[f"{name}, narrowed"] = lambda name=name: page(  # type: ignore[misc]
            matters, side, name, seat, FIRST, 50, Narrow(states=rare)
        )
    asked["all"] = lambda: open_page(side, FIRST, 50)
    asked["tallies"] = lambda: tallies(side, seat)
    asked["all, counted"] = lambda: open_tally(side)
    asked["queue"] = lambda: matters.queue("confirm", most=50)
    asked["owner"] = lambda: matters.owned("li", most=50)
    asked["kind"] = lambda: matters.page("case", 50_000, 50, open_only=True)
    asked["search, common"] = lambda: matters.search("debited 扣款", most=50)
    asked["search, rare"] = lambda: matters.search("debited only77777")
    asked["due"] = lambda: side.ask("matters_due_after", now=seat.now, at=-1, no=0, most=100)
    slow = {name: took for name, ask in asked.items() if (took := best_ms(ask)) > PAGE_WAIT_MS}
    assert slow == {}
    assert best_ms(lambda: open_page(side, FIRST, 50, Narrow(owner="li", states=common))) < SORTED_WAIT_MS
    assert [one.id for one in matters.search("only77777")] == ["case-77777"]


def best_ms(ask: Callable[[], object]) -> float:
    """How long it takes when nobody else runs."""
    took = []
    for _ in range(TRIES):
        begun = time.perf_counter()
        ask()
        took.append((time.perf_counter() - begun) * 1000)
        if took[-1] <= PAGE_WAIT_MS:
            break
    return min(took)
