"""Does a watch wake its refund when the money goes back after all, and end by itself?"""

from __future__ import annotations

from chongzheng.cases.credit_watch import WATCH, watched
from chongzheng.cases.effects import Open, Say
from chongzheng.cases.matter import Given, Matter
from unit.cases.play import NOON_MS, RULES, play, standing

DAY_MS = 86_400_000


def test_it_is_opened_once_for_a_refund_and_for_half_a_year() -> None:
    one = watched(Matter("refund-4", "refund", payment="P1"), Given(RULES), NOON_MS)
    assert isinstance(one, Open) and (one.kind, one.key, one.payment, one.parent) == (
        "watch",
        "watch refund-4",
        "P1",
        "",
    )
    assert one.said == {"refund": "refund-4", "until": NOON_MS + 180 * DAY_MS}


def test_it_tells_its_refund_how_the_payment_moves_and_ends_when_its_time_is_over() -> None:
    seen = play(WATCH, [("Opened", "program", {"refund": "refund-4", "until": NOON_MS + DAY_MS})], standing=standing())
    assert seen.matter.due_at == NOON_MS + DAY_MS and WATCH.tags(seen.matter)["refund"] == "refund-4"
    seen.pays(truth="charged_returned")
    seen.well("PaymentMoved")
    assert seen.effects == [Say("refund-4", "PaymentMoved", seen.payment, softly=True)]
    assert seen.well("ClockRan").state == "OVER"
