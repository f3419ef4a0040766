"""Do cases of one cause become a problem once there are enough, and do later ones join it?"""

from __future__ import annotations

import pytest

from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.matters import Matters
from chongzheng.journal.recurring import DAY_MS, gather
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from journal.made import NOON_MS

RULES = {"default": {"cases": 3, "days": 30}, "NW-CELL": {"cases": 2, "days": 30}}


class Clock:
    """What the clock says."""

    now = NOON_MS


@pytest.fixture
def matters(side: Side) -> Matters:
    """A keeper with two people, at noon."""
    people = Actors(side)
    people.add("boss", "Boss", frozenset({Role.ADMINISTRATOR}), "shell:root", NOON_MS)
    for who, role in (("li", Role.CLERK), ("zhang", Role.SUPERVISOR)):
        people.add(who, who, frozenset({role}), "boss", NOON_MS)
    Clock.now = NOON_MS
    return Matters(side, lambda: Clock.now, Registers(side))


def case(matters: Matters, cause: str) -> str:
    """A case whose cause was found."""
    one = matters.open("case", {"source": "person", "why": "not paid, says the shop"}, "li").id
    for fact, said in (("ConfirmStarted", {}), ("Confirmed", {}), ("CauseFound", {"primary": cause})):
        matters.say(one, fact, said, "li", matters.view(one).hash)
    return one


def test_enough_cases_of_one_cause_become_one_problem_and_later_ones_join(matters: Matters, side: Side) -> None:
    cases = [case(matters, cause) for cause in ("SW-RETRY", "SW-RETRY", "unknown", "unknown", "unknown", "NW-CELL")]
    assert gather(matters, side, RULES, Clock.now) == [] == gather(matters, side, {}, Clock.now)
    cases.append(case(matters, "SW-RETRY"))
    (problem,) = gather(matters, side, RULES, Clock.now)
    found = matters.get(problem)
    assert (found.state, found.body["cause"]) == ("D0", "SW-RETRY")
    assert found.body["cases"] == [cases[0], cases[1], cases[6]]
    assert gather(matters, side, RULES, Clock.now) == []
    later = case(matters, "SW-RETRY")
    assert gather(matters, side, RULES, Clock.now) == [problem]
    assert matters.get(problem).body["cases"][-1] == later


def test_a_cause_may_have_its_own_number_and_old_cases_do_not_count(matters: Matters, side: Side) -> None:
    case(matters, "NW-CELL")
    Clock.now += 31 * DAY_MS
    case(matters, "NW-CELL")
    assert gather(matters, side, RULES, Clock.now) == []
    case(matters, "NW-CELL")
    assert len(gather(matters, side, RULES, Clock.now)) == 1


def test_what_comes_back_after_its_problem_was_ended_is_a_new_one(matters: Matters, side: Side) -> None:
    for _ in range(2):
        case(matters, "NW-CELL")
    (first,) = gather(matters, side, RULES, Clock.now)
    matters.say(first, "Dropped", {"reason": "the mast was mended"}, "zhang")
    assert gather(matters, side, RULES, Clock.now) == []
    for _ in range(2):
        case(matters, "NW-CELL")
    (second,) = gather(matters, side, RULES, Clock.now)
    assert second != first and len(matters.get(second).body["cases"]) == 2
