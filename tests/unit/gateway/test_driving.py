"""Is a backlog of reversals driven as fast as the host allows, fairly, in order, without losing or wasting a try?"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chongzheng.gateway import driving as module
from chongzheng.gateway.breaker import Circuit, Trip
from chongzheng.gateway.channel import NO_ORDER, SCRIPT_FIRST, THEN_SETTLEMENT
from chongzheng.gateway.driving import SWEEP_EVERY_MS, TICK_MS, TURN_MS
from chongzheng.gateway.pacing import Pace
from chongzheng.gateway.turns import deadline_of, other_deadline_of
from chongzheng.reversal.effects import Resend, SendReversal
from chongzheng.reversal.facts import Moves, Undo
from chongzheng.reversal.payment import Owes, Payment, State, changed
from unit.gateway.street import NOON_MS, PATIENCE_MS, ROUND_TRIP_MS, Says, Street, sale

QUICK = Trip(silent_min=8, silent_after_ms=2_000, open_ms=500, open_max_ms=4_000)


def backlog(count: int, pace: Pace | None = None, trip: Trip = QUICK) -> Street:
    """A street with so many reversals due, one to a terminal, not yet started."""
    street = Street(pace, trip)
    street.pend(*(sale(number) for number in range(count)))
    return street


def every_try_left(street: Street) -> None:
    """What the machine counted as a try is what went over the wire."""
    tries: dict[str, int] = {}
    for _, payment, _ in street.sent:
        tries[payment] = tries.get(payment, 0) + 1
    assert {p.id: p.attempts for p in street.payments.values() if p.attempts} == tries


def test_a_reversal_that_is_due_leaves_and_its_answer_frees_the_slot() -> None:
    street = backlog(1)
    street.start()
    street.turn(100)
    assert street.states() == {"RETURNED": 1}
    status = street.driving.status()
    assert (status["reversals_in_flight"], status["reversals_waiting"]) == (0, 0)
    every_try_left(street)


def test_a_link_that_is_down_costs_no_try() -> None:
    street = backlog(200)
    street.ready = False
    street.start()
    street.turn(600_000)
    assert street.sent == []
    assert street.driving.status()["empty_in_ms"] is None
    street.ready = True
    street.turn(20_000)
    assert street.states() == {"RETURNED": 200}
    assert len(street.sent) == 200
    every_try_left(street)


def test_a_silent_host_opens_the_breaker_and_gets_few_tries() -> None:
    street = backlog(2_000)
    street.host = lambda payment, attempt: None
    street.start()
    street.turn(300_000)
    assert street.driving.breaker.circuit is not Circuit.CLOSED
    tries = len(street.sent)
    assert tries < 400
    street.host = lambda payment, attempt: (ROUND_TRIP_MS, "00")
    street.turn(60_000)
    assert street.states() == {"RETURNED": 2_000}
    assert len(street.sent) <= tries + 2_000
    every_try_left(street)


def test_while_the_breaker_is_open_a_sale_is_refused_at_once_and_nothing_is_sent() -> None:
    street = backlog(50)
    street.host = lambda payment, attempt: None
    street.sale_host = lambda payment: None
    street.start()
    street.turn(2_200)
    assert street.driving.breaker.circuit is Circuit.OPEN
    street.buy(sale(900))
    street.turn(50)
    assert street.payments["P000900"].state is State.UNSENT
    assert street.forwarded == []


def test_sales_pass_again_as_soon_as_the_host_speaks() -> None:
    street = backlog(2_000)
    street.host = lambda payment, attempt: None
    street.start()
    street.turn(30_000)
    street.host = lambda payment, attempt: (ROUND_TRIP_MS, "00")
    street.turn(8_000)
    for number in range(3_000, 3_020):
        street.buy(sale(number))
    street.turn(100)
    assert {street.payments[f"P{number:06d}"].state for number in range(3_000, 3_020)} == {State.DELIVERING}


def test_a_sale_may_find_out_that_the_host_is_back() -> None:
    street = Street(None, QUICK)
    street.sale_host = lambda payment: None
    street.start()
    for number in range(10):
        street.buy(sale(number))
    street.turn(2_600)
    assert street.driving.breaker.circuit is Circuit.OPEN
    street.sale_host = lambda payment: (ROUND_TRIP_MS, "00")
    street.turn(500)
    street.buy(sale(50))
    street.turn(100)
    assert street.payments["P000050"].state is State.DELIVERING
    assert street.driving.breaker.circuit is Circuit.CLOSED


def crowded(street: Street, limit: int) -> Callable[[str, int], Says]:
    """A host that says busy to whatever comes while it works on `limit` others."""
    working: list[int] = []

    def says(payment: str, attempt: int) -> Says:
        working[:] = [until for until in working if until > street.now]
        if len(working) >= limit:
            return ROUND_TRIP_MS, "96"
        working.append(street.now + 50)
        return 50, "00"

    return says


def test_a_host_that_says_busy_is_driven_at_its_own_pace() -> None:
    street = backlog(600)
    street.host = crowded(street, 20)
    street.start()
    street.turn(120_000)
    assert street.states() == {"RETURNED": 600}
    busy = len(street.sent) - 600
    assert busy < 200, "a quarter of the tries at most ran into a busy host"
    every_try_left(street)


def test_the_window_opens_for_a_host_that_keeps_up() -> None:
    street = backlog(5_000, Pace(window_start=4))
    street.start()
    street.turn(5_000)
    assert street.states() == {"RETURNED": 5_000}
    assert street.driving.window.size > 64


def test_oldest_and_largest_go_first() -> None:
    street = Street(Pace(window_start=1, window_max=1))
    young, old, large = sale(1), sale(2, age_ms=600_000), sale(3, age_ms=599_000, amount_fen=1_000_000)
    street.pend(young, old, large)
    street.host = lambda payment, attempt: (500, "00")
    street.start()
    street.turn(2_000)
    order = [payment for _, payment, _ in street.sent]
    assert order[1:] == [name for name in (large.id, old.id, young.id) if name != order[0]]


# Poison


def poisoned(street: Street, poison: frozenset[str], says: Says) -> None:
    """These payments get this answer for ever, all others a good one."""
    street.host = lambda payment, attempt: says if payment in poison else (ROUND_TRIP_MS, "00")


@pytest.mark.parametrize("says", [None, (ROUND_TRIP_MS, "30"), (ROUND_TRIP_MS, "96"), (PATIENCE_MS * 3, "00")])
@pytest.mark.parametrize("same_terminal", [True, False])
def test_poison_delays_no_other_terminal(says: Says, same_terminal: bool) -> None:
    """The oldest and largest of all are the poison; the honest are done as soon as without them, within a second."""

    def finished(poison: int) -> int:
        street = Street(Pace(window_start=16, window_max=16), QUICK)
        bad = [sale(n, 7 if same_terminal else n, 10_000_000, 900_000) for n in range(5_000, 5_000 + poison)]
        street.pend(*bad, *(sale(number) for number in range(400)))
        poisoned(street, frozenset(p.id for p in bad), says)
        street.start()
        street.turn(60_000)
        honest = [street.payments[f"P{number:06d}"] for number in range(400)]
        assert {p.state for p in honest} == {State.RETURNED}
        every_try_left(street)
        return max(at for at, name, _ in street.sent if name < "P005000")

    assert finished(12) <= finished(0) + PATIENCE_MS + 1_000


def test_a_reversal_that_is_never_answered_is_tried_on_but_never_with_more_than_its_share() -> None:
    street = Street(Pace(window_start=16, window_max=16), QUICK)
    bad = [sale(number) for number in range(5_000, 5_100)]
    street.pend(*bad)
    poisoned(street, frozenset(p.id for p in bad), None)
    street.start()
    opened = []
    for number in range(400):
        street.pend(sale(number))
        street.timers.watch(street.payments[f"P{number:06d}"])
        street.turn(500)
        opened.append(street.driving.breaker.opened)
    assert all(street.payments[f"P{number:06d}"].state is State.RETURNED for number in range(390))
    assert street.driving._stubborn_flights <= street.driving.window.stubborn()
    assert len({name for _, name, _ in street.sent if name >= "P005000"}) == 100
    assert opened[150] == opened[-1], "once they are known, their silence says nothing about the host"


def test_one_terminal_with_many_reversals_takes_turns_with_the_others() -> None:
    street = Street(Pace(window_start=8, window_max=8, lane_max=2))
    street.pend(*(sale(number, 7, 10_000_000, 900_000) for number in range(100)), sale(500))
    street.host = lambda payment, attempt: (200, "00")
    street.start()
    street.turn(50)
    assert len(street.sent) == 3
    assert "P000500" in {name for _, name, _ in street.sent}
    street.turn(20_000)
    assert street.states() == {"RETURNED": 101}


# A share for sales


def test_sales_in_flight_take_their_share_of_the_window() -> None:
    street = backlog(1_000, Pace(window_start=10, window_max=10, sale_share_percent=60))
    street.host = street_host = lambda payment, attempt: (1_000, "00")
    street.sale_host = lambda payment: (30_000, "00")
    street.start()
    street.turn(100)
    assert street.driving.status()["reversals_in_flight"] == 10
    for number in range(3_000, 3_040):
        street.buy(sale(number))
    street.turn(1_500)
    status = street.driving.status()
    assert (status["sales_in_flight"], status["reversals_in_flight"]) == (40, 4)
    assert street_host("", 0) == (1_000, "00")


# Nothing lost


def test_more_than_the_queue_holds_stays_behind_and_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUEUE_MAX", 20)
    street = backlog(500, Pace(window_start=4, window_max=4))
    street.start()
    street.turn(200)
    assert street.driving.waiting <= 20
    street.turn(120_000)
    assert street.states() == {"RETURNED": 500}
    assert len(street.sent) == 500


def test_a_runner_without_room_is_asked_again() -> None:
    street = backlog(10)
    street.room = False
    street.start()
    street.turn(5_000)
    assert street.sent == []
    street.room = True
    street.turn(5_000)
    assert street.states() == {"RETURNED": 10}
    every_try_left(street)


def test_a_decided_reversal_that_had_to_wait_gets_its_full_wait_for_an_answer() -> None:
    """40 sales fall silent at once, the window is one: each decided reversal waits here, its deadline with it."""
    street = Street(Pace(window_start=1, window_max=1), Trip(silent_min=1_000))
    street.sale_host = lambda payment: None
    street.host = lambda payment, attempt: (500, "00")
    street.start()
    for number in range(40):
        street.buy(sale(number))
    street.turn(50_000 + 41 * 520)
    assert street.states() == {"RETURNED": 40}
    assert [attempt for _, _, attempt in street.sent] == [1] * 40
    every_try_left(street)


def test_a_decided_reversal_is_repeated_when_it_is_not_answered() -> None:
    street = Street(Pace(window_start=1, window_max=1), Trip(silent_min=1_000))
    street.sale_host = lambda payment: None
    street.host = lambda payment, attempt: None if attempt == 1 else (100, "00")
    street.start()
    for number in range(4):
        street.buy(sale(number))
    street.turn(50_000 + 30 * PATIENCE_MS)
    assert street.states() == {"RETURNED": 4}
    assert all(len(street.sends_of(f"P{number:06d}")) == 2 for number in range(4))
    every_try_left(street)


def test_what_was_solved_while_it_waited_does_not_leave() -> None:
    street = backlog(3, Pace(window_start=1, window_max=1))
    street.host = lambda payment, attempt: (1_000, "00")
    street.start()
    street.turn(100)
    waiting = next(name for name in street.payments if not street.sends_of(name))
    solved = changed(street.payments[waiting], state=State.RETURNED, owes=Owes.FILE, wake_at=None)
    street.payments[waiting] = solved
    street.timers.watch(solved)
    street.driving.watch(solved)
    street.turn(10_000)
    assert street.sends_of(waiting) == []
    assert street.states() == {"RETURNED": 3}


def test_what_was_solved_while_it_was_under_way_frees_its_slot() -> None:
    street = backlog(2, Pace(window_start=1, window_max=1))
    street.host = lambda payment, attempt: None
    street.start()
    street.turn(100)
    [(_, first, _)] = street.sent
    solved = changed(street.payments[first], state=State.SETTLED, owes=Owes.NOTHING, wake_at=None)
    street.payments[first] = solved
    street.driving.watch(solved)
    street.turn(10)
    assert len({name for _, name, _ in street.sent}) == 2


def test_a_deadline_that_moved_while_it_waited_is_not_used() -> None:
    street = backlog(2, Pace(window_start=1, window_max=1))
    street.host = lambda payment, attempt: (1_000, "00")
    street.start()
    street.turn(100)
    waiting = next(name for name in street.payments if not street.sends_of(name))
    moved = changed(street.payments[waiting], wake_at=street.now + 10_000)
    street.payments[waiting] = moved
    street.timers.watch(moved)
    street.driving.watch(moved)
    street.turn(9_000)
    assert street.sends_of(waiting) == []
    street.turn(3_000)
    assert street.states() == {"RETURNED": 2}


def test_a_window_that_ends_while_it_waits_goes_to_people_untried() -> None:
    street = backlog(5)
    street.ready = False
    street.start()
    street.turn(3_600_000 + 2 * SWEEP_EVERY_MS)
    assert street.states() == {"DOUBTFUL": 5}
    assert street.sent == []


def test_a_deadline_after_the_window_waits_for_nobody() -> None:
    street = Street()
    street.pend(sale(1), due_in_ms=3_600_000 + 1)
    street.ready = False
    street.start()
    street.turn(3_600_100)
    assert street.states() == {"DOUBTFUL": 1}


def test_a_link_that_is_lost_gives_its_slots_back_at_once() -> None:
    street = backlog(40, Pace(window_start=20))
    street.host = lambda payment, attempt: None
    street.start()
    street.turn(200)
    assert street.driving.status()["reversals_in_flight"] == 20
    street.ready = False
    street.turn(2 * TICK_MS)
    assert street.driving.status()["reversals_in_flight"] == 0
    street.host = lambda payment, attempt: (ROUND_TRIP_MS, "00")
    street.ready = True
    street.turn(10_000)
    assert street.states() == {"RETURNED": 40}
    every_try_left(street)


def test_a_late_answer_ends_what_waits_for_its_next_try() -> None:
    street = backlog(1)
    street.host = lambda payment, attempt: (PATIENCE_MS + 500, "00")
    street.start()
    street.turn(3 * PATIENCE_MS)
    assert street.states() == {"RETURNED": 1}


def test_nothing_leaves_after_a_stop() -> None:
    street = backlog(5)
    street.ready = False
    street.start()
    street.turn(300)
    street.driving.stop()
    street.timers.stop()
    street.ready = True
    street.turn(60_000)
    assert street.sent == []


# What people see


def test_the_forecast_says_when_the_queue_is_empty() -> None:
    street = backlog(3_000, Pace(window_start=10, window_max=10))
    street.host = lambda payment, attempt: (200, "00")
    street.start()
    street.turn(30_000)
    status = street.driving.status()
    forecast_ms, left = status["empty_in_ms"], status["reversals_pending"]
    assert left > 1_000 and forecast_ms is not None
    street.turn(forecast_ms * 9 // 10 - 11_000)
    assert "REVERSING" in street.states()
    street.turn(forecast_ms * 2 // 10 + 11_000)
    assert street.states() == {"RETURNED": 3_000}
    street.turn(11_000)
    assert street.driving.status()["empty_in_ms"] == 0


def test_a_count_that_failed_changes_nothing() -> None:
    street = backlog(1)
    street.driving._take_count(OSError("disk"))
    assert street.driving.pending == 0


def test_deadlines_are_told_apart_by_what_is_owed() -> None:
    asleep = sale(1)
    assert other_deadline_of(asleep) is None
    waiting = changed(asleep, owes=Owes.FORWARD, wake_at=NOON_MS)
    assert deadline_of(waiting) is None
    found = other_deadline_of(waiting)
    assert found is not None and (found.payment, found.due_at) == (asleep.id, NOON_MS)
    assert other_deadline_of(changed(waiting, owes=Owes.REVERSAL)) is None


# Whatever the host does

MOODS = st.sampled_from(["00", "25", "96", "99", "silence", "late", "down"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(MOODS, st.integers(100, 20_000)), max_size=12), st.integers(1, 60), st.integers(1, 6))
def test_every_reversal_ends_whatever_the_host_did(moods: list[tuple[str, int]], count: int, lanes: int) -> None:
    street = Street(Pace(window_start=4, lane_max=2), QUICK)
    street.pend(*(sale(number, number % lanes) for number in range(count)))
    mood = ["00"]

    def host(payment: str, attempt: int) -> Says:
        if mood[0] in ("silence", "down"):
            return None
        return (8_000, "00") if mood[0] == "late" else (ROUND_TRIP_MS, mood[0])

    street.host = host
    street.sale_host = lambda payment: host(payment, 0)
    street.start()
    for number, (name, last_ms) in enumerate(moods):
        mood[0] = name
        street.ready = name != "down"
        street.buy(sale(1_000 + number))
        street.turn(last_ms)
    mood[0], street.ready = "00", True
    street.turn(1_200_000)
    assert not any(p.owes in (Owes.REVERSAL, Owes.FORWARD) for p in street.payments.values())
    every_try_left(street)
    status = street.driving.status()
    assert (status["reversals_in_flight"], status["reversals_waiting"], status["sales_in_flight"]) == (0, 0, 0)
    assert status["circuit"] == Circuit.CLOSED


# One terminal's messages, and notices


def notice(number: int, terminal: int = 7, age_ms: int = 0) -> Payment:
    """A refund that was not answered."""
    asked = sale(number, terminal, age_ms=age_ms)
    return changed(asked, kind="refund", undo=Undo.RESEND, moves=Moves.CREDIT)


def owe(street: Street, *payments: Payment) -> None:
    """They stand in the journal, due now."""
    street.pend(*payments)
    for payment in payments:
        if payment.undo is Undo.RESEND:
            owed = changed(street.payments[payment.id], state=State.RESENDING, owes=Owes.RESEND)
            street.payments[payment.id] = owed
            street.others.watch(owed)


def done(street: Street) -> int:
    """How many are approved."""
    return sum(payment.state in (State.DELIVERING, State.APPROVED) for payment in street.payments.values())


def test_notices_leave_through_the_same_window() -> None:
    street = Street(Pace(window_start=4, window_max=4), QUICK)
    street.host = lambda payment, attempt: (1_000, "00")
    street.start()
    owe(street, *(notice(number, number) for number in range(20)))
    street.turn(900)
    assert len(street.sent) == 4 and street.driving.status()["reversals_in_flight"] == 4
    street.turn(30_000)
    assert done(street) == 20
    assert len(street.sent) == 20, "none was due again while it waited"
    every_try_left(street)


def test_a_notice_is_not_sent_to_a_host_that_is_silent_or_away_and_waiting_costs_no_try() -> None:
    street = Street(None, QUICK)
    street.ready = False
    street.start()
    owe(street, notice(1), notice(2, 8))
    street.turn(300_000)
    assert street.sent == [] and {street.payments[f"P00000{n}"].attempts for n in (1, 2)} == {1}
    street.ready = True
    street.turn(20_000)
    assert done(street) == 2
    every_try_left(street)


def test_a_notice_that_is_not_answered_is_sent_again_by_its_own_deadlines() -> None:
    street = Street(None, QUICK)
    street.host = lambda payment, attempt: (ROUND_TRIP_MS, "00") if attempt == 4 else None
    street.start()
    owe(street, notice(1))
    street.turn(120_000)
    waits = [later - earlier for earlier, later in pairwise(street.sends_of("P000001"))]
    assert len(waits) == 3 and all(w >= least for w, least in zip(waits, (5_000, 10_000, 20_000), strict=True))
    assert done(street) == 1


def test_a_notice_whose_window_ends_while_it_waits_goes_to_a_person() -> None:
    street = Street(None, QUICK)
    street.ready = False
    street.start()
    owe(street, notice(1))
    street.turn(3_600_000 + 10_000)
    assert street.payments["P000001"].state is State.DOUBTFUL and street.sent == []


def test_of_one_terminal_the_notice_goes_first_then_its_reversal_then_its_new_sale() -> None:
    """All three wait for the same slot; the reversal is older and larger, and others are older still."""
    street = Street(Pace(window_start=1, window_max=1), QUICK)
    street.host = lambda payment, attempt: (300, "00")
    owe(street, sale(3, 9, 1_000, 900_000), sale(4, 8, 1_000, 800_000))
    street.start()
    street.turn(50)  # the first of these is on its way
    reversal, asked = sale(1, 7, 50_000, 100_000), notice(2, 7)
    for one, effect in ((reversal, SendReversal(reversal.id, "98", 1)), (asked, Resend(asked.id, 1))):
        owe(street, one)
        owed = street.payments[one.id] = changed(street.payments[one.id], attempts=1, wake_at=street.now + 60_000)
        if isinstance(effect, Resend):
            street.driving.resend(owed, effect)
        else:
            street.driving.send_reversal(owed, effect)
    street.buy(sale(5, 7))
    street.turn(20)
    assert street.forwarded == [], "two of its own wait"
    street.turn(880)
    order = [payment for _, payment, _ in street.sent]
    assert order[1:3] == [asked.id, reversal.id], "its lane was hurried past the older ones"
    assert street.forwarded == ["P000005"]
    street.turn(1_000)
    assert street.payments["P000005"].state is State.DELIVERING


def test_a_new_sale_waits_for_its_terminals_reversals_but_not_for_ever_and_not_for_other_terminals() -> None:
    street = Street(Pace(window_start=1, window_max=1, patience_ms=60_000), QUICK)
    street.host = lambda payment, attempt: None
    owe(street, sale(1, 7, 1_000, 900_000), sale(2, 7))
    street.start()
    street.turn(50)
    street.buy(sale(5, 7))
    street.buy(sale(6, 6))
    street.turn(50)
    assert street.forwarded == ["P000006"]
    street.turn(TURN_MS + TICK_MS)
    assert street.forwarded == ["P000006", "P000005"]


def test_a_sale_whose_reversal_wait_is_lifted_goes_at_once() -> None:
    street = Street(Pace(window_start=1, window_max=1, patience_ms=60_000), QUICK)
    street.host = lambda payment, attempt: None
    owe(street, sale(1, 9, 1_000, 900_000), sale(2, 7))
    street.start()
    street.turn(50)
    street.buy(sale(5, 7))
    street.turn(50)
    assert street.forwarded == []
    street.driving.watch(changed(street.payments["P000002"], state=State.DOUBTFUL, owes=Owes.FILE))
    assert street.forwarded == ["P000005"]


def test_a_settlement_waits_for_reversals_and_sales_and_what_has_no_order_for_nobody() -> None:
    street = Street(Pace(window_start=1, window_max=1), QUICK)
    street.host = lambda payment, attempt: (300, "00")
    owe(street, sale(1, 9, 1_000, 900_000), sale(2, 7))
    street.start()
    street.turn(50)
    went: list[str] = []
    lane = sale(2, 7).key.merchant + sale(2, 7).key.terminal
    street.driving.in_turn(lane, THEN_SETTLEMENT, lambda: went.append("settlement"))
    street.driving.in_turn(lane, SCRIPT_FIRST, lambda: went.append("script"))
    street.driving.in_turn(lane, NO_ORDER, lambda: went.append("echo"))
    street.ready = False
    street.driving.in_turn(lane, THEN_SETTLEMENT, lambda: went.append("link down"))
    street.ready = True
    assert went == ["script", "echo", "link down"]
    street.turn(1_000)
    assert went == ["script", "echo", "link down", "settlement"]
    assert street.sends_of("P000002")
