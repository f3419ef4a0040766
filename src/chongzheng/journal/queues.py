"""What is in each named queue now, found without reading everything that is open?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from types import MappingProxyType

from chongzheng.cases.calendar import day_of, instant
from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import Matter
from chongzheng.cases.queues import PROPOSED, QUEUES, Seat, filled
from chongzheng.journal.matters import PRIORITY_MAX, Matters, matter_of, number
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake

QUEUE_MAX = 10_000
"""A queue that is longer than this is shown as far as this; its work is a matter of staff, not of a list."""

Found = Callable[[Matters, Side, Seat], Iterable[Matter]]


def listed(matters: Matters, side: Side, name: str, seat: Seat, most: int = QUEUE_MAX) -> list[Matter]:
    """The open matters of a queue, in the order in which they should be worked. TheirMistake: no such queue."""
    if name not in _WHERE:
        raise TheirMistake(f"there is no such queue; there are {', '.join(_WHERE)}", name)
    once = {one.id: one for one in _WHERE[name](matters, side, seat) if one.state not in KINDS[one.kind].ended}
    return filled(name, once.values(), seat)[:most]


def counts(matters: Matters, side: Side, seat: Seat) -> dict[str, int]:
    """How many are in each queue: as many as `listed` gives."""
    return {name: len(listed(matters, side, name, seat)) for name in QUEUES}


def _mine(matters: Matters, side: Side, seat: Seat) -> Iterator[Matter]:
    return _urgent(lambda priority, after: matters.owned(seat.who, priority, after))


def _teams(matters: Matters, side: Side, seat: Seat) -> Iterator[Matter]:
    for one in sorted(seat.team):
        yield from _in_queue(matters, one)


def _in_queue(matters: Matters, name: str) -> Iterator[Matter]:
    return _urgent(lambda priority, after: matters.queue(name, priority, after))


def _urgent(page: Callable[[int, int], list[Matter]]) -> Iterator[Matter]:
    priority, after, found = PRIORITY_MAX, 0, 0
    while found < QUEUE_MAX and (some := page(priority, after)):
        yield from some
        found += len(some)
        priority, after = some[-1].priority, number(some[-1].id)


def _of_kind(matters: Matters, kind: str) -> Iterator[Matter]:
    return islice(matters.all_open(kind), QUEUE_MAX)


def _unassigned(matters: Matters, side: Side, seat: Seat) -> Iterator[Matter]:
    return map(matter_of, side.ask("matters_unowned", most=QUEUE_MAX))


def _due(matters: Matters, side: Side, seat: Seat) -> Iterator[Matter]:
    until = instant(day_of(seat.now))
    yield from map(matter_of, side.ask("matters_due_until", until=until, most=QUEUE_MAX))
    yield from matters.tagged("case", "risk", "yes")


def _risky(matters: Matters, side: Side, seat: Seat) -> Iterator[Matter]:
    yield from matters.tagged("case", "risk", "yes")
    yield from map(matter_of, side.ask("matters_due_until", until=seat.now, most=QUEUE_MAX))


def _approvals(matters: Matters, side: Side, seat: Seat) -> Iterator[Matter]:
    for kind in KINDS.values():
        if PROPOSED in kind.states:
            yield from _of_kind(matters, kind.name)


def _suspended(matters: Matters, side: Side, seat: Seat) -> Iterator[Matter]:
    for one in matters.tagged("case", "suspense", "yes"):
        yield replace(one, body={**one.body, "standing": matters.standing(one.payment)})


def _waiting(whom: str) -> Found:
    return lambda matters, side, seat: matters.tagged("case", "waiting", whom)


_WHERE: Mapping[str, Found] = MappingProxyType({
    "my": _mine,
    "team": _teams,
    "unassigned": _unassigned,
    "due today": _due,
    "at risk": _risky,
    **{f"waiting {whom}": _waiting(whom) for whom in ("merchant", "issuer", "scheme", "supplier")},
    "approvals": _approvals,
    "suspense": _suspended,
    "fault slips": lambda matters, side, seat: _of_kind(matters, "slip"),
    "breaks": lambda matters, side, seat: _in_queue(matters, "breaks"),
})  # fmt: skip
"""Where the candidates of a queue are found; what really belongs is said by cases/queues.py alone."""
