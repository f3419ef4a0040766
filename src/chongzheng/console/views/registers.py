"""Which rules are in force, who wrote them, and how is one changed? Pages made of each register's own fields."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse

from chongzheng.cases.registers import Register
from chongzheng.cases.shipped import REGISTERS
from chongzheng.console.forms import Unreadable, asked, said, written
from chongzheng.console.numerals import number_of
from chongzheng.console.saying_no import refused
from chongzheng.console.showing import go, here, now, page, tell
from chongzheng.console.words import LANGUAGES, text
from chongzheng.journal.rules import day_of

HISTORY_MAX = 200
SEARCH_CHARS_MAX = 80
UNIT = re.compile(r"[(（](分|毫秒)[)）]$| (fen|ms)$")
"""Behind a label where the value is entered in that unit; a page shows yuan and days."""


def listed(request: Any) -> HttpResponse:
    """All registers, with how many rows each has in force and how many wait; of a search those that say it."""
    asked, force = _asked(request), here().registers.in_force(now())
    rows = [(one, len(_found(force[one.name], asked))) for one in REGISTERS.values()]
    named = {one.name for one in REGISTERS.values() if asked in " ".join((one.name, *one.titles)).casefold()}
    waits = {one.name: sum(not entry.in_force for entry in here().registers.history(one.name)) for one, _ in rows}
    fitting = [(one, count) for one, count in rows if not asked or count or one.name in named]
    return page(request, "registers.html", rows=fitting, waits=waits, asked=asked)


def shown(request: Any, name: str) -> HttpResponse:
    """The rows of one, and what came before and waits."""
    one = _known(name)
    force, asked_for = here().registers.in_force(now())[name], _asked(request)
    found = _found(force, asked_for)
    written_here = [entry for entry in here().registers.history(name) if entry.edition]
    if asked_for:
        written_here = [entry for entry in written_here if _says(entry.name, entry.body, asked_for)]
    return page(
        request, "register.html", one=one, force=found, all=len(force), asked=asked_for,
        history=written_here[::-1][:HISTORY_MAX],
        labels={word.name: UNIT.sub("", _label(request, word)) for word in one.fields}, who=request.seat.actor.id,
    )  # fmt: skip


def form(request: Any, name: str, wrong: str = "", status: int = 200) -> HttpResponse:
    """A new edition of a row, or a new row."""
    one, row = _known(name), request.GET.get("row", request.POST.get("row", ""))
    force = here().registers.in_force(now())[name]
    had = {word.name: written(word, force[row].get(word.name)) for word in one.fields} if row in force else {}
    had |= {word.name: request.POST[word.name] for word in one.fields if word.name in request.POST}
    today = day_of(now())
    return page(
        request,
        "propose.html",
        status,
        one=one,
        row=row,
        wrong=wrong,
        fields=asked(one.fields, _language(request), had),
        reason=request.POST.get("reason", ""),
        day=request.POST.get("from", f"{today[:4]}-{today[4:6]}-{today[6:]}"),
    )


def proposed(request: Any, name: str) -> HttpResponse:
    """Through the door; what it refuses is said on the form, with everything still in it."""
    one = _known(name)
    try:
        body = said(one.fields, request.POST)
    except Unreadable as no:
        return form(request, name, text(no.key, _language(request), label=_label(request, no.field)), 400)
    document = {
        "name": request.POST.get("row", "").strip(),
        "valid_from": request.POST.get("from", "").replace("-", ""),
        "body": body,
        "reason": request.POST.get("reason", "").strip(),
    }
    answer = settings.DESK.doorway.propose(name, document, request.seat.door)
    if not answer.done:
        return form(request, name, refused(answer.why, _language(request)), answer.status)
    tell(request, "good", text("register.done", _language(request)))
    return go(f"/registers/{name}")


def approved(request: Any, name: str) -> HttpResponse:
    """The second person puts an edition in force."""
    _known(name)
    edition = request.POST.get("edition", "")
    document = {
        "name": request.POST.get("row", ""),
        "valid_from": request.POST.get("from", ""),
        "edition": number_of(edition) or 0,
    }
    answer = settings.DESK.doorway.approve(name, document, request.seat.door)
    if answer.done:
        tell(request, "good", text("register.done", _language(request)))
    else:
        tell(request, "bad", refused(answer.why, _language(request)))
    return go(f"/registers/{name}")


def _asked(request: Any) -> str:
    return str(request.GET.get("q", "")).strip().casefold()[:SEARCH_CHARS_MAX]


def _found(rows: Mapping[str, Mapping[str, Any]], asked_for: str) -> dict[str, Mapping[str, Any]]:
    """The rows that say this somewhere."""
    return {name: row for name, row in rows.items() if _says(name, row, asked_for)}


def _says(name: str, row: Mapping[str, Any], asked_for: str) -> bool:
    return asked_for in f"{name} {json.dumps(dict(row), ensure_ascii=False)}".casefold()


def _known(name: str) -> Register:
    if name not in REGISTERS:
        raise Http404
    return REGISTERS[name]


def _language(request: Any) -> str:
    return str(request.seat.language)


def _label(request: Any, word: Any) -> str:
    return str(word.zh if _language(request) == LANGUAGES[0] else word.name.replace("_", " "))
