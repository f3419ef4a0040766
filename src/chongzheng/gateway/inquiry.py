"""Which payment is the channel asked about next, and may it be asked now?

When a payment is asked about is the policy's ladder; here is how much asking a channel and a merchant bear: a rate for
the channel, a budget a day for each merchant. What is worth most goes first (oldest and largest, see lanes). An
inquiry that finds no place is no loss: it moves no money, and the ladder or the clearing file comes after it.
Instants `at` are epoch milliseconds.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from chongzheng.gateway.lanes import Lanes
from chongzheng.mistakes import TheirMistake

DAY_MS = 86_400_000
SECOND_MS = 1_000
MERCHANTS_MAX = 50_000
"""Merchants whose budget is remembered; the one forgotten first is the one that asked longest ago."""
LANE_MAX = 1_000_000
"""Inquiries are limited by rate and budget, not by how many of a merchant are under way."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Budget:
    """`per_second`: inquiries that a channel bears, `burst` at once; `per_merchant_per_day`: what a merchant may cost.

    `checks_per_merchant_per_day`: questions of persons, which take nothing from that and need nothing of it.
    `waiting_max`: inquiries that wait for their turn. TheirMistake when a number makes no sense.
    """

    per_second: int = 20
    burst: int = 20
    per_merchant_per_day: int = 2_000
    waiting_max: int = 10_000
    checks_per_merchant_per_day: int = 200

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            if getattr(self, name) <= 0:
                raise TheirMistake("must be above zero", f"inquiry.{name}")


class Asked(StrEnum):
    """What became of the wish to ask."""

    WAITS = "waits for its turn"
    NO_BUDGET = "the merchant's budget for today is used up"
    NO_ROOM = "too many inquiries wait"


Purse = tuple[str, bool]
"""Whose budget it is: a merchant's, for the ladder or for persons."""


class Inquiries(Generic[Item]):
    """The inquiries that one channel is to be asked."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._lanes: Lanes[tuple[Purse, Item]] = Lanes(budget.waiting_max, LANE_MAX)
        self._tokens_ms = budget.burst * SECOND_MS  # thousandths of an inquiry
        self._filled_at = 0
        self._spent: OrderedDict[Purse, tuple[int, int]] = OrderedDict()  # -> day, inquiries of that day
        self.refused = 0

    def __len__(self) -> int:
        return len(self._lanes)

    def ask(self, at: int, payment: str, merchant: str, place: int, item: Item, by_person: bool = False) -> Asked:
        """Wait for a turn at `place` (see `lanes.rank`); `item` comes back from `next`. A repeat replaces it."""
        waiting = self._lanes.get(payment)
        purse = (merchant, by_person) if waiting is None else waiting[0]
        if waiting is None and self._spent_today(at, purse) >= self._allowed(by_person):
            self.refused += 1
            return Asked.NO_BUDGET
        if not self._lanes.put(payment, place, merchant, (purse, item)):
            self.refused += 1
            return Asked.NO_ROOM
        if waiting is None:
            self._spend(at, purse, 1)
        return Asked.WAITS

    def _allowed(self, by_person: bool) -> int:
        return self._budget.checks_per_merchant_per_day if by_person else self._budget.per_merchant_per_day

    def next(self, at: int) -> Item | None:
        """The inquiry that may leave now; None when none waits, or the channel's rate is used up."""
        self._fill(at)
        if self._tokens_ms < SECOND_MS:
            return None
        taken = self._lanes.take()
        if taken is None:
            return None
        (merchant, _), item = taken
        self._lanes.leave(merchant)
        self._tokens_ms -= SECOND_MS
        return item

    def drop(self, at: int, payment: str) -> None:
        """It need not be asked any more; the merchant has its budget back."""
        dropped = self._lanes.drop(payment)
        if dropped is not None:
            self._spend(at, dropped[0], -1)

    def wait_ms(self, at: int) -> int:
        """How long until the rate allows the next one."""
        self._fill(at)
        missing = max(0, SECOND_MS - self._tokens_ms)
        return -(-missing // self._budget.per_second)

    def _fill(self, at: int) -> None:
        passed_ms = min(max(0, at - self._filled_at), DAY_MS)
        self._filled_at = max(at, self._filled_at)
        most = self._budget.burst * SECOND_MS
        self._tokens_ms = min(most, self._tokens_ms + passed_ms * self._budget.per_second)

    def _spent_today(self, at: int, purse: Purse) -> int:
        day, spent = self._spent.get(purse, (0, 0))
        return spent if day == at // DAY_MS else 0

    def _spend(self, at: int, purse: Purse, count: int) -> None:
        self._spent[purse] = (at // DAY_MS, max(0, self._spent_today(at, purse) + count))
        self._spent.move_to_end(purse)
        if len(self._spent) > MERCHANTS_MAX:
            self._spent.popitem(last=False)
