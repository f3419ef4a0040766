"""Does money leave only after two people looked at the same thing, and does whoever comes too late hear why?"""

from __future__ import annotations

from typing import Any

import pytest

from chongzheng.cases.effects import Free, FreeRelease, HandIn, Open, Say, Take, TakeRelease
from chongzheng.cases.refund import REFUND
from chongzheng.cases.refund_policy import DAY_MS
from unit.cases.giving import (
    DONE,
    FEN,
    PAYMENT,
    SEEN_AT,
    approved,
    booked,
    case,
    other,
    proposed,
    provisional,
    refund,
    sent,
)
from unit.cases.play import PEOPLE, RULES, Played


def test_a_proposal_says_rule_evidence_and_what_a_late_reversal_would_mean() -> None:
    one = proposed(refund(), card="K1")
    assert (one.matter.state, one.matter.fen, one.matter.queue) == ("PROPOSED", FEN, "refunds")
    body = one.matter.body
    assert (body["rule"], body["gives"], body["level"], body["merchant"]) == ("PR-1", "final", "E3", "M1")
    assert body["people"] == 2 and "追回" in body["if_late"][0] and "clawed back" in body["if_late"][1]
    assert one.effects == [Take(f"refund of {PAYMENT}", "its refund is proposed already")]
    assert one.matter.due_at == one.now + DAY_MS == body["expires_at"]
    assert REFUND.tags(one.matter)["card"] == "K1"


def test_what_may_not_be_proposed() -> None:
    said = {"fen": FEN, "customer": "C1", "reason": "no goods"}
    assert "12345 were paid" in refund().refused("Opened", "li", **{**said, "fen": FEN + 1}).text
    assert (
        "PR-9"
        in refund("unknown", "claimed", {"witness": "cardholder", "goods": "no"}).refused("Opened", "li", **said).text
    )
    assert Played(REFUND).refused("Opened", "li", **said).text.startswith("payment: ")
    assert refund().refused("Opened", **said).why == "role"


def test_whoever_proposed_or_reported_does_not_approve_and_nobody_twice() -> None:
    one = proposed(refund(fen=1))
    PEOPLE["both"] = "supervisor"
    one.others["case"] = (case(by="both"),)
    one.rules["refund policy"] = {
        **one.rules["refund policy"],
        "PR-1": {**one.rules["refund policy"]["PR-1"], "people": 3},
    }
    assert (
        one.refused("ApprovedAlone", "both", **EMERGENCY).text
        == "both reported the case; the refund takes another person"
    )
    assert one.refused("Approved", "li").why == "role"
    assert one.refused("Approved", "both").why == "self"
    assert one.well("Approved", "zhang").state == "PROPOSED"
    assert one.refused("Approved", "zhang").why == "self"
    assert one.well("Approved", "wang").state == "APPROVED"
    del PEOPLE["both"]


def test_a_proposer_with_the_right_role_is_still_the_proposer() -> None:
    one = refund()
    one.well("Opened", "zhang", fen=FEN, customer="C1", reason="no goods")
    assert one.refused("Approved", "zhang").why == "self"


def test_the_token_is_taken_with_the_last_approval_and_an_advance_says_that_it_is_one() -> None:
    one = approved(refund())
    assert one.effects[-1] == TakeRelease(PAYMENT, "refund", provisional=False)
    assert (one.matter.state, one.matter.queue) == ("APPROVED", "refunds to send")
    assert one.matter.body["approvals"][0]["by"] == "zhang" and one.matter.body["approvals"][0]["shown"] == "seen"
    assert approved(provisional()).effects[-1] == TakeRelease(PAYMENT, "refund", provisional=True)


def test_an_approval_is_of_what_holds_now() -> None:
    one = proposed(provisional())
    one.others["customer"] = (other(fen=50_000, rule="PR-5"),)
    assert "it is PR-5 now, not PR-4" in one.refused("Approved", "zhang").text
    one.others["customer"] = (other(fen=1),)
    assert "another advance" in one.refused("Approved", "zhang").text
    one.others["customer"] = ()
    one.others["merchant"] = (other(fen=199_999),)
    assert "day's limit" in one.refused("Approved", "zhang").text
    one.others["customer"] = (other(fen=50_000, rule="PR-5", gives="final"),)
    one.well("Reweighed", "li")
    assert one.matter.body["rule"] == "PR-5" and one.well("Approved", "zhang").state == "APPROVED"
    one.others["case"] = ()
    assert "PR-9" in one.refused("Reweighed", "li").text


