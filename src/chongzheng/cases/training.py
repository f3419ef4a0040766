"""Who may stand at a till or a terminal, by which course and until when? Training, certificates, shifts (S-42)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chongzheng.cases import desk
from chongzheng.cases.effects import Effect, Free, Open, Take
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Ask, Fact, Given, Kind, Matter, Outcome, Refused, Row, in_all
from chongzheng.cases.measured import FIGURES, measured, wrong_figures
from chongzheng.cases.quiz import questions, score
from chongzheng.cases.registers import Register

ENROLLED, CERTIFIED, LAPSED, DROPPED = "ENROLLED", "CERTIFIED", "LAPSED", "DROPPED"
ON, FLAGGED, OFF = "ON", "FLAGGED", "OFF"
DAY_MS = 24 * 3_600_000
PERCENT = 100

COURSES = Register(
    "courses",
    ("培训课程", "courses"),
    False,
    (
        Field("zh", "text", "名称", "its title in Chinese"),
        Field("en", "text", "名称（英文）", "its title"),
        Field("pass_percent", "whole", "及格比例", "percent of them that must be right"),
        Field("valid_days", "whole", "有效天数", "days that a certificate holds"),
        Field("shift", "flag", "上岗必需", "nobody stands at a terminal without it"),
    ),
    {
        "reversal": {
            "zh": "冲正与可疑交易处理", "en": "reversals and payments in doubt",
            "pass_percent": 80, "valid_days": 365, "shift": True,
        },
        "field": {
            "zh": "换机、备份与密钥", "en": "exchange of units, backup and keys",
            "pass_percent": 80, "valid_days": 365, "shift": False,
        },
        "desk": {
            "zh": "案件、退款与四眼原则", "en": "cases, refunds and four eyes",
            "pass_percent": 80, "valid_days": 365, "shift": False,
        },
    },
    lambda row: wrong_course(row),
)  # fmt: skip


def wrong_course(row: Mapping[str, Any]) -> str:
    """What is wrong with a course, "" nothing."""
    if row["valid_days"] < 1:
        return "valid_days: is one or more"
    return "" if 0 < row["pass_percent"] <= PERCENT else "pass_percent: is 1 to 100"


def _enrolled(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    course, operator = fact.said["course"], fact.said["operator"]
    if course not in given.rule("courses"):
        return Refused("rule", f"the register courses has no row {course}")
    only = Take(f"training {operator} {course}", f"{operator} has a record of {course} already")
    words = {"operator": operator, "course": course, "quizzes": [], "certificate": {}}
    return Outcome(changes=words, moves={"queue": "training"}, effects=(only,))


def _quizzed(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """Every quiz is kept; one that is passed is a certificate with an end."""
    course = given.rule("courses").get(matter.body["course"])
    if course is None:
        return Refused("rule", f"the register courses has no row {matter.body['course']} any more")
    asked, answers = questions(given.rule("quiz"), matter.body["course"]), fact.said["answers"]
    if not asked:
        return Refused("rule", f"the register quiz has no question of {matter.body['course']}")
    if strange := sorted(set(answers) - set(asked)):
        return Refused("field", f"answers: {strange[0]} is none of {', '.join(asked)}")
    right = score(asked, answers)
    passed = right * PERCENT >= len(asked) * course["pass_percent"]
    quiz = {"right": right, "of": len(asked), "passed": passed, "at": fact.at, "by": fact.actor}
    changes: dict[str, Any] = {"quizzes": [*matter.body["quizzes"], quiz]}
    if not passed:
        return Outcome(changes=changes)
    until = fact.at + course["valid_days"] * DAY_MS
    number = f"{matter.id}-{len(matter.body['quizzes']) + 1}"
    certificate = {"number": number, "from": fact.at, "until": until}
    return Outcome(CERTIFIED, {**changes, "certificate": certificate}, moves={"due_at": until})


def _lapsed(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(LAPSED, moves={"due_at": None})


def _withdrawn(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"withdrawn": fact.said["reason"]}, moves={"due_at": None})


def _dropped(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """The record ends; a new one may begin."""
    free = Free(f"training {matter.body['operator']} {matter.body['course']}")
    return Outcome(changes={"dropped": fact.said["reason"]}, effects=(free,))


def _measured(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """The operator's errors before and after the course."""
    if wrong := wrong_figures(fact.said):
        return Refused("field", wrong)
    return Outcome(changes={"effect": {**measured(fact.said).row(), "at": fact.at}})


