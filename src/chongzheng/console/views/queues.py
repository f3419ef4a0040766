"""What waits, for whom, in which order and columns? Queues by their names, areas, filters, files of the same view."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import Http404, HttpResponse

from chongzheng.cases.matter import Matter
from chongzheng.console import columns, lists, look, sheets
from chongzheng.console.areas import AREAS
from chongzheng.console.models import ADDRESS_CHARS_MAX, FILTERS_MAX, TITLE_CHARS_MAX
from chongzheng.console.showing import go, here, hidden_of, inside, now, page, reads, sights_of
from chongzheng.console.words import kind, text
from chongzheng.journal.rules import day_of
from chongzheng.journal.worklists import FIRST, LOOKED_AT_MAX, Place
from chongzheng.reports.day_close import Cell, Sheet

ROWS = 50
EXPORT_ROWS_MAX = 5_000
"""Rows of one file; a longer list is narrowed by a filter first."""


def home(request: Any) -> HttpResponse:
    """A person's own queue comes first."""
    return go("/queues/my")


def listed(request: Any, name: str) -> HttpResponse:
    """One queue."""
    if name in AREAS:
        raise Http404
    return _shown(request, lists.asked_for(request, name))


def area(request: Any, area: str) -> HttpResponse:
    """One of the five areas: everything open that belongs there."""
    if area not in AREAS:
        raise Http404
    return _shown(request, lists.asked_for(request, area))


def _shown(request: Any, asked: lists.Asked) -> HttpResponse:
    found = lists.listed(asked, request.GET.get("after", ""), ROWS)
    chosen = chosen_of(request, asked.name)
    kept = {**asked.given, "columns": request.GET.get("columns", "")}
    in_area = asked.name in AREAS
    return page(
        request, "queue.html", tabs=[] if in_area else [*lists.SLUGS, lists.EVERYTHING], name=asked.name,
        title=_title(asked.name), what=f"area.{asked.name}.what" if in_area else "", list=found, kept=kept,
        offered=lists.choices(asked), lengths={} if in_area else lists.lengths(asked), given=dict(asked.given),
        chosen=chosen, forms=columns.COLUMNS,
        others=[one for one in columns.COLUMNS if one not in chosen], choosing="choose" in request.GET,
        cells=_cells(request, found.rows, chosen), export_max=EXPORT_ROWS_MAX,
    )  # fmt: skip


def exported(request: Any, name: str) -> HttpResponse:
    """The same view as a file: the same filter, the same columns, all its pages."""
    asked, form = lists.asked_for(request, name), request.GET.get("format", sheets.CSV)
    if form not in sheets.TYPES:
        raise Http404
    rows, more = _all_pages(asked)
    language, chosen = request.seat.language, chosen_of(request, name)
    forms = [columns.COLUMNS[one].form for one in chosen]
    lines: list[tuple[Cell, ...]] = [
        (one.id, kind(one.kind, language), *(sheets.typed(*cell) for cell in zip(forms, values, strict=True)))
        for one, values in zip(rows, _cells(request, rows, chosen), strict=True)
    ]
    if more:
        lines.append((text("export.more", language, most=EXPORT_ROWS_MAX), *[""] * (len(chosen) + 1)))
    head = (
        text("column.id", language),
        text("list.kind", language),
        *(text(f"column.{one}", language) for one in chosen),
    )
    table = Sheet(text("export.rows", language), head, lines)
    return sheets.attached(form, f"{name}-{day_of(now())}", [table, _about(request, asked, len(rows), more)])


def _all_pages(asked: lists.Asked) -> tuple[list[Matter], bool]:
    """The rows of a file, and whether there are more."""
    rows: list[Matter] = []
    place: Place | None = FIRST
    while place is not None and len(rows) < EXPORT_ROWS_MAX:
        some, place = lists.page_of(asked, place, min(LOOKED_AT_MAX, EXPORT_ROWS_MAX - len(rows)))
        rows += some
    return rows, place is not None


def _about(request: Any, asked: lists.Asked, count: int, more: bool) -> Sheet:
    language = request.seat.language
    lines = [
        (text("export.list", language), text(_title(asked.name), language)),
        *((text(f"list.{name}", language), word) for name, word in asked.given.items() if word),
        (text("export.at", language), look.instant(now())),
        (text("export.for", language), request.seat.actor.id),
        (text("export.count", language), f"{count}{'+' if more else ''}"),
    ]
    return sheets.about(lines, text("export.about", language), (text("export.what", language), ""))


def _title(name: str) -> str:
    return f"area.{name}" if name in AREAS else f"queue.{name}"


def _cells(request: Any, rows: Any, chosen: tuple[str, ...]) -> list[list[columns.Value]]:
    """What stands in each row; of payments nothing for whoever does not read them."""
    sights, matters = sights_of(request), here().matters

    def hides(one: Matter) -> frozenset[str]:
        return hidden_of(request, one, sights) or frozenset()

    if not reads(request):
        rows = [replace(one, payment="") for one in rows]
    return columns.cells(rows, chosen, request.seat.language, hides, lambda one: matters.standing(one.payment))


def chosen_of(request: Any, name: str) -> tuple[str, ...]:
    """The columns: those that stand in the address, else those that this person chose for this list, else the usual."""
    said = request.GET.get("columns", "")
    if not said:
        had = request.user.columns.filter(list=name).first()
        said = had.columns if had is not None else ""
    return columns.read(said)


def columns_chosen(request: Any) -> HttpResponse:
    """A column more, less, or in another place: for this person and list, or in the address, where they stand there."""
    name, back = request.POST.get("list", ""), inside(request.POST.get("back", ""))
    if name not in lists.SLUGS and name not in AREAS and name != lists.EVERYTHING:
        return go(back)
    found = ",".join(columns.moved(columns.read(request.POST.get("columns", "")), request.POST.get("move", "")))
    address = urlsplit(back)
    said = dict(parse_qsl(address.query))
    if "columns" in said:
        said["columns"] = found
    else:
        request.user.columns.update_or_create(list=name, defaults={"columns": found})
    return go(f"{address.path}?{urlencode({**said, 'choose': 'yes'})}#columns")


def filter_saved(request: Any) -> HttpResponse:
    """This view again, under a name, with its columns."""
    title = request.POST.get("title", "").strip()[:TITLE_CHARS_MAX]
    address = urlsplit(inside(request.POST.get("address", "")))
    said = {name: word for name, word in parse_qsl(address.query) if name not in ("after", "choose")}
    chosen = columns.read(request.POST.get("columns", ""))
    if chosen != columns.USUAL:
        said["columns"] = ",".join(chosen)
    view = f"{address.path}?{urlencode(said)}"[:ADDRESS_CHARS_MAX] if said else address.path
    if title and request.user.filters.count() < FILTERS_MAX:
        request.user.filters.create(title=title, address=view)
    return go(view)


def filter_dropped(request: Any, number: int) -> HttpResponse:
    """Not any more; only one's own."""
    request.user.filters.filter(pk=number).delete()
    return go(inside(request.POST.get("back", "")))
