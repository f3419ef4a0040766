"""Which standard procedure goes with a matter, how far is it, and what stands in the way of its next step?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chongzheng.cases.matter import Matter
from chongzheng.cases.procedure import RUNNING, why_blocked

PROCEDURE = "procedure"
FREE: tuple[str, str, tuple[str, ...]] = ("", "", ())
SOP_OF_KIND = {"refund": "refund", "compensation": "refund", "clawback": "late reversal", "slip": "fault slip",
               "swap": "restore", "survey": "restore"}  # fmt: skip
CASE_SOP, IN_DOUBT = "doubt", frozenset({"unknown", "contested", ""})


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `standing`: done, next, later; `blocked`: which guard keeps it (truth, proof,
    case, settled; "" none), how that stands, how it must; `log`: who took it, when, how."""

    id: str
    title: str
    standing: str
    blocked: tuple[str, str, tuple[str, ...]]
    log: Mapping[str, Any]
    needs: str


@dataclass(frozen=True, slots=True)
class Sop:
    """A procedure beside a matter. `run`: the id of the run that is under way, "" where none was begun."""

    name: str
    title: str
    version: int
    run: str
    steps: tuple[Step, ...]


def beside(
    one: Matter, related: Iterable[Matter], rows: Mapping[str, Mapping[str, Any]], standing: Mapping[str, Any],
    chinese: bool,
) -> Sop | None:  # fmt: skip
    """The run that is under way for it, or the procedure of its sort; None where the house has none."""
    family = list(related)
    cases = [each.state for each in (one, *family) if each.kind == "case"]
    runs = [each for each in (one, *family) if each.kind == PROCEDURE]
    running = next((each for each in runs if each.state == RUNNING), runs[-1] if runs else None)
    language = "zh" if chinese else "en"
    if running is not None:
        body = running.body
        log = body.get("log", ())
        steps = _steps(body["steps"], log, standing, cases, language)
        return Sop(body["sop"], body[language], body["version"], running.id, steps)
    name = SOP_OF_KIND.get(one.kind, CASE_SOP if one.kind == "case" and standing.get("truth", "") in IN_DOUBT else "")
    row = rows.get(name)
    if row is None:
        return None
    return Sop(name, row[language], row["version"], "", _steps(row["steps"], (), standing, cases, language))


def _steps(
    steps: Sequence[Mapping[str, Any]], log: Sequence[Mapping[str, Any]], standing: Mapping[str, Any],
    cases: Sequence[str], language: str,
) -> tuple[Step, ...]:  # fmt: skip
    found = []
    for place, step in enumerate(steps):
        taken = log[place] if place < len(log) else {}
        where = "done" if taken else "next" if place == len(log) else "later"
        blocked = _blocked(step, standing, cases) if where == "next" else FREE
        needs = str(step.get("evidence") or step.get("figure") or "")
        found.append(Step(step["id"], step[language], where, blocked, taken, needs))
    return tuple(found)


def _blocked(
    step: Mapping[str, Any], standing: Mapping[str, Any], cases: Sequence[str]
) -> tuple[str, str, tuple[str, ...]]:
    """The guard that keeps everybody from it, by the rule of procedures; in parts, so that a page can say it."""
    if not why_blocked(step, standing, cases):
        return FREE
    for name in ("truth", "proof"):
        if name in step and standing.get(name, "") not in step[name]:
            return name, str(standing.get(name, "")), tuple(step[name])
    if "case" in step and not set(cases) & set(step["case"]):
        return "case", ", ".join(cases), tuple(step["case"])
    return "settled", str(standing.get("suspense_fen", 0)), ()
