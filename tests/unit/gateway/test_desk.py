"""Who hears what when a sale cannot be written?"""

from types import SimpleNamespace
from typing import Any

import pytest

from chongzheng.gateway.counts import Counts
from chongzheng.gateway.desk import Desk
from chongzheng.gateway.in_hand import Asker, InHand
from chongzheng.iso8583 import Message

PAYMENT = "PAAAAAAAAAAAAAAAA"


class Ear:
    """A turn that remembers what it was answered."""

    def __init__(self) -> None:
        self.answered = 0
        self.ended = False

    def answer(self, body: bytes) -> bool:
        self.answered += 1
        return True

    def end(self) -> None:
        self.ended = True


def desk_with(known: bool, askers: int) -> tuple[Desk, list[Ear]]:
    reader: Any = SimpleNamespace(payment=lambda _: object() if known else None)
    calendar = SimpleNamespace(local=lambda at: ("120000", "1122"))
    rules: Any = SimpleNamespace(calendar=calendar, duplicate_code="94", pin=False)
    in_hand = InHand()
    nothing: Any = None
    desk = Desk(rules, nothing, nothing, reader, in_hand, Counts(), lambda: 1, nothing)
    ears = [Ear() for _ in range(askers)]
    outline = Message("0200", {3: "000000", 4: "000000000100", 11: "000001", 41: "T0000001", 42: "M" * 15})
    for ear in ears:
        turn: Any = ear
        in_hand.waiting.join(PAYMENT, Asker(turn, outline))
    return desk, ears


def refuse(desk: Desk) -> None:
    submission: Any = SimpleNamespace(fact=SimpleNamespace(payment=PAYMENT))
    desk.refuse(submission)


def test_a_new_sale_that_cannot_be_written_is_declined() -> None:
    desk, (ear,) = desk_with(known=False, askers=1)
    refuse(desk)
    assert ear.answered == 1


@pytest.mark.parametrize(("known", "askers"), [(True, 1), (False, 2), (True, 2)])
def test_a_repeat_hears_nothing_because_the_first_may_still_be_approved(known: bool, askers: int) -> None:
    desk, ears = desk_with(known, askers)
    refuse(desk)
    assert [ear.answered for ear in ears] == [0] * askers
    assert ears[-1].ended
    assert not any(ear.ended for ear in ears[:-1])
