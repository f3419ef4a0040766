"""Is every sum of the matrix what the table says, on both sides of each edge?"""

from __future__ import annotations

import pytest

from chongzheng.cases.compensation_rules import BUDGET, COMPENSATION_LIMITS, MATRIX, Offer, budget_left, offer
from chongzheng.mistakes import TheirMistake
from unit.cases.play import NOON_MS, RULES

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
END_OF_DAY_MS = NOON_MS + 6_400_000  # 22:13 on Monday 21 September 2026 in China, to midnight
T1_MS = END_OF_DAY_MS + DAY_MS
T5_MS = END_OF_DAY_MS + 8 * DAY_MS  # 22, 23, 24, not 25 (a holiday) to 27, 28, 29 September


def due(severity: str, fen: int, until: int) -> Offer:
    """What is due by the shipped rows."""
    return offer(MATRIX.shipped, RULES["calendar"], severity, fen, NOON_MS, until)


@pytest.mark.parametrize(
    ("severity", "fen", "until", "wanted"),
    [
        ("S4", 5_000, NOON_MS + 3 * HOUR_MS, Offer()),
        ("S4", 5_000, NOON_MS + DAY_MS + 1, Offer()),
        ("S4", 5_000, T1_MS, Offer()),
        ("S4", 5_000, T1_MS + 1, Offer("S4 T+1", 500)),
        ("S4", 5_000, T5_MS + 1, Offer("S4 T+5", 1_000)),
        ("S3", 50_000, NOON_MS + DAY_MS, Offer()),
        ("S3", 50_000, NOON_MS + DAY_MS + 1, Offer("S3 24h", 500)),
        ("S3", 50_000, T1_MS + 1, Offer("S3 T+1", 1_000)),
        ("S3", 50_000, T5_MS, Offer("S3 T+1", 1_000)),
        ("S3", 50_000, T5_MS + 1, Offer("S3 T+5", 2_500)),
        ("S3", 999_999, T5_MS + 1, Offer("S3 T+5", 4_000)),
        ("S3", 50_000, T5_MS + DAY_MS, Offer("S3 T+5", 3_300)),
        ("S3", 50_000, T5_MS + 99 * DAY_MS, Offer("S3 T+5", 26_500)),
        ("S2", 500_000, T5_MS + 1, Offer("S2 T+5", 10_000, "personal call")),
        ("S2", 5_000_000, T5_MS + 1, Offer("S2 T+5", 15_000, "personal call")),
        ("S1", 5_000_000, T5_MS + 1, Offer("S1 24h", 0, "management letter", True)),
    ],
)
def test_the_offer_follows_from_severity_amount_and_delay(severity: str, fen: int, until: int, wanted: Offer) -> None:
    assert due(severity, fen, until) == wanted


def test_a_calendar_that_does_not_reach_is_told() -> None:
    with pytest.raises(TheirMistake, match="no working days are known"):
        offer(MATRIX.shipped, {}, "S3", 1, NOON_MS, NOON_MS)


def test_a_month_has_its_own_budget_or_that_of_every_month() -> None:
    rows = {**BUDGET.shipped, "202609": {"fen": 5_000}}
    assert (budget_left(rows, "202609", 4_000), budget_left(rows, "202610", 4_000)) == (1_000, 996_000)
    assert budget_left(rows, "202609", 6_000) == -1_000


def test_shipped_rows_are_right_rows_and_wrong_ones_are_told() -> None:
    for register in (MATRIX, BUDGET, COMPENSATION_LIMITS):
        assert {name: register.wrong(row) for name, row in register.shipped.items()} == dict.fromkeys(
            register.shipped, ""
        )
    assert MATRIX.wrong({**MATRIX.shipped["S3 T+5"], "share_pct": 101}) == "share_pct: is at most 100"
    assert "fen is at most" in BUDGET.wrong({"fen": 10**12})
    assert COMPENSATION_LIMITS.wrong({"zh": "x", "en": "x", "n": 0}) == "n is above nought"
