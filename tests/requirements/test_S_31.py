"""S-31: two complaints about one payment join one case, and the fifteen days of the law are seen."""

from __future__ import annotations

import pytest

from chongzheng.cases.calendar import day_of, instant
from chongzheng.journal.actors import NotAllowed
from chongzheng.journal.breaks import Overtaken
from journal.made import name_of, reply, sale
from requirements.desk import DAY_MS, Desk


def test_s_31(desk: Desk) -> None:
    desk.journal.apply([sale(1), reply(1)])
    payment = name_of(1)
    said = {"channel": "phone", "ticket": "A1", "text": "debited, nothing bought"}
    first = desk.open("complaint", said, "li", payment=payment)
    again = {**said, "channel": "app", "ticket": "B7", "against": "mei"}
    second = desk.open("complaint", again, "li", payment=payment)
    (case,) = [one for one in desk.matters.of_payment(payment) if one.kind == "case"]
    assert [one["source"] for one in case.body["sources"]] == ["complaint", "complaint"]
    assert second.body["duplicates"] == [first.id]
    (legal,) = [one for one in case.body["clocks"] if one["kind"] == "legal"]
    assert legal["due_at"] == instant(day_of(desk.now + 15 * DAY_MS)) == first.body["clocks"][0]["due_at"]
    with pytest.raises(Overtaken, match=f"here already .{first.id}."):
        desk.open("complaint", said, "mei", payment=payment)
    with pytest.raises(NotAllowed, match="somebody else handles it"):
        desk.say(second, "Taken", "mei")
    desk.say(first, "ComplaintAnswered", "li", answer="the money is on its way", upheld=False)
    told = desk.matters.get(case.id)
    assert told.body["answers"][0]["complaint"] == first.id
    assert [one["met_at"] for one in told.body["clocks"] if one["kind"] == "legal"] == [desk.now]
