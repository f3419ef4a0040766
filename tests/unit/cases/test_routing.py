"""Does work go to whoever can do it and has room, and does the suggested staff keep the clocks?"""

from __future__ import annotations

import random

from chongzheng.cases.routing import SKILLS, STAFF_MAX, breaches, route, staff_needed

PEOPLE = {
    "li": {"skills": ["complaint"], "most": 10},
    "mei": {"skills": ["any"], "most": 20},
    "wu": {"skills": ["complaint"], "most": 10, "away": True},
}


def test_it_goes_to_whoever_can_and_has_most_room() -> None:
    assert route("complaint", PEOPLE, {"li": 4, "mei": 9}) == "li"
    assert route("complaint", PEOPLE, {"li": 5, "mei": 9}) == "mei"
    assert route("complaint", PEOPLE, {"li": 10, "mei": 20}) == ""
    assert route("engine", PEOPLE, {}) == "mei" and route("engine", {}, {}) == ""
    assert route("complaint", PEOPLE, {}) == "li"


def test_a_row_says_how_much_a_person_may_have() -> None:
    assert SKILLS.wrong({"skills": ["any"], "most": 0}) == "most is 1 to 1000"
    assert SKILLS.wrong({"skills": ["any"], "most": 5}) == ""


def test_the_suggested_staff_keeps_the_target_in_the_replay_and_one_less_does_not() -> None:
    dice = random.Random(7)
    at, work = 0, []
    for _ in range(2_000):
        at += dice.randint(0, 120_000)
        work.append((at, dice.randint(60_000, 900_000)))
    staff = staff_needed(work, 600_000, 5)
    assert 1 < staff < 50
    assert breaches(work, staff, 600_000) * 100 <= 5 * len(work) < breaches(work, staff - 1, 600_000) * 100


def test_no_work_needs_nobody_and_too_much_says_so() -> None:
    assert staff_needed([], 1, 5) == 0
    assert staff_needed([(0, 10)] * (STAFF_MAX * 3), 5, 5) == 0
    assert staff_needed([(0, 10)], 0, 0) == 1
