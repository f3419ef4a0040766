"""S-39: one apology for an incident, in both languages, of proven facts, and no promise that nobody can keep."""

from __future__ import annotations

import pytest

from chongzheng.cases.matter import Matter
from chongzheng.journal.actors import NotAllowed
from chongzheng.journal.breaks import Overtaken
from requirements.desk import DAY_MS, Desk
from requirements.told import deliver

WORDS = {
    "person": "C1", "to": "customer-1", "evidence": ["file of 22 September"],
    "merchant": "Noodle shop", "card": "622200******1234", "amount": 12_345,
    "what": "付款已扣，签购单没有打印 / it was charged, and no slip was printed",
    "standing": "退款途中 / on its way back", "right_by": "20260930",
}  # fmt: skip


def sorry(desk: Desk, incident: str, **changed: object) -> Matter:
    """An apology that a clerk wants to make."""
    return desk.open("apology", {**WORDS, "at": desk.now, "incident": incident, **changed}, "li")


def test_s_39(desk: Desk) -> None:
    first = sorry(desk, "case-1")
    with pytest.raises(Overtaken, match=f"has one for this incident already \\({first.id}\\)"):
        sorry(desk, "case-1")
    texts, _ = deliver(desk)
    assert len(texts) == 1 and ("抱歉" in texts[0] or "道歉" in texts[0])
    assert "We are sorry" in texts[0] and "622200******1234" in texts[0] and "123.45" in texts[0]
    desk.matters.say(first.id, "NoticeSent", {})

    desk.now += 29 * DAY_MS
    second = sorry(desk, "case-2")
    assert second.state == "SUPPRESSED" and deliver(desk)[0] == []
    with pytest.raises(NotAllowed):
        desk.say(second, "SentAnyway", "li", reason="she is angry")
    desk.say(second, "SentAnyway", "zhang", reason="another shop, and she asked")
    assert len(deliver(desk)[0]) == 1

    desk.now += 31 * DAY_MS
    assert sorry(desk, "case-3").state == "ASKED"


@pytest.mark.parametrize(
    "what",
    ["我们保证不会再发生", "it was charged; this will never happen again", "it was the cashier's fault"],
)
def test_s_39_what_nobody_can_keep_and_whom_nobody_has_judged_is_not_said(desk: Desk, what: str) -> None:
    sorry(desk, "case-1", what=what)
    texts, notices = deliver(desk)
    assert texts == [] and [notice.state for notice in notices] == ["refused"]
