"""Are all codes and actions there, with their sources' weakness, and do codes fit only where they belong?"""

from __future__ import annotations

import pytest

from chongzheng.cases.dispute_rules import ACTIONS, IN, LIMITS, OUT, REASON_CODES, ends_at, wrong_code
from chongzheng.mistakes import TheirMistake
from unit.cases.play import NOON_MS, RULES

DAY_MS = 86_400_000
CALENDAR = RULES["calendar"]


def test_every_shipped_row_is_right_and_every_name_that_a_row_names_is_there() -> None:
    for register in (ACTIONS, REASON_CODES, LIMITS):
        assert {name: register.wrong(row) for name, row in register.shipped.items()} == dict.fromkeys(
            register.shipped, ""
        )
    families = {row["family"] for row in REASON_CODES.shipped.values()}
    for row in ACTIONS.shipped.values():
        assert row["limit"] in LIMITS.shipped and set(row["families"]) <= families and row["way"] in (IN, OUT)
    assert len(REASON_CODES.shipped) == 82
    assert all(row["unverified"] == (row["confidence"] != "H") for row in REASON_CODES.shipped.values())
    assert all(row["unverified"] for row in LIMITS.shipped.values())


@pytest.mark.parametrize(
    ("action", "code", "fits"),
    [
        ("debit request", "9652", True),
        ("debit request", "9722", False),
        ("collection", "9722", True),
        ("exception", "9700", True),
        ("credit adjustment", "9601", True),
        ("manual refund", "E74", True),
        ("chargeback", "4502", True),
        ("chargeback", "2706", False),
    ],
)
def test_a_code_fits_its_family_only(action: str, code: str, fits: bool) -> None:
    wrong = wrong_code(REASON_CODES.shipped, ACTIONS.shipped[action], code)
    assert (wrong == "") is fits and (fits or wrong.startswith("code: for this there is "))


def test_a_clock_counts_whole_days_in_china_and_where_none_is_known_there_is_none() -> None:
    ends = ends_at(LIMITS.shipped, "inquiry reply", NOON_MS, CALENDAR)
    assert ends is not None and 5 * DAY_MS < ends - NOON_MS < 6 * DAY_MS
    assert ends_at(LIMITS.shipped, "exception", NOON_MS, CALENDAR) is None
    working = {"x": {"count": "T", "days": 5}}
    with pytest.raises(TheirMistake, match="no working days are known"):
        ends_at(working, "x", NOON_MS, {})
