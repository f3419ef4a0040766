"""Is a statement right to the fen, and does the cap of a month cut it?"""

from __future__ import annotations

from chongzheng.cases.claims import HOUR_MS, Breach, due, statement
from chongzheng.cases.contracts import CONTRACTS

RULES = CONTRACTS.shipped
OUTAGE = Breach("ticket-1", "outage", 3 * HOUR_MS + 1, 99_999)


def test_one_breach_is_worth_a_sum_each_one_each_hour_begun_and_a_share_rounded_down() -> None:
    # Four hours begun x 50.00 yuan, and 20 % of 999.99 yuan: 200.00 + 199.99.
    assert due(RULES["carrier, outage"], OUTAGE) == 20_000 + 19_999
    assert due(RULES["terminal maker, answer"], Breach("ticket-2", "late answer", 7)) == 20_000


def test_the_cap_of_a_month_cuts_the_last_lines_and_each_clause_has_its_own() -> None:
    rules = {**RULES, "carrier, outage": {**RULES["carrier, outage"], "fen_month": 50_000}}
    late = Breach("ticket-3", "late answer", 1)
    lines = statement("carrier", rules, [OUTAGE, late, OUTAGE, Breach("ticket-4", "defect", 1)])
    assert [(line.clause, line.given_fen, line.claimed_fen) for line in lines] == [
        ("carrier, outage", 39_999, 39_999),
        ("carrier, answer", 10_000, 10_000),
        ("carrier, outage", 39_999, 10_001),
    ]
    assert lines[0].row()["ticket"] == "ticket-1"
