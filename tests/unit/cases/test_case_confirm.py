"""Does the decision of a case come from its witnesses, does it follow what they say later, and who is asked next?"""

from __future__ import annotations

import pytest

from chongzheng.cases.case import CASE
from chongzheng.cases.effects import HandIn, Open
from chongzheng.cases.matter import Matter
from unit.cases.play import Played, standing

ENGINE = {"source": "engine", "why": "no answer"}


def case(truth: str = "charged_kept", proof: str = "proven", *goods: str) -> Played:
    """A case that is being confirmed."""
    one = Played(CASE, standing(truth, proof=proof), payment="P1")
    one.well("Opened", **ENGINE)
    one.well("ConfirmStarted", "li")
    for word in goods:
        one.well("WitnessHeard", "li", witness="merchant", goods=word)
    return one


def test_the_decision_is_the_golden_tables() -> None:
    decision = case("charged_kept", "proven", "no").well("Confirmed", "li").body["decision"]
    assert (decision["rule"], decision["truth"], decision["advice"]["code"]) == ("D3", "charged_kept", "hold-give-back")
    assert decision["money"]["words"] == "acquirer/merchant long" and decision["final_refund_allowed"]
    assert decision["by"] == "li" and decision["questions"] == [] and not decision["retry"]["allowed"]
    delivered = case("charged_kept", "proven", "yes").well("Confirmed", "li").body["decision"]
    assert (delivered["rule"], delivered["final_refund_allowed"]) == ("D4", False)


def test_a_word_that_nobody_knows_is_refused_from_people_and_says_nothing_from_the_program() -> None:
    one = case()
    assert "no word for this witness" in one.refused("WitnessHeard", "li", witness="issuer", original="perhaps").text
    one.well("WitnessHeard", witness="issuer", original="perhaps")
    assert one.well("Confirmed", "li").body["decision"]["against"] == []


def test_a_late_word_that_takes_the_refund_away_moves_the_case_back() -> None:
    one = case("charged_kept", "proven", "no")
    for fact, said in (("Confirmed", {}), ("CauseFound", {"primary": "unknown"}), ("Decided", {"action": "refund"})):
        one.well(fact, "li", **said)
    one.well("WitnessHeard", "li", witness="merchant", text="they called again")
    assert one.matter.state == "REMEDYING"
    assert one.well("WitnessHeard", "li", witness="merchant", goods="yes").state == "CONFIRMING"
    assert one.well("Confirmed", "li").body["decision"]["rule"] == "D4"


def test_a_refund_that_is_out_and_a_reversal_that_comes_late_are_money_given_twice() -> None:
    one = case("charged_kept", "proven", "no")
    for fact, said in (("Confirmed", {}), ("CauseFound", {"primary": "unknown"}), ("Decided", {"action": "refund"})):
        one.well(fact, "li", **said)
    one.others["refunds"] = (Matter("refund-1", "refund", "POSTED"),)
    assert one.well("WitnessHeard", "li", witness="merchant", text="thanks").state == "REMEDYING"
    one.pays(truth="charged_returned")
    assert one.well("PaymentMoved", **one.payment).state == "CONFIRMING"
    decision = one.well("Confirmed", "li").body["decision"]
    assert (decision["rule"], decision["advice"]["code"]) == ("D15", "claw-back") and decision["refunded"]


def test_what_the_remedy_was_to_bring_about_moves_nothing_back() -> None:
    one = case("charged_kept", "proven", "no")
    for fact, said in (("Confirmed", {}), ("CauseFound", {"primary": "unknown"}), ("Decided", {"action": "refund"})):
        one.well(fact, "li", **said)
    one.pays(truth="charged_returned")
    assert one.well("PaymentMoved", **one.payment).state == "REMEDYING"
    assert one.matter.body["decision"]["brought_about"] and one.matter.body["decision"]["rule"] == "D2"


def test_a_strong_witness_against_the_machine_is_a_persons_task() -> None:
    one = case("charged_kept", "proven", "no")
    one.well("WitnessHeard", "li", witness="issuer", original="no", reference="letter 7")
    decision = one.well("Confirmed", "li").body["decision"]
    assert (decision["truth"], decision["engine"]) == ("contested", "charged_kept")
    assert not decision["final_refund_allowed"]
    task = one.effects[-1]
    assert isinstance(task, Open) and task.kind == "task" and "issuer: original no" in task.said["what"]


