"""S-46: a supplier ticket has an evidence bundle that is redacted by itself, and a late answer is counted."""

from __future__ import annotations

import pytest

from chongzheng.cases.claim import breaches_of, month_ms
from chongzheng.cases.ticket import TICKET
from chongzheng.journal.post import Post
from chongzheng.mistakes import TheirMistake
from requirements.desk import HOUR_MS, Desk
from unit.cases.timeline import play

CARD = "6222020200112230"
EVIDENCE = [
    {"source": "terminal journal", "line": "14:02:11 printer jam, 622202******2230", "shop_phone": "13812345678"},
    {"source": "note", "by": "li", "text": "the owner, wang@example.cn, called twice"},
]
SAID = {"supplier": "terminal maker", "what": "printer jams before 0430", "evidence": EVIDENCE}


def test_s_46() -> None:
    ticket = play(TICKET, [("Opened", "li", SAID), ("Sent", "li", {})])
    bundle = ticket.matter.body["bundle"]
    for private in ("13812345678", "wang@example.cn", "'li'", CARD):
        assert private not in str(bundle["content"])
    assert bundle["content"]["evidence"][0]["line"] == EVIDENCE[0]["line"]
    assert bundle["removed"] == ["evidence[0].shop_phone", "evidence[1].by", "evidence[1].text"]
    due_at = ticket.now + 24 * HOUR_MS
    assert ticket.matter.due_at == due_at
    ticket.say("ClockRan", "program", 24 * 60)
    late = ticket.matter.body
    assert (late["breaches"], late["late_clauses"]) == (1, ["terminal maker, answer"])
    ticket.say("Answered", "vendor", 60, text="a bad batch", accepts=True)
    (breach,), _ = breaches_of([ticket.matter], due_at, due_at + 1, ticket.now)
    assert (breach.sort, breach.lasted_ms) == ("late answer", HOUR_MS)


def test_s_46_card_data_is_not_even_written_down(desk: Desk) -> None:
    before = desk.place.raw("SELECT count(*) FROM act")
    with pytest.raises(TheirMistake, match="mask it, or leave it out"):
        desk.open("ticket", {**SAID, "evidence": [{"line": f"card {CARD}"}]}, "li")
    assert desk.place.raw("SELECT count(*) FROM act") == before
    assert desk.open("ticket", SAID, "li").state == "DRAFT"


def test_s_46_at_the_real_keeper(desk: Desk) -> None:
    desk.now = month_ms("203001")[0]
    said = {"supplier": "terminal maker", "what": "printer jams before 0430", "evidence": EVIDENCE}
    with pytest.raises(TheirMistake, match="mask it, or leave it out"):
        desk.open("ticket", {**said, "evidence": [{"line": f"card {CARD}"}]}, "li")
    ticket = desk.open("ticket", said, "li")
    sent = desk.say(ticket, "Sent", "li")
    bundle = sent.body["bundle"]
    for private in ("13812345678", "wang@example.cn", '"li"', CARD):
        assert private not in str(bundle["content"]).replace("'", '"')
    assert bundle["content"]["evidence"][0]["line"] == EVIDENCE[0]["line"]
    assert bundle["removed"] == ["evidence[0].shop_phone", "evidence[1].by", "evidence[1].text"]
    assert sent.due_at == desk.now + 24 * HOUR_MS
    (notice,) = Post(desk.side).claim(desk.now)
    assert (notice.template, notice.addressee) == ("supplier.ticket", "terminal maker desk")
    assert notice.said["facts"] == {"ticket": {"value": "opened", "proof": "confirmed"}}

    desk.wait(24 * HOUR_MS - 1)
    assert desk.matters.get(ticket.id).body["breaches"] == 0
    desk.wait(1)
    late = desk.matters.get(ticket.id)
    assert (late.body["breaches"], late.body["late_clauses"]) == (1, ["terminal maker, answer"])
    desk.wait(HOUR_MS)
    assert desk.say(ticket, "Answered", "vendor", text="a bad batch", accepts=True).state == "ANSWERED"

    desk.now = month_ms("203001")[1]
    claim = desk.open("claim", {"supplier": "terminal maker", "month": "203001"}, "li")
    assert [(line["ticket"], line["claimed_fen"]) for line in claim.body["lines"]] == [(ticket.id, 20_000)]
