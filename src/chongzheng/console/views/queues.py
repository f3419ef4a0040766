"""What waits, for whom, in which order? Queues by their names, the five areas, filters that stand in the address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse

from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import Matter
from chongzheng.cases.queues import QUEUES
from chongzheng.console.areas import AREAS, area_of
from chongzheng.console.models import ADDRESS_CHARS_MAX, FILTERS_MAX, TITLE_CHARS_MAX
from chongzheng.console.showing import go, here, hidden_of, inside, page, queue_seat, sights_of
from chongzheng.journal.matters import PAGE_MAX, number
from chongzheng.journal.queues import listed as in_queue

ROWS = 50
EVERYTHING = "all"
SLUGS = {name.replace(" ", "-"): name for name in QUEUES}
FILTERS = ("kind", "state", "owner", "queue")
LOOKED_MAX = 2_000
"""Open matters of one kind that a list without a queue looks through; what is behind them is found by a search."""


@dataclass(frozen=True, slots=True)
class List:
    """A page of a list: the rows, where the next page begins ("" nowhere), how many there are in all."""

    rows: Sequence[Matter]
    after: str
    count: int
    choices: dict[str, list[str]]


def home(request: Any) -> HttpResponse:
    """A person's own queue comes first."""
    return go("/queues/my")


def helped(request: Any) -> HttpResponse:
    """What the pages do, and the keys."""
    return page(request, "help.html")


def listed(request: Any, name: str) -> HttpResponse:
    """One queue."""
    if name != EVERYTHING and name not in SLUGS:
        raise Http404
    if name == EVERYTHING:
        found: Iterable[Matter] = _all_open()
    else:
        sight = here()
        found = in_queue(sight.matters, sight.side, SLUGS[name], queue_seat(request))
    return page(
        request, "queue.html", tabs=[*SLUGS, EVERYTHING], name=name, title=f"queue.{name}", what="",
        list=_page(request, found), given=_given(request), area="",
    )  # fmt: skip


def area(request: Any, area: str) -> HttpResponse:
    """One of the five areas: everything open that belongs there."""
    if area not in AREAS:
        raise Http404
    found = (one for one in _all_open() if area_of(one.kind, one.state) == area)
    return page(
        request, "queue.html", tabs=[], name="", title=f"area.{area}", what=f"area.{area}.what",
        list=_page(request, found), given=_given(request), area=area,
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


def _all_open() -> list[Matter]:
    """The open matters of every kind, the most urgent first."""
    matters = here().matters
    found = [one for kind in KINDS for one in _open_of(matters, kind)]
    return sorted(found, key=lambda one: (-one.priority, one.due_at or 2**62, one.opened_at))


def _open_of(matters: Any, kind: str) -> list[Matter]:
    found: list[Matter] = []
    while len(found) < LOOKED_MAX:
        some = matters.page(kind, number(found[-1].id) if found else 0, PAGE_MAX, open_only=True)
        found += some
        if len(some) < PAGE_MAX:
            break
    return found


def _given(request: Any) -> dict[str, str]:
    return {name: request.GET.get(name, "")[:80] for name in FILTERS}


def _page(request: Any, found: Iterable[Matter]) -> List:
    """What this person may see of it, filtered as the address says, from where the page before ended."""
    sights = sights_of(request)
    visible = [one for one in found if hidden_of(request, one, sights) is not None]
    given = _given(request)
    fitting = [one for one in visible if all(not text or getattr(one, name) == text for name, text in given.items())]
    after = request.GET.get("after", "")
    ids = [one.id for one in fitting]
    begin = ids.index(after) + 1 if after in ids else 0
    rows = fitting[begin : begin + ROWS]
    more = begin + ROWS < len(fitting)
    choices = {name: _values(visible, name) for name in FILTERS}
    return List(rows, rows[-1].id if more else "", len(fitting), choices)


def _values(found: Iterable[Matter], name: str) -> list[str]:
    return [text for text, _ in Counter(getattr(one, name) for one in found).most_common() if text]
