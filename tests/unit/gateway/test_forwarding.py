"""Does what was decided look once more at its payment before it is written to the host?"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from chongzheng.gateway.counts import Counts
from chongzheng.gateway.forwarding import Forwarding
from chongzheng.gateway.in_hand import InHand
from chongzheng.reversal.effects import Resend, SendReversal
from chongzheng.reversal.facts import Key
from chongzheng.reversal.payment import Owes, Payment, State, changed

OWED = changed(Payment("P1", Key("m", "t", "b", "s")), state=State.REVERSING, owes=Owes.REVERSAL, reason="98")
NOTICE = changed(OWED, state=State.RESENDING, owes=Owes.RESEND)


class Wire:
    """A forwarding whose card numbers are read on command, and what it wrote."""

    def __init__(self) -> None:
        self.jobs: list[Callable[[], None]] = []
        self.written: list[str] = []
        self.at_hand: dict[str, Any] = {}
        journal: Any = SimpleNamespace(
            card=lambda payment: None,
            cards=lambda payments: [None] * len(payments),
            card_at_hand=lambda payment, otherwise: self.at_hand.pop(payment, otherwise),
        )
        profile: Any = SimpleNamespace(own_numbers=False, undo=self.say, request=self.say)
        nothing: Any = None
        self.forwarding = Forwarding(
            journal, nothing, InHand(), Counts(), lambda: 1, self.execute, lambda submission: True, profile
        )
        links: Any = SimpleNamespace(send=self.send, answered=lambda payment: None)
        self.forwarding.links = links

    def say(self, message: Any, *rest: Any) -> Any:
        return message

    def execute(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self.jobs.append(lambda: done(work()))

    def send(self, kind: str, name: str, message: Any) -> str:
        self.written.append(message.mti)
        return ""

    def decide(self, payment: Payment) -> None:
        """The outlet gets it; the card number is not read yet."""
        if payment.owes is Owes.RESEND:
            self.forwarding.resend(payment, Resend(payment.id, 1))
        else:
            self.forwarding.send_reversal(payment, SendReversal(payment.id, "98", 1))

    def read_cards(self) -> list[str]:
        """What has been written once they are."""
        while self.jobs:
            self.jobs.pop(0)()
        return self.written


@pytest.mark.parametrize("payment", [OWED, NOTICE])
def test_what_is_still_owed_is_written(payment: Payment) -> None:
    wire = Wire()
    wire.decide(payment)
    wire.forwarding.watch(changed(payment, attempts=2))
    assert len(wire.read_cards()) == 1


@pytest.mark.parametrize("payment", [OWED, NOTICE])
@pytest.mark.parametrize("state", [State.DOUBTFUL, State.SETTLED])
def test_a_stop_or_a_verdict_between_decision_and_writing_holds_the_send_back(payment: Payment, state: State) -> None:
    wire = Wire()
    wire.decide(payment)
    wire.forwarding.watch(changed(payment, state=state, owes=Owes.FILE, stopped_by="clerk 7"))
    assert wire.read_cards() == []


def test_a_stop_that_is_on_its_way_into_the_journal_holds_the_send_back() -> None:
    wire = Wire()
    wire.decide(OWED)
    wire.forwarding.hold_back("P1")
    assert wire.read_cards() == []
    wire.decide(OWED)
    assert wire.read_cards() == [], "also what is decided after it"
    wire.forwarding.hold_back("P1", held=False)
    wire.decide(OWED)
    assert len(wire.read_cards()) == 1, "it did not get there"


def test_a_stop_that_is_written_is_remembered_by_the_payment() -> None:
    wire = Wire()
    wire.forwarding.hold_back("P1")
    wire.forwarding.watch(changed(OWED, owes=Owes.FILE, stopped_by="clerk 7"))
    wire.decide(changed(OWED, stopped_by=""))
    assert wire.read_cards() == ["0400"], "nothing is kept of it here"


def test_a_reversal_whose_card_is_at_hand_leaves_at_once() -> None:
    wire = Wire()
    wire.at_hand["P1"] = None
    wire.decide(OWED)
    assert wire.written == ["0400"]


def test_cards_that_cannot_be_read_cost_no_reversal() -> None:
    wire = Wire()
    wire.decide(OWED)
    wire.forwarding._journal.cards = lambda payments: OSError("no such page")  # type: ignore[method-assign]
    assert wire.read_cards() == ["0400"]
