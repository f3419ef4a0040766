"""Which payments' deadlines have passed? One heap, one timer; the journal remembers what the heap does not hold."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable

from chongzheng.journal import Submission
from chongzheng.reversal.facts import DeadlinePassed
from chongzheng.reversal.payment import Payment

HORIZON_MS = 600_000
"""Deadlines further away are left to the journal and read from it in time."""
REFILL_EVERY_MS = 300_000
BATCH_MAX = 256
"""Deadlines handed in at one go, so that after a long stop the wires get their turn in between."""
RETRY_MS = 1_000
"""Wait before a deadline is handed in again that the runner had no room for."""
SLEEP_MS_MAX = 60_000

Call = Callable[[], None]


class Timers:
    """`later(wait_ms, call)` arranges one call and gives how to cancel it; `due` reads all deadlines of the journal."""

    def __init__(
        self,
        hand_in: Callable[[Submission], bool],
        clock: Callable[[], int],
        later: Callable[[int, Call], Call],
        due: Callable[[], Iterable[tuple[int, str]]],
    ) -> None:
        self._hand_in = hand_in
        self._clock = clock
        self._later = later
        self._due = due
        self._heap: list[tuple[int, str, int]] = []
        self._wake: dict[str, int] = {}
        self._refill_at = 0
        self._cancel: Call | None = None
        self._armed_for: int | None = None
        self._stopped = False

    def __len__(self) -> int:
        return len(self._wake)

    def start(self) -> None:
        """Read the deadlines from the journal and begin."""
        self._fire()

    def stop(self) -> None:
        """No deadline is handed in any more."""
        self._stopped = True
        if self._cancel is not None:
            self._cancel()

    def watch(self, payment: Payment) -> None:
        """A payment was committed: its present deadline counts and no earlier one."""
        wake_at = payment.wake_at
        if wake_at is None:
            self._wake.pop(payment.id, None)
        elif self._wake.get(payment.id) != wake_at:
            self._add(wake_at, payment.id)

    def _add(self, wake_at: int, payment: str) -> None:
        if wake_at > self._clock() + HORIZON_MS:
            self._wake.pop(payment, None)
            return
        self._wake[payment] = wake_at
        self._push(wake_at, payment, wake_at)

    def _push(self, fire_at: int, payment: str, due_at: int) -> None:
        heapq.heappush(self._heap, (fire_at, payment, due_at))
        if self._armed_for is None or fire_at < self._armed_for:
            self._arm()

    def _fire(self) -> None:
        self._armed_for = None
        if self._stopped:
            return
        now = self._clock()
        if now >= self._refill_at:
            self._refill(now)
        for _ in range(BATCH_MAX):
            if not self._heap or self._heap[0][0] > now:
                break
            _, payment, due_at = heapq.heappop(self._heap)
            if self._wake.get(payment) == due_at:
                self._pass(payment, due_at, now)
        self._arm()

    def _pass(self, payment: str, due_at: int, now: int) -> None:
        if self._hand_in(Submission(DeadlinePassed(payment, now, due_at))):
            self._wake.pop(payment, None)  # the payment may set itself the same instant again
        else:
            heapq.heappush(self._heap, (now + RETRY_MS, payment, due_at))

    def _refill(self, now: int) -> None:
        self._refill_at = now + REFILL_EVERY_MS
        for wake_at, payment in self._due():
            if wake_at > now + HORIZON_MS:
                break
            if self._wake.get(payment) != wake_at:
                self._wake[payment] = wake_at
                heapq.heappush(self._heap, (wake_at, payment, wake_at))

    def _arm(self) -> None:
        if self._stopped:
            return
        if self._cancel is not None:
            self._cancel()
        now = self._clock()
        at = min(self._heap[0][0] if self._heap else now + SLEEP_MS_MAX, self._refill_at, now + SLEEP_MS_MAX)
        self._armed_for = at
        self._cancel = self._later(max(at - now, 0), self._fire)
