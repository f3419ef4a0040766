"""Where does somebody find out what a page is for, and how a day's work goes? Help for each page, and the tour."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import Resolver404, resolve

from chongzheng.cases.kinds import KINDS
from chongzheng.console.helping import OF_A_KIND, SHOWS, served
from chongzheng.console.showing import go, here, hidden_of, inside, page, sights_of

FIRST = 1
LOOKED_AT = 20


def helped(request: Any) -> HttpResponse:
    """What the pages do, the keys, and which requirements the page that somebody came from serves."""
    about = inside(request.GET.get("about", ""), "")
    name, kind = _page_at(about)
    everywhere = [(one, "", served(one)) for one in SHOWS if one not in OF_A_KIND and served(one)]
    everywhere += [("matter", one, served("matter", one)) for one in KINDS]
    return page(request, "help.html", about=name, kind=kind, rows=served(name, kind), everywhere=everywhere)


def begun(request: Any) -> HttpResponse:
    """The tour, from its first step."""
    return go(f"/queues/my?tour={FIRST}")


def case(request: Any) -> HttpResponse:
    """The tour's case: any open one that this person may see; without one the list of all."""
    number, sights = request.GET.get("tour", "")[:1], sights_of(request)
    some = here().matters.page("case", 0, LOOKED_AT, open_only=True)
    found = [one for one in some if hidden_of(request, one, sights) is not None]
    where = f"/matters/{found[0].id}" if found else "/queues/all"
    return go(f"{where}?tour={number}" if number.isdigit() else where)


def _page_at(about: str) -> tuple[str, str]:
    """The page of the table at this address, and the kind of matter that it is about; "" and "" for none of ours."""
    try:
        found = resolve(about.partition("?")[0]) if about else None
    except Resolver404:
        found = None
    if found is None:
        return "", ""
    number = str(found.kwargs.get("number", ""))
    return str(found.url_name), str(found.kwargs.get("kind", number.rpartition("-")[0]))
