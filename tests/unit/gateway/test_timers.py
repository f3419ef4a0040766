"""Does each deadline pass once, at its time, only while it is still the payment's own, and however many there are?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.gateway import timers as module
from chongzheng.gateway.timers import (
    BATCH_MAX,
    HEAP_SLACK,
    HORIZON_MS,
    LOOK_AGAIN_MS,
    PAGE_MAX,
    RETRY_MS,
    Deadline,
    Place,
    Timers,
)
from chongzheng.reversal.facts import Key
from chongzheng.reversal.payment import Payment


class World:
    """A clock that is turned by hand, the one call that was asked for, and a journal's deadlines."""

    def __init__(self) -> None:
        self.now = 1_000
        self.call: tuple[int, Callable[[], None]] | None = None
        self.passed: list[tuple[str, int, int]] = []
        self.journal: dict[str, int] = {}
        self.pages: list[int] = []
        self.room = True
        self.timers = Timers(self.give, lambda: self.now, self.later, deadline_of, self.load)

    def give(self, deadline: Deadline) -> bool:
        if self.room:
            self.passed.append((deadline.payment, self.now, deadline.due_at))
            self.journal.pop(deadline.payment, None)
        return self.room

    def load(self, after: Place, until: int, limit: int) -> list[Deadline]:
        rows = sorted((at, name) for name, at in self.journal.items() if (at, name) > after and at <= until)
        self.pages.append(len(rows[:limit]))
        return [Deadline(name, at) for at, name in rows[:limit]]

    def later(self, wait_ms: int, call: Callable[[], None]) -> Callable[[], None]:
        assert wait_ms >= 0
        mine = (self.now + wait_ms, call)
        self.call = mine

        def cancel() -> None:
            if self.call is mine:
                self.call = None

        return cancel

    def commit(self, name: str, wake_at: int | None) -> None:
        """The payment sets itself this deadline, and the timers hear of it."""
        if wake_at is None:
            self.journal.pop(name, None)
        else:
            self.journal[name] = wake_at
        self.timers.watch(payment(name, wake_at))

    def turn_to(self, now: int) -> None:
        """Let time pass, firing what is due on the way."""
        while self.call is not None and self.call[0] <= now:
            self.now, call = max(self.now, self.call[0]), self.call[1]
            self.call = None
            call()
        self.now = now

    @property
    def ids(self) -> list[str]:
        return [name for name, _, _ in self.passed]


def payment(name: str, wake_at: int | None) -> Payment:
    return replace(Payment(name, Key("m", "t", "b", name)), wake_at=wake_at)


def deadline_of(one: Payment) -> Deadline | None:
    return None if one.wake_at is None else Deadline(one.id, one.wake_at)


def started() -> World:
    world = World()
    world.timers.start()
    return world


def test_a_deadline_passes_once_and_not_before_its_time() -> None:
    world = started()
    world.commit("P1", 2_000)
    world.turn_to(1_999)
    assert world.passed == []
    world.turn_to(50_000)
    assert world.passed == [("P1", 2_000, 2_000)]


def test_a_deadline_that_was_moved_or_lifted_does_not_pass() -> None:
    world = started()
    for name in ("P1", "P2", "P3"):
        world.commit(name, 2_000)
    world.commit("P1", 3_000)
    world.commit("P2", None)
    world.commit("P3", 2_000 + HORIZON_MS * 2)
    world.turn_to(2_500)
    assert world.ids == []
    world.turn_to(4_000)
    assert world.ids == ["P1"]
    assert len(world.timers) == 0


def test_a_payment_may_set_itself_the_same_instant_again() -> None:
    world = started()
    world.commit("P1", 2_000)
    world.turn_to(2_500)
    world.commit("P1", 2_000)
    world.turn_to(2_600)
    assert world.ids == ["P1", "P1"]


def test_the_same_deadline_heard_of_twice_passes_once() -> None:
    world = started()
    world.commit("P1", 2_000)
    world.commit("P1", 2_000)
    world.turn_to(9_000)
    assert world.ids == ["P1"]


def test_an_earlier_deadline_comes_first_although_it_was_set_later() -> None:
    world = started()
    world.commit("P1", 9_000)
    world.commit("P2", 2_000)
    world.turn_to(10_000)
    assert world.ids == ["P2", "P1"]


def test_a_postponed_deadline_passes_later_but_is_the_same() -> None:
    world = started()
    world.commit("P1", 2_000)
    world.timers.postpone(Deadline("P1", 2_000), 7_000)
    world.turn_to(6_999)
    assert world.passed == []
    world.turn_to(8_000)
    assert world.passed == [("P1", 7_000, 2_000)]


def test_a_postponed_deadline_that_was_moved_passes_at_its_new_time() -> None:
    world = started()
    world.timers.postpone(Deadline("P1", 2_000), 7_000)
    world.commit("P1", 3_000)
    world.turn_to(9_000)
    assert world.passed == [("P1", 3_000, 3_000)]


