"""Does an engine take over what it has room for, in turn, and hand in what may have happened before anything else?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from chongzheng.gateway.take_over import AT_ONCE_BELOW, TAKE_OVER_EVERY_MS, Hands, TakeOver
from chongzheng.journal import Fenced, JournalFull, Submission
from chongzheng.journal.storage import Stale
from chongzheng.reversal.facts import DeliveryUncertain, Key, SendUncertain
from chongzheng.reversal.payment import Owes, Payment, changed


def payment(name: str, owes: Owes) -> Payment:
    """Somebody else's, until now."""
    return changed(Payment(name, Key("", "", "", name)), owes=owes, wake_at=5)


class Rig:
    """Everything a take-over talks to; `looks` are the journal's answers, first to last."""

    def __init__(self, *looks: Any) -> None:
        self.looks = list(looks)
        self.told: list[tuple[str, ...]] = []
        self.timers: list[tuple[int, Callable[[], None]]] = []
        self.cancelled = 0
        self.room = True
        self.at_hand = 0
        hands = Hands(self.hand_in, self.watch, lambda: self.at_hand, lambda: self.tell("look again"), self.fatal)
        self.over = TakeOver(self.look, self.execute, lambda: 7, self.later, hands)

    def tell(self, *words: str) -> None:
        """Something happened."""
        self.told.append(words)

    def look(self) -> Any:
        """The journal is asked."""
        found = self.looks.pop(0) if self.looks else ([], [0])
        if isinstance(found, BaseException):
            raise found
        return found

    def execute(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """At once, as the writer would."""
        result: Any
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - as the writer does
            result = error
        done(result)

    def later(self, wait_ms: int, call: Callable[[], None]) -> Callable[[], None]:
        """One timer."""
        self.timers.append((wait_ms, call))

        def cancel() -> None:
            self.cancelled += 1

        return cancel

    def tick(self) -> int:
        """The timer fires; how long it had waited."""
        wait_ms, call = self.timers.pop()
        call()
        return wait_ms

    def hand_in(self, submission: Submission) -> bool:
        """A fact's way in."""
        if self.room:
            self.tell(type(submission.fact).__name__, submission.fact.payment)
        return self.room

    def watch(self, payment: Payment) -> None:
        """Its deadline is ours."""
        self.tell("watch", payment.id)

    def fatal(self, error: BaseException) -> None:
        """This engine must not go on."""
        self.tell("fatal", type(error).__name__)


def begun(*looks: Any) -> Rig:
    """A rig that has begun."""
    rig = Rig(*looks)
    asyncio.run(rig.over.begin())
    return rig


def test_before_anything_new_what_may_be_on_its_way_becomes_a_fact() -> None:
    first = [payment("A", Owes.FORWARD), payment("B", Owes.DELIVERY)]
    rig = begun((first, [0, 1]), ([payment("C", Owes.REVERSAL)], [0, 1]), ([payment("D", Owes.REVERSAL)], [0, 1]))
    assert rig.told == [
        ("watch", "A"), ("watch", "B"), (SendUncertain.__name__, "A"), (DeliveryUncertain.__name__, "B"),
        ("watch", "C"),
    ]  # fmt: skip
    assert [wait_ms for wait_ms, _ in rig.timers] == [TAKE_OVER_EVERY_MS], "the rest has time"


def test_more_is_taken_at_once_while_there_is_room_for_it() -> None:
    batches = [([payment(name, Owes.REVERSAL)], [0]) for name in "ABC"]
    rig = begun(([], [0]), *batches)
    assert rig.tick() == TAKE_OVER_EVERY_MS
    assert rig.tick() == 0
    rig.at_hand = AT_ONCE_BELOW
    rig.tick()
    assert rig.timers[0][0] == TAKE_OVER_EVERY_MS, "others may have it"
    assert [words for words in rig.told if words[0] == "watch"] == [("watch", name) for name in "ABC"]


def test_facts_without_room_are_handed_in_before_more_is_taken() -> None:
    rig = begun(([], [0]), ([payment("A", Owes.FORWARD)], [0]), ([payment("B", Owes.FORWARD)], [0]))
    rig.room = False
    rig.tick()
    assert rig.tick() == TAKE_OVER_EVERY_MS
    assert len(rig.looks) == 1
    rig.room = True
    rig.tick()
    assert rig.told == [("watch", "A"), ("SendUncertain", "A"), ("watch", "B"), ("SendUncertain", "B")]


def test_deadlines_are_read_again_when_somebody_comes_or_goes() -> None:
    rig = begun(([], [0, 1]), ([], [0, 1]), ([], [0]), ([], [0, 4096]), ([], [0, 4096]))
    for _ in range(4):
        rig.tick()
    assert rig.told == [("look again",)] * 2


@pytest.mark.parametrize("trouble", [JournalFull("full"), Stale("quicker")])
def test_a_try_that_takes_nothing_is_made_again(trouble: BaseException) -> None:
    rig = begun(trouble, trouble, ([payment("A", Owes.RESEND)], [0]))
    rig.tick()
    assert rig.told == []
    assert rig.tick() == TAKE_OVER_EVERY_MS
    assert rig.told == [("watch", "A")]


def test_any_other_failure_ends_the_engine() -> None:
    rig = begun(([], [0]), Fenced("gone"))
    rig.tick()
    assert rig.told == [("fatal", "Fenced")]
    assert rig.timers == []
    with pytest.raises(Fenced):
        begun(Fenced("gone"))


def test_after_a_stop_nothing_is_taken() -> None:
    rig = begun(([], [0]), ([payment("A", Owes.FORWARD)], [0]))
    rig.over.stop()
    assert rig.cancelled == 1
    rig.tick()
    assert rig.told == []
    rig.room = False
    rig = Rig(([payment("A", Owes.FORWARD)], [0]))
    rig.room = False
    rig.over.stop()
    asyncio.run(rig.over.begin())
    assert rig.timers == []
