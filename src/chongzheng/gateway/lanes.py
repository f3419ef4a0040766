"""Which of the waiting reversals goes next? Oldest and largest first, but no terminal may hold up the others.

Each terminal has a lane of its own. The best of all lanes goes first; a lane that has enough in flight is passed over
until something of it comes back, and one that was set aside comes after the others.
"""

from __future__ import annotations

import heapq
from typing import Generic, TypeVar

DOUBLING_MS = 60_000
"""A payment of twice the amount goes first as if it were so much older."""
ASIDE_TURN = 16
"""Of so many that leave, one may be of a lane that was set aside while others wait."""

Item = TypeVar("Item")


def rank(opened_at: int, amount_fen: int) -> int:
    """Smaller goes first: epoch ms of the payment's beginning, moved back for each doubling of its amount (fen)."""
    return opened_at - amount_fen.bit_length() * DOUBLING_MS


class Lanes(Generic[Item]):
    """A queue of at most `limit` items by payment id, with at most `lane_max` of a lane in flight."""

    def __init__(self, limit: int, lane_max: int) -> None:
        self._limit = limit
        self._lane_max = lane_max
        self._items: dict[str, tuple[int, int, str, Item]] = {}  # payment -> order, rank, lane, item
        self._lanes: dict[str, list[tuple[int, int, str]]] = {}  # lane -> heap of (order, rank, payment)
        self._heads: list[tuple[int, str, str]] = []  # heap of (rank, payment, lane); some are out of date
        self._flying: dict[str, int] = {}
        self._aside: dict[str, None] = {}
        self._hurried: dict[str, None] = {}
        self._taken = 0
        self._dropped = 0

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, payment: str) -> bool:
        return payment in self._items

    @property
    def full(self) -> bool:
        """No room for one more."""
        return len(self._items) >= self._limit

    def get(self, payment: str) -> Item | None:
        """What waits under this id."""
        held = self._items.get(payment)
        return held[3] if held is not None else None

    def items(self) -> list[Item]:
        """Everything that waits, in no order."""
        return [item for _, _, _, item in self._items.values()]

    def put(self, payment: str, place: int, lane: str, item: Item, order: int = 0) -> bool:
        """Wait at `place` (see `rank`) in `lane`, where a smaller `order` goes first; what waited under this id is
        replaced. False: full, not taken."""
        if payment not in self._items and self.full:
            return False
        if payment in self._items:
            self.drop(payment)
        self._items[payment] = (order, place, lane, item)
        self._push((order, place, payment), lane)
        return True

    def drop(self, payment: str) -> Item | None:
        """No longer wait; what waited. Its place in the heaps is cleared when it comes up, or when many are."""
        held = self._items.pop(payment, None)
        if held is None:
            return None
        self._dropped += 1
        if self._dropped > self._limit:
            self._build_anew()
        return held[3]

    def take(self) -> Item | None:
        """The next item, now in flight; None when all that wait are in lanes that have enough in flight."""
        if self._aside and self._taken % ASIDE_TURN == 0:
            self._recall()
        item = self._take_hurried() or self._take_head()
        if item is None and self._aside:
            self._recall()
            item = self._take_head()
        self._taken += 1
        return item

    def _take_head(self) -> Item | None:
        while self._heads:
            place, payment, lane = heapq.heappop(self._heads)
            head = self._head(lane)
            if head is None or head[1:] != (place, payment):
                self._offer_head(lane)
            elif self._may_go(lane):
                return self._taken_from(lane, payment)
        return None

    def _take_hurried(self) -> Item | None:
        while self._hurried:
            lane = next(iter(self._hurried))
            head = self._head(lane)
            if head is not None and self._may_go(lane):
                return self._taken_from(lane, head[2])
            del self._hurried[lane]
        return None

    def _taken_from(self, lane: str, payment: str) -> Item:
        _, _, _, item = self._items.pop(payment)
        self.join(lane)
        self._offer_head(lane)
        return item

    def first_order(self, lane: str) -> int | None:
        """The order of what goes next in this lane; None when nothing waits there, or it was set aside."""
        head = self._head(lane) if lane not in self._aside else None
        return head[0] if head is not None else None

    def hurry(self, lane: str) -> None:
        """What waits in this lane goes before all others, as far as the lane has room."""
        self._hurried[lane] = None

    def set_aside(self, lane: str) -> None:
        """The other lanes go first, but for one turn in ASIDE_TURN."""
        if len(self._aside) < self._limit:
            self._aside[lane] = None

    def _recall(self) -> None:
        lanes, self._aside = self._aside, {}
        for lane in lanes:
            self._offer_head(lane)

    def join(self, lane: str) -> None:
        """Something of this lane is in flight that never waited here."""
        self._flying[lane] = self._flying.get(lane, 0) + 1

    def leave(self, lane: str) -> None:
        """Something of this lane is no longer in flight."""
        flying = self._flying.get(lane, 0) - 1
        if flying > 0:
            self._flying[lane] = flying
        else:
            self._flying.pop(lane, None)
        if flying == self._lane_max - 1:
            self._offer_head(lane)

    def has_room(self, lane: str) -> bool:
        """Whether one more of this lane may be in flight."""
        return self._flying.get(lane, 0) < self._lane_max

    def _may_go(self, lane: str) -> bool:
        return self.has_room(lane) and lane not in self._aside

    def _head(self, lane: str) -> tuple[int, int, str] | None:
        """The best that still waits in the lane; what was dropped or replaced on top of it is thrown away."""
        heap = self._lanes.get(lane, [])
        while heap:
            order, place, payment = heap[0]
            held = self._items.get(payment)
            if held is not None and held[:3] == (order, place, lane):
                return heap[0]
            heapq.heappop(heap)
        self._lanes.pop(lane, None)
        return None

    def _push(self, entry: tuple[int, int, str], lane: str) -> None:
        heap = self._lanes.setdefault(lane, [])
        heapq.heappush(heap, entry)
        if heap[0] == entry:
            self._offer_head(lane)

    def _offer_head(self, lane: str) -> None:
        head = self._head(lane)
        if head is not None and self._may_go(lane):
            heapq.heappush(self._heads, (*head[1:], lane))

    def _build_anew(self) -> None:
        self._lanes.clear()
        self._heads.clear()
        self._dropped = 0
        for payment, (order, place, lane, _) in self._items.items():
            self._push((order, place, payment), lane)
