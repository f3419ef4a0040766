"""S-13: debit cards pay 0.50 %, at most 25 yuan."""

from __future__ import annotations

from requirements.shop import costs


def test_s_13() -> None:
    for yuan, fen in (
        ("5000.00", 2500),
        ("4999.99", 2500),
        ("10000.00", 2500),
        ("1.00", 1),
        ("0.99", 0),
        ("200.00", 100),
    ):
        assert costs("card", yuan, "debit", "insert") == (fen, "DEBIT_CAP")
