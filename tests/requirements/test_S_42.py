"""S-42: courses, quizzes, certificates of operators; whoever has none is flagged on shift; the effect is measured."""

from __future__ import annotations

from chongzheng.cases.quiz import questions
from requirements.desk import DAY_MS, Desk

ON = {"operator": "0017", "terminal": "80000001"}
ERRORS = {"failures_before": 40, "n_before": 400, "failures_after": 8, "n_after": 400}


def test_s_42(desk: Desk) -> None:
    shift = desk.open("shift", ON, "li")
    assert (shift.state, shift.body["missing"]) == ("FLAGGED", ["reversal"])
    assert [(one.kind, one.state) for one in desk.matters.queue("training")] == [
        ("shift", "FLAGGED"),
        ("task", "OFFERED"),
    ]
    record = desk.open("training", {"operator": "0017", "course": "reversal"}, "li")
    asked = questions(desk.registers.rows("quiz", "20260101"), "reversal")
    right = {name: row["right"] for name, row in asked.items()}
    poor = {**right, "reversal 3": 0, "reversal 4": 0}
    assert desk.say(record, "QuizTaken", "zhang", answers={}).state == "ENROLLED"
    assert desk.say(record, "QuizTaken", "zhang", answers=poor).state == "ENROLLED"
    assert desk.say(record, "QuizTaken", "zhang", answers=right).state == "CERTIFIED"
    assert desk.say(shift, "Certified", "li").state == "ON"
    assert desk.open("shift", ON, "li").state == "ON"
    assert desk.open("shift", {**ON, "operator": "0018"}, "li").state == "FLAGGED"
    effect = desk.say(record, "EffectMeasured", "li", **ERRORS).body["effect"]
    assert effect["verdict"] == "works" and effect["high_ppm"] < 0
    desk.wait(365 * DAY_MS)
    assert desk.matters.get(record.id).state == "LAPSED"
    assert desk.open("shift", ON, "li").state == "FLAGGED"
