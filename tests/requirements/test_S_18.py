"""S-18: five areas of work, several clocks a case, and a clock stands still for listed reasons only."""

from __future__ import annotations

import pytest

from chongzheng.cases.case_states import CHAPTERS
from chongzheng.cases.kinds import KINDS
from chongzheng.journal.breaks import Overtaken
from chongzheng.mistakes import TheirMistake
from journal.made import NOON_MS, name_of, sale
from requirements.desk import DAY_MS, Desk

WHY = {"source": "complaint", "why": "debited, nothing bought"}


def test_s_18(desk: Desk) -> None:
    assert list(CHAPTERS) == ["confirm", "diagnose", "remedy", "tell", "improve"]
    assert KINDS["case"].titles == ("案件", "case")
    desk.journal.apply([sale(1)])
    case = desk.open("case", WHY, payment=name_of(1))
    before = {one["name"]: one for one in case.body["clocks"]}
    assert {one["kind"] for one in before.values()} == {"internal", "legal"}
    with pytest.raises(TheirMistake, match="reason: is one of"):
        desk.say(case, "Paused", "li", reason="lunch")
    with pytest.raises(TheirMistake, match="the law do not wait"):
        row = {"zh": "等", "en": "wait", "clocks": ["legal"]}
        desk.registers.propose("pause reasons", "any", "20991231", row, "a try", "boss", NOON_MS)
    desk.say(case, "Paused", "li", reason="issuer")
    desk.now += DAY_MS
    after = {one["name"]: one for one in desk.say(case, "Resumed", "li").body["clocks"]}
    moved = {name: after[name]["due_at"] - before[name]["due_at"] for name in before}
    assert moved.pop("complaint answer") == 0 and set(moved.values()) == {DAY_MS}
    with pytest.raises(Overtaken, match="waits for nobody"):
        desk.say(case, "Resumed", "li")
