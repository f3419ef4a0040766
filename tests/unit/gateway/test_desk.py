"""Who hears what when a sale cannot be written, and what does the desk make of a request before it is one?"""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from chongzheng.gateway import translate
from chongzheng.gateway.channel import read
from chongzheng.gateway.counts import Counts
from chongzheng.gateway.desk import Desk
from chongzheng.gateway.in_hand import Asker, InHand
from chongzheng.gateway.numbers import unnamed
from chongzheng.iso8583 import Message
from chongzheng.journal import Submission
from chongzheng.reversal.facts import Key, Link, RequestTaken, Standing, Undo
from chongzheng.reversal.payment import Payment, State, Tie, Told

PAYMENT = "PAAAAAAAAAAAAAAAA"


class Ear:
    """A turn that remembers what it was answered."""

    def __init__(self, room: bool = True) -> None:
        self.room = room
        self.answered = 0
        self.ended = False
        self.line: Any = SimpleNamespace()

    def begin(self) -> bool:
        return self.room

    def forgive(self) -> None:
        """Genuine."""

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


def refuse(desk: Desk, undo: Undo = Undo.REVERSE) -> None:
    request: Any = SimpleNamespace(undo=undo)
    fact = RequestTaken(PAYMENT, 1, "E1", request)
    desk.refuse(Submission(fact, (), None, ""))


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


SALE = Message("0200", {2: "6222020000001234", 3: "000000", 4: "000000000100", 11: "000001", 22: "021", 25: "00",
                        41: "T0000001", 42: "M" * 15, 49: "156", 60: "22000009000"})  # fmt: skip


class Counter:
    """A desk at which one sale can be laid down again and again. `handed`: what became facts."""

    def __init__(self, known: bool = False) -> None:
        self.handed: list[Submission] = []
        self.takes = True
        self.known = known
        found: Any = SimpleNamespace(id="", state=State.APPROVED, told=Told.NOTHING)
        reader: Any = SimpleNamespace(payment=lambda _: found if self.known else None, last_of_terminal=lambda *_: None)
        calendar = SimpleNamespace(local=lambda at: ("120000", "1122"), day=lambda at: ("20261122", 1_795_363_200_000))
        rules: Any = SimpleNamespace(calendar=calendar, channel=translate.CUP_POS, pin=False, duplicate_code="94")
        terminals: Any = SimpleNamespace(is_genuine=lambda *_: True)
        vault: Any = SimpleNamespace(index=lambda digits: "index")
        ways: Any = SimpleNamespace(
            name_upstream=lambda day, mti: unnamed(), name_line=lambda *_: None, hand_in=self.hand_in
        )
        self.in_hand = InHand()
        self.desk = Desk(rules, terminals, vault, reader, self.in_hand, Counts(), lambda: 1, ways)

    def hand_in(self, submission: Submission) -> bool:
        """As the runner's: taken, or no room."""
        if self.takes:
            self.handed.append(submission)
        return self.takes

    def lay_down(self, room: bool = True) -> Ear:
        """The sale arrives, on a connection that has room for it or not."""
        ear = Ear(room)
        turn: Any = ear
        heard = translate.hear(translate.POS.encode(SALE), translate.CUP_POS)
        self.desk._take_payment(Asker(turn, translate.outline(heard)), cast(Any, None), heard, b"")
        return ear


def test_a_copy_of_a_sale_that_was_refused_at_the_door_is_refused_again_and_never_becomes_a_payment() -> None:
    counter = Counter()
    first = counter.lay_down()
    (taken,) = counter.handed
    counter.desk.refuse(taken)  # no room on the disk: its terminal hears no, and starts over
    copy = counter.lay_down()  # and now the network's copy of it, when there is room again
    assert (first.answered, copy.answered) == (1, 1)
    assert counter.handed == [taken] and not counter.in_hand.waiting


def test_what_found_no_room_in_the_queue_is_not_taken_when_a_copy_of_it_does() -> None:
    counter = Counter()
    counter.takes = False
    assert counter.lay_down().answered == 1
    counter.takes = True
    assert counter.lay_down().answered == 1
    assert counter.handed == []


def test_a_connection_with_too_much_in_flight_does_not_refuse_what_may_still_be_approved() -> None:
    counter = Counter()
    counter.lay_down()
    assert counter.lay_down(room=False).answered == 0  # its first copy is on its way into the journal
    known = Counter(known=True)
    silent = known.lay_down(room=False)
    assert (silent.answered, silent.ended) == (0, True)
    assert Counter().lay_down(room=False).answered == 1


def test_a_notice_that_found_no_room_is_taken_when_it_is_repeated() -> None:
    desk, (ear,) = desk_with(known=False, askers=1)
    refuse(desk, Undo.RESEND)
    assert ear.answered == 1 and not desk._refused
    desk, _ = desk_with(known=False, askers=1)
    refuse(desk)
    assert desk._refused == {PAYMENT: "96"}


ONE_MORE_DAY = """
[[next_day]]
rule = "allow"
since = "2026-11-22"
days = 1
"""


@pytest.mark.parametrize(("day", "later_ms"), [("20261121", 0), ("20261122", 24 * 3_600_000)])
def test_until_when_a_reversal_may_be_sent_is_the_channel_s_word_of_that_day(day: str, later_ms: int) -> None:
    ends_at = 1_795_363_200_000
    calendar = SimpleNamespace(day=lambda at: (day, ends_at))
    channel = read(ONE_MORE_DAY, translate.CUP_POS)
    rules: Any = SimpleNamespace(calendar=calendar, channel=channel)
    nothing: Any = None
    vault: Any = SimpleNamespace(index=lambda digits: "index")
    ways: Any = SimpleNamespace(name_upstream=lambda day, mti: unnamed())
    desk = Desk(rules, nothing, vault, nothing, InHand(), Counts(), lambda: 1, ways)
    request, _ = desk._request(translate.hear(translate.POS.encode(SALE), channel), 1)
    assert request.day_ends_at == ends_at
    assert request.undo_ends_at == (ends_at + later_ms if later_ms else 0)


def tie(link: Link, standing: Standing) -> Tie:
    return Tie("P2", link, standing, False)


@pytest.mark.parametrize(
    ("ties", "link", "may"),
    [
        ((), Link.VOIDS, True),
        ((tie(Link.VOIDS, Standing.UNDONE),), Link.VOIDS, True),
        ((tie(Link.VOIDS, Standing.DOUBTED),), Link.VOIDS, False),
        ((tie(Link.VOIDS, Standing.DONE),), Link.VOIDS, False),
        ((tie(Link.COMPLETES, Standing.DOUBTED),), Link.VOIDS, True),
        ((tie(Link.COMPLETES, Standing.DONE),), Link.COMPLETES, False),
        ((tie(Link.VOIDS, Standing.DOUBTED),), Link.COMPLETES, True),
    ],
)
def test_one_void_at_a_time_may_follow_a_payment(ties: tuple[Tie, ...], link: Link, may: bool) -> None:
    desk, _ = desk_with(known=True, askers=0)
    original = replace(Payment("P0", Key("m", "t", "b", "s")), ties=ties)
    desk._reader = cast(Any, SimpleNamespace(payment=lambda _: original))
    assert desk._may_follow(cast(Any, SimpleNamespace(original="P0", link=link)), "P9") is may
