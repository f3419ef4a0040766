"""How does the day stand right now: traffic, links, the queue, money in doubt, failures, incidents?

A page fetches the figures again every few seconds; what many look at is read once. A figure that nobody can know says
so, and is not guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from chongzheng.cases.matter import Matter
from chongzheng.console import pictures
from chongzheng.console.areas import AREAS, area_of
from chongzheng.console.engine import WATCH, Heard, heard
from chongzheng.console.fresh import FRESH
from chongzheng.console.showing import apart, here, hidden_of, now, page, sights_of
from chongzheng.console.views.money import exposed, exposed_soon
from chongzheng.journal.books import MINUTE_MS, Books
from chongzheng.journal.rules import day_of
from chongzheng.journal.side import Side
from chongzheng.journal.worklists import OPEN, Narrow, open_tally
from chongzheng.reports.control import Chart, Day, p_chart
from chongzheng.settlement.days import shifted

AGAIN_S = 5
"""So often a page that somebody looks at asks again."""
SHARED_MS = 4_000
"""So long what everybody sees is not read again."""
TRAFFIC_MIN = 60
CHARTED_DAYS = 31
CHARTED_MS = 300_000
"""A month of reversals is read again this seldom: days change slowly."""
OLD_CHART_MS = 86_400_000
"""While it is read, the one before is shown, if it is of this day."""
MINUTES_MS = 60_000
INCIDENTS_MAX = 20
COUNTED_MAX = 10_000
"""What there is more of in an area is not counted."""
TOLD = ("terminal_connections", "sales_in_flight", "reversals_in_flight", "host_window", "host_latency_seconds",
        "queue_facts")  # fmt: skip


def shown(request: Any) -> HttpResponse:
    """The page; its figures are part of it from the beginning."""
    return page(request, "live.html", again_s=AGAIN_S, **_figures(request))


def figures(request: Any) -> HttpResponse:
    """The figures alone, for the page that is open already."""
    return page(request, "live_figures.html", **_figures(request))


def _figures(request: Any) -> dict[str, Any]:
    at = now()
    engine = heard(settings.DESK.doorway, at)
    shared = FRESH.get("live", at, SHARED_MS, lambda: _shared(at))
    seen = WATCH.saw(at, shared["owed"])
    empty_at = _empty_at(engine)
    return {
        **shared,
        "at": at,
        "engine": engine,
        "told": {name: engine.figures[name] for name in TOLD if name in engine.figures},
        "empty_at": empty_at,
        "incidents": _incidents(request),
        "owed_picture": pictures.owed(seen, empty_at),
    }


def warm() -> None:
    """Begin with what is dear before anybody looks. Whoever comes meanwhile finds it begun; a journal that is away is
    asked again by the first who looks."""
    at = now()
    for begin in (exposed_soon, _month):
        with suppress(Exception):
            begin(at)


def _month(at: int) -> Chart | None:
    counted = apart(lambda own: failure_chart(Books(own.side), at))
    return FRESH.soon("failures", at, CHARTED_MS, OLD_CHART_MS, counted)


def _shared(at: int) -> dict[str, Any]:
    """What does not depend on who looks."""
    sight = here()
    cases, late = sight.reader.open_cases(at)
    board, chart = exposed(at), _month(at)
    opened = _traffic(Books(sight.side), at)
    return {
        "read_at": at,
        "board": board,
        "cases": cases,
        "late": late,
        "owed": sight.reader.count_reversals(),
        "counts": _areas(sight.side),
        "counted_max": COUNTED_MAX,
        "rate": chart,
        "last_minute": opened[-2][1],
        "traffic_picture": pictures.traffic(opened),
        "age_picture": pictures.sliced("age", board.age),
        "failures_picture": pictures.failures(chart) if chart is not None else None,
    }


def _areas(side: Side) -> dict[str, int]:
    """How much is open in each area, counted up to a limit."""
    of = {area: frozenset(one for one in OPEN if area_of(*one) == area) for area in AREAS}
    return {area: open_tally(side, Narrow(states=of[area]), COUNTED_MAX + 1) or 0 for area in AREAS}


def _traffic(books: Books, at: int) -> list[tuple[int, int]]:
    """Payments by the minute; the last one still runs. Of a minute that is long over what was counted once stands."""
    running = at - at % MINUTE_MS
    begins = [running - ago * MINUTE_MS for ago in range(TRAFFIC_MIN - 1, -1, -1)]
    old = FRESH.get("traffic", at, MINUTES_MS, lambda: books.opened(begins[0], running - MINUTE_MS))
    new = books.opened(running - 2 * MINUTE_MS, at + 1)
    return [(begin, new.get(begin, old.get(begin, 0))) for begin in begins]


def failure_chart(books: Books, at: int) -> Chart:
    """Reversals that failed, of the last month, with limits that rest on the days before today."""
    today = day_of(at)
    days = [shifted(today, -ago) for ago in range(CHARTED_DAYS - 1, -1, -1)]
    found = books.reversals(days[0], days[-1])
    return p_chart([Day(day, *found.get(day, (0, 0))) for day in days], until=-1)


def _empty_at(engine: Heard) -> int | None:
    """When no reversal will be owed any more at the pace of now; None: nothing moves, or nobody says."""
    seconds = engine.figures.get("reversals_empty_in_seconds")
    return None if seconds is None else engine.at + round(seconds * 1_000)


def _incidents(request: Any) -> list[tuple[Matter, Mapping[str, Any]]]:
    """Incidents under way that this person may see, the newest first, with what of them they may see."""
    sights = sights_of(request)
    found: list[tuple[Matter, Mapping[str, Any]]] = []
    for one in here().matters.newest("incident", INCIDENTS_MAX):
        hides = hidden_of(request, one, sights)
        if hides is not None:
            found.append((one, {name: value for name, value in one.body.items() if name not in hides}))
    return found
