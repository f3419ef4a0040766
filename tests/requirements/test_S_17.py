"""S-17: one vocabulary of causes, fraud among them; each closed case has one primary cause; posteriors sum to one."""

from __future__ import annotations

import pytest

from chongzheng.causes.diagnosis import Conclusion, Diagnosis, diagnose
from chongzheng.causes.score import score
from chongzheng.causes.signals import Signals
from chongzheng.causes.table import packed
from chongzheng.journal.breaks import Overtaken
from journal.made import asked, cleared, name_of, reply, sale, undone
from requirements.desk import Desk

FRAUD: Signals = {"merchant.rev_fail_ratio": 9, "card.rev_count_30d": 5, "goods.delivered": True, "rev.rsp": "00"}
JAM: Signals = {"tlm.iface": "ethernet", "tlm.printer": "jam", "orig.rsp": "00", "rev.reason": "4351"}


def test_s_17() -> None:
    table = packed()
    assert {"hardware", "software", "network", "operator", "risk"} <= {cause.domain for cause in table.causes}
    assert table.cause("FR-SUSPECT", "vocabulary").attribution == "suspected_fraud"
    for signals in ({}, JAM, FRAUD):
        assert abs(sum(one.posterior for one in score(signals, table).causes) - 1) < 1e-12
    bare = {one.cause.id: one.posterior for one in score({}, table).causes}
    assert next(one for one in score(FRAUD, table).causes if one.cause.id == "FR-SUSPECT").posterior > (
        10 * bare["FR-SUSPECT"]
    )
    ranking = score(JAM, table)
    for cause in table.causes:
        gap = "nothing on the screen said to wait"
        found = diagnose(Conclusion(cause.id, ("NW-VPN",) * (cause.id != "NW-VPN"), "li", gap), ranking, table)
        assert isinstance(found, Diagnosis) is (cause.id != "OP-TRAIN")
    assert not isinstance(diagnose(Conclusion("HW-PRN"), ranking, table), Diagnosis)
    assert score({}, table).primary is None


def test_s_17_no_case_is_closed_without_a_cause(desk: Desk) -> None:
    desk.journal.apply([sale(1), reply(1), asked(1), undone(1), cleared(1, 1, 1)])
    payment = name_of(1)
    case = desk.open("case", {"source": "engine", "why": "x"}, payment=payment, key=f"case {payment}")
    desk.say(case, "WitnessHeard", "li", witness="merchant", goods="no")
    desk.say(case, "Confirmed", "li")
    for fact, said in (("Decided", {"action": "tell"}), ("Closed", {"outcome": "over"})):
        with pytest.raises(Overtaken):
            desk.say(case, fact, "li", **said)
    with pytest.raises(Overtaken, match=r"OP-TRAIN: .* never a primary cause"):
        desk.say(case, "CauseFound", "li", primary="OP-TRAIN")
    primary = score(JAM, packed()).primary
    assert primary is not None
    desk.say(case, "CauseFound", "li", primary=primary.cause.id, contributing=["OP-TRAIN"])
    desk.say(case, "Decided", "li", action="tell")
    desk.say(case, "NoticeSent", "li", audience="cardholder", template="returned")
    closed = desk.say(case, "Closed", "li", outcome="it was returned")
    assert closed.state == "CLOSED" and closed.body["cause"]["primary"] == "HW-PRN"
    assert closed.body["cause"]["contributing"] == ["OP-TRAIN"]
