"""Does a supplier get a redacted bundle, does its clock run, and is a late answer counted?"""

from __future__ import annotations

from typing import Any

import pytest

from chongzheng.cases.effects import Say, Tell
from chongzheng.cases.matter import Given
from chongzheng.cases.ticket import TICKET, bundle
from unit.cases.timeline import NOON_MS, RULES, Played, play

HOUR_MS = 3_600_000
CARRIER: dict[str, Any] = {
    "supplier": "carrier",
    "what": "line down",
    "breach": "outage",
    "from_at": NOON_MS - 2 * HOUR_MS,
    "until_at": NOON_MS,
    "site": "shop 12",
    "circuit": "C-77",
    "metrics": {"rtt p95 ms": [[NOON_MS - HOUR_MS, 3_400]]},
    "evidence": [{"source": "probe", "shop_phone": "13812345678", "line": "loss 9 %"}],
    "loss_fen": 12_000,
}
MAKER = {"supplier": "terminal maker", "what": "printer jams"}


def sent(said: dict[str, Any] | None = None) -> Played:
    return play(TICKET, [("Opened", "li", said or CARRIER), ("Sent", "li", {})], parent="case-3")


def test_what_is_sent_is_redacted_by_itself_and_named_by_its_hash() -> None:
    one = sent()
    made = one.matter.body["bundle"]
    assert "13812345678" not in str(made) and made["removed"] == ["evidence[0].shop_phone"]
    assert made["hash"] == bundle(one.matter)["hash"] == one.matter.body["sent"][0]["hash"]
    told = one.effects[0]
    assert isinstance(told, Tell) and (told.template, told.to) == ("supplier.ticket", "carrier desk")
    assert told.said["clause"] == "线路中断按小时赔付" and told.said["answer_by"] == one.matter.due_at
    assert one.matter.due_at == one.now + 8 * HOUR_MS and one.matter.fen == 12_000


def test_a_carrier_needs_to_know_when_where_and_what_was_measured() -> None:
    one = play(TICKET, [("Opened", "li", {"supplier": "carrier", "what": "line down"})])
    assert "needs from_at, until_at, site, circuit, metrics too" in one.why_not("Sent", "li")
    more = {name: CARRIER[name] for name in ("from_at", "until_at", "site", "circuit", "metrics", "evidence")}
    one.say("Detailed", "li", **more).say("Sent", "li")
    assert one.state == "SENT" and sent(MAKER).state == "SENT"


@pytest.mark.parametrize("bad", [{"evidence": [{"line": "6222020200112230"}]}, {"metrics": {"tmk": [[1, 2]]}}])
def test_card_data_and_keys_are_not_even_written_down(bad: dict[str, Any]) -> None:
    assert "mask it, or leave it out" in Played(TICKET).why_not("Opened", "li", **{**MAKER, **bad})
    one = play(TICKET, [("Opened", "li", MAKER)])
    assert "mask it, or leave it out" in one.why_not("Detailed", "li", **bad)


def test_what_is_too_long_is_attached_by_its_hash_instead() -> None:
    long = {"metrics": {"rtt": [[NOON_MS, 3]] * 10_000}}
    assert "has at most 100000 characters" in Played(TICKET).why_not("Opened", "li", **{**MAKER, **long})


def test_a_late_answer_is_a_breach_and_an_answer_ends_the_clock() -> None:
    one = sent().say("ClockRan")
    assert one.matter.body["breaches"] == 1 and one.matter.body["late_clauses"] == ["carrier, answer"]
    assert one.effects == (Say("case-3", "TicketLate", {"ticket": "ticket-1", "state": "SENT"}, softly=True),)
    one.say("Answered", "vendor", text="fibre cut", accepts=True)
    assert one.matter.body["sent"][0]["answered_at"] == one.now and one.matter.due_at is None
    one.say("AskedAgain", "li", reason="which hours").say("Sent", "li")
    assert len(one.matter.body["sent"]) == 2 and one.matter.due_at == one.now + 8 * HOUR_MS


def test_its_end_is_told_to_whoever_waits() -> None:
    one = sent().say("Answered", "vendor", text="fibre cut", accepts=True).say("Closed", "li", result="paid")
    assert one.effects == (Say("case-3", "TicketEnded", {"ticket": "ticket-1", "state": "CLOSED"}, softly=True),)
    alone = play(TICKET, [("Opened", "li", MAKER)]).say("Withdrawn", "li", reason="our own fault")
    assert (alone.state, alone.effects, alone.matter.body["result"]) == ("WITHDRAWN", (), "our own fault")


def test_the_supplier_is_one_of_the_register_and_finds_its_tickets() -> None:
    assert "has no row nobody" in Played(TICKET).why_not("Opened", "li", **{**MAKER, "supplier": "nobody"})
    one = play(TICKET, [("Opened", "li", MAKER)])
    one.given = Given({**RULES, "suppliers": {}})
    assert "has no row terminal maker any more" in one.why_not("Sent", "li")
    assert TICKET.tags(sent().matter) == {"supplier": "carrier"}