def _tags(matter: Matter) -> Mapping[str, str]:
    return {"operator": matter.body.get("operator", ""), "course": matter.body.get("course", "")}


OPERATOR = Field("operator", "word", "操作员", "the operator's number")

TRAINING = Kind(
    name="training",
    titles=("培训记录", "record of a course"),
    states=(ENROLLED, CERTIFIED, LAPSED, DROPPED),
    ended=frozenset({DROPPED}),
    rows=(
        Row(NEW, "Opened", ENROLLED, _enrolled, may=desk.FIELD, program=True,
            takes=(OPERATOR, Field("course", "word", "课程", "row of the register courses"))),
        *in_all((ENROLLED, CERTIFIED, LAPSED), Row(ENROLLED, "QuizTaken", None, _quizzed, may=desk.FIELD,
            takes=(Field("answers", "object", "答案", "question -> the place of the choice, from 0"),))),
        Row(CERTIFIED, "ClockRan", None, _lapsed),
        Row(CERTIFIED, "Withdrawn", LAPSED, _withdrawn, may=desk.HEADS, takes=(desk.REASON,)),
        *in_all((CERTIFIED, LAPSED), Row(CERTIFIED, "EffectMeasured", None, _measured, may=desk.FIELD, program=True,
            takes=FIGURES)),
        *in_all((ENROLLED, CERTIFIED, LAPSED), Row(ENROLLED, "Dropped", DROPPED, _dropped, may=desk.HEADS,
            takes=(desk.REASON,))),
        *desk.rows((ENROLLED, CERTIFIED, LAPSED)),
    ),
    tags=_tags,
)  # fmt: skip


def uncertified(courses: Mapping[str, Mapping[str, Any]], records: Iterable[Matter], at: int) -> list[str]:
    """The courses that a shift takes and for which none of these records holds a certificate at an instant."""
    held = {one.body["course"] for one in records if one.state == CERTIFIED and one.body["certificate"]["until"] > at}
    return sorted(name for name, row in courses.items() if row["shift"] and name not in held)


def _on_shift(matter: Matter, fact: Fact, given: Given) -> Outcome:
    missing = uncertified(given.rule("courses"), given.others["records"], fact.at)
    words = {"operator": fact.said["operator"], "terminal": fact.said["terminal"], "missing": missing}
    train: tuple[Effect, ...] = ()
    if missing:
        what = f"operator {fact.said['operator']} is on shift without: {', '.join(missing)}"
        key = f"untrained {fact.said['operator']} {fact.at // DAY_MS}"
        train = (Open("task", key, {"what": what, "team": "training"}),)
    return Outcome(FLAGGED if missing else ON, words, train, {"queue": "training" if missing else ""})


def _certified(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    missing = uncertified(given.rule("courses"), given.others["records"], fact.at)
    if missing:
        return Refused("rule", f"there is no certificate of {', '.join(missing)} yet")
    return Outcome(changes={"missing": []}, moves={"queue": ""})


def _asks(matter: Matter, fact: Fact) -> Mapping[str, Ask]:
    operator = str(fact.said.get("operator", matter.body.get("operator", "")))
    return {"records": Ask("training", "operator", operator)}


SHIFT = Kind(
    name="shift",
    titles=("班次", "shift"),
    states=(ON, FLAGGED, OFF),
    ended=frozenset({OFF}),
    rows=(
        Row(NEW, "Opened", None, _on_shift, may=desk.FIELD, program=True,
            takes=(OPERATOR, Field("terminal", "word", "终端号", "the terminal"))),
        Row(FLAGGED, "Certified", ON, _certified, may=desk.FIELD, program=True),
        *in_all((ON, FLAGGED), Row(ON, "Ended", OFF, may=desk.FIELD, program=True)),
        *desk.rows((ON, FLAGGED)),
    ),
    tags=lambda matter: {"operator": matter.body.get("operator", ""), "terminal": matter.body.get("terminal", "")},
    asks=_asks,
)  # fmt: skip
