"""Is the shortest clock that still runs chosen, and the reserve counted to the last fen?"""

from __future__ import annotations

import pytest

from chongzheng.cases.clawback_rules import CLAWBACK_LIMITS, DAY_MS, PRIORS, WAYS, reserve_fen, way_for

CREDITED = 1_790_000_000_000


@pytest.mark.parametrize(
    ("card", "days", "way"),
    [
        ("credit", 30, ("credit", CREDITED + 30 * DAY_MS)),
        ("credit", 31, ("credit, late", None)),
        ("debit", 20, ("debit", CREDITED + 20 * DAY_MS)),
        ("debit", 21, ("debit, late", None)),
        ("wallet", 0, None),
    ],
)
def test_the_way_follows_from_card_and_age(card: str, days: int, way: tuple[str, int | None] | None) -> None:
    assert way_for(WAYS.shipped, card, CREDITED, CREDITED + days * DAY_MS) == way


def test_of_two_ways_the_one_that_ends_first_comes_first() -> None:
    rows = {**WAYS.shipped, "a": {"card": "debit", "days": 60}, "b": {"card": "debit", "days": 0}}
    assert way_for(rows, "debit", CREDITED, CREDITED) == ("debit", CREDITED + 20 * DAY_MS)
    assert way_for(rows, "debit", CREDITED, CREDITED + 99 * DAY_MS) == ("b", None)


def test_the_reserve_is_exposure_times_both_rates_rounded_up() -> None:
    rows = PRIORS.shipped
    assert reserve_fen(rows, 1_000_000, (0, 0), (0, 0)) == 15_000  # 1/20 x 3/10
    assert reserve_fen(rows, 1_000_000, (19, 80), (3, 10)) == 100_000  # 20/100 x 10/20
    assert reserve_fen(rows, 1, (0, 0), (0, 0)) == 1 and reserve_fen(rows, 0, (0, 0), (0, 0)) == 0


def test_shipped_rows_are_right_rows() -> None:
    for register in (WAYS, CLAWBACK_LIMITS, PRIORS):
        assert {name: register.wrong(row) for name, row in register.shipped.items()} == dict.fromkeys(
            register.shipped, ""
        )
    assert PRIORS.wrong({"yes": 0, "no": 1}) == "both are above nought"
    assert CLAWBACK_LIMITS.wrong({"zh": "x", "en": "x", "n": 0}) == "n is above nought"
