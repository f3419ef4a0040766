"""Where does a person stand in a standard procedure, and why may the step they want not be taken yet (S-16)?

A run keeps the version that it began with. Every step is logged with who, when and which version; one out of order,
or whose guard does not hold, is refused with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chongzheng.cases import desk
from chongzheng.cases.effects import Effect, Say
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Ask, Fact, Given, Kind, Matter, Outcome, Refused, Row

RUNNING, FINISHED, ABANDONED = "RUNNING", "FINISHED", "ABANDONED"

STEP = Field("step", "word", "步骤", "the id of the step")
SAID = (
    STEP,
    Field("note", "text", "备注", "what was done", needed=False),
    Field("figure", "whole", "数值", "the number that the step asks for", needed=False),
    Field("evidence", "text", "凭据", "the reference that the step asks for", needed=False),
)


def _opened(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    sops = given.rule("sop")
    name = fact.said["sop"]
    if name not in sops:
        return Refused("rule", f"there is no procedure {name}; there is {', '.join(sorted(sops))}")
    row = sops[name]
    kept = {"sop": name, "version": row["version"], "zh": row["zh"], "en": row["en"], "steps": list(row["steps"])}
    return Outcome(changes={**kept, "log": []})


def next_step(matter: Matter) -> Mapping[str, Any]:
    """The step that comes next, as long as it is RUNNING."""
    steps: list[Mapping[str, Any]] = matter.body["steps"]
    return steps[len(matter.body["log"])]


def why_blocked(step: Mapping[str, Any], payment: Mapping[str, Any], cases: Iterable[str] = ()) -> str:
    """Why a step cannot be taken by anybody, as its payment and that payment's cases (states) stand; "" when it can."""
    for name in ("truth", "proof"):
        stands = payment.get(name, "not known")
        if name in step and stands not in step[name]:
            return f"{step['id']}: the {name} is {stands}; it must be {' or '.join(step[name])}"
    if "case" in step and not set(cases) & set(step["case"]):
        return f"{step['id']}: the case of its payment must be {' or '.join(step['case'])}"
    if step.get("settled") and payment.get("suspense_fen"):
        return f"{step['id']}: {payment['suspense_fen']} fen lie in suspense"
    return ""


def _untold(step: Mapping[str, Any], said: Mapping[str, Any]) -> str:
    if "figure" in step and "figure" not in said:
        return f"{step['id']}: tell the figure: {step['figure']}"
    if "figure" in step and said["figure"] > step["at_most"]:
        return f"{step['id']}: {step['figure']}: {said['figure']}, at most {step['at_most']}"
    if "evidence" in step and "evidence" not in said:
        return f"{step['id']}: tell the evidence: {step['evidence']}"
    return ""


def _done(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    step = _in_order(matter, fact)
    if isinstance(step, Refused):
        return step
    if "role" in step and step["role"] not in fact.roles:
        return Refused("role", f"{step['id']} is taken by: {step['role']}")
    if "other_than" in step and fact.actor == _taker(matter, step["other_than"]):
        return Refused("self", f"{fact.actor} took {step['other_than']}; {step['id']} takes another person")
    cases = [case.state for case in given.others["cases"]]
    if blocked := why_blocked(step, given.payment, cases) or _untold(step, fact.said):
        return Refused("rule", blocked)
    return _logged(
        matter, fact, {name: fact.said[name] for name in ("note", "figure", "evidence") if name in fact.said}
    )


def _skipped(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    step = _in_order(matter, fact)
    if isinstance(step, Refused):
        return step
    if not step.get("optional"):
        return Refused("rule", f"{step['id']} cannot be left out")
    return _logged(matter, fact, {"skipped": fact.said["reason"]})


def _in_order(matter: Matter, fact: Fact) -> Mapping[str, Any] | Refused:
    wanted, step = fact.said["step"], next_step(matter)
    if wanted == step["id"]:
        return step
    steps = [one["id"] for one in matter.body["steps"]]
    if wanted not in steps:
        return Refused("field", f"step: {wanted} is none of {', '.join(steps)}")
    when = "comes later" if steps.index(wanted) > len(matter.body["log"]) else "is taken already"
    return Refused("order", f"{wanted} {when}; next is {step['id']} ({step['en']})")


def _taker(matter: Matter, step: str) -> str:
    return next(str(one["by"]) for one in matter.body["log"] if one["step"] == step)


def _logged(matter: Matter, fact: Fact, words: Mapping[str, Any]) -> Outcome:
    entry = {"step": fact.said["step"], "at": fact.at, "by": fact.actor, "version": matter.body["version"], **words}
    log = [*matter.body["log"], entry]
    over = len(log) == len(matter.body["steps"])
    told: tuple[Effect, ...] = ()
    if over and matter.parent:
        said = {"procedure": matter.id, "sop": matter.body["sop"], "version": matter.body["version"]}
        told = (Say(matter.parent, "ProcedureEnded", said, softly=True),)
    return Outcome(FINISHED if over else RUNNING, {"log": log}, told)


def _abandoned(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"abandoned": fact.said["reason"]})


def _asks(matter: Matter, fact: Fact) -> Mapping[str, Ask]:
    return {"cases": Ask("case", "payment", matter.payment)}


def _tags(matter: Matter) -> Mapping[str, str]:
    return {"sop": matter.body.get("sop", "")}


PROCEDURE = Kind(
    name="procedure",
    titles=("流程执行", "run of a procedure"),
    states=(RUNNING, FINISHED, ABANDONED),
    ended=frozenset({FINISHED, ABANDONED}),
    rows=(
        Row(NEW, "Opened", RUNNING, _opened, may=desk.FIELD, program=True,
            takes=(Field("sop", "word", "流程", "row of the register sop"),)),
        Row(RUNNING, "StepDone", None, _done, may=desk.FIELD, takes=SAID),
        Row(RUNNING, "StepSkipped", None, _skipped, may=desk.HEADS, takes=(STEP, desk.REASON)),
        Row(RUNNING, "Abandoned", ABANDONED, _abandoned, may=desk.FIELD, takes=(desk.REASON,)),
        *desk.rows((RUNNING,)),
    ),
    tags=_tags,
    asks=_asks,
)  # fmt: skip
