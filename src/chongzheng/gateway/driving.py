"""Which reversal may leave now? Paced to what the host can take, lane by lane, with a share kept for new sales.

A deadline of a reversal becomes a fact only when the reversal may leave: what is paced out was never tried. A reversal
that the machine decides at once may have to wait here too; then its own deadline waits with it. So do notices, which
are sent again in the same way. Of one terminal's messages the channel's table says which goes first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from chongzheng.gateway import channel
from chongzheng.gateway.breaker import Breaker, Circuit, Trip
from chongzheng.gateway.in_hand import Bounded
from chongzheng.gateway.lanes import Lanes
from chongzheng.gateway.pacing import Drain, Pace, Window
from chongzheng.gateway.timers import Deadline
from chongzheng.gateway.turns import PACED, Turns, turn_of
from chongzheng.journal import Submission
from chongzheng.reversal import facts
from chongzheng.reversal.effects import Forward, Resend, SendReversal
from chongzheng.reversal.payment import Owes, Payment

QUEUE_MAX = 20_000
"""Deadlines that wait here; beyond it they stay with the timers, and then with the journal."""
SENDS_MAX = 50_000
"""Decided reversals and deadlines together; beyond it a decided one leaves when its deadline brings it again."""
SILENT_MAX = 20_000
"""Payments remembered because their reversal was not answered; a forgotten one counts as one that never was silent."""
TERMINAL_BAD_MIN = 3
"""Reversals of one terminal that are busy or silent in a row: from then on that is its own trouble, not the host's."""
SALES_MAX = 10_000
"""Sales remembered as being with the host."""
TURNS_MAX = 10_000
"""New messages of terminals that wait for what goes before them."""
TURN_MS = 1_000
"""So long at most: then a new sale goes, whatever waits."""
TICK_MS = 100
SWEEP_EVERY_MS = 1_000
"""How often what waits is searched for reversals whose window has ended."""
SPEAK_EVERY_MS = 10_000
"""How often the forecast is written to the log while reversals queue up, and the journal's are counted."""
SPEAK_ABOVE = 100
KEPT_FOR_SALES = 1
"""Of the messages that may try while the breaker is half open, so many are a sale's."""
BUSY = "busy"
UNENDED = frozenset({BUSY, "sign_in", "cut_over", "not_found"})
"""What an answer may mean after which the same reversal is sent again."""

Call = Callable[[], None]
Send = SendReversal | Resend
log = structlog.get_logger("engine")


@dataclass(frozen=True, slots=True)
class Wires:
    """The way out: the outlets proper, whether the link is up, and who postpones a reversal's or a notice's deadline
    to an instant."""

    forward: Callable[[Payment, Forward], None]
    send_reversal: Callable[[Payment, SendReversal], None]
    resend: Callable[[Payment, Resend], None]
    ready: Callable[[], bool]
    postpone: Callable[[Deadline, int], None]
    postpone_notice: Callable[[Deadline, int], None]


@dataclass(slots=True)
class _Waiting:
    """A reversal in the queue: a deadline that is not yet a fact, or a send that is decided."""

    deadline: Deadline
    due: bool
    payment: Payment | None = None
    effect: Send | None = None


@dataclass(slots=True)
class _Flight:
    """A slot of the window. `sent` is False while the deadline's commit is under way."""

    lane: str
    stubborn: bool
    at: int
    sent: bool


