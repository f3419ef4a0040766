"""How many reversals were attempted and how many failed, before and after a change, in a canary and beside it?

What the engine knows is counted and said to the matters that wait for it (changes in place, releases in their canary)
by the program, once a day: nobody types the figures of his or her own measure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.matters import Matters
from chongzheng.journal.rules import day_of
from chongzheng.journal.side import Side
from chongzheng.mistakes import OurMistake, TheirMistake

DAY_MS = 86_400_000
SPAN_MS = 7 * DAY_MS
"""So long on each side of a change."""
TERMINALS_MAX = 5_000
"""Terminals whose reversals are counted one by one; of more, the first."""

Units = Mapping[str, Mapping[str, Any]]


def attempts(side: Side, since: int, until: int, terminals: Iterable[str] | None = None) -> tuple[int, int]:
    """(failed, attempted) reversals of payments opened in [since, until), epoch ms; of these terminals, or of all.

    Failed: a reversal was begun, is not under way any more, and was neither accepted nor is the money known to be back.
    """
    span = {"since": since, "until": until}
    if terminals is None:
        days = {"first": day_of(since - DAY_MS), "last": day_of(until + 2 * DAY_MS)}
        return _sum([side.ask("reversals_of_all", **span, **days)[0]])
    chosen = sorted(set(terminals))[:TERMINALS_MAX]
    return _sum([side.ask("reversals_of_terminal", terminal=one, **span)[0] for one in chosen])


def count(
    matters: Matters, side: Side, units: Units, now: int, failed: Callable[[str, str], None] | None = None
) -> list[str]:
    """Count for every matter that waits for figures, at most once a day each; the ids of those that were told. `failed`
    hears of one that cannot be told, and why; without it that is raised."""
    told = [one for one in matters.all_open("change") if one.state == "IN_PLACE" and _due(one.body["figures"], now)]
    said = [(one.id, _of_change(side, units, one.body, now)) for one in told]
    canaries = [one for one in matters.all_open("release") if one.state == "CANARY" and _due(one.body["counted"], now)]
    said += [(one.id, _of_release(side, units, one.body, now)) for one in canaries]
    return [matter for matter, figures in said if _said(matters, matter, figures, failed)]


def _said(matters: Matters, matter: str, figures: Mapping[str, int], failed: Callable[[str, str], None] | None) -> bool:
    try:
        return _say(matters, matter, figures)
    except (TheirMistake, OurMistake) as mistake:  # one matter's fault is no other's
        if failed is None:
            raise
        failed(matter, str(mistake))
        return False


def _say(matters: Matters, matter: str, figures: Mapping[str, int]) -> bool:
    if not (figures["n_before"] and figures["n_after"]):
        return False
    try:
        matters.say(matter, "Counted", figures)
    except Overtaken:  # somebody ended it meanwhile
        return False
    return True


def _due(figures: list[Mapping[str, Any]], now: int) -> bool:
    return not figures or figures[-1]["at"] <= now - DAY_MS


def _of_change(side: Side, units: Units, body: Mapping[str, Any], now: int) -> dict[str, int]:
    turned_at, chosen = body["in_place_at"], _terminals(units, body["terminals"])
    before = attempts(side, turned_at - SPAN_MS, turned_at, chosen)
    return _figures(before, attempts(side, turned_at, min(now, turned_at + SPAN_MS), chosen))


def _terminals(units: Units, names: list[str]) -> list[str] | None:
    """Terminals by their own names or by their model's; None where nothing is named: all."""
    if not names:
        return None
    return sorted({*names, *(terminal for terminal, unit in units.items() if unit["model"] in names)})


def _of_release(side: Side, units: Units, body: Mapping[str, Any], now: int) -> dict[str, int]:
    """After: the canary since its begin; before: the other terminals of its model over the same time."""
    first = set(body["terminals"])
    others = [one for one, unit in units.items() if unit["model"] == body["model"] and one not in first]
    since = body["started_at"]
    return _figures(attempts(side, since, now, others), attempts(side, since, now, first))


def _figures(before: tuple[int, int], after: tuple[int, int]) -> dict[str, int]:
    return {"failures_before": before[0], "n_before": before[1], "failures_after": after[0], "n_after": after[1]}


def _sum(rows: list[Any]) -> tuple[int, int]:
    return sum(int(row[0]) for row in rows), sum(int(row[1]) for row in rows)
