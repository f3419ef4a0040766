"""What is on a page of a person's queue, and about how long is each queue, however many matters are open?

A page is found through indexes, most urgent first, of equals the older first; what really belongs is still said by
cases/queues.py. The lengths are counted by index too, so they are those of the program's last round: a clock that has
begun to be at risk since then is on its page, and not yet in the count.
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
from chongzheng.journal.matters import PAGE_MAX, PRIORITY_MAX, Matters, matter_of, number
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake

LOOKED_AT_MAX = 2_000
"""Candidates that one page looks at; with fewer that belong the page is short, and the next goes on behind them."""
Place = tuple[int, int]
FIRST: Place = (PRIORITY_MAX, 0)
"""Before everything: (priority, number)."""
Look = Callable[[Place, int], list[Matter]]
"""So many of one sort behind a place."""
WAITING = ("merchant", "issuer", "scheme", "supplier")
BY_AGE = "suspense"
"""The one queue in another order: a place in it is (0, number of the last one shown)."""
TAGGED = "case"
ANY = "*"
"""Whoever owns it, whichever queue it is in."""
WHENEVER = -1
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


def page(
    matters: Matters, side: Side, name: str, seat: Seat, after: Place, most: int, narrow: Narrow = EVERYTHING
) -> tuple[list[Matter], Place | None]:
    """A page of a queue behind a place, and the place behind which the next one goes on; None: there is none.

    TheirMistake: no such queue.
    """
    if name not in QUEUES:
        raise TheirMistake(f"there is no such queue; there are {', '.join(QUEUES)}", name)
    belongs = QUEUES[name][2]

    def fits(one: Matter) -> bool:
        return narrow.fits(one) and belongs(one, seat)

    if name == BY_AGE:
        return _paged(_by_age(matters, side, after), fits, lambda one: (0, number(one.id)), most, after)
    return _paged(_merged(_LOOKS[name](side, seat, narrow), after), fits, _place, most, after)


def open_page(side: Side, after: Place, most: int, narrow: Narrow = EVERYTHING) -> tuple[list[Matter], Place | None]:
    """The same of everything that is open, whosever it is."""
    return _paged(_merged(_held(side, narrow), after), narrow.fits, _place, most, after)


def tallies(side: Side, seat: Seat) -> dict[str, int]:
    """About how many are in each queue, by its name."""
    return {name: tally(side, name, seat) for name in QUEUES}


def tally(side: Side, name: str, seat: Seat) -> int:
    """About how many are in this queue."""
    return _TALLIES[name](side, seat)


def open_tally(side: Side, narrow: Narrow = EVERYTHING) -> int | None:
    """How many are open of what is asked for; None: that would have to be read, one by one."""
    by = [narrow.owner != ANY, narrow.queue != ANY, narrow.states is not None]
    if sum(by) > 1:
        return None
    if narrow.states is not None:
        return sum(_counted(side, "state", kind=kind, state=state) for kind, state in narrow.states & OPEN)
    if narrow.owner != ANY:
        return _counted(side, "owner", owner=narrow.owner)
    return _counted(side, "queue", queue=narrow.queue) if narrow.queue != ANY else _counted(side, "open")


def _paged(
    found: Iterator[Matter], fits: Callable[[Matter], bool], place: Callable[[Matter], Place], most: int, last: Place
) -> tuple[list[Matter], Place | None]:
    rows: list[Matter] = []
    looked = 0
    for one in found:
        if len(rows) == most or looked == LOOKED_AT_MAX:
            return rows, last
        looked, last = looked + 1, place(one)
        if fits(one):
            rows.append(one)
    return rows, None


def _merged(looks: list[Look], after: Place) -> Iterator[Matter]:
    return _once(merge(*(_all(look, after) for look in looks), key=_order))


def _all(look: Look, after: Place) -> Iterator[Matter]:
    """A few first; whoever goes on gets all that a page looks at, since each look may sort anew."""
    most = PAGE_MAX
    while some := look(after, most):
        yield from some
        if len(some) < most:
            return
        after, most = _place(some[-1]), LOOKED_AT_MAX


def _once(found: Iterator[Matter]) -> Iterator[Matter]:
    """In this order the same matter stands beside itself."""
    last = ""
    for one in found:
        if one.id != last:
            yield one
        last = one.id


def _place(one: Matter) -> Place:
    return one.priority, number(one.id)


def _order(one: Matter) -> Place:
    return -one.priority, number(one.id)


def _look(side: Side, statement: str, /, **values: object) -> Look:
    def look(after: Place, most: int) -> list[Matter]:
        return [matter_of(row) for row in side.ask(statement, **values, priority=after[0], after=after[1], most=most)]

    return look


def _held(side: Side, narrow: Narrow, owner: str = ANY, queue: str = ANY) -> list[Look]:
    """Where those of an owner, or in a queue, are found; with a filter, by the states that are asked for."""
    whose, where = _both(owner, narrow.owner), _both(queue, narrow.queue)
    if whose is None or where is None:
        return []
    if narrow.states is not None:
        return _of_states(side, narrow.states & OPEN, whose, where)
    if ANY not in (whose, where):
        return [_look(side, "list_held", owner=whose, queue=where)]
    if whose != ANY:
        return [_look(side, "list_owned", owner=whose)]
    return [_look(side, "list_queue", queue=where) if where != ANY else _look(side, "list_open")]


def _both(one: str, other: str) -> str | None:
    """What is left of two wishes; None: nothing can be both."""
    if ANY in (one, other):
        return other if one == ANY else one
    return one if one == other else None


def _of_states(side: Side, states: States, owner: str = ANY, queue: str = ANY, until: int = WHENEVER) -> list[Look]:
    about = {"owner": owner, "queue": queue, "until": until}
    return [_look(side, "list_of_state", kind=kind, state=state, **about) for kind, state in sorted(states)]


def _due(side: Side, narrow: Narrow, until: int) -> list[Look]:
    if narrow == EVERYTHING:
        return [_look(side, "list_due", until=until)]
    states = OPEN if narrow.states is None else narrow.states & OPEN
    return _of_states(side, states, narrow.owner, narrow.queue, until)


def _tagged(side: Side, narrow: Narrow, name: str, value: str) -> list[Look]:
    """Only cases have tags that queues go by."""
    if narrow.states is not None and not any(kind == TAGGED for kind, _ in narrow.states):
        return []
    return [_look(side, "list_tagged", name=name, value=value)]


def _among(side: Side, narrow: Narrow, states: States) -> list[Look]:
    """What can only be in some states."""
    wanted = states if narrow.states is None else states & narrow.states
    return _of_states(side, wanted, narrow.owner, narrow.queue)


def _by_age(matters: Matters, side: Side, after: Place) -> Iterator[Matter]:
    """Cases with money in suspense, the oldest first; how their payments stand is read now."""
    no = after[1] if after != FIRST else 0
    at = matters.numbered(no).opened_at if no else 0
    while rows := side.ask("list_suspended", at=at, after=no, most=PAGE_MAX):
        for one in map(matter_of, rows):
            at, no = one.opened_at, number(one.id)
            yield replace(one, body={**one.body, "standing": matters.standing(one.payment)})


_PROPOSED: States = frozenset((kind, state) for kind, state in OPEN if state == PROPOSED)
_SLIPS: States = frozenset((kind, state) for kind, state in OPEN if kind == "slip")
_BREAKS = "breaks"


def _waits_for(whom: str) -> Callable[[Side, Seat, Narrow], list[Look]]:
    return lambda side, seat, narrow: _tagged(side, narrow, "waiting", whom)


_LOOKS: Mapping[str, Callable[[Side, Seat, Narrow], list[Look]]] = MappingProxyType({
    "my": lambda side, seat, narrow: _held(side, narrow, owner=seat.who),
    "team": lambda side, seat, narrow: [look for one in sorted(seat.team) for look in _held(side, narrow, queue=one)],
    "unassigned": lambda side, seat, narrow: _held(side, narrow, owner=""),
    "due today": lambda side, seat, narrow: (
        _due(side, narrow, instant(day_of(seat.now))) + _tagged(side, narrow, "risk", "yes")
    ),
    "at risk": lambda side, seat, narrow: _tagged(side, narrow, "risk", "yes") + _due(side, narrow, seat.now),
    **{f"waiting {whom}": _waits_for(whom) for whom in WAITING},
    "approvals": lambda side, seat, narrow: _among(side, narrow, _PROPOSED),
    "fault slips": lambda side, seat, narrow: _among(side, narrow, _SLIPS),
    _BREAKS: lambda side, seat, narrow: _held(side, narrow, queue=_BREAKS),
})  # fmt: skip
"""Where the candidates of a queue are, each in the same order."""


def _counted(side: Side, by: str, /, **values: object) -> int:
    return int(side.ask(f"tally_{by}", **values)[0][0])


def _counts_tag(name: str, value: str) -> Callable[[Side, Seat], int]:
    return lambda side, seat: _counted(side, "tagged", name=name, value=value)


def _counts_states(states: States) -> Callable[[Side, Seat], int]:
    return lambda side, seat: sum(_counted(side, "state", kind=kind, state=state) for kind, state in states)


_TALLIES: Mapping[str, Callable[[Side, Seat], int]] = MappingProxyType({
    "my": lambda side, seat: _counted(side, "owner", owner=seat.who),
    "team": lambda side, seat: sum(_counted(side, "queue", queue=one) for one in seat.team),
    "unassigned": lambda side, seat: _counted(side, "owner", owner=""),
    "due today": lambda side, seat: _counted(side, "due", until=instant(day_of(seat.now))),
    "at risk": _counts_tag("risk", "yes"),
    **{f"waiting {whom}": _counts_tag("waiting", whom) for whom in WAITING},
    "approvals": _counts_states(_PROPOSED),
    BY_AGE: _counts_tag("suspense", "yes"),
    "fault slips": _counts_states(_SLIPS),
    _BREAKS: lambda side, seat: _counted(side, "queue", queue=_BREAKS),
})  # fmt: skip
