"""Do the counts of a stock card hold, and is a batch asked for once when it falls to its point?"""

from __future__ import annotations

from chongzheng.cases.effects import Free, Open, Take
from chongzheng.cases.part import PART
from unit.cases.timeline import Played, play

POINT = 11
"""Printers: 1000 units x 400 ppm x 14 days = 5.6 failures in a lead time; at 2 % the point is 11."""


def card(on_hand: int) -> Played:
    return play(PART, [("Opened", "qian", {"part": "printer", "on_hand": on_hand})])


def counts(one: Played) -> tuple[str, int, int, int]:
    body = one.matter.body
    return one.state, body["on_hand"], body["reserved"], body["on_order"]


def test_parts_are_reserved_issued_put_back_and_received() -> None:
    one = card(20)
    assert one.effects == (Take("stock card printer", "printer has its stock card already"),)
    assert counts(one) == ("STOCKED", 20, 0, 0) and one.matter.body["reorder_at"] == POINT
    one.say("Reserved", **{"count": 3, "for": "swap-1"})
    one.say("Issued", **{"count": 2, "for": "swap-1"}).say("PutBack", **{"count": 1, "for": "swap-1"})
    assert counts(one) == ("STOCKED", 18, 0, 0) and one.effects == ()
    assert counts(one.say("Received", "qian", count=1)) == ("STOCKED", 19, 0, 0)


def test_a_batch_is_asked_for_once_when_it_falls_to_the_point() -> None:
    one = card(12).say("Reserved", **{"count": 1, "for": "swap-1"})
    order = one.effects[0]
    assert isinstance(order, Open) and order.said["what"] == "order 20 x printer from terminal maker"
    assert counts(one) == ("ORDERED", 12, 1, 20)
    assert one.say("Reserved", **{"count": 1, "for": "swap-2"}).effects == ()
    one.say("OrderLost", "zhang", count=20, reason="supplier is closed")
    assert isinstance(one.effects[0], Open) and one.matter.body["on_order"] == 20
    assert counts(one.say("Received", "qian", count=20)) == ("STOCKED", 32, 2, 0)


def test_an_empty_card_orders_enough_to_stand_above_its_point() -> None:
    one = card(0)
    assert one.state == "OUT" and one.effects[-1:] == (
        Take("stock card printer", "printer has its stock card already"),
    )
    one.say("Counted", "qian", on_hand=0, reason="begin of the year")
    assert counts(one) == ("OUT", 0, 0, 20)


def test_no_count_becomes_wrong() -> None:
    one = card(2)
    assert "no 3 of printer in stock: 2 free" in one.why_not("Reserved", **{"count": 3, "for": "swap-1"})
    assert "only 0 of printer are reserved" in one.why_not("Issued", **{"count": 1, "for": "swap-1"})
    assert "count: is 1 to" in one.why_not("Received", "qian", count=0)
    one.say("Reserved", **{"count": 2, "for": "swap-1"})
    assert "2 are reserved" in one.why_not("Counted", "qian", on_hand=1, reason="x")
    assert "still reserved" in one.why_not("Retired", "zhang", reason="x")
    assert Played(PART).why_not("Opened", "qian", part="printer", on_hand=-1).startswith("field: on_hand")
    assert "has no row wheel" in Played(PART).why_not("Opened", "qian", part="wheel", on_hand=1)


def test_a_card_ends_when_nothing_is_promised_and_is_found_by_its_part() -> None:
    one = card(2)
    assert PART.tags(one.matter) == {"part": "printer"}
    assert one.say("Retired", "zhang", reason="the model is gone").effects == (Free("stock card printer"),)
    assert one.state == "RETIRED"
