"""Does a claim rest on the tickets of its month only, and does a second person approve it?"""

from __future__ import annotations

from typing import Any

from chongzheng.cases.claim import CLAIM, breaches_of, month_ms
from chongzheng.cases.effects import Free, Take
from chongzheng.cases.matter import Fact, Given, Matter
from unit.cases.timeline import RULES, Played, play

BEGIN, END = month_ms("202612")
HOUR_MS = 3_600_000
SAID = {"supplier": "carrier", "month": "202612"}


def ticket(no: int, opened_at: int, state: str = "CLOSED", **body: Any) -> Matter:
    return Matter(f"ticket-{no}", "ticket", state, opened_at=opened_at, body={"sent": [], **body})


def sent(due_at: int, answered_at: int | None) -> dict[str, Any]:
    return {"due_at": due_at, "answered_at": answered_at}


OUTAGE = {"breach": "outage", "from_at": BEGIN, "until_at": BEGIN + 2 * HOUR_MS, "loss_fen": 1_000}
TICKETS = (
    ticket(1, BEGIN, sent=[sent(BEGIN + 9, BEGIN + 10)], answer={"accepts": True}, **OUTAGE),
    ticket(2, BEGIN, sent=[sent(BEGIN + 9, BEGIN + 9)], answer={"accepts": False}, **OUTAGE),
    ticket(3, BEGIN - 5, "SENT", sent=[sent(END - 1, None), sent(END, None)], breach="outage"),
    ticket(4, BEGIN, "WITHDRAWN", **OUTAGE),
    ticket(5, BEGIN, "ANSWERED", sent=[], answer={"accepts": True}, breach="outage"),
    ticket(6, BEGIN, "SENT"),
)


def opened(tickets: tuple[Matter, ...] = TICKETS, **said: Any) -> Played:
    return play(CLAIM, [("Opened", "li", {**SAID, **said})], Given(RULES, others={"tickets": tickets}))


def test_the_months_begin_at_midnight_in_china() -> None:
    assert month_ms("202701")[0] == END and (END - BEGIN) == 31 * 24 * HOUR_MS
    assert BEGIN == 1_796_054_400_000  # 2026-12-01 00:00 +08:00


def test_only_what_belongs_to_the_month_counts() -> None:
    found, denied = breaches_of(TICKETS, BEGIN, END, END + 5)
    assert [(one.ticket, one.sort, one.lasted_ms) for one in found] == [
        ("ticket-1", "late answer", 1),
        ("ticket-1", "outage", 2 * HOUR_MS),
        ("ticket-3", "late answer", 6),
        ("ticket-5", "outage", 0),
    ]
    assert denied == ["ticket-2"]


def test_a_month_holds_its_first_moment_and_not_that_of_the_next() -> None:
    edges = (ticket(1, BEGIN, sent=[sent(BEGIN, BEGIN + 1)]), ticket(2, END - 1, sent=[sent(END - 1, END)]))
    beyond = (ticket(3, END, **OUTAGE, answer={"accepts": True}), ticket(4, END, sent=[sent(END, END + 1)]))
    found, _ = breaches_of((*edges, *beyond), BEGIN, END, END + 5)
    assert [one.ticket for one in found] == ["ticket-1", "ticket-2"]
    blank = Played(CLAIM, Given(RULES, others={"tickets": ()}))
    blank.now = END - 2 * 60_000
    assert "is not over" in blank.why_not("Opened", "li", **SAID)
    blank.now = END - 60_000
    assert blank.why_not("Opened", "li", **SAID) == ""


def test_the_sum_is_computed_approved_by_another_sent_and_paid() -> None:
    one = opened()
    # Two late answers at 100.00; an outage of two hours at 50.00 and 20 % of 10.00; one of no length: nothing.
    assert one.matter.fen == 2 * 10_000 + 2 * 5_000 + 200 == one.matter.body["fen"]
    assert one.effects == (Take("claim carrier 202612", "carrier has a claim for 202612 already"),)
    assert one.why_not("Approved", "zhang").startswith("role:")
    one.say("Approved", "wang").say("Sent", "li", reference="L-1")
    assert one.matter.due_at == one.now + 30 * 24 * HOUR_MS
    one.say("ClockRan", "program", 99)
    assert one.matter.body["reminders"] == 1 and one.matter.due_at == one.now + 30 * 24 * HOUR_MS
    assert one.why_not("Paid", "wang", fen=one.matter.fen, reference="B-1") == ""
    assert "are claimed, not" in one.why_not("Paid", "wang", fen=99_999_999, reference="B-1")
    one.say("Disputed", "vendor", reason="force majeure").say("Paid", "wang", fen=20_000, reference="B-1")
    assert (one.state, one.matter.body["paid"]["short_fen"]) == ("PAID", 10_200)


def test_a_claim_is_refused_for_a_month_that_is_not_over_no_supplier_and_no_month() -> None:
    others = Given(RULES, others={"tickets": ()})
    assert "is not over" in Played(CLAIM, others).why_not("Opened", "li", supplier="carrier", month="209901")
    assert "is a month" in Played(CLAIM, others).why_not("Opened", "li", supplier="carrier", month="202613")
    assert "has no row" in Played(CLAIM, others).why_not("Opened", "li", supplier="nobody", month="202612")
    empty = opened(())
    assert "nothing is due" in empty.why_not("Approved", "wang")
    assert empty.say("Withdrawn", "zhang", reason="nothing due").effects == (Free("claim carrier 202612"),)


def test_it_asks_for_the_tickets_of_its_supplier_and_is_found_by_it() -> None:
    ask = CLAIM.asks(Matter("", "claim"), Fact("Opened", 1, said=SAID))["tickets"]
    assert ask.value == "carrier" and BEGIN - 31 * 24 * HOUR_MS < ask.since < BEGIN
    assert CLAIM.asks(Matter("", "claim"), Fact("Opened", 1))["tickets"].value == ""
    assert CLAIM.asks(opened().matter, Fact("Paid", 1))["tickets"].value == ""
    assert CLAIM.tags(opened().matter) == {"supplier": "carrier"}
