"""Does a certificate take a passed quiz, does it lapse, and is whoever has none flagged on shift?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chongzheng.cases.effects import Free, Open, Take
from chongzheng.cases.matter import Fact, Given, Matter
from chongzheng.cases.quiz import questions
from chongzheng.cases.training import COURSES, DAY_MS, SHIFT, TRAINING, uncertified
from unit.cases.timeline import RULES, Played, play

SAID = {"operator": "0017", "course": "reversal"}
RIGHT = {name: row["right"] for name, row in questions(RULES["quiz"], "reversal").items()}
ON = {"operator": "0017", "terminal": "80000001"}


def certified() -> Played:
    return play(TRAINING, [("Opened", "li", SAID), ("QuizTaken", "li", {"answers": RIGHT})])


def shift(*records: Matter) -> Played:
    return play(SHIFT, [("Opened", "program", ON)], Given(RULES, others={"records": records}))


def test_a_quiz_that_is_passed_is_a_certificate_with_an_end() -> None:
    one = play(TRAINING, [("Opened", "li", SAID)])
    assert one.effects == (Take("training 0017 reversal", "0017 has a record of reversal already"),)
    one.say("QuizTaken", "li", answers={**RIGHT, "reversal 1": 0, "reversal 2": 1})
    assert (one.state, one.matter.body["quizzes"][0]["passed"]) == ("ENROLLED", False)
    one.say("QuizTaken", "li", answers={**RIGHT, "reversal 1": 0})
    assert one.state == "CERTIFIED" and one.matter.due_at == one.now + 365 * DAY_MS
    assert one.matter.body["certificate"]["number"] == "training-1-2"
    assert one.say("ClockRan").state == "LAPSED"
    assert one.matter.body["quizzes"][1]["right"] == 4
    assert one.say("QuizTaken", "li", answers=RIGHT).state == "CERTIFIED"


def test_what_is_no_course_or_no_result_is_refused() -> None:
    assert "has no row dance" in Played(TRAINING).why_not("Opened", "li", operator="0017", course="dance")
    one = certified()
    assert "desk 1 is none of reversal 1" in one.why_not("QuizTaken", "li", answers={"desk 1": 2})
    one.given = Given({**RULES, "quiz": {}})
    assert "has no question of reversal" in one.why_not("QuizTaken", "li", answers={})
    one.given = Given({"courses": {}})
    assert "any more" in one.why_not("QuizTaken", "li", answers=RIGHT)


def test_the_effect_is_measured_and_a_certificate_can_be_taken_away() -> None:
    one = certified()
    counts = {"failures_before": 40, "n_before": 400, "failures_after": 8, "n_after": 400}
    assert one.say("EffectMeasured", **counts).matter.body["effect"]["verdict"] == "works"
    assert one.why_not("EffectMeasured", "li", **{**counts, "n_after": 0}).startswith("field:")
    assert TRAINING.tags(one.matter) == {"operator": "0017", "course": "reversal"}
    assert one.say("Withdrawn", "zhang", reason="wiped a reversal").state == "LAPSED"
    assert one.say("Dropped", "zhang", reason="left").effects == (Free("training 0017 reversal"),)


def test_whoever_has_no_certificate_is_flagged_on_shift() -> None:
    one = shift()
    assert (one.state, one.matter.queue, one.matter.body["missing"]) == ("FLAGGED", "training", ["reversal"])
    assert isinstance(one.effects[0], Open) and "0017 is on shift without: reversal" in one.effects[0].said["what"]
    assert "no certificate of reversal yet" in one.why_not("Certified")
    one.given = Given(RULES, others={"records": (certified().matter,)})
    one.say("Certified")
    assert (one.state, one.matter.body["missing"]) == ("ON", [])
    assert one.say("Ended").state == "OFF"


def test_whoever_has_one_is_not_and_one_that_is_over_is_none() -> None:
    record = certified().matter
    assert shift(record).state == "ON" and shift(record).effects == ()
    assert shift(replace(record, state="LAPSED")).state == "FLAGGED"
    until = record.body["certificate"]["until"]
    assert uncertified(COURSES.shipped, [record], until) == ["reversal"]
    assert uncertified(COURSES.shipped, [record], until - 1) == []


def test_a_shift_asks_for_the_records_of_its_operator() -> None:
    assert SHIFT.asks(Matter("", "shift"), Fact("Opened", 1, said=ON))["records"].value == "0017"
    assert SHIFT.asks(shift().matter, Fact("Certified", 1))["records"].value == "0017"
    assert SHIFT.tags(shift().matter) == ON


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"valid_days": 0}, "valid_days"),
        ({"pass_percent": 0}, "pass_percent"),
        ({}, ""),
    ],
)
def test_courses(changed: dict[str, Any], wrong: str) -> None:
    said = COURSES.wrong({**COURSES.shipped["reversal"], **changed})
    assert said.startswith(wrong) and bool(said) == bool(wrong)
