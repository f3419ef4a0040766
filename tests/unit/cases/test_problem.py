"""Can a problem be closed only by all eight steps, with a cause, an escape point and measures that work?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from chongzheng.cases.effects import Open, Say
from chongzheng.cases.matter import Fact, Given, Matter
from chongzheng.cases.problem import PROBLEM, RECURRING
from unit.cases.timeline import RULES, Played, Told, play

GOOD = {"failures_before": 60, "n_before": 1000, "failures_after": 9, "n_after": 1000}
POOR = {"failures_before": 9, "n_before": 100, "failures_after": 8, "n_after": 100}
D2 = dict.fromkeys(("what", "when", "where", "who", "why", "how", "how_much", "is_not"), "said")
CAUSE = {
    "cause": "SW-RETRY",
    "root_cause": "three resends in ten seconds, then none",
    "escape_point": "no alarm on a queue that gives up",
    "evidence": ["host log 14:02"],
}
STEPS: list[Told] = [
    ("Opened", "li", {"title": "reversals given up", "cause": "SW-RETRY", "cases": ["case-1"]}),
    ("SymptomStated", "li", {"symptom": "98 in field 39", "emergency": "extra queries"}),
    ("TeamNamed", "zhang", {"lead": "zhang", "members": ["li", "qian"]}),
    ("Described", "li", D2),
    ("Contained", "li", {"containment": "query after 30 s", **GOOD}),
    ("CauseFound", "li", CAUSE),
    ("FixVerified", "li", {"fix": "resend for a day", "cohort": "20 shops", **GOOD}),
    ("RolledOut", "zhang", {"change": "change-4"}),
    ("PreventionSet", "zhang", {"prevention": "alarm", "owner": "qian", "due_at": 9_000_000_000_000}),
]


def at(step: int) -> Played:
    """A problem that stands at D0 (1), D1 (2) …"""
    return play(PROBLEM, STEPS[:step])


def with_capas(played: Played, *states: str) -> None:
    capas = tuple(Matter(f"capa-{n}", "capa", state) for n, state in enumerate(states))
    played.given = Given(RULES, others={"capas": capas})


def test_eight_steps_in_order_lead_to_the_end_and_the_lesson_is_shared() -> None:
    one = at(9)
    assert one.state == "D8" and set(one.matter.body["steps"]) == {f"D{n}" for n in range(8)}
    capa = one.effects[0]
    assert isinstance(capa, Open) and (capa.kind, capa.parent, capa.said["owner"]) == ("capa", "problem-1", "qian")
    with_capas(one, "EFFECTIVE", "DROPPED")
    one.say("Closed", "zhang", lesson="count what gives up")
    assert one.state == "CLOSED" and isinstance(one.effects[0], Open) and one.effects[0].kind == "lesson"
    assert one.effects[1] == Say("case-1", "ProblemClosed", {"problem": "problem-1", "cause": "SW-RETRY"}, softly=True)


@pytest.mark.parametrize("step", range(1, 8))
def test_a_step_out_of_order_is_refused_and_told_what_is_possible(step: int) -> None:
    one = at(step)
    fact, who, said = STEPS[step + 1][:3]
    assert f"possible now: {STEPS[step][0]}" in one.why_not(fact, who, **said)


def test_it_cannot_close_without_cause_escape_point_or_measures_that_work() -> None:
    one = at(9)
    with_capas(one, "DONE")
    assert "not shown to work yet: capa-0" in one.why_not("Closed", "zhang", lesson="x")
    with_capas(one, "DROPPED")
    assert "all were dropped" in one.why_not("Closed", "zhang", lesson="x")
    with_capas(one, "WAIVED")
    assert one.why_not("Closed", "zhang", lesson="x") == ""
    one.matter = replace(one.matter, body={**one.matter.body, "escape_point": ""})
    assert "without its escape_point" in one.why_not("Closed", "zhang", lesson="x")


@pytest.mark.parametrize(("step", "words"), [(4, {"containment": "x"}), (6, {"fix": "x", "cohort": "y"})])
def test_containment_and_fix_hold_by_figures_only(step: int, words: dict[str, str]) -> None:
    fact = STEPS[step][0]
    assert "no evidence, 90000 ppm before" in at(step).why_not(fact, "li", **words, **POOR)
    assert at(step).why_not(fact, "li", **words, **{**GOOD, "n_after": 0}).startswith("field: n_after")


def test_an_investigation_does_not_stop_at_a_person() -> None:
    one = at(5)
    assert "contributes, it is no root cause" in one.why_not("CauseFound", "li", **{**CAUSE, "cause": "OP-TRAIN"})
    person = {**CAUSE, "cause": "OP-CLEARREV"}
    assert "does not stop at a person; say the system_gap" in one.why_not("CauseFound", "li", **person)
    one.say("CauseFound", "li", **person, system_gap="the menu needs no second person")
    assert (one.state, one.matter.body["cause"]) == ("D5", "OP-CLEARREV")


def test_going_back_takes_away_what_came_after() -> None:
    one = at(7).say("SteppedBack", "zhang", to="D3", reason="the cohort failed")
    assert one.state == "D3" and set(one.matter.body["steps"]) == {"D0", "D1", "D2"}
    assert one.matter.body["escape_point"] == ""
    assert "back means a step before" in one.why_not("SteppedBack", "zhang", to="D5", reason="x")
    later = at(8).say("SteppedBack", "zhang", to="D6", reason="x")
    assert later.matter.body["escape_point"] == CAUSE["escape_point"]


def test_cases_join_once_and_what_became_of_changes_is_heard() -> None:
    one = at(1)
    assert one.effects == (Say("case-1", "ProblemOpened", {"cause": "SW-RETRY"}, softly=True),)
    one.say("CaseJoined", case="case-2").say("CaseJoined", case="case-2")
    assert one.matter.body["cases"] == ["case-1", "case-2"] and one.effects == ()
    one.say("ChangeInPlace", change="change-4")
    assert one.matter.body["heard"][0]["change"] == "change-4"
    assert one.say("Dropped", "zhang", reason="twice the same").state == "DROPPED"


def test_others_find_it_by_its_cause() -> None:
    assert PROBLEM.tags(at(1).matter) == {"cause": "SW-RETRY"} and PROBLEM.tags(Matter("", "problem")) == {"cause": ""}
    asked = PROBLEM.asks(at(9).matter, Fact("Closed", 1))
    assert asked["capas"].value == "problem-1" and PROBLEM.asks(at(9).matter, Fact("Noted", 1)) == {}


def test_the_register_of_when_cases_become_a_problem() -> None:
    assert (
        RECURRING.wrong({"cases": 0, "days": 3}).startswith("cases") and RECURRING.wrong({"cases": 1, "days": 1}) == ""
    )
