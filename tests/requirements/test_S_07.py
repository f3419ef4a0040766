"""S-07: much preferential traffic is pointed out with its 90 % interval: 300 of 500 is, 3 of 5 is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chongzheng.fees.usage import Limits, by_card
from chongzheng.gateway import fee_rules
from chongzheng.gateway.settle import load
from chongzheng.gateway.traffic import trades
from requirements.shop import CHEAPER, DAY, day_of, fee, sold


def told(folder: Path, cheap: int, of: int) -> dict[str, Any]:
    """What is said of a machine with so many preferential sales, and of another one with none."""
    lines = [sold(n, "T0000001", **(CHEAPER if n <= cheap else {})) for n in range(1, of + 1)]
    return fee("hopping", *day_of(folder, [*lines, *(sold(of + n, "T0000002") for n in range(1, 6))]))


def about_share(said: dict[str, Any]) -> list[str]:
    found = {one["name"]: one["advice"] for one in said["advice"]["machines"]}
    assert all("preferential" not in line for line in found.get("T0000002", []))
    return [line for line in found.get("T0000001", []) if "preferential" in line]


def test_s_07(tmp_path: Path) -> None:
    many = told(tmp_path, 300, 500)
    assert about_share(many) == ["546 to 617 of 1000 trades at preferential merchants, surely above 300"]
    (alert,) = many["alerts"]
    assert alert["preferential_per_mille"] == {"mean": 580, "low": 546, "high": 617}
    assert alert["preferential_per_mille"]["mean"] < 1000 * 300 // 500, "it is shrunken towards what is usual"


def test_s_07_a_few_are_no_reason(tmp_path: Path) -> None:
    few = told(tmp_path, 3, 5)
    assert about_share(few) == []
    assert "T0000001" not in {one["machine"] for one in few["alerts"] if "cheap_share" in str(one["signals"])}


def test_s_07_the_same_holds_for_a_card(tmp_path: Path) -> None:
    """A clearing file carries no card token; where the journal gives one, a card is judged like a machine."""
    file = day_of(tmp_path, [sold(n, "T0000001", **(CHEAPER if n <= 300 else {})) for n in range(1, 501)])[0]
    from dataclasses import replace

    sales = [replace(one, card="token 1") for one in trades(load(Path(file), DAY, None, "acom"))]
    (card,) = by_card(sales, fee_rules.ladder())
    assert (card.preferential.low, card.preferential.high) == (546, 617)
    assert any("preferential" in line for line in card.advice(Limits()))
