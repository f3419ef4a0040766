"""What follows from every fact of a case, whatever it says? Clocks, how bad it is, what comes first, what to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chongzheng.cases import sla
from chongzheng.cases.case_confirm import next_of
from chongzheng.cases.matter import Do, Fact, Given, Matter, Outcome, Refused, Row
from chongzheng.cases.priority import LEVELS, priority, severity


def tended(row: Row) -> Row:
    """The same row, and after it: the clocks that its fact meets, deadline, severity, priority and next question."""
    return replace(row, do=_tending(row))


def _tending(row: Row) -> Do:
    def do(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
        outcome = row.do(matter, fact, given)
        return outcome if isinstance(outcome, Refused) else _after(matter, fact, given, outcome)

    return do


def _after(matter: Matter, fact: Fact, given: Given, outcome: Outcome) -> Outcome:
    body = {**matter.body, **outcome.changes}
    clocks = sla.met(body.get("clocks", ()), fact.name, fact.at)
    fen = int(outcome.moves.get("fen", matter.fen))
    level = _severity(body, given, fen, fact.at - matter.opened_at)
    used = max((sla.used_pct(one, fact.at) for one in clocks if one["met_at"] is None), default=0)
    rank = priority(given.rule("priority"), fen, customer(body, given), used)
    moves = {**outcome.moves, "due_at": sla.nearest(clocks), "priority": rank}
    changes = {"clocks": clocks, "severity": level, "next": next_of(matter, body, given)}
    return replace(outcome, changes={**outcome.changes, **changes}, moves=moves)


def _severity(body: Mapping[str, Any], given: Given, fen: int, open_ms: int) -> str:
    """As the rows say, but never milder than it was: a case that was urgent is not forgotten."""
    now = severity(given.rule("severity"), fen, body.get("customers", 1), frozenset(body.get("marks", ())), open_ms)
    return min(now, str(body.get("severity", LEVELS[-1])))


def customer(body: Mapping[str, Any], given: Given) -> int:
    """How much the customer weighs: 1 when somebody waits for an answer, 2 more in need, 1 more when it came back."""
    sources = given.rule("case sources")
    asked = any(sources.get(one["source"], {}).get("asked") for one in body.get("sources", ()))
    return int(asked) + 2 * ("vulnerable" in body.get("marks", ())) + int(body.get("reopened", 0) > 0)
