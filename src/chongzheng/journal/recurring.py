"""Which cause came back often enough to be a problem, and which new cases belong to one that is open (S-40)?

Looked for by the program: cases whose cause is known join the open problem of that cause; where there is none, and as
many cases as the register says came in its days, one is opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chongzheng.cases.matter import Matter
from chongzheng.journal.matters import Matters
from chongzheng.journal.side import Side

DAY_MS = 86_400_000
UNKNOWN = frozenset({"", "unknown"})
OVER = frozenset({"CLOSED", "DROPPED"})


def gather(matters: Matters, side: Side, rules: Mapping[str, Mapping[str, Any]], now: int) -> list[str]:
    """Open problems and let cases join them; `rules`: the register `recurring causes`. The ids of what was touched."""
    row = rules.get("default")
    if row is None:
        return []
    since = now - row["days"] * DAY_MS
    causes = [str(value) for (value,) in side.ask("recurring_causes", since=since, least=1)]
    touched = [_gathered(matters, cause, since, rules.get(cause, row)["cases"]) for cause in causes]
    return [problem for problem in touched if problem]


def _gathered(matters: Matters, cause: str, since: int, least: int) -> str:
    if cause in UNKNOWN:
        return ""
    problems = matters.tagged("problem", "cause", cause)
    known = {case for problem in problems for case in problem.body["cases"]}
    new = [case.id for case in matters.tagged("case", "cause", cause, since) if case.id not in known]
    running = [problem for problem in problems if problem.state not in OVER]
    if running:
        return _joined(matters, running[-1], new)
    if len(new) < least:
        return ""
    words = {"title": f"{cause}: {len(new)} cases", "cause": cause, "cases": new}
    return matters.open("problem", words, key=f"problem {cause} {len(problems)}").id


def _joined(matters: Matters, problem: Matter, cases: list[str]) -> str:
    for case in cases:
        matters.say(problem.id, "CaseJoined", {"case": case})
    return problem.id if cases else ""
