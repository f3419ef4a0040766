"""Is the cause of a case the one that its signals name, unknown where they name none, and never people alone?"""

from __future__ import annotations

import re
from typing import Any

import pytest

from chongzheng.cases.case import CASE
from chongzheng.cases.case_cause import diagnosis, signals
from chongzheng.causes.ask import next_tests
from chongzheng.causes.score import score
from chongzheng.causes.table import packed
from unit.cases.play import Played, standing

JAM = {"tlm.iface": "ethernet", "tlm.printer": "jam", "orig.rsp": "00", "rev.reason": "4351"}
GAP = "a menu without a lock"


def case(**heard: Any) -> Played:
    """A case that was confirmed, after these signals."""
    one = Played(CASE, standing(), payment="P1")
    one.well("Opened", source="engine", why="no answer")
    one.well("WitnessHeard", "li", witness="merchant", goods="no")
    one.well("Confirmed", "li")
    if heard:
        one.well("SignalsHeard", "qian", signals=heard, source="telemetry")
    return one


def test_the_evidence_names_the_cause_and_the_shares_where_nobody_says_otherwise() -> None:
    one = case(**JAM)
    assert one.matter.body["diagnosis"]["primary"] == "HW-PRN" and one.matter.body["diagnosis"]["ask_next"] == []
    cause = one.well("CauseFound", "li").body["cause"]
    assert (cause["primary"], cause["as_scored"], sum(cause["shares"].values())) == ("HW-PRN", True, 100)
    assert cause["shares"]["terminal_hardware"] == max(cause["shares"].values()) and one.matter.state == "DECIDING"


def test_unknown_stays_unknown_and_says_what_to_look_at() -> None:
    one = case(**{"tlm.printer": "ok"})
    known = one.matter.body["diagnosis"]
    asked = next_tests(score({"tlm.printer": "ok", "goods.delivered": False}, packed()), packed())
    assert known["primary"] == "unknown" and [test["signal"] for test in known["ask_next"]] == [
        test.signal for test in asked[:3]
    ]
    cause = one.well("CauseFound").body["cause"]
    assert (cause["primary"], cause["shares"], cause["as_scored"]) == ("unknown", {}, True)
    other = case(**JAM).well("CauseFound", "li", primary="unknown").body["cause"]
    assert other["as_scored"] is False and other["scored"]["primary"] == "HW-PRN"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"primary": "OP-TRAIN"}, "OP-TRAIN: .* is never a primary cause"),
        ({"primary": "X"}, "'X' is no cause of the table"),
        ({"primary": "NW-CELL", "shares": {"network": 99}}, "100 together"),
        ({"primary": "NW-CELL", "shares": {"network": True, "scheme": 99}}, "100 together"),
        ({"primary": "NW-CELL", "shares": {"network": -1, "scheme": 101}}, "100 together"),
        ({"primary": "NW-CELL", "shares": {"ghosts": 100}}, "shares: are of human"),
        ({"primary": "OP-CLEARREV", "shares": {"human": 100, "network": 0}}, "people alone are not the cause"),
        ({"primary": "OP-CLEARREV", "system_question": GAP}, "no question about the systems was answered"),
        ({"primary": "NW-CELL", "contributing": ["NW-CELL"]}, "named twice"),
    ],
)
def test_what_is_no_cause_of_a_case(said: dict[str, Any], why: str) -> None:
    refused = case().refused("CauseFound", "li", **said)
    assert re.search(why, refused.text), refused.text


def test_people_may_be_the_cause_where_a_system_question_was_answered_and_it_can_be_corrected() -> None:
    one = case(**{"tlm.clear_reversal_menu": True, "host.queue_ms": 90})
    assert "may not stop at a person" in one.refused("CauseFound", "li", primary="OP-CLEARREV").text
    one.well("CauseFound", "li", primary="OP-CLEARREV", shares={"human": 100}, system_question=GAP)
    one.well("CauseCorrected", "li", primary="SW-RETRY", shares={"terminal_software": 60, "human": 40})
    assert one.matter.body["cause"]["primary"] == "SW-RETRY" and one.matter.state == "DECIDING"
    assert [cause["primary"] for cause in one.matter.body["causes_before"]] == ["OP-CLEARREV"]


def test_signals_are_of_the_vocabulary_and_the_later_one_holds() -> None:
    one = case(**JAM)
    assert "no such signal" in one.refused("SignalsHeard", "qian", signals={"tlm.pinter": "ok"}, source="x").text
    assert "tlm.printer" in one.refused("SignalsHeard", "qian", signals={"tlm.printer": 7}, source="x").text
    one.well("SignalsHeard", "qian", signals={"tlm.printer": None, "orig.rsp": "91"}, source="a closer look")
    assert signals(one.matter.body) == {
        "tlm.iface": "ethernet", "rev.reason": "4351", "orig.rsp": "91", "goods.delivered": False,
    }  # fmt: skip
    assert len(one.matter.body["signals_heard"]) == 2


def test_the_words_of_witnesses_are_signals_too() -> None:
    slip = {"witness": "slip", "reversal": "failed"}
    assert signals({"stands": {"clearing": "original only", "goods": "yes"}, "witnesses": [slip]}) == {
        "clr.has_orig": True, "clr.has_rev": False, "goods.delivered": True, "slip.fault": True,
    }  # fmt: skip
    assert signals({"stands": {"reversal": "rejected 25"}}) == {"rev.rsp": "25"} and signals({}) == {}
    measured = {"stands": {"goods": "no"}, "signals": {"goods.delivered": True}}
    assert signals(measured) == {"goods.delivered": True}
    assert diagnosis({})["primary"] == "unknown"
