"""How does the day stand right now? Figures that a page fetches again every few seconds."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpResponse

from chongzheng.cases.kinds import KINDS
from chongzheng.console.areas import AREAS, area_of
from chongzheng.console.showing import here, now, page
from chongzheng.console.views.money import board


def shown(request: Any) -> HttpResponse:
    """The page; its figures are part of it from the beginning."""
    return page(request, "live.html", **_figures())


def figures(request: Any) -> HttpResponse:
    """The figures alone, for the page that is open already."""
    return page(request, "live_figures.html", **_figures())


def _figures() -> dict[str, Any]:
    sight, counts = here(), Counter[str]()
    for kind, state, count, _ in sight.matters.states():
        if kind in KINDS and state not in KINDS[kind].ended:
            counts[area_of(kind, state)] += count
    cases, late = sight.reader.open_cases(now())
    owed = sight.reader.count_reversals()
    return {"board": board(), "counts": {one: counts[one] for one in AREAS}, "cases": cases, "late": late, "owed": owed}
