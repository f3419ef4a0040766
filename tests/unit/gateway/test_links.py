"""Which link does a message take, and when may it take another?"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from chongzheng.gateway.links import LINKS_MAX, Links
from chongzheng.iso8583 import Message

SALE = Message("0200", {3: "000000"})


@dataclass
class Wire:
    """A link that notes what it is told."""

    name: str
    ready: bool = True
    waiting: int = 0
    said: list[Any] = field(default_factory=list)

    def start(self) -> None:
        self.said.append("start")

    async def stop(self) -> None:
        self.said.append("stop")

    def send_sale(self, payment: str, message: Message, pin: object) -> str:
        if not self.ready:
            return "down"
        self.waiting += 1
        self.said.append(("sale", payment))
        return ""

    def send(self, message: Message, bare: bool = False) -> str:
        self.said.append("sent")
        return "" if self.ready else "down"

    def answered(self, payment: str) -> None:
        self.waiting -= 1
        self.said.append(("answered", payment))

    def sign_in_again(self) -> None:
        self.said.append("sign in")


def links(*wires: Wire, fail_over: str = "") -> Links:
    return Links(wires, frozenset(fail_over.split()))  # type: ignore[arg-type]


def test_one_link_is_nobody_s_in_particular() -> None:
    assert links(Wire("a")).assign() == ""


def test_new_payments_take_turns_on_ready_links_that_carry_least() -> None:
    a, b, c = Wire("a"), Wire("b"), Wire("c", ready=False)
    both = links(a, b, c)
    assert {both.assign() for _ in range(6)} == {"a", "b"}
    a.waiting = 5
    assert {both.assign() for _ in range(6)} == {"b"}
    a.ready = b.ready = False
    a.waiting = b.waiting = c.waiting = 0
    assert {both.assign() for _ in range(6)} == {"a", "b", "c"}


@pytest.mark.parametrize(("kind", "allowed", "goes"), [("sale", "sale", "b"), ("sale", "reversal inquiry", "a")])
def test_a_sale_leaves_on_another_link_only_where_allowed(kind: str, allowed: str, goes: str) -> None:
    a, b = Wire("a", ready=False), Wire("b")
    both = links(a, b, fail_over=allowed)
    assert both.send_sale("P1", "a", SALE) == ("" if goes == "b" else "down")
    assert b.said == ([("sale", "P1")] if goes == "b" else [])


def test_reversals_and_inquiries_too() -> None:
    a, b = Wire("a", ready=False), Wire("b")
    both = links(a, b, fail_over="reversal")
    assert both.send("reversal", "a", SALE) == "" and both.send("inquiry", "a", SALE) == "down"
    b.ready = False
    assert both.send("reversal", "a", SALE) == "down"
    a.ready = True
    assert both.send("reversal", "a", SALE) == ""


def test_an_answer_frees_the_link_that_carried_the_sale() -> None:
    a, b = Wire("a"), Wire("b")
    both = links(a, b)
    both.send_sale("P1", "b", SALE)
    both.answered("P1")
    both.answered("P1")
    both.answered("P2")
    assert b.said == [("sale", "P1"), ("answered", "P1")] and a.said == []


def test_a_link_that_is_no_longer_configured_means_the_first() -> None:
    a, b = Wire("a"), Wire("b")
    both = links(a, b)
    assert both.send("reversal", "gone", SALE) == "" and a.said == ["sent"]
    both.sign_in_again("b")
    assert b.said == ["sign in"]


def test_all_are_started_and_stopped_and_one_is_enough_to_be_ready() -> None:
    a, b = Wire("a", ready=False), Wire("b")
    both = links(a, b)
    both.start()
    asyncio.run(both.stop())
    assert a.said == b.said == ["start", "stop"]
    assert both.ready and both.standing == {"a": False, "b": True}
    b.ready = False
    assert not both.ready and not links().ready


def test_no_more_links_than_the_limit() -> None:
    assert len(links(*(Wire(str(n)) for n in range(LINKS_MAX + 5))).standing) == LINKS_MAX


def test_without_the_right_to_act_nothing_is_sent() -> None:
    one, may_send = Wire("main"), [True]
    made: Any = [one]
    links = Links(made, may_send=lambda: may_send[0])
    assert links.send_sale("P1", "", SALE) == ""
    may_send[0] = False
    assert "lease" in links.send_sale("P2", "", SALE)
    assert "lease" in links.send("reversal", "", SALE)
    assert one.said == [("sale", "P1")]
