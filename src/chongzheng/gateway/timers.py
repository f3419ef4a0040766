"""Which payments' deadlines have passed? A window of them in memory, one timer; the journal remembers all others.

In memory is every deadline up to the edge; what lies behind it is read from the journal page by page. So a million
deadlines that pass during an outage cost no more memory than HELD_MAX of them, and none is forgotten.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from typing import NamedTuple

from chongzheng.reversal.payment import Payment

HORIZON_MS = 600_000
"""Deadlines further away are left to the journal and read from it in time."""
LOOK_AGAIN_MS = 300_000
"""How often the journal is read from its first deadline on: another process may have written some."""
HELD_MAX = 50_000
"""Deadlines in memory; beyond it the later half goes back behind the edge."""
PAGE_MAX = 500
"""Deadlines read at one go, so that the wires get their turn in between."""
BATCH_MAX = 256
"""Deadlines given out at one go, for the same reason."""
RETRY_MS = 1_000
"""Wait before a deadline is given out again that nobody had room for."""
SLEEP_MS_MAX = 60_000
HEAP_SLACK = 1_024

Call = Callable[[], None]
Place = tuple[int, str]
START: Place = (-1, "")
LAST_ID = "~"


class Deadline(NamedTuple):
    """A payment's own deadline `due_at`; for a reversal also its place in the queue, its lane, its window's end."""

    payment: str
    due_at: int
    place: int = 0
    lane: str = ""
    until: int = 0


class Timers:
    """`later(wait_ms, call)` arranges one call and gives how to cancel it.

    `give` takes a deadline that has passed, or says False for want of room. `deadline_of` gives a payment's deadline,
    None when it has none that belongs here. `load(after, until, limit)` reads a page of the journal's deadlines, in
    the order of (due_at, payment), from behind `after` to `until`.
    """

    def __init__(
        self,
        give: Callable[[Deadline], bool],
        clock: Callable[[], int],
        later: Callable[[int, Call], Call],
        deadline_of: Callable[[Payment], Deadline | None],
        load: Callable[[Place, int, int], Sequence[Deadline]],
    ) -> None:
        self._give = give
        self._clock = clock
        self._later = later
        self._deadline_of = deadline_of
        self._load = load
        self._held: dict[str, tuple[int, Deadline]] = {}
        self._heap: list[Place] = []
        self._edge = START
        self._load_at = 0
        self._look_again_at = 0
        self._pause_until = 0
        self._cancel: Call | None = None
        self._armed_for: int | None = None
        self._stopped = False

    def __len__(self) -> int:
        return len(self._held)

    def start(self) -> None:
        """Read the first deadlines from the journal and begin."""
        self._fire()

    def stop(self) -> None:
        """No deadline is given out any more."""
        self._stopped = True
        if self._cancel is not None:
            self._cancel()

    def watch(self, payment: Payment) -> None:
        """A payment was committed: its present deadline counts and no earlier one."""
        deadline = self._deadline_of(payment)
        if deadline is None or (deadline.due_at, deadline.payment) > self._edge:
            self._held.pop(payment.id, None)
        else:
            self._keep(deadline)

    def postpone(self, deadline: Deadline, fire_at: int) -> None:
        """Give this deadline out at `fire_at`, not before: what it waits for left later than it was decided."""
        self._hold(deadline, fire_at)

    def look_again(self) -> None:
        """Other deadlines than before may be ours now: read the journal from its first one on."""
        self._look_again_at = 0
        self._arm()

    def _keep(self, deadline: Deadline) -> None:
        held = self._held.get(deadline.payment)
        if held is not None and held[1].due_at == deadline.due_at:
            return
        self._hold(deadline, deadline.due_at)
        if len(self._held) > HELD_MAX:
            self._send_back()

    def _hold(self, deadline: Deadline, fire_at: int) -> None:
        self._held[deadline.payment] = (fire_at, deadline)
        heapq.heappush(self._heap, (fire_at, deadline.payment))
        if len(self._heap) > 2 * len(self._held) + HEAP_SLACK:
            self._build_heap()
        if self._armed_for is None or fire_at < self._armed_for:
            self._arm()

    def _send_back(self) -> None:
        """Too many: only the nearest half stays, the edge moves to its end."""
        places = ((deadline.due_at, payment) for payment, (_, deadline) in self._held.items())
        nearest = heapq.nsmallest(HELD_MAX // 2, places)
        self._held = {payment: self._held[payment] for _, payment in nearest}
        self._edge, self._load_at = nearest[-1], 0
        self._build_heap()

    def _build_heap(self) -> None:
        self._heap = [(fire_at, payment) for payment, (fire_at, _) in self._held.items()]
        heapq.heapify(self._heap)

    def _fire(self) -> None:
        self._armed_for = None
        if self._stopped:
            return
        now = self._clock()
        if now >= self._pause_until:
            self._read_page(now)
            self._give_out(now)
        self._arm()

    def _give_out(self, now: int) -> None:
        for _ in range(BATCH_MAX):
            if not self._heap or self._heap[0][0] > now:
                return
            fire_at, payment = heapq.heappop(self._heap)
            held = self._held.get(payment)
            if held is None or held[0] != fire_at:
                continue  # moved or lifted meanwhile
            del self._held[payment]  # first: the payment may set itself the same instant again
            if not self._give(held[1]):
                self._hold(held[1], fire_at)
                self._pause_until = now + RETRY_MS
                return

    def _read_page(self, now: int) -> None:
        if now >= self._look_again_at:
            self._edge, self._load_at = START, now
            self._look_again_at = now + LOOK_AGAIN_MS
        if now < self._load_at or not self._has_room():
            return
        until = now + HORIZON_MS
        page = self._load(self._edge, until, PAGE_MAX)
        whole = len(page) < PAGE_MAX
        self._edge = (until, LAST_ID) if whole else (page[-1].due_at, page[-1].payment)
        self._load_at = now + HORIZON_MS // 2 if whole else now
        for deadline in page:
            self._keep(deadline)

    def _has_room(self) -> bool:
        return len(self._held) <= HELD_MAX // 2

    def _arm(self) -> None:
        if self._stopped:
            return
        if self._cancel is not None:
            self._cancel()
        now = self._clock()
        at = min(self._look_again_at, now + SLEEP_MS_MAX)
        if self._heap:
            at = min(at, self._heap[0][0])
        if self._has_room():
            at = min(at, self._load_at)
        at = max(at, self._pause_until, now)
        self._armed_for = at
        self._cancel = self._later(at - now, self._fire)
