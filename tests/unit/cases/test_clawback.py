"""Is nothing taken back out of order, before its day, without authority, or from whom it would hurt?"""

from __future__ import annotations

from typing import Any

import pytest

from chongzheng.cases.clawback import CLAWBACK
from chongzheng.cases.effects import Open, Say, Tell
from chongzheng.cases.matter import Matter
from unit.cases.giving import FEN, PAYMENT
from unit.cases.play import NOON_MS, Played

DAY_MS = 86_400_000
REFERENCE = {"reference": "S-17"}
NO = {"worked": False, **REFERENCE}
NOTICE = {"to": "customer-1", "debit_day": "20261009", "documents": "files of two days", "complaints": "95516",
          "merchant": "Noodle shop", "card": "622200******1234"}  # fmt: skip


def ordered(cleared: bool = True, fen: int = FEN, marks: tuple[str, ...] = ()) -> Played:
    """A claw-back of a refund."""
    one = Played(CLAWBACK, payment=PAYMENT, parent="refund-4")
    one.others["case"] = (Matter("case-9", "case", body={"marks": list(marks)}),)
    words = {"fen": fen, "why": "chargeback", "cleared": cleared, "customer": "C1", "credited_at": NOON_MS}
    one.well("Opened", **words)
    return one


def noticed(**changed: Any) -> Played:
    """The customer was told, and the day has come."""
    one = ordered(**changed)
    one.well("CancelTried", "wang", **NO)
    one.well("NoticeGiven", "zhang", **NOTICE)
    one.wait(18 * DAY_MS)
    return one


def said(one: Played, fact: str) -> list[dict[str, Any]]:
    """What the refund was told by this fact."""
    return [dict(effect.said) for effect in one.effects if isinstance(effect, Say) and effect.fact == fact]


def test_what_is_not_posted_is_stopped_first_and_then_cancelled() -> None:
    one = ordered(cleared=False)
    assert one.matter.due_at == one.now + DAY_MS and one.matter.queue == "claw-backs"
    assert "first try to stop it" in one.refused("CancelTried", "wang", **NO).text
    assert one.well("StopTried", "wang", **NO).state == "TRYING"
    assert said(one, "RecoveryBegan") == [{"clawback": "clawback-1"}]
    assert one.well("CancelTried", "wang", worked=True, **REFERENCE).state == "RECOVERED"
    assert said(one, "Recovered") == [{"how": "cancelled", "fen": FEN}] and len(said(one, "RecoveryBegan")) == 1
    stopped = ordered(cleared=False)
    stopped.well("StopTried", "wang", worked=True, **REFERENCE)
    assert said(stopped, "Recovered") == [{"how": "stopped", "fen": FEN}]
    assert "ask for its cancellation" in ordered().refused("StopTried", "wang", **NO).text


def test_notice_is_given_five_working_days_ahead_holidays_and_make_up_days_counted() -> None:
    one = ordered(cleared=False)
    one.well("StopTried", "wang", **NO)
    assert "first ask scheme or wallet" in one.refused("NoticeGiven", "zhang", **NOTICE).text
    one.well("CancelTried", "wang", **NO)
    early = {**NOTICE, "debit_day": "20260928"}  # a Monday: 25 September is a holiday, the weekend is none of the five
    assert "is 20260929 or later, 5 working days" in one.refused("NoticeGiven", "zhang", **early).text
    one.well("NoticeGiven", "zhang", **{**NOTICE, "debit_day": "20260929"})
    (told,) = [effect for effect in one.effects if isinstance(effect, Tell)]
    assert (told.template, told.to, told.said["amount"]) == ("cardholder.clawback", "customer-1", FEN)
    assert told.said["posted"] == "20260921" and told.said["facts"]["refund"]["evidence"] == ["refund-4"]
    one.rules["calendar"] = {}
    assert "no working days are known" in one.refused("NoticeGiven", "zhang", **NOTICE).text


