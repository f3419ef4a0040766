"""S-36: an improvement has an owner and a date, and ends with a measured effect or the waiver of another person."""

from __future__ import annotations

import pytest

from chongzheng.journal.actors import NotAllowed
from chongzheng.journal.breaks import Overtaken
from chongzheng.mistakes import TheirMistake
from requirements.desk import DAY_MS, Desk

POOR = {"failures_before": 9, "n_before": 100, "failures_after": 8, "n_after": 100}
GOOD = {"failures_before": 60, "n_before": 1000, "failures_after": 9, "n_after": 1000}


def test_s_36(desk: Desk) -> None:
    said = {"what": "alarm on a queue that gives up", "sort": "corrective", "owner": "qian"}
    first = desk.open("capa", {**said, "due_at": desk.now + DAY_MS}, "zhang")
    assert [one.id for one in desk.matters.owned("qian")] == [first.id]
    desk.wait(DAY_MS)
    assert desk.matters.get(first.id).body["late"]
    desk.say(first, "Done", "qian", evidence="release 4.2")
    with pytest.raises(Overtaken, match="possible now: Measured, Waived"):
        desk.say(first, "Closed", "zhang")
    assert desk.say(first, "Measured", "li", **POOR).state == "DONE"
    assert desk.say(first, "Measured", "li", **GOOD).state == "EFFECTIVE"

    second = desk.open("capa", {**said, "due_at": desk.now + DAY_MS}, "zhang")
    desk.say(second, "Done", "qian", evidence="a poster")
    with pytest.raises(NotAllowed, match="takes another person"):
        desk.say(second, "Waived", "zhang", reason="cannot be counted")
    assert desk.say(second, "Waived", "wang", reason="cannot be counted").state == "WAIVED"


def test_s_36_a_problem_closes_through_its_eight_steps_and_only_with_measures_that_work(desk: Desk) -> None:
    case = desk.open("case", {"source": "person", "why": "charged, says the customer"}, "li")
    problem = desk.open("problem", {"title": "given up", "cause": "SW-RETRY", "cases": [case.id]}, "li")
    with pytest.raises(TheirMistake, match="no matter of this number"):
        desk.open("problem", {"title": "given up", "cause": "SW-RETRY", "cases": ["case-999"]}, "li")
    described = dict.fromkeys(("what", "when", "where", "who", "why", "how", "how_much", "is_not"), "as reported")
    found = {"cause": "OP-CLEARREV", "root_cause": "wiped in the menu", "escape_point": "nobody counts"}
    desk.say(problem, "SymptomStated", "li", symptom="reversals vanish", emergency="menu locked")
    desk.say(problem, "TeamNamed", "zhang", lead="zhang", members=["li", "qian"])
    desk.say(problem, "Described", "li", **described)
    with pytest.raises(Overtaken, match="do not show that the containment works"):
        desk.say(problem, "Contained", "li", containment="menu locked", **POOR)
    desk.say(problem, "Contained", "li", containment="menu locked", **GOOD)
    with pytest.raises(Overtaken, match="does not stop at a person"):
        desk.say(problem, "CauseFound", "li", **found, evidence=["log"])
    desk.say(problem, "CauseFound", "li", **found, evidence=["log"], system_gap="the menu asks nobody")
    desk.say(problem, "FixVerified", "li", fix="menu needs a second person", cohort="20 shops", **GOOD)
    desk.say(problem, "RolledOut", "zhang", change="change-1")
    desk.say(problem, "PreventionSet", "zhang", prevention="count wiped slots", owner="qian", due_at=desk.now + DAY_MS)
    (capa,) = [one for one in desk.matters.of_parent(problem.id) if one.kind == "capa"]
    with pytest.raises(Overtaken, match=f"not shown to work yet: {capa.id}"):
        desk.say(problem, "Closed", "zhang", lesson="a menu is a door")
    desk.say(capa, "Done", "qian", evidence="release 4.3")
    desk.say(capa, "Measured", "li", **GOOD)
    closed = desk.say(problem, "Closed", "zhang", lesson="a menu is a door")
    assert (closed.state, closed.body["heard"][0]["state"]) == ("CLOSED", "EFFECTIVE")
    assert [one.body["what"] for one in desk.matters.page("lesson")] == ["a menu is a door"]
