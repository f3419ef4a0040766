"""S-05: no inquiry leaves with a mandatory field missing; a sale that stands, its goods gone, is not refunded."""

from __future__ import annotations

import pytest

from chongzheng.journal.breaks import Overtaken
from journal.made import cleared, name_of, reply, sale, written
from requirements.desk import DAY_MS, Desk

FILLED = {
    "rrn": "000000000001", "masked_card": "622200******1902", "day": "20260922", "reason": "6302",
    "auth_code": "123456", "slip_hash": "a" * 64,
}  # fmt: skip


def test_s_05(desk: Desk) -> None:
    desk.journal.apply([sale(1), reply(1), written(1), cleared(1)])
    payment = name_of(1)
    case = desk.open("case", {"source": "engine", "why": "x"}, payment=payment, key=f"case {payment}")
    ask = desk.open("inquiry", {"to": "issuer"}, "li", payment=payment, parent=case.id)
    for name, value in FILLED.items():
        with pytest.raises(Overtaken, match=f"does not leave: .*{name}"):
            desk.say(ask, "Sent", "li", reference="letter 1")
        desk.say(ask, "Filled", "li", **{name: value})
    sent = desk.say(ask, "Sent", "li", reference="letter 1")
    assert sent.body["pack"]["trace"] == "000001" and desk.matters.get(case.id).body["waiting"] == "issuer"
    desk.wait(6 * DAY_MS)
    assert desk.matters.get(ask.id).body["overdue"]
    desk.say(ask, "ReplyCame", "li", code="01")
    heard = desk.matters.get(case.id)
    assert heard.body["stands"] == {"original": "yes"} and heard.body["waiting"] == ""
    desk.say(case, "WitnessHeard", "li", witness="merchant", goods="yes")
    desk.say(case, "Confirmed", "li")
    desk.say(case, "CauseFound", "li", primary="unknown")
    for action in ("refund", "credit adjustment", "provisional refund"):
        with pytest.raises(Overtaken, match="goods were delivered"):
            desk.say(case, "Decided", "li", action=action)
    assert desk.say(case, "Decided", "li", action="tell").state == "COMMUNICATING"