def test_better_proof_of_the_same_verdict_is_taken_in_silence_and_a_stronger_one_counts() -> None:
    one = case("charged_returned", "acknowledged", "no")
    decision = one.well("Confirmed", "li").body["decision"]
    assert (decision["truth"], decision["engine"], decision["rule"]) == ("unknown", "charged_returned", "D8")
    one.pays(proof="proven")
    assert one.well("PaymentMoved", **one.payment).state == "CONFIRMING"
    assert one.well("Confirmed", "li").body["decision"]["rule"] == "D2"
    assert one.well("PaymentMoved", **one.payment).state == "DIAGNOSING"


@pytest.mark.parametrize(
    ("truth", "proof", "goods", "asks"),
    [
        ("unknown", "claimed", (), ["channel query", "clearing file", "issuer inquiry", "merchant"]),
        ("charged_kept", "proven", (), ["merchant"]),
    ],
)
def test_the_cheapest_question_comes_first_and_each_is_asked_once(
    truth: str, proof: str, goods: tuple[str, ...], asks: list[str]
) -> None:
    one = case(truth, proof, *goods)
    for ask in asks:
        assert one.matter.body["next"]["ask"] == ask
        one.well("Asked", "li")
    assert one.matter.body["next"] == {} and "every open question was asked" in one.refused("Asked", "li").text
    assert [asked["ask"] for asked in one.matter.body["questions"]] == asks


def test_each_question_becomes_the_work_that_answers_it() -> None:
    one = case("unknown", "claimed", "no")
    one.well("WitnessHeard", "li", witness="channel query", original="yes")
    assert "ask: there is" in one.refused("Asked", "li", ask="an oracle").text
    for ask in ("channel query", "host journal", "issuer inquiry", "clearing file"):
        one.well("Asked", "li", ask=ask)
    check, task, inquiry = one.effects[-3:]
    assert check == HandIn("CheckAsked", "P1")
    assert isinstance(task, Open) and (task.kind, task.said["team"], task.parent) == ("task", "operations", "case-1")
    assert isinstance(inquiry, Open) and (inquiry.kind, inquiry.said) == ("inquiry", {"to": "issuer"})
    assert one.matter.body["waiting"] == "clearing file"
    one.well("Asked", "li", ask="clearing file")
    one.pays(proof="acknowledged")
    one.well("PaymentMoved", **one.payment)
    assert one.matter.body["waiting"] == "" and one.matter.body["clocks"][0]["paused_at"] is None
    shop = Played(CASE, standing(), payment="P1")
    shop.well("Opened", **ENGINE)
    shop.well("PaymentMoved", **standing(facts=4))
    assert shop.matter.state == "OPEN" and shop.well("Asked").state == "CONFIRMING"
    call = shop.effects[-1]
    assert isinstance(call, Open) and (call.kind, call.said["merchant"], call.payment) == ("contact", "M1", "P1")


def test_nothing_is_asked_when_all_is_settled() -> None:
    one = case("charged_kept", "proven", "no")
    assert "nothing that would change" in one.refused("Asked", "li").text
    one.well("Confirmed", "li")
    assert one.well("ConfirmedAnew", "li", reason="another slip").body["late_changes"][0]["to"] == ""


def test_a_case_that_comes_back_may_ask_again() -> None:
    one = case("charged_kept", "proven")
    one.well("Asked", "li")
    assert one.matter.body["next"] == {}
    for fact, said in (
        ("Confirmed", {}),
        ("CauseFound", {}),
        ("Decided", {"action": "nothing"}),
        ("Closed", {"outcome": "x"}),
    ):
        one.well(fact, "li", **said)
    one.well("Reopened", "li", reason="the shop calls back")
    assert one.matter.body["next"]["ask"] == "merchant"
    one.well("Asked", "li")
    assert [asked["round"] for asked in one.matter.body["questions"]] == [0, 1]