def test_reweighing_what_was_approved_frees_the_token_and_asks_again() -> None:
    one = approved(refund())
    assert one.well("Reweighed", "li").state == "PROPOSED"
    assert one.effects[-1] == FreeRelease(PAYMENT) and one.matter.body["approvals"] == []


def test_the_automatic_check_counts_where_the_row_says_so() -> None:
    one = provisional()
    row = {**one.rules["refund policy"]["PR-4"], "machine_checks": True}
    one.rules["refund policy"] = {**one.rules["refund policy"], "PR-4": row}
    proposed(one)
    assert one.matter.due_at == one.now
    one.others["merchant"] = (other(fen=199_999),)
    assert one.well("ClockRan").state == "PROPOSED"
    assert "day's limit" in one.matter.body["check"] and one.matter.due_at == one.matter.body["expires_at"]
    one.others["merchant"] = ()
    one.well("Reweighed", "mei")
    assert one.well("ClockRan").state == "APPROVED" and one.matter.body["approvals"] == []


def test_where_it_does_not_the_clock_only_waits_and_then_the_proposal_lapses() -> None:
    one = proposed(provisional())
    assert one.well("ClockRan").state == "PROPOSED" and one.matter.due_at == one.matter.body["expires_at"]
    one.wait(DAY_MS)
    assert one.well("ClockRan").state == "EXPIRED" and one.matter.due_at is None
    assert Free(f"refund of {PAYMENT}") in one.effects and FreeRelease(PAYMENT) not in one.effects
    told = {"remedy": "refund-1", "state": "EXPIRED", "fen": FEN}
    assert one.effects[-1] == Say("case-9", "RemedyEnded", told, softly=True)


def test_an_approval_lapses_too_and_gives_the_token_back() -> None:
    one = approved(refund())
    assert one.well("ClockRan").state == "EXPIRED" and FreeRelease(PAYMENT) in one.effects


@pytest.mark.parametrize(
    ("fact", "who", "state"),
    [("Rejected", "zhang", "REFUSED"), ("Blocked", "ran", "STOPPED"), ("Withdrawn", "li", "STOPPED")],
)
def test_it_is_put_down_in_words(fact: str, who: str, state: str) -> None:
    one = proposed(refund())
    ground = {"ground": "evidence missing"} if fact == "Rejected" else {}
    assert one.well(fact, who, reason="no", **ground).state == state and one.matter.body["ended_because"] == "no"


def test_money_of_the_shop_is_held_once_and_freed_when_nothing_leaves() -> None:
    one = proposed(refund())
    assert "lies in suspense" in one.refused("Held", "wang").text
    one.pays(suspense_fen=0)
    one.well("Held", "wang")
    assert one.refused("Held", "wang").text == "it is held already"
    one.well("Withdrawn", "li", reason="wrong payment")
    assert booked(one.effects) == [("merchant held", FEN), ("merchant freed", FEN)]


def test_a_second_person_stops_a_reversal_before_an_advance() -> None:
    one = proposed(provisional())
    one.well("StopReversal", "zhang", reason="the window is over")
    assert one.effects[-1] == HandIn("ReversalStopped", PAYMENT)


@pytest.mark.parametrize("state", [proposed, approved])
def test_money_that_goes_back_by_itself_stops_what_has_not_left(state: Any) -> None:
    one = state(refund())
    assert one.well("PaymentMoved").state == one.matter.state
    one.pays(truth="charged_returned", proof="acknowledged")
    assert one.well("PaymentMoved").state == "STOPPED"
    assert "went back by itself" in one.matter.body["ended_because"]
    assert state(refund()).well("ChargedBack").state == "STOPPED"
    assert state(refund()).well("CreditedElsewhere", "li", **SEEN_AT).state == "STOPPED"


def test_a_payment_that_stands_otherwise_is_asked_about_again() -> None:
    one = approved(provisional())
    one.pays(truth="charged_kept", proof="proven")
    assert one.well("PaymentMoved").state == "PROPOSED" and one.matter.body["rule"] == "PR-1"
    one.pays(truth="unknown", proof="claimed")
    one.others["case"] = ()
    assert one.well("PaymentMoved").state == "STOPPED" and "PR-9" in one.matter.body["ended_because"]


