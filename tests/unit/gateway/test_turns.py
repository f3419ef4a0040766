"""Does each message of a terminal go when it is its turn, in its order, and never wait for ever?"""

from __future__ import annotations

from chongzheng.gateway.turns import Turns, deadline_of, other_deadline_of, turn_of
from chongzheng.reversal.payment import Owes, changed
from unit.gateway.street import NOON_MS, sale


def queued(turns: Turns) -> list[str]:
    """Three messages of two terminals; what went is written here."""
    went: list[str] = []
    for lane, order, until, name in (("A", 4, 30, "settlement"), ("A", 3, 10, "sale"), ("B", 3, 20, "other")):
        assert turns.wait(lane, order, until, lambda name=name: went.append(name))  # type: ignore[misc]
    return went


def test_a_lane_goes_in_its_order_as_far_as_nothing_is_before_it() -> None:
    turns = Turns(10)
    went = queued(turns)
    assert turns.ready("A", 2) == [] and turns.ready("C", None) == [] and len(turns) == 3
    for go in turns.ready("A", 3):
        go()
    assert went == ["sale"] and len(turns) == 2
    for go in turns.ready("A", None):
        go()
    assert went == ["sale", "settlement"] and len(turns) == 1


def test_of_one_order_the_first_who_came_goes_first() -> None:
    turns, went = Turns(10), list[int]()
    for n in range(3):
        turns.wait("A", 3, 10, lambda n=n: went.append(n))  # type: ignore[misc]
    for go in turns.ready("A", None):
        go()
    assert went == [0, 1, 2]


def test_nobody_waits_for_ever_and_not_too_many_wait() -> None:
    turns = Turns(3)
    went = queued(turns)
    assert not turns.wait("A", 3, 10, lambda: None)
    assert turns.late(9) == []
    for go in turns.late(20):
        go()
    assert sorted(went) == ["other", "sale"] and len(turns) == 1


def test_what_is_owed_to_a_host_has_its_place_and_what_else_is_due_has_none() -> None:
    payment = changed(sale(1), wake_at=NOON_MS + 5, reverse_until=NOON_MS + 9)
    for owes, paced, reversal, other in (
        (Owes.REVERSAL, True, True, False), (Owes.RESEND, True, False, True), (Owes.FILE, False, False, True),
    ):  # fmt: skip
        one = changed(payment, owes=owes)
        assert (turn_of(one) is not None) is paced
        assert (deadline_of(one) is not None) is reversal
        assert (other_deadline_of(one) is not None) is other
    turn = turn_of(changed(payment, owes=Owes.RESEND))
    assert turn is not None and (turn.due_at, turn.lane, turn.until) == (
        NOON_MS + 5, payment.key.merchant + payment.key.terminal, NOON_MS + 9)  # fmt: skip
    assert turn_of(changed(payment, owes=Owes.RESEND, wake_at=None)) is None
    assert other_deadline_of(changed(payment, owes=Owes.FILE, wake_at=None)) is None
