"""Is what is decided of a case shown whole, and does money go back for good only on what the machine established?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chongzheng.cases.matter import Fact, Given, Matter
from chongzheng.cases.ruling import asks_refunds, overtaken, refunded, ruling
from unit.cases.play import standing

CASE = Matter("case-1", "case", payment="P1")
NO_GOODS = {"stands": {"goods": "no"}, "witnesses": [{"witness": "merchant", "goods": "no"}]}


def ruled(truth: str, proof: str, body: dict[str, Any] = NO_GOODS, *refunds: str) -> dict[str, Any]:
    others = {"refunds": tuple(Matter(f"refund-{n}", "refund", state) for n, state in enumerate(refunds))}
    return ruling(CASE, body, Given(payment=standing(truth, proof=proof), others=others))


def test_it_says_truth_money_advice_and_reason_in_both_languages() -> None:
    found = ruled("charged_kept", "proven")
    assert (found["rule"], found["truth"], found["proof"]) == ("D3", "charged_kept", "proven")
    assert found["reason"]["zh"] and found["advice"]["zh"] and found["money"]["viewpoint"] == "acquirer/merchant"
    assert not found["retry"]["allowed"] and found["against"] == [] and found["questions"] == []
    assert ruled("never_charged", "proven")["retry"]["allowed"]


@pytest.mark.parametrize(
    ("truth", "proof", "allowed"),
    [("charged_kept", "proven", True), ("charged_kept", "acknowledged", False), ("charged_twice", "proven", True),
     ("unknown", "claimed", False), ("", "", False), ("charged_returned", "proven", False)],
)  # fmt: skip
def test_money_goes_back_for_good_only_on_an_established_charge(truth: str, proof: str, allowed: bool) -> None:
    assert ruled(truth, proof)["final_refund_allowed"] is allowed


def test_the_word_of_others_alone_gives_nothing_back() -> None:
    file = {"witness": "clearing file", "clearing": "original only", "reversal": "none", "goods": "no"}
    said = {"stands": {**file, "original": "yes"}, "witnesses": [file, {"witness": "issuer", "original": "yes"}]}
    found = ruled("unknown", "claimed", said)
    assert (found["truth"], found["rule"], found["final_refund_allowed"]) == ("charged_kept", "D3", False)
    assert found["proof"] == "proven" and found["engine"] == "unknown"
    assert not ruled("unknown", "confirmed", said)["final_refund_allowed"]
    shown = {"stands": file, "witnesses": [file]}
    assert ruled("charged_kept", "acknowledged", shown)["rule"] == "D3"
    assert not ruled("charged_kept", "acknowledged", shown)["final_refund_allowed"]


def test_where_the_truth_is_known_only_the_money_is_asked_for() -> None:
    assert [one["ask"] for one in ruled("charged_kept", "proven", {})["questions"]] == ["merchant"]


def test_what_was_given_back_already_counts_while_it_is_out() -> None:
    assert ruled("charged_returned", "proven", NO_GOODS, "POSTED")["rule"] == "D15"
    assert ruled("charged_returned", "proven", NO_GOODS, "RECOVERED", "REFUSED")["rule"] == "D2"
    assert not refunded(Given())
    assert asks_refunds(CASE, Fact("Joined", 1))["refunds"].value == "P1"
    assert asks_refunds(replace(CASE, payment=""), Fact("Joined", 1)) == {}


def test_without_a_payment_there_is_no_verdict() -> None:
    found = ruling(replace(CASE, payment=""), {}, Given())
    assert found["truth"] == "no payment" and not found["final_refund_allowed"] and found["questions"] == []


def test_when_a_decision_does_not_hold_any_more() -> None:
    kept, goods = ruled("charged_kept", "proven"), {"stands": {"goods": "yes"}, "witnesses": []}
    assert overtaken(kept, ruled("charged_returned", "proven"))
    assert overtaken(kept, ruled("charged_kept", "proven", goods)) and not overtaken(kept, kept)
    assert not overtaken(kept, ruled("charged_kept", "proven", NO_GOODS, "SENT"))
