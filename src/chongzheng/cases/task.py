"""What one department asks of another: handed over, accepted or sent back, done, and how long each had it (S-49)?"""

from __future__ import annotations

from chongzheng.cases import desk
from chongzheng.cases.effects import Say
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Fact, Given, Kind, Matter, Outcome, Refused, Row, in_all

OFFERED, ACCEPTED, DONE, DROPPED = "OFFERED", "ACCEPTED", "DONE", "DROPPED"
OPEN = (OFFERED, ACCEPTED)
LATE_PRIORITY = 50
"""Added to the priority of a task that was not done in time."""

WHAT = Field("what", "text", "事项", "what is to be done")
TEAM = Field("team", "word", "部门", "the queue of the department that shall do it")
DUE = Field("due_at", "instant", "期限", "until when, epoch ms", needed=False)
RESULT = Field("result", "text", "结果", "what came out")


def _offered(matter: Matter, fact: Fact, given: Given) -> Outcome:
    said = fact.said
    held = [{"team": said["team"], "from": fact.at, "accepted_at": None, "until": None}]
    moves = {"queue": said["team"], "due_at": said.get("due_at")}
    return Outcome(changes={"what": said["what"], "held": held}, moves=moves)


def _accepted(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"held": _last(matter, accepted_at=fact.at)}, moves={"owner": fact.actor})


def _handed_over(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if fact.said["team"] == matter.queue:
        return Refused("rule", f"it is with {matter.queue} already")
    held = [
        *_last(matter, until=fact.at),
        {"team": fact.said["team"], "from": fact.at, "accepted_at": None, "until": None},
    ]
    return Outcome(changes={"held": held}, moves={"queue": fact.said["team"], "owner": ""})


def _sent_back(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    held = matter.body["held"]
    if len(held) < 2:
        return Refused("rule", "nobody handed it over: it was opened for this department; drop it with a reason")
    back = {"team": held[-2]["team"], "from": fact.at, "accepted_at": None, "until": None}
    return Outcome(changes={"held": [*_last(matter, until=fact.at), back]}, moves={"queue": back["team"], "owner": ""})


def _late(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"late": True}, moves={"due_at": None, "priority": matter.priority + LATE_PRIORITY})


def _ended(matter: Matter, fact: Fact, given: Given) -> Outcome:
    changes = {"held": _last(matter, until=fact.at), "result": fact.said.get("result", fact.said.get("reason", ""))}
    told = (Say(matter.parent, "TaskEnded", {"task": matter.id, "state": fact.name}, softly=True),)
    return Outcome(changes=changes, effects=told if matter.parent else ())


def _last(matter: Matter, **changed: int) -> list[dict[str, object]]:
    *before, last = matter.body["held"]
    return [*before, {**last, **changed}]


def time_with(matter: Matter, now: int) -> dict[str, int]:
    """How long, in ms, each department has had it until `now` (epoch ms)."""
    spent: dict[str, int] = {}
    for one in matter.body["held"]:
        spent[one["team"]] = spent.get(one["team"], 0) + (one["until"] or now) - one["from"]
    return spent


TASK = Kind(
    name="task",
    titles=("协作任务", "task"),
    states=(OFFERED, ACCEPTED, DONE, DROPPED),
    ended=frozenset({DONE, DROPPED}),
    rows=(
        Row(NEW, "Opened", OFFERED, _offered, may=desk.FIELD, program=True, takes=(WHAT, TEAM, DUE)),
        Row(OFFERED, "Accepted", ACCEPTED, _accepted, may=desk.FIELD),
        Row(OFFERED, "SentBack", OFFERED, _sent_back, may=desk.FIELD, takes=(desk.REASON,)),
        Row(ACCEPTED, "HandedOver", OFFERED, _handed_over, may=desk.FIELD, takes=(TEAM, desk.REASON)),
        Row(ACCEPTED, "Done", DONE, _ended, may=desk.FIELD, program=True, takes=(RESULT,)),
        *in_all(OPEN, Row(OFFERED, "Dropped", DROPPED, _ended, may=desk.HEADS, takes=(desk.REASON,))),
        *in_all(OPEN, Row(OFFERED, "ClockRan", None, _late)),
        *desk.rows(OPEN),
    ),
)