def test_it_is_sent_once_under_its_own_number_by_another_than_the_proposer() -> None:
    one = approved(refund())
    assert one.refused("Sent", "li", **DONE).why == "role"
    one.pays(truth="unknown", proof="claimed")
    assert "say Reweighed" in one.refused("Sent", "wang", **DONE).text
    one.pays(truth="charged_kept", proof="proven")
    assert one.refused("Sent", "wang", way="file", reference="F1").why == "field"
    one.well("Sent", "wang", **DONE)
    assert one.effects[-1] == Take("give-back reference F1 line 7", "that number was used for another give-back")
    assert one.matter.body["sending"]["key"] == "refund-1" and one.refused("Sent", "wang", **DONE).why == "order"


def test_what_the_channel_did_not_do_frees_the_token_and_what_is_late_is_shown_to_those_above() -> None:
    one = sent(refund())
    assert one.well("ClockRan").queue == "supervisor" and one.matter.body["late"]
    assert one.well("NotPosted", "wang", **SEEN_AT).state == "STOPPED" and FreeRelease(PAYMENT) in one.effects


EMERGENCY = {"ground": "customer in need", "reason": "surgery tomorrow, nobody else on shift"}


def test_in_an_emergency_one_person_approves_and_a_review_is_opened() -> None:
    one = proposed(refund())
    assert one.refused("ApprovedAlone", "li", **EMERGENCY).why == "role"
    assert one.refused("ApprovedAlone", "zhang", reason="quick").why == "field"
    assert one.well("ApprovedAlone", "zhang", **EMERGENCY).state == "APPROVED"
    opened = [effect for effect in one.effects if isinstance(effect, Open)]
    assert [(effect.kind, effect.parent, effect.said["alone"]) for effect in opened] == [("review", "case-9", "zhang")]
    assert one.matter.body["approvals"][0]["alone"] == "customer in need"


def test_alone_lifts_the_second_person_and_nothing_else() -> None:
    one = proposed(refund())
    one.pays(truth="charged_returned", proof="proven")
    assert one.refused("ApprovedAlone", "zhang", **EMERGENCY).why in ("rule", "stale")
    poor = proposed(refund())
    poor.pays(suspense_fen=0)
    assert "lie neither in suspense" in poor.refused("ApprovedAlone", "zhang", **EMERGENCY).text
    rich = proposed(refund())
    rich.rules["alone limits"] = {**RULES["alone limits"], "fen": {"n": FEN - 1}}
    assert rich.refused("ApprovedAlone", "zhang", **EMERGENCY).text.startswith("alone: up to")


def test_alone_the_roles_of_the_rule_are_still_wanted_and_who_made_it_does_not_review_it() -> None:
    one = proposed(refund())
    rule = one.matter.body["rule"]
    row = {**one.rules["refund policy"][rule], "roles": ["finance"]}
    one.rules["refund policy"] = {**one.rules["refund policy"], rule: row}
    assert one.refused("ApprovedAlone", "zhang", **EMERGENCY).text == f"alone: {rule} still takes one each of finance"
    assert one.well("ApprovedAlone", "wang", **EMERGENCY).state == "APPROVED"
    (review,) = [effect for effect in one.effects if isinstance(effect, Open)]
    assert set(review.said["apart"]) >= one.matter.said_by("Opened")


def test_in_no_emergency_does_anybody_approve_or_send_what_is_their_own() -> None:
    one = refund()
    one.well("Opened", "wang", fen=FEN, customer="C1", reason="no goods")
    assert one.refused("ApprovedAlone", "wang", **EMERGENCY).why == "self"
    one.well("ApprovedAlone", "zhang", **EMERGENCY)
    assert one.refused("Sent", "wang", way="file", reference="F1 line 7", looked_up="nothing").why == "self"


def test_a_proposal_that_lapsed_is_approved_by_nobody() -> None:
    one: Played = proposed(refund())
    one.now = one.matter.body["expires_at"]
    for name, words in (("Approved", {}), ("ApprovedAlone", EMERGENCY)):
        refused = one.refused(name, "zhang", **words)
        assert (refused.why, refused.text) == ("stale", "the proposal lapsed; nobody decided in time")
