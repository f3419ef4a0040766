"""Does each deadline pass once, at its time, and only while it is still the payment's own?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from chongzheng.gateway.timers import BATCH_MAX, HORIZON_MS, REFILL_EVERY_MS, RETRY_MS, Timers
from chongzheng.journal import Submission
from chongzheng.reversal.facts import DeadlinePassed, Key
from chongzheng.reversal.payment import Payment


class World:
    """A clock that is turned by hand, the one call that was asked for, and a journal's list of deadlines."""

    def __init__(self) -> None:
        self.now = 1_000
        self.call: tuple[int, Callable[[], None]] | None = None
        self.passed: list[DeadlinePassed] = []
        self.due: list[tuple[int, str]] = []
        self.room = True
        self.timers = Timers(self.hand_in, lambda: self.now, self.later, lambda: self.due)

    def hand_in(self, submission: Submission) -> bool:
        if self.room:
            assert isinstance(submission.fact, DeadlinePassed)
            self.passed.append(submission.fact)
        return self.room

    def later(self, wait_ms: int, call: Callable[[], None]) -> Callable[[], None]:
        mine = (self.now + wait_ms, call)
        self.call = mine

        def cancel() -> None:
            if self.call is mine:
                self.call = None

        return cancel

    def turn_to(self, now: int) -> None:
        """Let time pass, firing what is due on the way."""
        while self.call is not None and self.call[0] <= now:
            self.now, call = max(self.now, self.call[0]), self.call[1]
            self.call = None
            call()
        self.now = now

    @property
    def ids(self) -> list[str]:
        return [fact.payment for fact in self.passed]


def payment(name: str, wake_at: int | None) -> Payment:
    return replace(Payment(name, Key("m", "t", "b", name)), wake_at=wake_at)


def test_a_deadline_passes_once_and_not_before_its_time() -> None:
    world = World()
    world.timers.start()
    world.timers.watch(payment("P1", 2_000))
    world.turn_to(1_999)
    assert world.passed == []
    world.turn_to(50_000)
    assert world.passed == [DeadlinePassed("P1", 2_000, 2_000)]


def test_a_deadline_that_was_moved_or_lifted_does_not_pass() -> None:
    world = World()
    world.timers.start()
    for name in ("P1", "P2", "P3"):
        world.timers.watch(payment(name, 2_000))
    world.timers.watch(payment("P1", 3_000))
    world.timers.watch(payment("P2", None))
    world.timers.watch(payment("P3", 2_000 + HORIZON_MS * 2))
    world.turn_to(2_500)
    assert world.ids == []
    world.turn_to(4_000)
    assert world.ids == ["P1"]
    assert len(world.timers) == 0


def test_a_payment_may_set_itself_the_same_instant_again() -> None:
    world = World()
    world.timers.start()
    world.timers.watch(payment("P1", 2_000))
    world.turn_to(2_500)
    world.timers.watch(payment("P1", 2_000))
    world.turn_to(2_600)
    assert world.ids == ["P1", "P1"]


def test_an_earlier_deadline_comes_first_although_it_was_set_later() -> None:
    world = World()
    world.timers.start()
    world.timers.watch(payment("P1", 9_000))
    world.timers.watch(payment("P2", 2_000))
    world.turn_to(10_000)
    assert world.ids == ["P2", "P1"]


def test_deadlines_beyond_the_horizon_come_from_the_journal_in_time() -> None:
    world = World()
    far = 1_000 + HORIZON_MS + REFILL_EVERY_MS
    world.due = [(500, "P0"), (far, "P1")]
    world.timers.start()
    assert world.ids == ["P0"] and len(world.timers) == 0
    world.due = [(far, "P1")]
    world.turn_to(far + 1)
    assert world.ids == ["P0", "P1"]


def test_what_the_runner_had_no_room_for_passes_again() -> None:
    world = World()
    world.timers.start()
    world.timers.watch(payment("P1", 2_000))
    world.room = False
    world.turn_to(2_500)
    world.room = True
    world.turn_to(2_000 + 2 * RETRY_MS)
    assert world.passed == [DeadlinePassed("P1", 2_000 + RETRY_MS, 2_000)]


def test_a_crowd_of_deadlines_passes_in_portions() -> None:
    world = World()
    for number in range(BATCH_MAX + 5):
        world.timers.watch(payment(f"P{number}", 500))
    world.timers.start()
    assert len(world.passed) == BATCH_MAX
    world.turn_to(1_001)
    assert len(set(world.ids)) == len(world.passed) == BATCH_MAX + 5


def test_nothing_passes_after_a_stop() -> None:
    world = World()
    world.timers.stop()
    world.timers.start()
    world.timers.watch(payment("P1", 1_500))
    world.turn_to(9_000)
    assert world.passed == []


def test_a_stop_takes_the_armed_timer_away() -> None:
    world = World()
    world.timers.start()
    world.timers.stop()
    assert world.call is None
