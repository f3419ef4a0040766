"""What is on a page of a person's queue, and about how long is each queue, however many matters are open?

A page is found through indexes, most urgent first, of equals the older first; what really belongs is still said by
cases/queues.py. The lengths are counted by index too, so they are those of the program's last round: a clock that has
begun to be at risk since then is on its page, and not yet in the count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from heapq import merge
from types import MappingProxyType

from chongzheng.cases.calendar import day_of, instant
from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import Matter
from chongzheng.cases.queues import PROPOSED, QUEUES, Seat
from chongzheng.journal.matters import PAGE_MAX, PRIORITY_MAX, Matters, matter_of, number
from chongzheng.journal.queues import listed
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake

LOOKED_AT_MAX = 2_000
"""Candidates that one page looks at; with fewer that belong the page is short, and the next goes on behind them."""
Place = tuple[int, int]
FIRST: Place = (PRIORITY_MAX, 0)
"""Before everything: (priority, number)."""
Look = Callable[[Place], list[Matter]]
WAITING = ("merchant", "issuer", "scheme", "supplier")
BY_LIST = frozenset({"approvals", "suspense", "fault slips"})
"""Queues of another order, or that are short: read as a whole."""


def page(
    matters: Matters, side: Side, name: str, seat: Seat, after: Place, most: int
) -> tuple[list[Matter], Place | None]:
    """A page of a queue behind a place, and the place behind which the next one goes on; None: there is none.

    TheirMistake: no such queue.
    """
    if name not in QUEUES:
        raise TheirMistake(f"there is no such queue; there are {', '.join(QUEUES)}", name)
    if name in BY_LIST:
        return _slice(listed(matters, side, name, seat), after, most)
    found: list[Matter] = []
    looked, last = 0, after
    for one in _once(merge(*(_all(look, after) for look in _LOOKS[name](matters, side, seat)), key=_order)):
        if len(found) == most or looked == LOOKED_AT_MAX:
            return found, last
        looked, last = looked + 1, (one.priority, number(one.id))
        if QUEUES[name][2](one, seat):
            found.append(one)
    return found, None


def tallies(side: Side, seat: Seat) -> dict[str, int]:
    """About how many are in each queue, by its name."""

    def count(by: str, /, **values: object) -> int:
        return int(side.ask(f"tally_{by}", **values)[0][0])

    proposed = [kind.name for kind in KINDS.values() if PROPOSED in kind.states]
    slips = [state for state in KINDS["slip"].states if state not in KINDS["slip"].ended]
    return {
        "my": count("owner", owner=seat.who),
        "team": sum(count("queue", queue=one) for one in seat.team),
        "unassigned": count("owner", owner=""),
        "due today": count("due", until=instant(day_of(seat.now))),
        "at risk": count("tagged", name="risk", value="yes"),
        **{f"waiting {whom}": count("tagged", name="waiting", value=whom) for whom in WAITING},
        "approvals": sum(count("state", kind=kind, state=PROPOSED) for kind in proposed),
        "suspense": count("tagged", name="suspense", value="yes"),
        "fault slips": sum(count("state", kind="slip", state=state) for state in slips),
        "breaks": count("queue", queue="breaks"),
    }


def _slice(whole: list[Matter], after: Place, most: int) -> tuple[list[Matter], Place | None]:
    """Of a list in an order of its own: the place is how many were shown."""
    begin = after[1] if after != FIRST else 0
    more = len(whole) > begin + most
    return whole[begin : begin + most], (0, begin + most) if more else None


def _all(look: Look, after: Place) -> Iterator[Matter]:
    while some := look(after):
        yield from some
        if len(some) < PAGE_MAX:
            return
        after = (some[-1].priority, number(some[-1].id))


def _once(found: Iterator[Matter]) -> Iterator[Matter]:
    """In this order the same matter stands beside itself."""
    last = ""
    for one in found:
        if one.id != last:
            yield one
        last = one.id


def _order(one: Matter) -> Place:
    return -one.priority, number(one.id)


def _owned(matters: Matters, who: str) -> Look:
    return lambda after: matters.owned(who, *after)


def _queued(matters: Matters, queue: str) -> Look:
    return lambda after: matters.queue(queue, *after)


def _due(side: Side, until: int) -> Look:
    def look(after: Place) -> list[Matter]:
        rows = side.ask("list_due", until=until, priority=after[0], after=after[1], most=PAGE_MAX)
        return [matter_of(row) for row in rows]

    return look


def _tagged(side: Side, name: str, value: str) -> Look:
    def look(after: Place) -> list[Matter]:
        rows = side.ask("list_tagged", name=name, value=value, priority=after[0], after=after[1], most=PAGE_MAX)
        return [matter_of(row) for row in rows]

    return look


def _waits_for(whom: str) -> Callable[[Matters, Side, Seat], list[Look]]:
    return lambda matters, side, seat: [_tagged(side, "waiting", whom)]


_LOOKS: Mapping[str, Callable[[Matters, Side, Seat], list[Look]]] = MappingProxyType({
    "my": lambda matters, side, seat: [_owned(matters, seat.who)],
    "team": lambda matters, side, seat: [_queued(matters, one) for one in sorted(seat.team)],
    "unassigned": lambda matters, side, seat: [_owned(matters, "")],
    "due today": lambda matters, side, seat: [_due(side, instant(day_of(seat.now))), _tagged(side, "risk", "yes")],
    "at risk": lambda matters, side, seat: [_tagged(side, "risk", "yes"), _due(side, seat.now)],
    **{f"waiting {whom}": _waits_for(whom) for whom in WAITING},
    "breaks": lambda matters, side, seat: [_queued(matters, "breaks")],
})  # fmt: skip
"""Where the candidates of a queue are, each in the same order."""
