"""How does a person open a matter of a kind? One form a kind, made of its own table."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse

from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import NEW, OPENED, Row
from chongzheng.console.areas import AREAS, area_of
from chongzheng.console.forms import Unreadable, asked, said
from chongzheng.console.saying_no import refused
from chongzheng.console.showing import go, page, tell
from chongzheng.console.views.matter import named
from chongzheng.console.words import text


def kinds(request: Any) -> HttpResponse:
    """What this person may open, by area."""
    mine = [kind for kind in KINDS.values() if _row(kind.name).may & request.seat.roles]
    by_area = {one: [kind for kind in mine if area_of(kind.name, kind.states[0]) == one] for one in AREAS}
    return page(request, "open.html", by_area=by_area)


def form(request: Any, kind: str, wrong: str = "", status: int = 200) -> HttpResponse:
    """The words that it takes."""
    if kind not in KINDS or not _row(kind).may & request.seat.roles:
        raise Http404
    fields = asked(_row(kind).takes, request.seat.language, request.POST)
    about = {name: request.POST.get(f"about-{name}", request.GET.get(name, "")) for name in ("payment", "parent")}
    return page(request, "open_kind.html", status, kind=kind, fields=fields, wrong=wrong, about=about)


def opened(request: Any, kind: str) -> HttpResponse:
    """Through the door; then its page."""
    if kind not in KINDS:
        raise Http404
    language = request.seat.language
    try:
        words = said(_row(kind).takes, request.POST)
    except Unreadable as no:
        return form(request, kind, text(no.key, language, label=named(no.field, language)), 400)
    about = {
        name: request.POST[f"about-{name}"].strip()
        for name in ("payment", "parent")
        if request.POST.get(f"about-{name}")
    }
    answer = settings.DESK.doorway.open(kind, words, about, request.seat.door, request.POST.get("once", ""))
    if not answer.done:
        return form(request, kind, refused(answer.why, language), answer.status)
    one = answer.said.get("matter", answer.said)
    tell(request, "good", text("matter.opened", language, id=one["id"]))
    return go(f"/matters/{one['id']}")


def _row(kind: str) -> Row:
    return KINDS[kind].table[NEW, OPENED]
