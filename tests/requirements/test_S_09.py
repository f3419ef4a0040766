"""S-09: insert and swipe pay the normal rate; how the card was read is recognised, and the rate explained."""

from __future__ import annotations

import pytest

from chongzheng.fees.entry import word
from requirements.shop import costs, fee


@pytest.mark.parametrize(
    ("field_22", "entry", "fen"), [("071", "tap", 190), ("051", "insert", 300), ("022", "swipe", 300)]
)
def test_s_09(field_22: str, entry: str, fen: int) -> None:
    assert word(field_22) == entry
    assert costs("card", "500.00", "credit", word(field_22))[0] == fen


def test_s_09_the_explanation_says_how_the_card_was_read() -> None:
    asked = ("--channel", "card", "--card", "credit", "--amount", "500.00", "--entry")
    tap, insert = fee(*asked, "tap"), fee(*asked, "insert")
    assert "tap" in tap["why"] and "0.38%" in tap["why"] and "inserted" in insert["why"] and "0.60%" in insert["why"]
    assert "挥卡" in tap["why_zh"] or "闪付" in tap["why_zh"]
    assert "插卡" in insert["why_zh"]
