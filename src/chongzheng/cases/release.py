"""May a release go to every terminal, or did its first terminals show that it must stop? Canary and roll-out (S-22).

A few terminals have it first. Their failures are counted against those of the others; the rule of the register stops
it by itself, and it goes out only when enough was counted and nothing speaks against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chongzheng.cases import desk
from chongzheng.cases.effects import Effect, Open, Take
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Fact, Given, Kind, Matter, Outcome, Refused, Row, in_all
from chongzheng.cases.measured import FIGURES, HARMFUL, measured, wrong_figures
from chongzheng.cases.registers import Register
from chongzheng.cases.units import is_version

PLANNED, CANARY, ROLLED_OUT, STOPPED, WITHDRAWN = "PLANNED", "CANARY", "ROLLED_OUT", "STOPPED", "WITHDRAWN"
RUNNING = (PLANNED, CANARY)
RULE = "default"

CANARIES = Register(
    "canary",
    ("灰度停止规则", "stop rules of a canary"),
    False,
    (
        Field("n_stop", "whole", "停止最少样本", "attempts from which on a worse rate stops it"),
        Field("n_enough", "whole", "放行最少样本", "attempts without which it does not go out"),
        Field("failures_stop", "whole", "失败上限", "failures that stop it whatever the rate of the others is"),
        Field("unverified", "flag", "未经核实", "a proposal", needed=False),
    ),
    {RULE: {"n_stop": 50, "n_enough": 300, "failures_stop": 60, "unverified": True}},
    lambda row: wrong_rule(row),
)


def wrong_rule(row: Mapping[str, Any]) -> str:
    """What is wrong with a stop rule, "" nothing."""
    if not 0 < row["n_stop"] <= row["n_enough"]:
        return "n_stop: is one or more, and not above n_enough"
    return "" if row["failures_stop"] > 0 else "failures_stop: is one or more"


def _opened(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    said = fact.said
    if not is_version(said["version"]):
        return Refused("field", "version: is numbers with dots, as 4.10.2")
    words = {"version": said["version"], "model": said["model"], "notes": [], "what": said["what"], "counted": []}
    only = Take(f"release {said['model']} {said['version']}", "there is such a release already")
    return Outcome(changes=words, moves={"queue": "releases"}, effects=(only,))


def _started(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"terminals": sorted(set(fact.said["terminals"])), "started_at": fact.at})


def _counted(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """Before: the other terminals of the model; after: the canary. The rule row decides, nobody's eye."""
    if wrong := wrong_figures(fact.said):
        return Refused("field", wrong)
    rule = _rule(matter, given)
    found = {**measured(fact.said).row(), "at": fact.at, "n_after": fact.said["n_after"]}
    changes = {"counted": [*matter.body["counted"], found]}
    many = fact.said["failures_after"] >= rule["failures_stop"]
    worse = found["verdict"] == HARMFUL and fact.said["n_after"] >= rule["n_stop"]
    if not (many or worse):
        return Outcome(changes=changes)
    why = f"{found['after_ppm']} ppm of {fact.said['n_after']} fail, {found['before_ppm']} ppm of the others"
    return Outcome(STOPPED, {**changes, "stopped": why}, _problem(matter, why))


def _rule(matter: Matter, given: Given) -> Mapping[str, Any]:
    """The rule of its model, else that of all."""
    rules: Mapping[str, Mapping[str, Any]] = given.rule("canary")
    return rules.get(matter.body["model"]) or rules.get(RULE, CANARIES.shipped[RULE])


def _problem(matter: Matter, why: str) -> tuple[Effect, ...]:
    title = f"release {matter.body['version']} of {matter.body['model']}: {why}"
    said = {"title": title, "cause": "SW-REGRESS", "cases": []}
    roll_back = {"what": f"roll back {matter.body['version']} on {matter.body['model']}", "team": "software"}
    return (
        Open("problem", f"problem of {matter.id}", said, parent=matter.id),
        Open("task", f"roll back of {matter.id}", roll_back, parent=matter.id),
    )


def _rolled_out(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    rule = _rule(matter, given)
    last: Mapping[str, Any] = matter.body["counted"][-1] if matter.body["counted"] else {"n_after": 0, "verdict": ""}
    if last["n_after"] < rule["n_enough"]:
        return Refused("rule", f"its canary has {last['n_after']} attempts; it takes {rule['n_enough']}")
    if last["verdict"] == HARMFUL:
        return Refused("rule", "its canary fails more often than the others")
    return Outcome(changes={"rolled_out_at": fact.at})


def _stopped(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"stopped": fact.said["reason"]}, effects=_problem(matter, fact.said["reason"]))


def _withdrawn(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"withdrawn": fact.said["reason"]})


def _tags(matter: Matter) -> Mapping[str, str]:
    return {"model": matter.body.get("model", ""), "version": matter.body.get("version", "")}


RELEASE = Kind(
    name="release",
    titles=("版本发布", "release"),
    states=(PLANNED, CANARY, ROLLED_OUT, STOPPED, WITHDRAWN),
    ended=frozenset({ROLLED_OUT, STOPPED, WITHDRAWN}),
    rows=(
        Row(NEW, "Opened", PLANNED, _opened, may=desk.FIELD,
            takes=(Field("model", "word", "型号", "for which model"),
                   Field("version", "word", "版本", "its version, numbers with dots"),
                   Field("what", "text", "内容", "what is new, and which problem it answers"))),
        Row(PLANNED, "CanaryStarted", CANARY, _started, may=desk.HEADS,
            takes=(Field("terminals", "texts", "灰度终端", "which terminals have it first"),)),
        Row(CANARY, "Counted", None, _counted, may=desk.FIELD, program=True, takes=FIGURES),
        Row(CANARY, "RolledOut", ROLLED_OUT, _rolled_out, may=desk.HEADS, apart=("Opened",), shown=True),
        Row(CANARY, "Stopped", STOPPED, _stopped, may=desk.FIELD, program=True, takes=(desk.REASON,)),
        *in_all(RUNNING, Row(PLANNED, "Withdrawn", WITHDRAWN, _withdrawn, may=desk.HEADS, takes=(desk.REASON,))),
        *desk.rows(RUNNING),
    ),
    tags=_tags,
)  # fmt: skip
