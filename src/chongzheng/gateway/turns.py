"""When is it whose turn: deadlines of what is owed to a host, and what waits for others of its own terminal?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chongzheng.gateway.lanes import rank
from chongzheng.gateway.timers import Deadline
from chongzheng.journal import Owed
from chongzheng.reversal.payment import Owes, Payment

PACED = frozenset({Owes.REVERSAL, Owes.RESEND})
"""What leaves at the host's pace."""

Call = Callable[[], None]


@dataclass(slots=True)
class _Behind:
    """`order`: its place in the channel's table; at `until` (epoch ms) it waits no longer."""

    order: int
    until: int
    go: Call


class Turns:
    """At most `limit` messages that wait, by their terminal's lane, each lane in its order."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lanes: dict[str, list[_Behind]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def wait(self, lane: str, order: int, until: int, go: Call) -> bool:
        """`go` is called when it is its turn, at the latest after `until`. False: there is no room to wait."""
        if self._count >= self._limit:
            return False
        waiting = self._lanes.setdefault(lane, [])
        waiting.append(_Behind(order, until, go))
        waiting.sort(key=lambda one: one.order)  # stable: of one order the first who came
        self._count += 1
        return True

    def ready(self, lane: str, first: int | None) -> list[Call]:
        """Those whose turn it is, in their order, now that `first` is the foremost of what they waited for (None:
        nothing is left). They wait no longer."""
        return self._take(lane, lambda one: first is None or one.order <= first)

    def late(self, now: int) -> list[Call]:
        """Those that have waited long enough."""
        return [go for lane in list(self._lanes) for go in self._take(lane, lambda one: one.until <= now)]

    def _take(self, lane: str, goes: Callable[[_Behind], bool]) -> list[Call]:
        waiting = self._lanes.get(lane, [])
        going = [one for one in waiting if goes(one)]
        if going:
            staying = [one for one in waiting if not goes(one)]
            self._count -= len(going)
            if staying:
                self._lanes[lane] = staying
            else:
                del self._lanes[lane]
        return [one.go for one in going]


def deadline_of(payment: Payment | Owed) -> Deadline | None:
    """The deadline of a payment that owes a reversal; None for all others."""
    return turn_of(payment) if payment.owes is Owes.REVERSAL else None


def turn_of(payment: Payment | Owed) -> Deadline | None:
    """The deadline of a payment that owes a reversal or a notice, with its place in the queue."""
    if payment.owes not in PACED or payment.wake_at is None:
        return None
    lane = payment.key.merchant + payment.key.terminal
    place = rank(payment.opened_at, payment.amount_fen)
    return Deadline(payment.id, payment.wake_at, place, lane, payment.reverse_until)


def other_deadline_of(payment: Payment) -> Deadline | None:
    """The deadline of a payment that owes something else; None when it has none."""
    if payment.owes is Owes.REVERSAL or payment.wake_at is None:
        return None
    return Deadline(payment.id, payment.wake_at)
