"""S-12: credit cards pay 0.60 %, rounded half up to the fen."""

from __future__ import annotations

from requirements.shop import costs


def test_s_12() -> None:
    for yuan, fen in (("10000.00", 6000), ("12.50", 8), ("0.83", 0), ("0.84", 1), ("7.50", 5)):
        assert costs("card", yuan, "credit", "insert") == (fen, "CREDIT")
