"""What is on a page of a person's queue, and about how long is each queue, however many matters are open?

A page is read from an index that has its order: most urgent first, of equals the older first. Where several filters
meet, the index with the fewest is read and the rest is looked at; what really belongs is still said by
cases/queues.py. No page looks at more than a limit, so its work does not grow with the number of matters. The lengths
are counted by index too, up to a limit, so they are those of the program's last round: a clock that has begun to be at
risk since then is on its page, and not yet in the count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from heapq import merge
from types import MappingProxyType

from chongzheng.cases.calendar import day_of, instant
from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import Matter
from chongzheng.cases.queues import PROPOSED, QUEUES, Seat
from chongzheng.journal.matters import NUMBER_MAX, PAGE_MAX, PRIORITY_MAX, Matters, matter_of, number
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake

LOOKED_AT_MAX = 2_000
"""Candidates that one page looks at; with fewer that belong the page is short, and the next goes on behind them."""
COMPARED_MAX = 10_000
"""As many are counted to see which index has the fewest; what has more is as good as all."""
Place = tuple[int, int]
FIRST: Place = (PRIORITY_MAX, 0)
"""Before everything: (priority, number)."""
WAITING = ("merchant", "issuer", "scheme", "supplier")
BY_AGE = "suspense"
"""The one queue in another order: a place in it is (0, number of the last one shown)."""
ANY = "*"
"""Whoever owns it, whichever queue it is in."""
States = frozenset[tuple[str, str]]
OPEN: States = frozenset(
    (kind.name, state) for kind in KINDS.values() for state in kind.states if state not in kind.ended
)
"""(kind, state) of everything that is not over."""


@dataclass(frozen=True, slots=True)
class Narrow:
    """Only what has this owner ("" nobody), lies in this queue, and is one of these (kind, state); None: any."""

    owner: str = ANY
    queue: str = ANY
    states: States | None = None

    def fits(self, one: Matter) -> bool:
        """Whether it is asked for."""
        held = self.owner in (ANY, one.owner) and self.queue in (ANY, one.queue)
        return held and (self.states is None or (one.kind, one.state) in self.states)


EVERYTHING = Narrow()


@dataclass(frozen=True, slots=True)
class Range:
    """One stretch of an index: what is listed by `list_<name>` and counted by `tally_<name>` with these values."""

    name: str
    values: tuple[tuple[str, object], ...] = ()

    def listed(self, side: Side, after: Place, most: int) -> list[Matter]:
        """So many of it behind a place."""
        place = {"priority": after[0], "after": after[1], "most": most}
        return [matter_of(row) for row in side.ask(f"list_{self.name}", **dict(self.values), **place)]

    def counted(self, side: Side, most: int) -> int:
        """How many it has, or `most`."""
        return int(side.ask(f"tally_{self.name}", **dict(self.values), most=most)[0][0]) if most > 0 else 0


Ranges = tuple[Range, ...]
"""Everything that can belong lies in one of these."""
ALL: Ranges = (Range("open"),)


def page(
    matters: Matters, side: Side, name: str, seat: Seat, after: Place, most: int, narrow: Narrow = EVERYTHING
) -> tuple[list[Matter], Place | None]:
    """A page of a queue behind a place, and the place behind which the next one goes on; None: there is none.

    TheirMistake: no such queue.
    """
    if name not in QUEUES:
        raise TheirMistake(f"there is no such queue; there are {', '.join(QUEUES)}", name)
    belongs = QUEUES[name][2]
    if name == BY_AGE:
        return _by_age(matters, side, after, most, lambda one: belongs(one, seat), narrow)

    def fits(one: Matter) -> bool:
        return narrow.fits(one) and belongs(one, seat)

    return _paged(side, _cheapest(side, _OF_QUEUES[name](seat), narrow), fits, after, most)


def open_page(side: Side, after: Place, most: int, narrow: Narrow = EVERYTHING) -> tuple[list[Matter], Place | None]:
    """The same of everything that is open, whosever it is."""
    return _paged(side, _cheapest(side, ALL, narrow), narrow.fits, after, most)


def tallies(side: Side, seat: Seat, most: int = NUMBER_MAX) -> dict[str, int]:
    """About how many are in each queue, by its name; `most` is as many or more."""
    return {name: tally(side, name, seat, most) for name in QUEUES}


def tally(side: Side, name: str, seat: Seat, most: int = NUMBER_MAX) -> int:
    """About how many are in this queue, counted up to `most`."""
    if name == "due today":
        return _due_today(side, seat, most)
    if name == "at risk":
        return _tagged("risk", "yes").counted(side, most)
    return _counted(side, (_tagged(BY_AGE, "yes"),) if name == BY_AGE else _OF_QUEUES[name](seat), most)


def open_tally(side: Side, narrow: Narrow = EVERYTHING, most: int = NUMBER_MAX) -> int | None:
    """How many are open of what is asked for, counted up to `most`; None: that would have to be read, one by one."""
    by = _narrowed(narrow)
    return None if len(by) > 1 else _counted(side, by[0] if by else ALL, most)


def _counted(side: Side, ranges: Ranges, most: int) -> int:
    """How many lie in them all, or `most`; what comes behind the last that counts is not looked at."""
    found = 0
    for one in ranges:
        found += one.counted(side, most - found)
    return found


def _due_today(side: Side, seat: Seat, most: int) -> int:
    """With those whose clocks have all run out: they have no deadline any more."""
    found = _due(instant(day_of(seat.now))).counted(side, most)
    return min(most, found + int(side.ask("tally_run_out", most=most)[0][0])) if found < most else found


# Which index is read


def _cheapest(side: Side, ranges: Ranges, narrow: Narrow) -> Ranges:
    """Of all ways to everything that can belong the one with the fewest on it.

    A way that has to be sorted is only good while one page may look at all of it: else all that is open is read in its
    order, and what is looked for is often met.
    """
    ways = [*_narrowed(narrow), ranges]
    if len(ways) == 1 and not _sorted(ranges):
        return ranges
    counts = [COMPARED_MAX if one is ALL else _counted(side, one, COMPARED_MAX) for one in ways]
    good = [n for n, one in enumerate(ways) if counts[n] < LOOKED_AT_MAX or not _sorted(one)]
    return ways[min(good, key=lambda n: counts[n])] if good else ALL


def _sorted(ranges: Ranges) -> bool:
    return any(one.name in ("due", "tagged") for one in ranges)


def _narrowed(narrow: Narrow) -> list[Ranges]:
    """A way to what fits for each filter."""
    ways = [] if narrow.states is None else [_of_states(narrow.states & OPEN)]
    if narrow.owner != ANY:
        ways.append((_owned(narrow.owner),))
    return ways if narrow.queue == ANY else [*ways, (_queued(narrow.queue),)]


def _owned(who: str) -> Range:
    return Range("owned", (("owner", who),))


def _queued(queue: str) -> Range:
    return Range("queue", (("queue", queue),))


def _due(until: int) -> Range:
    return Range("due", (("until", until),))


def _tagged(name: str, value: str) -> Range:
    return Range("tagged", (("name", name), ("value", value)))


def _of_states(states: States) -> Ranges:
    return tuple(Range("of_state", (("kind", kind), ("state", state))) for kind, state in sorted(states))


# Reading it


def _paged(
    side: Side, ranges: Ranges, fits: Callable[[Matter], bool], after: Place, most: int
) -> tuple[list[Matter], Place | None]:
    found = merge(*(_all(side, one, after, most + 1) for one in ranges), key=_order)
    rows: list[Matter] = []
    last = after
    for looked, one in enumerate(_once(found)):
        if len(rows) == most or looked == LOOKED_AT_MAX:
            return rows, last
        last = (one.priority, number(one.id))
        if fits(one):
            rows.append(one)
    return rows, None


def _all(side: Side, one: Range, after: Place, most: int) -> Iterator[Matter]:
    """As many first as one page may need; whoever goes on is given more each time."""
    while some := one.listed(side, after, most):
        yield from some
        if len(some) < most:
            return
        after, most = (some[-1].priority, number(some[-1].id)), min(2 * most, LOOKED_AT_MAX)


def _once(found: Iterator[Matter]) -> Iterator[Matter]:
    """In this order the same matter stands beside itself."""
    last = ""
    for one in found:
        if one.id != last:
            yield one
        last = one.id


def _order(one: Matter) -> Place:
    return -one.priority, number(one.id)


def _by_age(
    matters: Matters, side: Side, after: Place, most: int, belongs: Callable[[Matter], bool], narrow: Narrow
) -> tuple[list[Matter], Place | None]:
    """Cases with money in suspense, the oldest first; how their payments stand is read now, of those that are asked
    for."""
    rows: list[Matter] = []
    last = after
    for looked, one in enumerate(_suspended(matters, side, after)):
        if len(rows) == most or looked == LOOKED_AT_MAX:
            return rows, last
        last = (0, number(one.id))
        if (one.kind, one.state) in OPEN and narrow.fits(one):
            now = replace(one, body={**one.body, "standing": matters.standing(one.payment)})
            rows += [now] if belongs(now) else []
    return rows, None


def _suspended(matters: Matters, side: Side, after: Place) -> Iterator[Matter]:
    no = after[1] if after != FIRST else 0
    at = matters.numbered(no).opened_at if no else 0
    while rows := side.ask("list_suspended", at=at, after=no, most=PAGE_MAX):
        for one in map(matter_of, rows):
            at, no = one.opened_at, number(one.id)
            yield one


_PROPOSED: States = frozenset((kind, state) for kind, state in OPEN if state == PROPOSED)
_SLIPS: States = frozenset((kind, state) for kind, state in OPEN if kind == "slip")
_BREAKS = "breaks"


def _waits_for(whom: str) -> Callable[[Seat], Ranges]:
    return lambda seat: (_tagged("waiting", whom),)


_OF_QUEUES: Mapping[str, Callable[[Seat], Ranges]] = MappingProxyType({
    "my": lambda seat: (_owned(seat.who),),
    "team": lambda seat: tuple(_queued(one) for one in sorted(seat.team)),
    "unassigned": lambda seat: (_owned(""),),
    "due today": lambda seat: (_due(instant(day_of(seat.now))), _tagged("risk", "yes")),
    "at risk": lambda seat: (_tagged("risk", "yes"), _due(seat.now)),
    **{f"waiting {whom}": _waits_for(whom) for whom in WAITING},
    "approvals": lambda seat: _of_states(_PROPOSED),
    "fault slips": lambda seat: _of_states(_SLIPS),
    _BREAKS: lambda seat: (_queued(_BREAKS),),
})  # fmt: skip
"""Where everything that can be in a queue is."""
