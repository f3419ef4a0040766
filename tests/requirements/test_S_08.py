"""S-08: 0.38 % holds for tap only, for a single payment of at most 1000 yuan."""

from __future__ import annotations

from requirements.shop import costs


def test_s_08() -> None:
    for card in ("credit", "debit"):
        assert costs("card", "1000.00", card, "tap") == (380, "TAP_SMALL")
        assert costs("card", "999.99", card, "tap") == (380, "TAP_SMALL")
    assert costs("card", "1000.01", "credit", "tap") == (600, "CREDIT")
    assert costs("card", "1000.01", "debit", "tap") == (500, "DEBIT_CAP")
