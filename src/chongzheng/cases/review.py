"""Was it right to decide alone? Another person says so afterwards, and only another person.

Nobody drops it and no clock ends it: when it is late it comes before the supervisors. What should not have been decided
becomes a task; what followed from the decision is undone by its own facts.
"""

from __future__ import annotations

from collections.abc import Mapping

from chongzheng.cases import desk
from chongzheng.cases.alone import ALONE_LIMITS, WHO
from chongzheng.cases.effects import Open
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Do, Fact, Given, Kind, Matter, Outcome, Refused, Row

PROPOSED, UPHELD, FAULTED = "PROPOSED", "UPHELD", "FAULTED"
REVIEWERS = desk.SECOND | {desk.RISK, desk.ADMINISTRATOR}
LATE_PRIORITY = 100
FOUND = (Field("found", "text", "复核意见", "what the reviewer found, in words that an auditor understands"),)
TAKES = (
    Field("decided", "word", "被复核事项", "the id of the matter that was decided"),
    Field("alone", "word", "单人批准者", "the id of the person who decided alone"),
    Field("apart", "texts", "不得复核者", "who may not review it: they proposed or reported it", needed=False),
    Field("fen", "whole", "金额(分)", "how much it was about", needed=False),
    Field("ground", "word", "紧急事由", "which emergency it was"),
    Field("reason", "text", "原因", "why it could not wait"),
)


def _opened(matter: Matter, fact: Fact, given: Given) -> Outcome:
    due = fact.at + given.rule(ALONE_LIMITS.name)["review ms"]["n"]
    changes = {name: word for name, word in fact.said.items() if name != "fen"}
    return Outcome(changes=changes, moves={"fen": fact.said.get("fen", 0), "queue": desk.SUPERVISOR, "due_at": due})


def _by_another(state: str) -> Do:
    def do(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
        if fact.actor == matter.body[WHO]:
            return Refused("self", f"{fact.actor} decided it alone; the review takes another person")
        if fact.actor in matter.body.get("apart", ()):
            return Refused("self", f"{fact.actor} proposed or reported it; the review takes another person")
        ended = {"found": fact.said["found"], "reviewer": fact.actor}
        return Outcome(state, ended, _follow_up(matter) if state == FAULTED else ())

    return do


def _follow_up(matter: Matter) -> tuple[Open, ...]:
    what = f"单人批准不当，请跟进 / decided alone and should not have been, follow it up: {matter.body['decided']}"
    said = {"what": what, "team": desk.SUPERVISOR}
    return (Open("task", f"{matter.id} faulted", said, matter.payment, parent=matter.parent),)


def _late(matter: Matter, fact: Fact, given: Given) -> Outcome:
    moves = {"due_at": None, "priority": matter.priority + LATE_PRIORITY, "queue": desk.SUPERVISOR}
    return Outcome(changes={"late": True}, moves=moves)


def _tags(matter: Matter) -> Mapping[str, str]:
    return {WHO: str(matter.body[WHO]), "payment": matter.payment, "decided": str(matter.body["decided"])}


REVIEW = Kind(
    name="review",
    titles=("事后复核", "after-review"),
    states=(PROPOSED, UPHELD, FAULTED),
    ended=frozenset({UPHELD, FAULTED}),
    rows=(
        Row(NEW, "Opened", PROPOSED, _opened, program=True, takes=TAKES),
        Row(PROPOSED, "Upheld", None, _by_another(UPHELD), may=REVIEWERS, shown=True, takes=FOUND),
        Row(PROPOSED, "Faulted", None, _by_another(FAULTED), may=REVIEWERS, shown=True, takes=FOUND),
        Row(PROPOSED, "ClockRan", None, _late),
        *desk.rows((PROPOSED,)),
    ),
    tags=_tags,
)
