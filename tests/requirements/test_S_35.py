"""S-35: responsibility is shared between people and machines in whole percents, and never people alone too early."""

from __future__ import annotations

import pytest

from chongzheng.causes.attribution import CLASSES, shares
from chongzheng.causes.diagnosis import Conclusion, Diagnosis, diagnose
from chongzheng.causes.score import score
from chongzheng.causes.signals import Signals
from chongzheng.causes.table import packed
from chongzheng.journal.breaks import Overtaken
from journal.made import name_of, reply, sale
from requirements.desk import Desk

GAP = "the terminal offers no status query"
RESWIPED: Signals = {"same_card_resale_s": 40, "orig.timeout": True, "op.tenure_d": 3}
WORLDS: tuple[Signals, ...] = ({}, RESWIPED, {"tlm.printer": "jam"}, {"chan": "wechat", "rev.age_s": 4}, {"rsp": "96"})


def test_s_35() -> None:
    table = packed()
    for signals in WORLDS:
        found = shares(score(signals, table))
        assert sum(one.percent for one in found) == 100 and len(found) == len(CLASSES)
        assert all(isinstance(one.percent, int) and one.percent >= 0 for one in found)
    blamed = Conclusion("OP-RESWIPE", ("OP-TRAIN",), "li", GAP)
    refused = diagnose(blamed, score(RESWIPED, table), table)
    assert not isinstance(refused, Diagnosis)
    assert [one.code for one in refused] == ["people-alone"] and "host.queue_ms" in refused[0].open_questions
    answered = diagnose(blamed, score({**RESWIPED, "host.queue_ms": 90}, table), table)
    assert isinstance(answered, Diagnosis) and sum(one.percent for one in answered.shares) == 100
    careless = Conclusion("OP-RESWIPE", ("OP-TRAIN",), "li")
    stopped = diagnose(careless, score({**RESWIPED, "host.queue_ms": 90}, table), table)
    assert not isinstance(stopped, Diagnosis) and [one.code for one in stopped] == ["stops-at-a-person"]


def test_s_35_the_case_takes_the_same_shares(desk: Desk) -> None:
    desk.journal.apply([sale(1), reply(1)])
    payment = name_of(1)
    case = desk.open("case", {"source": "engine", "why": "x"}, payment=payment, key=f"case {payment}")
    desk.say(case, "WitnessHeard", "li", witness="merchant", goods="no")
    desk.say(case, "Confirmed", "li")
    with pytest.raises(Overtaken, match="100 together"):
        desk.say(case, "CauseFound", "li", primary="OP-RESWIPE", shares={"human": 99})
    with pytest.raises(Overtaken, match="people alone are not the cause"):
        desk.say(case, "CauseFound", "li", primary="OP-RESWIPE", shares={"human": 90, "cardholder": 10})
    with pytest.raises(Overtaken, match="people alone may not be blamed"):
        desk.say(case, "CauseFound", "li", primary="OP-RESWIPE", system_question=GAP)
    known = {**RESWIPED, "host.queue_ms": 90}
    desk.say(case, "SignalsHeard", "qian", signals=known, source="host journal")
    with pytest.raises(Overtaken, match="may not stop at a person"):
        desk.say(case, "CauseFound", "li", primary="OP-RESWIPE", contributing=["OP-TRAIN"])
    taken = desk.say(case, "CauseFound", "li", primary="OP-RESWIPE", contributing=["OP-TRAIN"], system_question=GAP)
    scored = {one.name: one.percent for one in shares(score({**known, "goods.delivered": False}, packed()))}
    assert taken.body["cause"]["shares"] == {name: percent for name, percent in scored.items() if percent}
    assert sum(taken.body["cause"]["shares"].values()) == 100
