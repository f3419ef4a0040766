"""S-47 (case side): parts are ordered in time, so that stock runs out no more often than the target says."""

from __future__ import annotations

import random

from chongzheng.cases.stock import reorder_point
from requirements.desk import Desk

YEARS = 12
DAYS = 365 * YEARS


def test_s_47(desk: Desk) -> None:
    """One card through twelve years of failures drawn from the rate, every order arriving after its lead time."""
    row = dict(desk.registers.rows("parts", "20260101")["printer"])
    rng, point = random.Random(47), reorder_point(row)
    rate = row["units"] * row["failures_ppm_day"] / 1_000_000
    stock, coming, cycles, empty = point + 1, [], 0, 0
    for day in range(DAYS):
        stock += sum(count for due, count in coming if due == day)
        coming = [(due, count) for due, count in coming if due > day]
        failures = sum(rng.random() < rate / 50 for _ in range(50))
        empty += stock < failures
        stock = max(0, stock - failures)
        if stock + sum(count for _, count in coming) <= point:
            coming.append((day + row["lead_days"], row["batch"]))
            cycles += 1
    assert cycles > 50 and empty * 1_000_000 <= row["stock_out_ppm"] * cycles


def test_s_47_the_card_orders_at_that_point(desk: Desk) -> None:
    point = reorder_point(desk.registers.rows("parts", "20260101")["printer"])
    card = desk.open("part", {"part": "printer", "on_hand": point + 2}, "qian")
    desk.say(card, "Reserved", "qian", **{"count": 1, "for": "swap-1"})
    assert desk.matters.of_parent(card.id) == []
    desk.say(card, "Reserved", "qian", **{"count": 1, "for": "swap-2"})
    (task,) = desk.matters.of_parent(card.id)
    assert task.queue == "purchasing" and desk.matters.get(card.id).body["on_order"] == 20
