"""Which list does an address name, narrowed how, and what is on a page of it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import Matter
from chongzheng.cases.queues import QUEUES, Seat
from chongzheng.console.areas import AREAS, area_of
from chongzheng.console.numerals import number_of
from chongzheng.console.showing import here, hidden_of, queue_seat, sights_of
from chongzheng.journal.worklists import (
    ANY,
    FIRST,
    OPEN,
    Narrow,
    Place,
    States,
    open_page,
    open_tally,
    page,
    tallies,
    tally,
)

EVERYTHING = "all"
SLUGS = {name.replace(" ", "-"): name for name in QUEUES}
COUNTED_MAX = 1_000
"""What there is more of is not counted: a person who works has no use for the difference."""
FILTERS = ("kind", "state", "owner", "queue")
FILTER_CHARS_MAX = 80
MARK = "~"


@dataclass(frozen=True, slots=True)
class Asked:
    """A list as an address asks for it: a queue's slug, EVERYTHING, or an area; the filters as they stand there."""

    name: str
    given: Mapping[str, str]
    narrow: Narrow
    seat: Seat
    states: States
    """(kind, state) that this person may see here, before any filter."""

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/areas/{self.name}" if self.name in AREAS else f"/queues/{self.name}"


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list: the rows; where the next begins, "" nowhere; about how many in all, as people are told it, "":
    nobody counted."""

    rows: Sequence[Matter]
    after: str
    count: str


def asked_for(request: Any, name: str) -> Asked:
    """What this request asks for. Http404: there is no such list."""
    if name != EVERYTHING and name not in SLUGS and name not in AREAS:
        raise Http404
    given = {word: request.GET.get(word, "")[:FILTER_CHARS_MAX] for word in FILTERS}
    seen = seen_kinds(request)
    states = frozenset(one for one in OPEN if one[0] in seen and (name not in AREAS or area_of(*one) == name))
    wanted = frozenset(one for one in states if given["kind"] in ("", one[0]) and given["state"] in ("", one[1]))
    narrow = Narrow(given["owner"] or ANY, given["queue"] or ANY, None if wanted == OPEN else wanted)
    return Asked(name, given, narrow, queue_seat(request), states)


def seen_kinds(request: Any) -> frozenset[str]:
    """The kinds of matter that this person sees at all."""
    rows = sights_of(request)
    return frozenset(kind for kind in KINDS if hidden_of(request, Matter("", kind), rows) is not None)


def page_of(asked: Asked, after: Place, most: int) -> tuple[list[Matter], Place | None]:
    """So many of a list behind a place."""
    sight = here()
    if asked.name in SLUGS:
        return page(sight.matters, sight.side, SLUGS[asked.name], asked.seat, after, most, asked.narrow)
    return open_page(sight.side, after, most, asked.narrow)


def listed(asked: Asked, after: str, most: int) -> Listed:
    """The page that begins behind what the page before said."""
    place = place_of(after)
    rows, behind = page_of(asked, place, most)
    count = str(len(rows)) if place == FIRST and behind is None else count_of(asked)
    return Listed(rows, "" if behind is None else f"{behind[0]}{MARK}{behind[1]}", count)


def count_of(asked: Asked) -> str:
    """About how many there are; "": it would have to be read."""
    found = None
    if asked.name not in SLUGS:
        found = open_tally(here().side, asked.narrow, COUNTED_MAX + 1)
    elif asked.narrow == Narrow():
        found = tally(here().side, SLUGS[asked.name], asked.seat, COUNTED_MAX + 1)
    return "" if found is None else about(found)


def lengths(asked: Asked) -> dict[str, str]:
    """slug -> about how many, of every queue that has any; nothing for whoever sees only some kinds of matter."""
    if asked.states != OPEN:
        return {}
    found = tallies(here().side, asked.seat, COUNTED_MAX + 1)
    return {slug: about(found[name]) for slug, name in SLUGS.items() if found[name]}


def about(count: int, most: int = COUNTED_MAX) -> str:
    """A number that was counted up to a limit."""
    return f"{most}+" if count > most else str(count)


def place_of(after: str) -> Place:
    """The place that a page named; whatever else stands there is the beginning."""
    priority, _, no = after.partition(MARK)
    found = number_of(priority), number_of(no)
    return FIRST if found[0] is None or found[1] is None else (found[0], found[1])


def choices(asked: Asked) -> dict[str, list[str]]:
    """What a filter can be set to, of what is open now: kinds, states, owners, queues."""
    matters = here().matters
    places = matters.open_places()
    seen = {kind for kind, _ in asked.states}
    kinds = [kind for kind in KINDS if kind in seen and kind in {row[1] for row in places}]
    of = {asked.given["kind"]} if asked.given["kind"] in kinds else set(kinds)
    states = {state: None for kind in of for state in KINDS[kind].states if (kind, state) in asked.states}
    queues = sorted({queue for queue, name in places if queue and name in seen})
    found = {"kind": kinds, "state": list(states), "owner": matters.open_owners(), "queue": queues}
    return {name: _with(asked.given[name], words) for name, words in found.items()}


def _with(chosen: str, words: list[str]) -> list[str]:
    """What is chosen stays to be seen, also where nothing is left of it."""
    return words if not chosen or chosen in words else [*words, chosen]
