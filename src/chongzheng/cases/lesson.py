"""What was learned, and was it taken into the plan? Lessons with a review date and an answer."""

from __future__ import annotations

from chongzheng.cases import desk
from chongzheng.cases.effects import Effect, Open
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Fact, Given, Kind, Matter, Outcome, Row, in_all

NOTED, ADOPTED, DONE, DECLINED = "NOTED", "ADOPTED", "DONE", "DECLINED"
OPEN = (NOTED, ADOPTED)
REVIEW_MS = 92 * 24 * 3_600_000
"""A lesson that nobody answers comes up again with the next quarter's review."""


def _noted(matter: Matter, fact: Fact, given: Given) -> Outcome:
    words = {"what": fact.said["what"], "source": fact.said.get("source", ""), "reviews": 0}
    return Outcome(changes=words, moves={"queue": "lessons", "due_at": fact.at + REVIEW_MS})


def _adopted(matter: Matter, fact: Fact, given: Given) -> Outcome:
    said = {"what": fact.said["plan"], "team": fact.said["team"]}
    task: tuple[Effect, ...] = (Open("task", f"plan of {matter.id}", said, parent=matter.id),)
    return Outcome(changes={"plan": fact.said["plan"]}, effects=task)


def _ended(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"answer": fact.said.get("reason", fact.said.get("result", ""))})


def _review(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"reviews": matter.body["reviews"] + 1}, moves={"due_at": fact.at + REVIEW_MS})


def _task_ended(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"task_ended": fact.said["state"]})


LESSON = Kind(
    name="lesson",
    titles=("经验教训", "lesson"),
    states=(NOTED, ADOPTED, DONE, DECLINED),
    ended=frozenset({DONE, DECLINED}),
    rows=(
        Row(NEW, "Opened", NOTED, _noted, may=desk.FIELD, program=True,
            takes=(Field("what", "text", "内容", "what was learned"),
                   Field("source", "word", "来源", "what it comes from", needed=False))),
        Row(NOTED, "Adopted", ADOPTED, _adopted, may=desk.HEADS,
            takes=(Field("plan", "text", "计划", "what the plan takes from it"),
                   Field("team", "word", "部门", "the department that carries it out"))),
        Row(ADOPTED, "Done", DONE, _ended, may=desk.HEADS, takes=(Field("result", "text", "结果", "what came of it"),)),
        *in_all(OPEN, Row(NOTED, "Declined", DECLINED, _ended, may=desk.HEADS, takes=(desk.REASON,))),
        *in_all(OPEN, Row(NOTED, "ClockRan", None, _review)),
        *in_all(OPEN, Row(NOTED, "TaskEnded", None, _task_ended)),
        *desk.rows(OPEN),
    ),
)  # fmt: skip