def test_deadlines_beyond_the_horizon_come_from_the_journal_in_time() -> None:
    world = World()
    far = 1_000 + HORIZON_MS * 3 // 2
    world.journal = {"P0": 500, "P1": far}
    world.timers.start()
    assert world.ids == ["P0"] and len(world.timers) == 0
    world.turn_to(far + 1)
    assert world.passed[1:] == [("P1", far, far)]


def test_what_another_process_wrote_is_found() -> None:
    world = started()
    world.turn_to(2_000)
    world.journal["P1"] = 1_500
    world.turn_to(1_000 + LOOK_AGAIN_MS)
    assert world.ids == ["P1"]


def test_what_nobody_had_room_for_passes_again_and_nothing_behind_it_meanwhile() -> None:
    world = started()
    world.commit("P1", 2_000)
    world.commit("P2", 2_001)
    world.room = False
    world.turn_to(2_500)
    world.room = True
    world.turn_to(1_999 + RETRY_MS)
    assert world.passed == []
    world.turn_to(2_000 + 2 * RETRY_MS)
    assert world.ids == ["P1", "P2"]
    assert [due_at for _, _, due_at in world.passed] == [2_000, 2_001]


def test_a_crowd_of_deadlines_passes_in_portions() -> None:
    world = started()
    for number in range(BATCH_MAX + 5):
        world.commit(f"P{number}", 500)
    world.call = None
    world.timers.start()
    assert len(world.passed) == BATCH_MAX
    world.turn_to(1_001)
    assert len(set(world.ids)) == len(world.passed) == BATCH_MAX + 5


def test_a_backlog_is_read_page_by_page_in_order() -> None:
    world = World()
    count = 3 * PAGE_MAX + 7
    world.journal = {f"P{number:05d}": number // 10 for number in range(count)}
    world.timers.start()
    assert len(world.pages) == 1
    world.turn_to(2_000)
    assert world.ids == [f"P{number:05d}" for number in range(count)]
    assert max(world.pages) == PAGE_MAX


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that a test reaches."""
    monkeypatch.setattr(module, "HELD_MAX", 40)
    monkeypatch.setattr(module, "PAGE_MAX", 10)


@pytest.mark.usefixtures("small")
def test_a_backlog_without_end_is_held_in_bounded_memory() -> None:
    world = World()
    world.room = False
    world.journal = {f"P{number:05d}": number for number in range(1_000)}
    world.timers.start()
    most = 0
    for _ in range(200):
        world.turn_to(world.now + RETRY_MS)
        most = max(most, len(world.timers))
    assert 20 < most <= 40
    world.room = True
    world.turn_to(world.now + 2 * RETRY_MS)
    assert world.ids == [f"P{number:05d}" for number in range(1_000)]


@pytest.mark.usefixtures("small")
def test_too_many_new_deadlines_go_back_to_the_journal_and_come_again() -> None:
    world = started()
    world.turn_to(1_500)
    for number in range(200):
        world.commit(f"P{number:05d}", 5_000 + 7 * (number * 37 % 200))
        assert len(world.timers) <= 41
    world.turn_to(9_000)
    assert sorted(world.ids) == [f"P{number:05d}" for number in range(200)]
    assert all(at == due_at for _, at, due_at in world.passed)


def test_the_heap_forgets_what_was_moved() -> None:
    world = started()
    for number in range(3 * HEAP_SLACK):
        world.commit("P1", 5_000 + number)
    assert len(world.timers._heap) <= HEAP_SLACK + 3
    world.turn_to(99_000)
    assert world.ids == ["P1"]


def test_nothing_passes_after_a_stop() -> None:
    world = World()
    world.timers.stop()
    world.timers.start()
    world.commit("P1", 1_500)
    world.timers.postpone(Deadline("P2", 1_500), 1_600)
    world.turn_to(9_000)
    assert world.passed == []


def test_a_call_that_comes_after_the_stop_does_nothing() -> None:
    world = started()
    world.commit("P1", 1_500)
    assert world.call is not None
    call = world.call[1]
    world.timers.stop()
    world.now = 9_000
    call()
    assert world.passed == []


def test_a_stop_takes_the_armed_timer_away() -> None:
    world = started()
    world.timers.stop()
    assert world.call is None


CHANGES = st.lists(
    st.tuples(st.integers(0, 9), st.one_of(st.none(), st.integers(0, 3_000_000)), st.integers(0, 400_000)), max_size=40
)


@given(CHANGES)
def test_every_deadline_that_stands_passes_and_no_other(changes: list[tuple[int, int | None, int]]) -> None:
    world = started()
    for number, wake_in, pause_ms in changes:
        name = f"P{number}"
        world.commit(name, None if wake_in is None else world.now + wake_in)
        before = len(world.passed)
        standing = dict(world.journal)
        world.turn_to(world.now + pause_ms)
        for one, at, due_at in world.passed[before:]:
            assert standing[one] == due_at and at >= due_at
    last = max([world.now, *world.journal.values()])
    standing, before = dict(world.journal), len(world.passed)
    world.turn_to(last + LOOK_AGAIN_MS)
    assert sorted(world.ids[before:]) == sorted(standing)
