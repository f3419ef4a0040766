"""What was changed because of a problem, and did fewer reversals fail afterwards? The change record (S-40)."""

from __future__ import annotations

from collections.abc import Mapping

from chongzheng.cases import alone, desk
from chongzheng.cases.effects import Effect, Say
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Fact, Given, Kind, Matter, Outcome, Refused, Row
from chongzheng.cases.measured import FIGURES, HARMFUL, measured, wrong_figures

PLANNED, APPROVED, IN_PLACE, PROVEN, ROLLED_BACK, REFUSED = (
    "PLANNED", "APPROVED", "IN_PLACE", "PROVEN", "ROLLED_BACK", "REFUSED",
)  # fmt: skip
RUNNING = (PLANNED, APPROVED, IN_PLACE)

TAKES = (
    Field("what", "text", "变更内容", "what is changed"),
    Field("problem", "word", "问题编号", "the problem it answers", needed=False),
    Field("release", "word", "版本编号", "the release it comes with", needed=False),
    Field("terminals", "texts", "终端范围", "which terminals, models or channels it concerns", needed=False),
    Field("from_at", "instant", "窗口开始", "begin of its window, epoch ms"),
    Field("until_at", "instant", "窗口结束", "end of its window, epoch ms"),
    Field("way_back", "text", "回退方案", "how it is taken back"),
)


def _opened(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    said = fact.said
    if not fact.at < said["from_at"] < said["until_at"]:
        return Refused("rule", "its window lies ahead, and ends after it begins")
    words = {field.name: said.get(field.name, "") for field in TAKES if field.name != "terminals"}
    words |= {"terminals": said.get("terminals", []), "figures": []}
    told = Say(said["problem"], "ChangePlanned", {"what": said["what"]}, softly=True) if "problem" in said else None
    return Outcome(changes=words, moves={"queue": "changes"}, effects=(told,) if told else ())


def _approved(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(moves={"due_at": matter.body["until_at"]})


def _approved_alone(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """An emergency change: approved by one, reviewed by another afterwards."""
    refused = alone.objection(matter, fact, given)
    if refused is not None:
        return refused
    return Outcome(moves={"due_at": matter.body["until_at"]}, effects=(alone.review(matter, fact, given),))


def _in_place(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    body = matter.body
    if not body["from_at"] <= fact.at <= body["until_at"]:
        return Refused("rule", f"its window is {body['from_at']} to {body['until_at']} (epoch ms); plan another one")
    effects = _said(body["problem"], "ChangeInPlace", matter)
    return Outcome(changes={"in_place_at": fact.at}, moves={"due_at": None}, effects=effects)


def _counted(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """The failure rate on both sides of the change; every count stays, a harmful one goes before the others' eyes."""
    if wrong := wrong_figures(fact.said):
        return Refused("field", wrong)
    found = {**measured(fact.said).row(), "at": fact.at}
    moves = {"queue": "problems", "priority": 100} if found["verdict"] == HARMFUL else {}
    return Outcome(changes={"figures": [*matter.body["figures"], found]}, moves=moves)


def _proven(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    figures = matter.body["figures"]
    if not figures:
        return Refused("rule", "its failure rate before and after was not counted; it cannot end without")
    if figures[-1]["verdict"] == HARMFUL:
        return Refused("rule", "more reversals fail since; roll it back")
    return Outcome(effects=_said(matter.body["problem"], "ChangeProven", matter))


def _rolled_back(matter: Matter, fact: Fact, given: Given) -> Outcome:
    changes = {"rolled_back": fact.said["reason"]}
    return Outcome(changes=changes, effects=_said(matter.body["problem"], "ChangeRolledBack", matter))


def _missed(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(PLANNED, {"missed": True}, moves={"due_at": None})


def _replanned(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if not fact.at < fact.said["from_at"] < fact.said["until_at"]:
        return Refused("rule", "its window lies ahead, and ends after it begins")
    return Outcome(changes={"from_at": fact.said["from_at"], "until_at": fact.said["until_at"], "missed": False})


def _refused(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"refused": fact.said["reason"]})


def _said(to: str, fact: str, matter: Matter) -> tuple[Effect, ...]:
    return (Say(to, fact, {"change": matter.id}, softly=True),) if to else ()


def _tags(matter: Matter) -> Mapping[str, str]:
    return {name: matter.body.get(name, "") for name in ("problem", "release")}


CHANGE = Kind(
    name="change",
    titles=("变更", "change"),
    states=(PLANNED, APPROVED, IN_PLACE, PROVEN, ROLLED_BACK, REFUSED),
    ended=frozenset({PROVEN, ROLLED_BACK, REFUSED}),
    rows=(
        Row(NEW, "Opened", PLANNED, _opened, may=desk.FIELD, takes=TAKES),
        Row(PLANNED, "Replanned", None, _replanned, may=desk.FIELD, takes=TAKES[4:6]),
        Row(PLANNED, "Approved", APPROVED, _approved, may=desk.HEADS, apart=("Opened", "Replanned"), shown=True),
        Row(PLANNED, alone.FACT, APPROVED, _approved_alone, may=desk.HEADS, shown=True, takes=alone.EMERGENCY),
        Row(PLANNED, "Refused", REFUSED, _refused, may=desk.HEADS, takes=desk.REFUSAL),
        Row(APPROVED, "ClockRan", None, _missed),
        Row(APPROVED, "PutInPlace", IN_PLACE, _in_place, may=desk.FIELD),
        Row(IN_PLACE, "Counted", None, _counted, may=desk.FIELD, program=True, takes=FIGURES),
        Row(IN_PLACE, "Proven", PROVEN, _proven, may=desk.HEADS),
        Row(IN_PLACE, "RolledBack", ROLLED_BACK, _rolled_back, may=desk.FIELD, program=True, takes=(desk.REASON,)),
        *desk.rows(RUNNING),
    ),
    tags=_tags,
    asks=lambda matter, fact: alone.asks(fact),
)  # fmt: skip
