"""S-38: what a customer gets for the trouble follows from severity and delay, once for an incident, within a budget."""

from __future__ import annotations

import pytest

from chongzheng.cases.matter import Matter
from chongzheng.journal.actors import NotAllowed
from chongzheng.journal.breaks import Overtaken
from chongzheng.mistakes import TheirMistake
from journal.made import cleared, name_of, reply, sale, written
from requirements.desk import DAY_MS, Desk
from requirements.told import deliver

WORDS = {"customer": "C1", "bound": "merchant"}
GRANT = {"until": "20261231", "to": "customer-1", "merchant": "Noodle shop"}


def harmed(desk: Desk, n: int) -> Matter:
    """A case of a payment of 123.45 yuan that stands, whose customer waited."""
    desk.journal.apply([sale(n), reply(n), written(n), cleared(n)])
    return desk.open("case", {"source": "complaint", "why": "charged twice, says the customer"}, "mei",
                     payment=name_of(n))  # fmt: skip


def propose(desk: Desk, case: Matter, n: int, customer: str = "C1") -> Matter:
    """Its compensation."""
    return desk.open("compensation", {**WORDS, "customer": customer}, "li", payment=name_of(n), parent=case.id)


def test_s_38(desk: Desk) -> None:
    case = harmed(desk, 1)
    with pytest.raises(Overtaken, match="the money was back in time"):
        propose(desk, case, 1)
    desk.now += 9 * DAY_MS
    one = propose(desk, case, 1)
    assert (one.fen, one.body["row"]) == (2_123, "S3 T+5")  # 20 yuan and 1 % of 123.45 yuan
    with pytest.raises(Overtaken, match=f"has one for this incident already \\({one.id}\\)"):
        propose(desk, case, 1)
    with pytest.raises(TheirMistake, match="follows from S3"):
        desk.open("compensation", {**WORDS, "customer": "C2", "fen": 9_999}, "li", payment=name_of(1), parent=case.id)
    with pytest.raises(NotAllowed):
        desk.say(one, "Approved", "li")
    desk.say(one, "Approved", "zhang")
    desk.say(one, "Granted", "li", reference="K-1", **GRANT)
    texts, notices = deliver(desk)
    assert [notice.state for notice in notices] == ["sent"] and "21.23" in texts[0]
    used = desk.say(one, "Redeemed", "wang", reference="bill 3")
    assert used.state == "REDEEMED"
    rows = desk.place.raw("SELECT debit, credit, fen FROM voucher ORDER BY act")
    assert rows == [("compensation", "cardholder payable", 2_123), ("cardholder payable", "merchant payable", 2_123)]


def test_s_38_a_budget_that_is_used_up_stops_and_what_lapses_is_there_again(desk: Desk) -> None:
    row = ("compensation budget", "202609", "20260921")
    entry = desk.registers.propose(*row, {"fen": 2_500}, "a small month", "chen", desk.now)
    desk.registers.approve(*row, entry.edition, "boss", desk.now)
    cases = {n: harmed(desk, n) for n in (1, 2, 3)}
    desk.now += 7 * DAY_MS
    granted = [propose(desk, case, n, f"C{n}") for n, case in cases.items()]
    for one in granted[:2]:
        desk.say(one, "Approved", "zhang")
    left = 2_500 - sum(one.fen for one in granted[:2])
    with pytest.raises(Overtaken, match=f"the budget of 202609 has {left} fen left, it takes {granted[2].fen}"):
        desk.say(granted[2], "Approved", "zhang")
    desk.say(granted[0], "Refused", "wang", ground="went back already", reason="the shop had paid already")
    assert desk.say(granted[2], "Approved", "zhang").state == "APPROVED"


def test_s_38_the_third_in_half_a_year_takes_a_supervisor(desk: Desk) -> None:
    cases = {n: harmed(desk, n) for n in (1, 2, 3)}
    desk.now += 9 * DAY_MS
    first, second, third = [propose(desk, case, n) for n, case in cases.items()]
    desk.say(first, "Approved", "wang")
    desk.say(second, "Approved", "wang")
    with pytest.raises(NotAllowed, match=f"the customer had {first.id}, {second.id}"):
        desk.say(third, "Approved", "wang")
    assert desk.say(third, "Approved", "zhang").state == "APPROVED"
