"""S-48: clauses and breaches are registered, and the monthly claim statement equals one computed by hand."""

from __future__ import annotations

import pytest

from chongzheng.cases.claim import month_ms
from chongzheng.cases.claims import Breach, statement
from chongzheng.journal.actors import NotAllowed
from chongzheng.journal.breaks import Overtaken
from requirements.desk import HOUR_MS, Desk

CLAUSE = {
    "supplier": "carrier",
    "breach": "outage",
    "zh": "线路中断按小时赔付",
    "en": "a sum for each hour begun, and a share of the loss",
    "fen_each": 0,
    "fen_hour": 8_000,
    "fen_month": 100_000,
    "loss_percent": 25,
}


def test_s_48(desk: Desk) -> None:
    """By hand: 5 h x 80.00 + 25 % of 320.01 = 480.00; 7 h x 80.00 + 0 = 560.00, of which the cap leaves 520.00."""
    with pytest.raises(NotAllowed, match="second person"):
        row = desk.registers.propose("contracts", "carrier, outage", "20990101", CLAUSE, "2099", "wang", desk.now)
        desk.registers.approve("contracts", "carrier, outage", "20990101", row.edition, "wang", desk.now)
    desk.registers.approve("contracts", "carrier, outage", "20990101", row.edition, "zhang", desk.now)
    begin, end = month_ms("209901")
    rules = desk.registers.rows("contracts", "20990115")
    breaches = [Breach("ticket-1", "outage", 4 * HOUR_MS + 1, 32_001), Breach("ticket-2", "outage", 7 * HOUR_MS)]
    lines = statement("carrier", rules, breaches)
    assert [(one.given_fen, one.claimed_fen) for one in lines] == [(48_000, 48_000), (56_000, 52_000)]
    assert sum(one.claimed_fen for one in lines) == 100_000
    assert statement("carrier", desk.registers.rows("contracts", "20260115"), breaches)[0].given_fen == 25_000 + 6_400
    assert begin < end


def test_s_48_a_supplier_has_one_claim_a_month_and_nobody_approves_their_own(desk: Desk) -> None:
    desk.now = month_ms("203001")[1]
    said = {"supplier": "carrier", "month": "203001"}
    claim = desk.open("claim", said, "wang")
    with pytest.raises(Overtaken, match="carrier has a claim for 203001 already"):
        desk.open("claim", said, "li")
    with pytest.raises(NotAllowed, match="takes another person"):
        desk.say(claim, "Approved", "wang")
    desk.say(claim, "Withdrawn", "zhang", reason="nothing is due")
    assert desk.open("claim", said, "li").fen == 0
