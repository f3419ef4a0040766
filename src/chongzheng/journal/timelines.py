"""What happened to a payment, by everybody who saw it, in one order and by one clock (S-29)?

What came over a wire has the time at which we heard it. What a terminal or a slip says has the terminal's time; by how
much that clock is ahead is read from its own messages, which carry it (F13, F12), where its dialect has them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from statistics import median_low

from chongzheng.cases.calendar import day_of
from chongzheng.cases.matter import Matter
from chongzheng.cases.timeline import WORTH_MS, Event, Moment, of_case
from chongzheng.cases.witness import SLIP, TERMINAL
from chongzheng.journal.rows import Evidence
from chongzheng.settlement.days import instant_ms, is_day, is_time

BY_THE_TERMINAL = frozenset({TERMINAL, SLIP})
"""Witnesses whose time is the terminal's."""
FROM_TERMINALS = "pos"
"""The source of what came over a terminal's wire."""


def timeline_of(evidence: Sequence[Evidence], case: Matter | None = None) -> list[Moment]:
    """Everything said about a payment, and by the witnesses of its case, oldest first; times in epoch ms."""
    heard = [Moment(Event(one.id, one.source, one.at, one.kind), one.at, 0) for one in evidence]
    ahead = terminal_ahead(evidence)
    told = [_by(moment, ahead) for moment in of_case(case)] if case is not None else []
    return sorted([*heard, *told], key=lambda moment: moment.at)


def terminal_ahead(evidence: Sequence[Evidence]) -> int:
    """By how much (ms) the terminal's clock runs ahead of ours, by its messages; 0 when it is right, or unknown."""
    gaps = [at - one.at for one in evidence if one.source == FROM_TERMINALS and (at := _own_time(one))]
    gap = median_low(gaps) if gaps else 0
    return gap if abs(gap) >= WORTH_MS else 0


def _own_time(one: Evidence) -> int:
    """What the terminal's clock said; the message has no year, so the one that is nearest. 0: it names no time."""
    fields = json.loads(one.body).get("fields", {})
    month_day, time = str(fields.get("13", "")), str(fields.get("12", ""))
    if len(time) != len("hhmmss") or not is_time(time):
        return 0
    year = int(day_of(one.at)[:4])
    days = [day for day in (f"{near}{month_day}" for near in (year - 1, year, year + 1)) if is_day(day)]
    return min((instant_ms(day + time) for day in days), key=lambda at: abs(at - one.at), default=0)


def _by(moment: Moment, ahead: int) -> Moment:
    if moment.corrected or moment.event.source not in BY_THE_TERMINAL:
        return moment
    return replace(moment, at=moment.event.at_raw - ahead, ahead_ms=ahead)
