"""S-11: use that is too frequent is pointed out; from how often on can be edited; it is advice and blocks nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from chongzheng.fees.traffic import Trade
from chongzheng.fees.usage import Limits, by_card, by_machine
from chongzheng.gateway import fee_rules
from requirements.shop import day_of, fee, sold

SALE = Trade("T0000001", "M", 100, "20261101", 10, clearing_mcc="5812", card="token 1")


def test_s_11(tmp_path: Path) -> None:
    file = day_of(
        tmp_path, [*(sold(n, "T0000001") for n in range(1, 22)), *(sold(n, "T0000002") for n in range(30, 50))]
    )
    said = fee("hopping", *file)
    assert said["advice"]["machines"] == [{"name": "T0000001", "advice": ["used 21 times within 7 days, more than 20"]}]
    assert said["alerts"] == [], "frequent use alone is no alert"
    own = tmp_path / "own.toml"
    own.write_text("[[usage]]\nin_7_days = 21\nin_30_days = 60\npreferential = 300\n", "utf-8")
    assert fee("hopping", *file, "--signals", str(own))["advice"]["machines"] == []


def test_s_11_cards_and_machines_are_counted_in_7_and_in_30_days() -> None:
    sales = [replace(SALE, day=f"202611{day:02d}", machine=f"T{day % 2}") for day in range(1, 31) for _ in range(3)]
    (card,) = by_card(sales, fee_rules.ladder())
    assert (card.in_7_days, card.in_30_days) == (21, 90)
    assert [(one.in_7_days, one.in_30_days) for one in by_machine(sales, fee_rules.ladder())] == [(12, 45), (12, 45)]
    assert card.advice(Limits(21, 90, 300)) == () and len(card.advice(Limits(20, 89, 300))) == 2
