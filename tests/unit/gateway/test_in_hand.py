"""Is what this process holds in memory bounded, and given back in the right order?"""

from __future__ import annotations

from typing import cast

from chongzheng.gateway.in_hand import (
    REPEATS_MAX,
    REPLIES_PER_PAYMENT_MAX,
    Asker,
    Bounded,
    InHand,
    Queue,
    Replies,
)
from chongzheng.gateway.pos import PosLine, Turn
from chongzheng.gateway.translate import HostWord, Said
from chongzheng.iso8583 import CupEnvelope, Message


def asker() -> Asker:
    return Asker(Turn(cast(PosLine, None), CupEnvelope(bytes(5), bytes(6))), Message("0200", {}))


def test_the_oldest_is_forgotten_when_it_is_full() -> None:
    held: Bounded[int] = Bounded(2)
    for number, name in enumerate("abb"):
        held.put(name, number)
    assert len(held) == 2 and held.dropped == 0
    held.put("c", 3)
    assert ("a" in held, held.get("b"), held.get("c"), held.dropped) == (False, 2, 3, 1)
    assert held.take("b") == 2
    assert held.take("b") is None and held.get("b") is None


def test_askers_leave_in_their_order_or_the_newest_first() -> None:
    queue = Queue(10)
    first, second, third = asker(), asker(), asker()
    assert all(queue.join("P1", one) for one in (first, second, third))
    assert queue.leave("P1", newest=True) is third
    assert queue.leave("P1") is first
    assert queue.leave("P1") is second
    assert queue.leave("P1") is None and "P1" not in queue


def test_only_so_many_may_repeat_one_request() -> None:
    queue = Queue(10)
    assert [queue.join("P1", asker()) for _ in range(REPEATS_MAX + 1)] == [True] * REPEATS_MAX + [False]


def test_the_reply_that_the_machine_believed_is_found() -> None:
    replies = Replies(10)
    words = [HostWord(Said.REPLY, Message("0210", {39: code}), mac) for code, mac in (("00", "bad"), ("00", "good"))]
    for word in words:
        replies.add("P1", word)
    echo = ("", "", "", "", "")
    assert replies.that_says("P1", "00", echo) is words[1]
    assert replies.that_says("P1", "51", echo) is None
    assert replies.that_says("P1", "00", ("x", "", "", "", "")) is None
    assert replies.that_says("P2", "00", echo) is None


def test_a_host_that_babbles_is_heard_only_so_often() -> None:
    replies = Replies(10)
    for _ in range(REPLIES_PER_PAYMENT_MAX + 3):
        replies.add("P1", HostWord(Said.REPLY, Message("0210", {39: "51"}), "absent"))
    assert len(replies.get("P1") or []) == REPLIES_PER_PAYMENT_MAX


def test_everything_begins_empty() -> None:
    held = InHand()
    assert [len(one) for one in (held.sales, held.waiting, held.reversing, held.replies)] == [0, 0, 0, 0]
