"""What do the three checks of the pure machine say together? One document, for a command and for a test.

`prove` explores the small worlds, walks all orders of evidence, and takes every guard away; `holds` reads its answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chongzheng.simulator.model.explore import SLICE, WHOLE, Explored, explore, told
from chongzheng.simulator.model.guards import Missed, check
from chongzheng.simulator.model.orders import Met, confluence

Document = dict[str, Any]


def prove(quick: bool = False, processes: int = 2, say: Callable[[str], None] = lambda line: None) -> Document:
    """Everything; `quick`: the slice of the worlds that the suite explores. `say` hears a line for each part done.

    {"states", "moves", "closed", "violations", "invariants", "invariants_never_evaluated", "stories", ...,
    "confluence": {"scenes", "orders", "apart", ...}, "guards": {"removed", "found", "by": {guard: promise}}}
    """
    report = explore(SLICE if quick else WHOLE, processes, watch=lambda run: say(_of_run(run)))
    met = confluence(watch=lambda one: say(f"orders: {one.scene}: {one.orders}") if len(one.ends) > 1 else None)
    missed = check(watch=lambda one: say(_of_guard(one)))
    return {
        **report.document(),
        "stories": [told(violation) for violation in report.violations],
        "confluence": met.document() | {"ends": {one.scene: _ends(one) for one in met.apart}},
        "guards": {
            "removed": len(missed),
            "found": sum(one.found for one in missed),
            "by": {one.guard.name: one.violation.promise if one.violation else None for one in missed},
            "stories": {one.guard.name: told(one.violation) for one in missed if one.violation},
        },
    }


def holds(document: Document) -> bool:
    """Whether nothing is broken, nothing was left open or unlooked at, and every guard was missed."""
    guards = document["guards"]
    nothing_wrong = not document["violations"] and not document["confluence"]["apart"]
    return bool(
        nothing_wrong
        and document["closed"]
        and not document["invariants_never_evaluated"]
        and guards["removed"] == guards["found"]
    )


def _of_run(run: Explored) -> str:
    how = "all" if run.closed else "NOT all"
    broken = len(run.violations)
    return f"worlds: {run.setting}: {how} {run.states} states, {broken} broken promises, {run.seconds:.0f} s"


def _of_guard(missed: Missed) -> str:
    seen = "nobody noticed" if missed.violation is None else f"breaks {missed.violation.promise}"
    return f"guards: without {missed.guard.name}: {seen}"


def _ends(met: Met) -> list[list[str]]:
    return [[" ".join(end), "; ".join(way)] for end, way in met.ends.items()]