def test_the_issuer_is_asked_on_the_day_that_was_told_and_once() -> None:
    one = ordered()
    one.well("CancelTried", "wang", **NO)
    one.well("NoticeGiven", "zhang", **NOTICE)
    assert one.refused("Requested", "wang", card="debit").text == "not before 20261009, as the customer was told"
    one.wait(18 * DAY_MS)
    assert "no way is open for wallet" in one.refused("Requested", "wang", card="wallet").text
    one.well("Requested", "wang", card="debit")
    (asked,) = [effect for effect in one.effects if isinstance(effect, Open)]
    assert asked.kind == "dispute" and asked.parent == "clawback-1" and asked.payment == PAYMENT
    assert asked.said == {"action": "collection", "code": "9722", "fen": FEN, "card": "debit"}
    assert one.matter.due_at == NOON_MS + 20 * DAY_MS
    assert "asked for already: debit" in one.refused("Requested", "wang", card="debit").text
    assert one.well("ClockRan").queue == "supervisor"
    one.well("DisputeEnded", won=False, fen=0)
    assert one.matter.body["request"] == ""
    one.wait(9 * DAY_MS)
    one.well("Requested", "wang", card="debit")
    assert one.matter.body["request"] == "debit, late"
    assert one.well("DisputeEnded", won=True, fen=FEN + 5).state == "RECOVERED"
    assert said(one, "Recovered") == [{"how": "file", "fen": FEN}]


def test_nothing_is_debited_without_authority_while_the_customer_disagrees_or_too_early() -> None:
    one = noticed()
    paid = {"fen": FEN, **REFERENCE}
    assert "authority" in one.refused("Debited", "wang", **paid).text
    one.well("AuthorityGiven", "zhang", **REFERENCE)
    one.well("Objected", "li", reason="I have it once")
    assert "the customer disagrees" in one.refused("Debited", "wang", **paid).text
    assert "the customer disagrees" in one.refused("Requested", "wang", card="debit").text
    assert one.refused("ObjectionSettled", "zhang", reason="shown the files").why == "self"
    one.matter.body["by"]["NoticeGiven"].clear()
    one.well("ObjectionSettled", "zhang", reason="shown the files")
    assert "only 12345 are outstanding" in one.refused("Debited", "wang", fen=FEN + 1, **REFERENCE).text
    assert one.well("Debited", "wang", **paid).state == "RECOVERED"


def test_what_the_customer_pays_back_counts_at_any_time_and_in_parts() -> None:
    one = ordered()
    assert one.well("PaidBack", "wang", fen=FEN - 1, **REFERENCE).state == "ORDERED"
    assert one.matter.body["left_fen"] == 1
    assert one.well("PaidBack", "wang", fen=1, **REFERENCE).state == "RECOVERED"
    assert said(one, "Recovered") == [{"how": "bank", "fen": FEN - 1}, {"how": "bank", "fen": 1}]


def test_what_is_small_or_would_hurt_is_written_off_and_the_rest_only_after_trying_and_by_those_above() -> None:
    assert ordered(fen=2_000).well("WrittenOff", "wang", reason="small").state == "WRITTEN_OFF"
    assert ordered(marks=("vulnerable",)).well("WrittenOff", "wang", reason="ill").state == "WRITTEN_OFF"
    one = ordered(fen=2_001)
    assert "first ask scheme or wallet" in one.refused("WrittenOff", "zhang", reason="no").text
    one.well("CancelTried", "wang", **NO)
    assert one.refused("WrittenOff", "wang", reason="no").why == "role"
    one.well("WrittenOff", "zhang", reason="gone abroad")
    assert said(one, "WrittenOff") == [{"reason": "gone abroad"}]


@pytest.mark.parametrize("state", [ordered, noticed])
def test_when_it_was_no_double_credit_it_ends_and_late_answers_change_nothing(state: Any) -> None:
    one = state()
    assert one.well("NotDouble").state == "DROPPED" and CLAWBACK.tags(one.matter)["refund"] == "refund-4"
    assert one.well("DisputeEnded", won=True, fen=1).state == "DROPPED"
    assert one.well("NotDouble").state == "DROPPED"
