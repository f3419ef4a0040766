"""Which engine is gone, and who goes on with its payments? Several engines on one database look after each other.

An engine looks after what it wrote last, and nobody else does. What a gone engine left is made the living ones', a
bounded batch at a time, to whoever has room for it: sends and answers that may have happened become facts, deadlines
are watched. What waits for a file changes hands without a write (see `due_between`): it is only read again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from chongzheng.gateway.numbers import Execute
from chongzheng.journal import JournalFull, Submission
from chongzheng.journal.storage import Refused
from chongzheng.reversal import facts
from chongzheng.reversal.payment import Owes, Payment

TAKE_OVER_EVERY_MS = 1_000
AT_ONCE_BELOW = 1_000
"""With fewer reversals at hand than this, the next batch is taken over at once; with more, others may have it."""
SENT = (Owes.FORWARD, Owes.DELIVERY)
UNSURE = (JournalFull, Refused)
"""Nothing was taken this time: no room, or another engine was quicker."""

log = structlog.get_logger("engine")
Look = tuple[list[Payment], list[int]]


@dataclass(frozen=True, slots=True)
class Hands:
    """What the engine lends: the fact's way in, the watch over a payment, how many reversals are at hand, and who
    reads the journal's deadlines again and who hears of a failure after which this engine must not go on."""

    hand_in: Callable[[Submission], bool]
    watch: Callable[[Payment], None]
    at_hand: Callable[[], int]
    look_again: Callable[[], None]
    fatal: Callable[[BaseException], None]


class TakeOver:
    """`look` asks the journal, on the writer's thread: what was taken over, and who is alive."""

    def __init__(
        self,
        look: Callable[[], Look],
        execute: Execute,
        clock: Callable[[], int],
        later: Callable[[int, Callable[[], None]], Callable[[], None]],
        hands: Hands,
    ) -> None:
        self._look = look
        self._execute = execute
        self._clock = clock
        self._later = later
        self._hands = hands
        self._uncertain: list[Submission] = []  # one batch at most: the next is taken when this one is handed in
        self._living: list[int] | None = None
        self._cancel: Callable[[], None] | None = None
        self._stopped = False

    async def begin(self) -> None:
        """Before anything new is let in: whatever may be on its way becomes a fact. Then look every now and then."""
        while any(payment.owes in SENT for payment in await self._once()):
            await self._until_handed_in()
        await self._until_handed_in()
        self._arm(TAKE_OVER_EVERY_MS)

    def stop(self) -> None:
        """Take nothing over any more."""
        self._stopped = True
        if self._cancel is not None:
            self._cancel()

    async def _once(self) -> list[Payment]:
        looked: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._execute(self._look, looked.set_result)
        result = await looked
        if isinstance(result, UNSURE):
            return []
        if isinstance(result, BaseException):
            raise result
        self._take(result)
        return list(result[0])

    async def _until_handed_in(self) -> None:
        while not self._stopped and not self._hand_in():
            await asyncio.sleep(TAKE_OVER_EVERY_MS / 1000)

    def _tick(self) -> None:
        self._cancel = None
        if self._hand_in():
            self._execute(self._look, self._looked)
        else:  # the queue is full: first these
            self._arm(TAKE_OVER_EVERY_MS)

    def _looked(self, result: Any) -> None:
        if self._stopped:
            return
        if isinstance(result, BaseException) and not isinstance(result, UNSURE):
            self._hands.fatal(result)
            return
        more = False
        if not isinstance(result, BaseException):
            self._take(result)
            more = bool(result[0]) and self._hands.at_hand() < AT_ONCE_BELOW
        self._arm(0 if self._hand_in() and more else TAKE_OVER_EVERY_MS)

    def _arm(self, wait_ms: int) -> None:
        if not self._stopped:
            self._cancel = self._later(wait_ms, self._tick)

    def _take(self, looked: Look) -> None:
        payments, living = looked
        if payments:
            log.warning("taken over from an engine that is gone", payments=len(payments))
        for payment in payments:
            self._hands.watch(payment)
            if payment.owes in SENT:
                self._uncertain.append(Submission(_uncertain(payment, self._clock())))
        if living != self._living:
            self._tell_of_the_living(living)

    def _tell_of_the_living(self, living: Sequence[int]) -> None:
        if self._living is not None:  # the first look of the timers is yet to come, and sees it all
            log.info("engines", living=list(living))
            self._hands.look_again()
        self._living = list(living)

    def _hand_in(self) -> bool:
        while self._uncertain:
            if not self._hands.hand_in(self._uncertain[0]):
                return False
            self._uncertain.pop(0)
        return True


def _uncertain(payment: Payment, at: int) -> facts.Fact:
    kind = facts.SendUncertain if payment.owes is Owes.FORWARD else facts.DeliveryUncertain
    return kind(payment.id, at)
