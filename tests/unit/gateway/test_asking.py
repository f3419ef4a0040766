"""Does a question leave when the channel bears it, and does its answer say no more than it proves?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chongzheng.gateway.asking import LOOK_AGAIN_MS, Asking, Channel, answers_of
from chongzheng.gateway.counts import Counts
from chongzheng.gateway.inquiry import Budget
from chongzheng.gateway.profile import ABSENT, GOOD, Meaning, Spoken
from chongzheng.iso8583 import Message
from chongzheng.journal import evidence
from chongzheng.reversal.effects import Inquire
from chongzheng.reversal.facts import Found, InquiryAnswered
from chongzheng.reversal.payment import Payment, State, changed
from unit.gateway.street import NOON_MS, sale


class World:
    """A channel that takes questions, and time that is turned by hand."""

    def __init__(self, budget: Budget) -> None:
        self.now = NOON_MS
        self.asked: list[str] = []
        self.ready = True
        self.why = ""
        self.calls: list[tuple[int, Callable[[], None]]] = []
        self.counts = Counts()
        channel = Channel(self.send, lambda: self.ready, answers_of({"00": "charged"}))
        self.asking = Asking(budget, channel, lambda: self.now, self.later, self.counts)

    def send(self, payment: Payment) -> str:
        self.asked.append(payment.id)
        return self.why

    def later(self, wait_ms: int, call: Callable[[], None]) -> Callable[[], None]:
        mine = (self.now + wait_ms, call)
        self.calls.append(mine)
        return lambda: self.calls.remove(mine)

    def inquire(self, *payments: Payment) -> None:
        for payment in payments:
            self.asking.inquire(payment, Inquire(payment.id, 1))

    def turn(self, ms: int) -> None:
        until = self.now + ms
        while due := [one for one in self.calls if one[0] <= until]:
            self.calls.remove(due[0])
            self.now = due[0][0]
            due[0][1]()
        self.now = until


def test_a_question_leaves_at_once_and_the_others_at_the_channel_s_rate() -> None:
    world = World(Budget(per_second=2, burst=1))
    world.inquire(*(sale(number) for number in range(5)))
    assert len(world.asked) == 1 and len(world.asking) == 4
    world.turn(1_000)
    assert len(world.asked) == 3
    world.turn(1_000)
    assert sorted(world.asked) == [f"P{number:06d}" for number in range(5)]
    assert world.calls == []


def test_the_oldest_and_largest_is_asked_about_first() -> None:
    world = World(Budget(per_second=1, burst=1))
    world.inquire(sale(0), sale(1), sale(2, age_ms=600_000), sale(3, amount_fen=1 << 20))
    world.turn(5_000)
    assert world.asked == ["P000000", "P000003", "P000002", "P000001"]


def test_a_channel_that_is_down_is_asked_later() -> None:
    world = World(Budget())
    world.ready = False
    world.inquire(sale(1))
    world.turn(5 * LOOK_AGAIN_MS)
    assert world.asked == []
    world.ready = True
    world.turn(LOOK_AGAIN_MS)
    assert world.asked == ["P000001"]


def test_what_finds_no_place_or_cannot_leave_is_noted() -> None:
    world = World(Budget(per_merchant_per_day=1))
    world.why = "this channel has no inquiry"
    world.inquire(sale(1), sale(2))
    assert world.asked == ["P000001"]
    assert world.counts.of == {"inquiry not sent": 1, "inquiry not made": 1}


def test_what_is_final_is_not_asked_about() -> None:
    world = World(Budget())
    world.ready = False
    world.inquire(sale(1), sale(2))
    world.asking.watch(changed(sale(1), state=State.DOUBTFUL))
    world.asking.watch(changed(sale(2), state=State.SETTLED))
    world.ready = True
    world.turn(LOOK_AGAIN_MS)
    assert world.asked == ["P000001"]


def test_nothing_is_asked_after_a_stop() -> None:
    world = World(Budget())
    world.asking.stop()
    world.ready = False
    world.inquire(sale(1))
    world.asking.stop()
    world.ready = True
    world.turn(9_000)
    assert world.asked == []


@pytest.mark.parametrize(
    ("code", "mac", "found", "authentic"),
    [
        ("00", GOOD, Found.CHARGED, True),
        ("00", ABSENT, Found.CHARGED, False),
        ("25", GOOD, Found.NOT_FOUND, True),
        ("09", GOOD, Found.PENDING, True),
        ("05", GOOD, Found.UNKNOWN, True),
    ],
)
def test_an_answer_says_what_the_configuration_says_and_no_more(
    code: str, mac: str, found: Found, authentic: bool
) -> None:
    proof = evidence("host-0110", "host", NOON_MS, b"{}")
    spoken = Spoken(Meaning.INQUIRY_ANSWER, Message("0110", {39: code}), mac)
    heard = World(Budget()).asking.heard("P000001", spoken, proof)
    assert heard.fact == InquiryAnswered("P000001", NOON_MS, proof.id, found, authentic)
    assert heard.evidence == (proof,)


def test_an_answer_s_meaning_is_one_of_the_machine_s_words() -> None:
    with pytest.raises(ValueError, match="perhaps"):
        answers_of({"00": "perhaps"})
