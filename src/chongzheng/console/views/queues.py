"""What waits, for whom, in which order? Queues by their names, the five areas, filters that stand in the address."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse

from chongzheng.console import lists
from chongzheng.console.areas import AREAS
from chongzheng.console.models import ADDRESS_CHARS_MAX, FILTERS_MAX, TITLE_CHARS_MAX
from chongzheng.console.showing import go, inside, page

ROWS = 50


def home(request: Any) -> HttpResponse:
    """A person's own queue comes first."""
    return go("/queues/my")


def helped(request: Any) -> HttpResponse:
    """What the pages do, and the keys."""
    return page(request, "help.html")


def listed(request: Any, name: str) -> HttpResponse:
    """One queue."""
    if name in AREAS:
        raise Http404
    return _shown(request, lists.asked_for(request, name), f"queue.{name}")


def area(request: Any, area: str) -> HttpResponse:
    """One of the five areas: everything open that belongs there."""
    if area not in AREAS:
        raise Http404
    return _shown(request, lists.asked_for(request, area), f"area.{area}")


def _shown(request: Any, asked: lists.Asked, title: str) -> HttpResponse:
    in_area = asked.name in AREAS
    return page(
        request, "queue.html", tabs=[] if in_area else [*lists.SLUGS, lists.EVERYTHING], name=asked.name, title=title,
        what=f"area.{asked.name}.what" if in_area else "", list=lists.listed(asked, request.GET.get("after", ""), ROWS),
        offered=lists.choices(asked), given=dict(asked.given),
    )  # fmt: skip


def filter_saved(request: Any) -> HttpResponse:
    """This view again, under a name."""
    title = request.POST.get("title", "").strip()[:TITLE_CHARS_MAX]
    address = inside(request.POST.get("address", ""))[:ADDRESS_CHARS_MAX]
    if title and request.user.filters.count() < FILTERS_MAX:
        request.user.filters.create(title=title, address=address)
    return go(address)


def filter_dropped(request: Any, number: int) -> HttpResponse:
    """Not any more; only one's own."""
    request.user.filters.filter(pk=number).delete()
    return go(inside(request.POST.get("back", "")))
