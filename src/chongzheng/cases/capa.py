"""Was an improvement carried out, and did it help? A corrective or preventive action (S-36).

It has an owner and a date, and it ends with figures that show its effect, or with the waiver of a second person;
being done is not an end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chongzheng.cases import desk
from chongzheng.cases.effects import Effect, Say
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Fact, Given, Kind, Matter, Outcome, Refused, Row, in_all
from chongzheng.cases.measured import FIGURES, WORKS, measured, wrong_figures

OPEN, DONE, EFFECTIVE, WAIVED, DROPPED = "OPEN", "DONE", "EFFECTIVE", "WAIVED", "DROPPED"
RUNNING = (OPEN, DONE)
URGENT = 50
"""What being late adds to its priority, once."""

TAKES = (
    Field("what", "text", "措施", "what is to be improved"),
    Field("sort", "word", "类别", "corrective or preventive", choices=("corrective", "preventive")),
    Field("owner", "word", "负责人", "who sees to it"),
    Field("due_at", "instant", "期限", "until when, epoch ms"),
    Field("cause", "word", "原因编号", "the cause it is to end", needed=False),
)


def _opened(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    said = fact.said
    if said["due_at"] <= fact.at:
        return Refused("rule", "its due date is over already")
    words = {"what": said["what"], "sort": said["sort"], "cause": said.get("cause", ""), "measured": [], "late": False}
    moves = {"owner": said["owner"], "due_at": said["due_at"], "queue": "improvement"}
    return Outcome(changes=words, moves=moves)


def _done(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"done_at": fact.at, "evidence_of_doing": fact.said["evidence"]})


def _measured(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """Every measurement is kept; only one that shows an effect ends it."""
    if wrong := wrong_figures(fact.said):
        return Refused("field", wrong)
    found = {**measured(fact.said).row(), "at": fact.at, "who": fact.actor}
    works = found["verdict"] == WORKS
    changes = {"measured": [*matter.body["measured"], found]}
    return Outcome(EFFECTIVE if works else DONE, changes, _told(matter, EFFECTIVE) if works else ())


def _waived(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"waiver": fact.said["reason"]}, effects=_told(matter, WAIVED))


def _dropped(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"dropped": fact.said["reason"]}, effects=_told(matter, DROPPED))


def _told(matter: Matter, state: str) -> tuple[Effect, ...]:
    words = {"capa": matter.id, "state": state}
    return (Say(matter.parent, "MeasureEnded", words, softly=True),) if matter.parent else ()


def _late(matter: Matter, fact: Fact, given: Given) -> Outcome:
    moves = {"due_at": None, "priority": matter.priority + URGENT}
    return Outcome(changes={"late": True}, moves=moves)


def _moved(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if fact.said["due_at"] <= fact.at:
        return Refused("rule", "its new due date is over already")
    moved = {"from": matter.due_at, "to": fact.said["due_at"], "reason": fact.said["reason"], "who": fact.actor}
    changes = {"moved": [*matter.body.get("moved", ()), moved]}
    return Outcome(changes=changes, moves={"due_at": fact.said["due_at"]})


def share_measured(matters: Iterable[Matter]) -> tuple[int, int]:
    """(how many ended with a measured effect, how many ended or are done): the share that S-57 reports."""
    ended = [one for one in matters if one.state in (DONE, EFFECTIVE, WAIVED)]
    return sum(one.state == EFFECTIVE for one in ended), len(ended)


def _tags(matter: Matter) -> Mapping[str, str]:
    return {"problem": matter.parent, "cause": matter.body.get("cause", "")}


CAPA = Kind(
    name="capa",
    titles=("纠正与预防措施", "corrective or preventive action"),
    states=(OPEN, DONE, EFFECTIVE, WAIVED, DROPPED),
    ended=frozenset({EFFECTIVE, WAIVED, DROPPED}),
    rows=(
        Row(NEW, "Opened", OPEN, _opened, may=desk.FIELD, program=True, takes=TAKES),
        Row(OPEN, "Done", DONE, _done, may=desk.FIELD,
            takes=(Field("evidence", "text", "完成依据", "what shows that it was done"),)),
        Row(DONE, "Measured", None, _measured, may=desk.FIELD, program=True, takes=FIGURES),
        Row(DONE, "Waived", WAIVED, _waived, may=desk.SECOND, apart=("Opened", "Done", "Measured"), shown=True,
            takes=(desk.REASON,)),
        *in_all(RUNNING, Row(OPEN, "DateMoved", do=_moved, may=desk.HEADS, takes=(TAKES[3], desk.REASON))),
        *in_all(RUNNING, Row(OPEN, "Dropped", DROPPED, _dropped, may=desk.HEADS, apart=("Opened",),
            takes=(desk.REASON,))),
        *in_all(RUNNING, Row(OPEN, "ClockRan", do=_late)),
        *desk.rows(RUNNING),
    ),
    tags=_tags,
)  # fmt: skip
