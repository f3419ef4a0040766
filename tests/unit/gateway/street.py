"""What happens between timers, pacing, the machine and a host, when time is turned by hand?"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count
from typing import Any

from chongzheng.gateway.breaker import Trip
from chongzheng.gateway.channel import SCRIPT_FIRST, THEN_SALES
from chongzheng.gateway.driving import Driving, Wires
from chongzheng.gateway.pacing import Pace
from chongzheng.gateway.timers import Deadline, Place, Timers
from chongzheng.gateway.turns import deadline_of, other_deadline_of
from chongzheng.journal import Submission
from chongzheng.reversal import effects, facts
from chongzheng.reversal.facts import Answer, Key
from chongzheng.reversal.payment import Owes, Payment, State, changed
from chongzheng.reversal.policy import Policy
from chongzheng.reversal.step import step

NOON_MS = 1_790_000_000_000
COMMIT_MS = 3
ROUND_TRIP_MS = 20
POLICY = Policy()
PATIENCE_MS = POLICY.repeat_after_ms[0]

Says = tuple[int, str] | None
"""What a host says to a message: after so many milliseconds this code; None: nothing."""


def sale(number: int, terminal: int | None = None, amount_fen: int = 1_000, age_ms: int = 0) -> Payment:
    """A payment of which nothing is decided."""
    key = Key("898100000000001", f"{number if terminal is None else terminal:08d}", "000001", f"{number:06d}")
    return changed(
        Payment(f"P{number:06d}", key),
        opened_at=NOON_MS - age_ms,
        day="20260922",
        day_ends_at=NOON_MS + 3_600_000,
        amount_fen=amount_fen,
        echo=(f"{number:06d}",),
    )


class Street:
    """One engine's worth of timers and pacing around the real machine; `host(payment, attempt)` is the bank."""

    def __init__(self, pace: Pace | None = None, trip: Trip | None = None) -> None:
        self.now = NOON_MS
        self.payments: dict[str, Payment] = {}
        self.sent: list[tuple[int, str, int]] = []
        self.forwarded: list[str] = []
        self.refused: list[str] = []
        self.facts: list[Any] = []
        self.ready = True
        self.room = True
        self.host: Callable[[str, int], Says] = lambda payment, attempt: (ROUND_TRIP_MS, "00")
        self.sale_host: Callable[[str], Says] = lambda payment: (ROUND_TRIP_MS, "00")
        self._numbers = count()
        self._calls: list[tuple[int, int, list[Callable[[], None]]]] = []
        self._queue: list[Submission] = []
        wires = Wires(
            self.forward,
            self.send,
            self.send_notice,
            lambda: self.ready,
            lambda d, at: self.timers.postpone(d, at),
            lambda d, at: self.others.postpone(d, at),
        )
        self.driving = Driving(
            pace or Pace(),
            trip or Trip(),
            POLICY.reversal_meaning,
            lambda: self.now,
            self.later,
            self.hand_in,
            wires,
            lambda done: done(sum(p.owes is Owes.REVERSAL for p in self.payments.values())),
            lambda kind: SCRIPT_FIRST if kind == "refund" else THEN_SALES,
        )
        self.timers = Timers(self.driving.take, lambda: self.now, self.later, deadline_of, self.load)
        self.others = Timers(self.pass_on, lambda: self.now, self.later, other_deadline_of, lambda *_: [])

    # Time

    def later(self, wait_ms: int, call: Callable[[], None]) -> Callable[[], None]:
        held = [call]
        heapq.heappush(self._calls, (self.now + wait_ms, next(self._numbers), held))
        return held.clear

    def turn(self, ms: int) -> None:
        """Let so much time pass."""
        until = self.now + ms
        while self._calls and self._calls[0][0] <= until:
            at, _, held = heapq.heappop(self._calls)
            self.now = max(self.now, at)
            for call in list(held):
                call()
        self.now = until

    # The journal and the machine

    def pend(self, *payments: Payment, due_in_ms: int = 0) -> None:
        """These payments stand in the journal with a reversal that is owed."""
        for one in payments:
            self.payments[one.id] = changed(
                one, state=State.REVERSING, owes=Owes.REVERSAL, wake_at=self.now + due_in_ms, reason="98",
                reverse_until=self.now + 3_600_000,
            )  # fmt: skip

    def start(self) -> None:
        self.timers.start()
        self.others.start()
        self.driving.start()

    def load(self, after: Place, until: int, limit: int) -> list[Deadline]:
        found = [d for d in map(deadline_of, self.payments.values()) if d is not None]
        rows = sorted(((d.due_at, d.payment), d) for d in found if after < (d.due_at, d.payment) and d.due_at <= until)
        return [deadline for _, deadline in rows[:limit]]

    def pass_on(self, deadline: Deadline) -> bool:
        passed = facts.DeadlinePassed(deadline.payment, self.now, deadline.due_at)
        return self.driving.holds(deadline) or self.hand_in(Submission(passed))

    def hand_in(self, submission: Submission) -> bool:
        if not self.room:
            return False
        self._queue.append(submission)
        if len(self._queue) == 1:
            self.later(COMMIT_MS, self._commit)
        return True

    def _commit(self) -> None:
        batch, self._queue = self._queue, []
        done = [self._step(submission.fact) for submission in batch]
        for payment, todo in done:
            self.timers.watch(payment)
            self.others.watch(payment)
            self.driving.watch(payment)
            for effect in todo:
                if isinstance(effect, effects.SendReversal):
                    self.driving.send_reversal(payment, effect)
                elif isinstance(effect, effects.Resend):
                    self.driving.resend(payment, effect)
                elif isinstance(effect, effects.Forward):
                    self.driving.forward(payment, effect)

    def _step(self, fact: Any) -> tuple[Payment, tuple[Any, ...]]:
        self.facts.append(fact)
        outcome = step(self.payments[fact.payment], fact, POLICY)
        self.payments[fact.payment] = outcome.payment
        return outcome.payment, outcome.effects

    # The wires

    def buy(self, payment: Payment) -> None:
        """A terminal asks for a sale."""
        request = facts.Request(
            key=payment.key, amount_fen=payment.amount_fen, currency="156", fingerprint=payment.id, echo=payment.echo,
            identity=(), day=payment.day, day_ends_at=payment.day_ends_at, masked_pan="",
        )  # fmt: skip
        self.payments[payment.id] = Payment(payment.id, payment.key)
        self.hand_in(Submission(facts.RequestTaken(payment.id, self.now, "", request)))

    def forward(self, payment: Payment, effect: effects.Forward) -> None:
        self.forwarded.append(payment.id)
        says = self.sale_host(payment.id)
        if says is not None:
            self.later(says[0], lambda: self._hear(facts.ReplyArrived, payment, says[1]))

    def send(self, payment: Payment, effect: effects.SendReversal) -> None:
        assert self.ready
        self.sent.append((self.now - NOON_MS, payment.id, effect.attempt))
        says = self.host(payment.id, effect.attempt)
        if says is not None:
            self.later(says[0], lambda: self._hear(facts.ReversalAnswered, payment, says[1]))

    def send_notice(self, payment: Payment, effect: effects.Resend) -> None:
        assert self.ready
        self.sent.append((self.now - NOON_MS, payment.id, effect.attempt))
        says = self.host(payment.id, effect.attempt)
        if says is not None:
            self.later(says[0], lambda: self._hear(facts.ReplyArrived, payment, says[1]))

    def _hear(self, kind: Any, payment: Payment, code: str) -> None:
        answer = Answer(code, "good", payment.echo, "")
        self.driving.hear(Submission(kind(payment.id, self.now, "", answer)))

    # What is asked about it

    def states(self) -> dict[str, int]:
        """How many payments stand where."""
        found: dict[str, int] = {}
        for payment in self.payments.values():
            found[str(payment.state)] = found.get(str(payment.state), 0) + 1
        return found

    def sends_of(self, payment: str) -> list[int]:
        """When this payment's reversals left, ms after the beginning."""
        return [at for at, name, _ in self.sent if name == payment]
