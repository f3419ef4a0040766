"""Which messages does this process hold between two facts, and how many at most?

Memory only: they may hold card data.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TypeVar

from chongzheng.gateway.pos import Turn
from chongzheng.gateway.translate import Heard, HostWord
from chongzheng.iso8583 import Message

SALES_MAX = 10_000
"""Sales that wait for their commit; the runner's queue limit refuses long before this one does."""
ASKERS_MAX = 50_000
"""Payments whose terminal still waits for an answer."""
PASSING_MAX = 10_000
"""Messages that move no money and wait for the host's answer."""
REPLIES_MAX = 10_000
"""Host replies that wait for the commit which decides about them."""
REPLIES_PER_PAYMENT_MAX = 4
REPEATS_MAX = 9
"""A request and its repeats that may wait for an answer at the same time."""

Held = TypeVar("Held")


@dataclass(slots=True)
class Asker:
    """Who waits for an answer, and what must be repeated to them (no card data)."""

    turn: Turn
    outline: Message


@dataclass(slots=True)
class Waiting:
    """Everybody who waits for an answer about one payment, oldest first."""

    askers: list[Asker] = field(default_factory=list)


class Bounded(OrderedDict[str, Held]):
    """A dictionary that forgets its oldest entry when it is full, and counts that. Fill it by `put` alone."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit
        self.dropped = 0

    def put(self, key: str, value: Held) -> None:
        """Hold `value`, the newest of all."""
        self[key] = value
        self.move_to_end(key)
        if len(self) > self._limit:
            self.popitem(last=False)
            self.dropped += 1

    def take(self, key: str) -> Held | None:
        """What was held under `key`; it is no longer held."""
        return self.pop(key, None)


class Queue(Bounded[Waiting]):
    """Askers by payment."""

    def join(self, payment: str, asker: Asker) -> bool:
        """One more waits; False when too many repeat the same."""
        waiting = self.get(payment)
        if waiting is None:
            waiting = Waiting()
            self.put(payment, waiting)
        if len(waiting.askers) >= REPEATS_MAX:
            return False
        waiting.askers.append(asker)
        return True

    def leave(self, payment: str, newest: bool = False) -> Asker | None:
        """One waits no longer: the first who came, or the last."""
        waiting = self.get(payment)
        if waiting is None:
            return None
        asker = waiting.askers.pop(-1 if newest else 0)
        if not waiting.askers:
            self.take(payment)
        return asker


class Replies(Bounded[list[HostWord]]):
    """What the host said about a sale, until a commit decides which word counts."""

    def add(self, payment: str, word: HostWord) -> None:
        """One more word; a host that babbles is heard REPLIES_PER_PAYMENT_MAX times."""
        words = self.get(payment)
        if words is None:
            self.put(payment, [word])
        elif len(words) < REPLIES_PER_PAYMENT_MAX:
            words.append(word)

    def that_says(self, payment: str, code: str, echo: tuple[str, ...]) -> HostWord | None:
        """The first word with this F39 that the machine can have believed: right echo, no wrong MAC."""
        words = self.get(payment) or []
        return next((word for word in words if word.says(code, echo)), None)


class InHand:
    """The things held by payment id, shared by the desk (terminals) and the forwarding (host)."""

    def __init__(self) -> None:
        self.sales: Bounded[Heard] = Bounded(SALES_MAX)
        self.waiting = Queue(ASKERS_MAX)
        self.reversing = Queue(ASKERS_MAX)
        self.passing: Bounded[Asker] = Bounded(PASSING_MAX)
        self.replies = Replies(REPLIES_MAX)