class Driving:
    """The reversals of one host. Everything on the loop thread; `clock`: epoch ms.

    `order_of(kind)`: the place of such a transaction among a terminal's messages, as the channel's table has it.
    `count(done)` counts the payments of the journal that owe a reversal and calls `done` with their number.
    """

    def __init__(
        self,
        pace: Pace,
        trip: Trip,
        meaning: Mapping[str, str],
        clock: Callable[[], int],
        later: Callable[[int, Call], Call],
        hand_in: Callable[[Submission], bool],
        wires: Wires,
        count: Callable[[Callable[[Any], None]], None],
        order_of: Callable[[str], int] = lambda kind: channel.THEN_SALES,
    ) -> None:
        self._pace = pace
        self._meaning = meaning
        self._clock = clock
        self._later = later
        self._hand_in = hand_in
        self._wires = wires
        self._count = count
        self._order_of = order_of
        self._turns = Turns(TURNS_MAX)
        self.window = Window(pace)
        self.breaker = Breaker(trip)
        self.drain = Drain()
        self._fresh: Lanes[_Waiting] = Lanes(SENDS_MAX, pace.lane_max)
        self._stubborn: Lanes[_Waiting] = Lanes(SENDS_MAX, 1)
        self._flights: OrderedDict[str, _Flight] = OrderedDict()
        self._stubborn_flights = 0
        self._sales: Bounded[bool] = Bounded(SALES_MAX)
        self._silent: Bounded[bool] = Bounded(SILENT_MAX)  # payment -> stubborn: others were answered meanwhile
        self._blamed: Bounded[int] = Bounded(SILENT_MAX)  # lane -> reversals that were busy or silent in a row
        self._good_at = 0
        self._was_ready = False
        self._circuit = Circuit.CLOSED
        self._counted = 0
        self._speak_at = 0
        self._sweep_at = 0
        self._pumping = False
        self._cancel: Call | None = None

    # From the timers

    def take(self, deadline: Deadline) -> bool:
        """The deadline of a reversal has passed; it waits for its turn. False: no room, give it again later."""
        now = self._clock()
        if now >= deadline.until:
            return self._pass(deadline, now)  # the end of the window waits for nobody
        waiting = self._find(deadline.payment)
        if waiting is not None:
            waiting.deadline, waiting.due = deadline, True
            return True
        flight = self._flights.get(deadline.payment)
        if flight is not None and not flight.sent:  # an earlier deadline of it is being written
            self._wires.postpone(deadline, now + self._pace.patience_ms)
            return True
        if flight is not None:
            self._fall_silent(deadline.payment, flight, now)
        if len(self._fresh) + len(self._stubborn) >= QUEUE_MAX:
            return False
        self._queue(_Waiting(deadline, True))
        self._pump(now)
        return True

    def holds(self, deadline: Deadline) -> bool:
        """A deadline of what owes no reversal: a notice that waits here has not left, so it is not due again."""
        waiting = self._find(deadline.payment)
        if waiting is not None:
            waiting.due = True
            return True
        flight = self._flights.get(deadline.payment)
        if flight is not None:
            self._fall_silent(deadline.payment, flight, self._clock())
        return False

    # Outlets

    def in_turn(self, lane: str, order: int, go: Call) -> None:
        """Do it as soon as nothing that goes before it waits here for the same terminal; it is short."""
        first = self._fresh.first_order(lane) if order else None
        moves = self._wires.ready() and self.breaker.circuit is Circuit.CLOSED
        until = self._clock() + TURN_MS
        if first is None or first >= order or not moves or not self._turns.wait(lane, order, until, go):
            go()
            return
        self._fresh.hurry(lane)
        self._pump()

    def _release(self, lane: str) -> None:
        for go in self._turns.ready(lane, self._fresh.first_order(lane)):
            go()

    def forward(self, payment: Payment, effect: Forward) -> None:
        """The outlet of Forward: what the terminal still owes goes first."""
        lane = payment.key.merchant + payment.key.terminal
        self.in_turn(lane, self._order_of(payment.kind), lambda: self._forward(payment, effect))

    def _forward(self, payment: Payment, effect: Forward) -> None:
        """A host that answers nobody gets no new sale, and the terminal hears no at once."""
        at = self._clock()
        if not self.breaker.may_send(at):
            self._hand_in(Submission(facts.NotForwarded(payment.id, at, self.breaker.why)))
            return
        if self._wires.ready():
            self.breaker.sent(at)
            self._sales.put(payment.id, True)
        self._wires.forward(payment, effect)

    def send_reversal(self, payment: Payment, effect: SendReversal) -> None:
        """The outlet of SendReversal: at once when its turn is now, else when it comes."""
        self._send_in_turn(payment, effect)

    def resend(self, payment: Payment, effect: Resend) -> None:
        """The outlet of Resend: a notice waits for its turn as a reversal does."""
        self._send_in_turn(payment, effect)

    def _send_in_turn(self, payment: Payment, effect: Send) -> None:
        deadline = turn_of(payment)
        if deadline is None:
            return
        flight = self._flights.get(payment.id)
        if flight is not None and self._wires.ready():
            self._send(payment, effect, flight)
            return
        if flight is not None:
            self._land(payment.id)
        self._queue(_Waiting(deadline, False, payment, effect))
        self._pump()

    def watch(self, payment: Payment) -> None:
        """A payment was committed: what waits here is about its newest state, or waits no longer."""
        if payment.owes is not Owes.FORWARD:
            self._sales.take(payment.id)
        if payment.owes in PACED:
            self._renew(payment)
            return
        self._fresh.drop(payment.id)
        self._stubborn.drop(payment.id)
        self._silent.take(payment.id)
        if payment.id in self._flights:
            self._land(payment.id)
            self._pump()
        if len(self._turns):
            self._release(payment.key.merchant + payment.key.terminal)

    def _renew(self, payment: Payment) -> None:
        waiting = self._find(payment.id)
        deadline = turn_of(payment) if waiting is not None else None
        if waiting is None or deadline is None:
            return
        moved = waiting.deadline.due_at != deadline.due_at
        if moved and waiting.payment is None:  # its timer brings the new deadline
            self._fresh.drop(payment.id)
            self._stubborn.drop(payment.id)
        elif waiting.payment is not None:
            waiting.payment = payment
            waiting.deadline, waiting.due = deadline, waiting.due and not moved

    # From the host

    def hear(self, submission: Submission) -> bool:
        """A fact that the host's word has become, on its way to the runner."""
        fact, now = submission.fact, self._clock()
        match fact:
            case facts.ReversalAnswered():
                self._take_answer(fact.payment, self._meaning.get(fact.answer.code, ""), now)
            case facts.ReplyArrived() if fact.payment in self._flights:  # of a notice
                self._take_answer(fact.payment, self._meaning.get(fact.answer.code, ""), now, ends=False)
            case facts.ReplyArrived():
                self._take_word(self._meaning.get(fact.answer.code) == BUSY, now)
            case facts.InquiryAnswered():
                self._take_word(False, now)
        taken = self._hand_in(submission)
        self._pump(now)
        return taken

    def _take_answer(self, payment: str, meaning: str, now: int, ends: bool = True) -> None:
        flight = self._flights.get(payment)
        self._silent.take(payment)
        its_own = False
        if flight is not None and flight.sent:
            full = len(self._flights) >= self.window.reversals(len(self._sales))
            self._land(payment)
            its_own = meaning == BUSY and self._blame(flight.lane)
            if meaning != BUSY:
                self._blamed.take(flight.lane)
                self.window.good(now, flight.at, full)
            elif not its_own:
                self.window.bad(now, flight.at)
        if not its_own:
            self._take_word(meaning == BUSY, now)
        if ends and meaning not in UNENDED:
            self.drain.finished(now)

    def _blame(self, lane: str) -> bool:
        """One more of this terminal's reversals is busy or silent; whether that is its own trouble by now."""
        count = (self._blamed.get(lane) or 0) + 1
        self._blamed.put(lane, count)
        if count >= TERMINAL_BAD_MIN:
            self._fresh.set_aside(lane)
        return count > TERMINAL_BAD_MIN

    def _take_word(self, busy: bool, now: int) -> None:
        if busy:
            self.breaker.busy(now)
        else:
            self._good_at = now
            self.breaker.good(now)

    # Time

    def start(self) -> None:
        """Begin to look at the clock."""
        self._tick()

    def stop(self) -> None:
        """Nothing leaves any more; what waits is in the journal."""
        if self._cancel is not None:
            self._cancel()

    def _tick(self) -> None:
        now = self._clock()
        self._watch_link(now)
        self._end_flights(now)
        self._end_windows(now)
        self.breaker.look(now)
        self._pump()
        for go in self._turns.late(now):
            go()
        self._speak(now)
        self._cancel = self._later(TICK_MS, self._tick)

    def _watch_link(self, now: int) -> None:
        ready = self._wires.ready()
        if self._was_ready and not ready and (self._flights or len(self._sales)):
            self.breaker.failed(now)
            for payment in [name for name, flight in self._flights.items() if flight.sent]:
                self._land(payment)
        self._was_ready = ready

    def _end_flights(self, now: int) -> None:
        while self._flights:
            payment, flight = next(iter(self._flights.items()))
            if now - flight.at < self._pace.patience_ms:
                return
            if flight.sent:
                self._fall_silent(payment, flight, now)
            else:
                self._land(payment)

    def _fall_silent(self, payment: str, flight: _Flight, now: int) -> None:
        """Its own trouble if it was silent before, or if others were answered; else the host's."""
        self._land(payment)
        self._blame(flight.lane)
        if payment not in self._silent:
            self.window.bad(now, flight.at)
        self._silent.put(payment, self._good_at > flight.at)

    def _end_windows(self, now: int) -> None:
        """Reversals whose window ends while they wait: the machine hands them to a person and to the file."""
        if now < self._sweep_at:
            return
        self._sweep_at = now + SWEEP_EVERY_MS
        for lanes in (self._fresh, self._stubborn):
            over = [one.deadline for one in lanes.items() if now >= one.deadline.until]
            for deadline in over:
                if self._pass(deadline, now):
                    lanes.drop(deadline.payment)

    # The queue

    def _find(self, payment: str) -> _Waiting | None:
        return self._fresh.get(payment) or self._stubborn.get(payment)

    def _queue(self, waiting: _Waiting) -> None:
        deadline = waiting.deadline
        lanes = self._stubborn if self._silent.get(deadline.payment) else self._fresh
        order = channel.THEN_REVERSALS
        if waiting.payment is not None and isinstance(waiting.effect, Resend):
            order = self._order_of(waiting.payment.kind)
        lanes.put(deadline.payment, deadline.place, deadline.lane, waiting, order)

    def _pump(self, now: int | None = None) -> None:
        """`now`: when the caller has just looked at the clock."""
        if self._pumping or not (len(self._fresh) or len(self._stubborn)):
            return
        self._pumping = True
        at = self._clock() if now is None else now
        try:
            while self._may_leave(at) and self._let_one_go(at):
                pass
        finally:
            self._pumping = False

    def _may_leave(self, now: int) -> bool:
        room = len(self._flights) < self.window.reversals(len(self._sales))
        waits = len(self._fresh) or len(self._stubborn)
        return bool(waits and room and self._wires.ready() and self.breaker.may_send(now, KEPT_FOR_SALES))

    def _let_one_go(self, now: int) -> bool:
        waiting, stubborn = self._next()
        if waiting is None:
            return False
        deadline = waiting.deadline
        flight = _Flight(deadline.lane, stubborn, now, False)
        self._flights[deadline.payment] = flight
        self._stubborn_flights += int(stubborn)
        if waiting.payment is not None and waiting.effect is not None:
            self._send(waiting.payment, waiting.effect, flight)
            if waiting.due or deadline.due_at - now < self._pace.patience_ms // 2:
                self._postpone(waiting.effect, deadline, now + self._pace.patience_ms)
            return True
        if self._pass(deadline, now):
            return True
        self._land(deadline.payment)
        self._queue(waiting)
        return False

    def _next(self) -> tuple[_Waiting | None, bool]:
        """The stubborn first, but never beyond their share, and never to find out whether the host is back."""
        share = self.window.stubborn() if self.breaker.circuit is Circuit.CLOSED else 0
        if self._stubborn_flights < share:
            waiting = self._stubborn.take()
            if waiting is not None:
                return waiting, True
        waiting = self._fresh.take()
        if waiting is None and share == 0:
            return self._stubborn.take(), True
        return waiting, False

    def _postpone(self, effect: Send, deadline: Deadline, at: int) -> None:
        """Reversals and notices have their deadlines in two places."""
        (self._wires.postpone_notice if isinstance(effect, Resend) else self._wires.postpone)(deadline, at)

    def _send(self, payment: Payment, effect: Send, flight: _Flight) -> None:
        flight.at, flight.sent = self._clock(), True
        self._flights.move_to_end(payment.id)
        self.breaker.sent(flight.at, payment.id in self._silent)
        if isinstance(effect, Resend):
            self._wires.resend(payment, effect)
        else:
            self._wires.send_reversal(payment, effect)
        if len(self._turns):
            self._release(flight.lane)

    def _land(self, payment: str) -> None:
        flight = self._flights.pop(payment)
        self._stubborn_flights -= int(flight.stubborn)
        (self._stubborn if flight.stubborn else self._fresh).leave(flight.lane)

    def _pass(self, deadline: Deadline, now: int) -> bool:
        return self._hand_in(Submission(facts.DeadlinePassed(deadline.payment, now, deadline.due_at)))

    # What people see

    @property
    def waiting(self) -> int:
        """Reversals that wait here for their turn."""
        return len(self._fresh) + len(self._stubborn)

    @property
    def pending(self) -> int:
        """Payments that owe a reversal, as far as it was counted."""
        return max(self._counted, self.waiting + len(self._flights))

    def status(self) -> dict[str, Any]:
        """How the host stands, what is on its way, and the forecast: when the queue is empty (None: nothing moves)."""
        now = self._clock()
        return {
            "circuit": str(self.breaker.circuit),
            "why": self.breaker.why,
            "opened": self.breaker.opened,
            "window": self.window.size,
            "latency_ms": self.window.latency_ms,
            "reversals_in_flight": len(self._flights),
            "sales_in_flight": len(self._sales),
            "reversals_waiting": self.waiting,
            "reversals_pending": self.pending,
            "reversals_per_minute": self.drain.per_minute(now),
            "empty_in_ms": self.drain.empty_in_ms(self.pending, now),
        }

    def _speak(self, now: int) -> None:
        if self.breaker.circuit is not self._circuit:
            self._circuit = self.breaker.circuit
            log.warning("circuit to the host", circuit=str(self._circuit), why=self.breaker.why)
        if now < self._speak_at:
            return
        self._speak_at = now + SPEAK_EVERY_MS
        self._count(self._take_count)
        if self.pending > SPEAK_ABOVE:
            log.info("reversals queue up", **self.status())

    def _take_count(self, counted: Any) -> None:
        if isinstance(counted, int):
            self._counted = counted
