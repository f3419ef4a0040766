"""Do the books of a refund balance on every way, and is money that went twice found, counted and ended?"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from chongzheng.cases.effects import Free, FreeRelease, Open, Say
from chongzheng.reversal.booking import Booking
from chongzheng.reversal.booking import booked as entry_of
from unit.cases.giving import (
    DONE,
    FEN,
    PAYMENT,
    SEEN_AT,
    booked,
    final,
    posted,
    proposed,
    provisional,
    refund,
    sent,
)
from unit.cases.play import Played

BACK = {"truth": "charged_returned", "proof": "proven"}
SAID_BACK = {"truth": "charged_returned", "proof": "acknowledged"}
KEPT = {"truth": "charged_kept", "proof": "proven"}


def left(one: Played, suspense: int) -> dict[str, int]:
    """What all bookings leave on each account, debits above nought, with what the machine has in suspense."""
    lies: Counter[str] = Counter({"suspense": -suspense, "clearing receivable": suspense})
    for what, fen in booked(one.effects):
        entry = entry_of(Booking(what), fen)
        lies[str(entry.debit)] += entry.fen
        lies[str(entry.credit)] -= entry.fen
    return {name: fen for name, fen in lies.items() if fen}


def moves(one: Played, **stands: Any) -> Played:
    """The payment moves, and it hears so."""
    one.pays(**stands)
    one.well("PaymentMoved")
    return one


def opened(one: Played) -> list[Open]:
    """What it opened."""
    return [effect for effect in one.effects if isinstance(effect, Open)]


def test_a_final_refund_takes_from_suspense_and_ends_with_the_file() -> None:
    one = final()
    assert one.matter.state == "CONFIRMED_FINAL" and left(one, FEN) == {}
    assert [each.kind for each in opened(one)] == ["watch"]
    assert Say(
        "case-9", "RemedyEnded", {"remedy": "refund-1", "state": "CONFIRMED_FINAL", "fen": FEN}, softly=True
    ) in (one.effects)


@pytest.mark.parametrize("held", [False, True])
def test_a_final_refund_of_what_the_shop_has_is_the_shops(held: bool) -> None:
    one = refund(truth="charged_kept")
    one.pays(suspense_fen=0, shop_fen=FEN)
    proposed(one)
    if held:
        one.well("Held", "wang")
    one.well("Approved", "zhang")
    one.well("Sent", "wang", **DONE)
    one.well("Posted", "wang", **SEEN_AT)
    one.well("CreditSeen", "wang", **SEEN_AT)
    assert left(one, 0) == {"merchant payable": FEN, "clearing receivable": -FEN}
    moves(one, **BACK)
    assert left(one, 0) == {"provisional refunds": FEN, "clearing receivable": -FEN}


def test_an_advance_is_covered_when_the_debit_is_proven() -> None:
    one = posted(provisional())
    assert (one.matter.state, one.matter.body["advance"]) == ("POSTED", FEN)
    assert left(one, FEN)["provisional refunds"] == FEN
    assert "no file shows it" in one.refused("CreditSeen", "wang", **SEEN_AT).text
    moves(one, truth="contested", proof="claimed")
    assert one.matter.state == "POSTED"
    moves(one, **KEPT)
    assert one.matter.state == "CONFIRMED_FINAL" and left(one, FEN) == {"bank": -FEN, "clearing receivable": FEN}


def test_an_advance_on_what_went_back_is_a_double_credit_with_a_claw_back_and_a_reason_for_the_case() -> None:
    one = moves(posted(provisional()), **SAID_BACK)
    assert (one.matter.state, one.matter.body["doubled"]) == ("DOUBLE_CREDIT", 1)
    clawback, joined = opened(one)
    assert (clawback.kind, clawback.key, clawback.parent) == ("clawback", "clawback refund-1 1", "refund-1")
    assert clawback.said["cleared"] and clawback.said["fen"] == FEN and joined.joins == "Joined"
    assert one.well("RecoveryBegan", clawback="clawback-1").state == "RECOVERING"
    moves(one, suspense_fen=0, **BACK)
    assert one.well("Recovered", how="bank", fen=FEN - 1).state == "RECOVERING"
    assert "only 1 fen" in one.refused("Recovered", how="bank", fen=2).text
    assert one.well("Recovered", how="bank", fen=1).state == "RECOVERED"
    assert one.effects[-3:-1] == [Free(f"refund of {PAYMENT}"), FreeRelease(PAYMENT)]
    assert left(one, 0) == {} and one.refused("Posted", "wang", **SEEN_AT).why == "order"


def test_what_was_only_said_to_go_back_is_not_booked_and_may_turn_out_otherwise() -> None:
    one = moves(final(), **SAID_BACK)
    assert one.matter.state == "DOUBLE_CREDIT" and left(one, FEN) == {}
    assert "not shown in the books yet" in one.refused("Recovered", how="file", fen=FEN).text
    assert "not shown in the books yet" in one.refused("WrittenOff").text
    moves(one, truth="unknown", proof="claimed")
    assert one.matter.state == "DOUBLE_CREDIT"
    moves(one, **KEPT)
    assert one.matter.state == "CONFIRMED_FINAL"
    assert "NotDouble" in [each.joins for each in opened(one)]


@pytest.mark.parametrize(
    ("how", "books"),
    [
        ("file", {}),
        ("bank", {"bank": FEN, "clearing receivable": -FEN}),
        ("cancelled", {"bank": FEN, "clearing receivable": -FEN}),
    ],
)
def test_a_final_refund_that_went_back_as_well_is_recovered(how: str, books: dict[str, int]) -> None:
    one = moves(final(), suspense_fen=0, **BACK)
    assert left(one, 0) == {"provisional refunds": FEN, "clearing receivable": -FEN}
    assert one.well("Recovered", how=how, fen=FEN).state == "RECOVERED" and left(one, 0) == books


def test_a_refund_that_no_file_has_shown_can_be_cancelled() -> None:
    one = moves(posted(refund()), suspense_fen=0, **BACK)
    assert one.well("Recovered", how="cancelled", fen=FEN).state == "RECOVERED" and left(one, 0) == {}


def test_what_does_not_come_back_is_our_loss() -> None:
    one = moves(posted(refund()), suspense_fen=0, **BACK)
    assert one.well("WrittenOff").state == "WRITTEN_OFF" and one.matter.body["lost_fen"] == FEN
    one.well("CreditSeen", "wang", **SEEN_AT)
    assert left(one, 0) == {"compensation": FEN, "clearing receivable": -FEN}
    assert one.refused("CreditSeen", "wang", **SEEN_AT).text == "a file has shown it already"


def test_what_has_not_left_is_stopped_in_time_and_nothing_is_booked() -> None:
    one = moves(sent(refund()), suspense_fen=0, **BACK)
    assert one.matter.state == "DOUBLE_CREDIT" and booked(one.effects) == []
    assert one.refused("CreditSeen", "wang", **SEEN_AT).why == "order"
    assert one.well("Recovered", how="stopped", fen=FEN).state == "RECOVERED" and booked(one.effects) == []


@pytest.mark.parametrize("charged_back", [False, True])
def test_what_leaves_although_nothing_is_owed_any_more_is_found_and_cannot_be_stopped(charged_back: bool) -> None:
    one = sent(refund())
    if charged_back:
        one.well("ChargedBack")
    else:
        moves(one, suspense_fen=0, **BACK)
    one.well("Posted", "wang", **SEEN_AT)
    assert (one.matter.state, one.matter.body["advance"]) == ("DOUBLE_CREDIT", FEN)
    assert one.refused("Posted", "wang", **SEEN_AT).text == "it is posted already"
    assert "cannot be stopped" in one.refused("Recovered", how="stopped", fen=FEN).text
    one.well("CreditSeen", "wang", **SEEN_AT)
    assert left(one, 0) == {"provisional refunds": FEN, "clearing receivable": -FEN}


def test_a_chargeback_after_a_refund_is_a_double_credit_until_it_is_undone() -> None:
    one = final()
    one.well("ChargedBack")
    assert one.matter.state == "DOUBLE_CREDIT" and one.matter.body["advance"] == FEN
    assert opened(one)[-2].said["why"] == "chargeback"
    one.well("ChargebackUndone")
    assert (one.matter.state, one.matter.body["advance"]) == ("CONFIRMED_FINAL", 0)
    assert [fen for name, fen in left(one, FEN).items() if name == "provisional refunds"] == []
    one.well("ChargebackUndone")
    assert one.matter.state == "CONFIRMED_FINAL"


def test_a_refund_on_its_way_is_on_its_way_again_when_the_other_did_not_happen() -> None:
    one = moves(sent(refund()), **SAID_BACK)
    moves(one, **KEPT)
    assert one.matter.state == "SENT" and opened(one)[-1].joins == "NotDouble"
    moves(one, **KEPT)
    assert one.matter.state == "SENT"
    one.well("ChargedBack")
    assert one.matter.body["doubled"] == 2 and opened(one)[-2].key == "clawback refund-1 2"
    assert opened(one)[-2].payment == PAYMENT
    one.well("ChargedBack")
    assert one.matter.body["doubled"] == 2


def test_posted_while_only_said_to_be_back_it_is_booked_as_usual_until_the_file_tells() -> None:
    one = moves(sent(refund()), **SAID_BACK)
    one.well("Posted", "wang", **SEEN_AT)
    assert one.matter.state == "DOUBLE_CREDIT" and booked(one.effects) == [("found for cardholder", FEN)]
    moves(one, suspense_fen=0, **BACK)
    assert booked(one.effects)[-1] == ("doubled", FEN)


def test_what_a_person_sent_to_the_cardholder_before_is_not_taken_once_more() -> None:
    one = sent(refund())
    one.pays(suspense_fen=0, cardholder_fen=FEN)
    one.well("Posted", "wang", **SEEN_AT)
    assert booked(one.effects) == [] and one.matter.body["source"] == "cardholder"


def test_what_nobody_has_is_an_advance_until_somebody_has_it() -> None:
    one = sent(refund())
    one.pays(suspense_fen=0)
    one.well("Posted", "wang", **SEEN_AT)
    assert (one.matter.state, one.matter.body["advance"]) == ("POSTED", FEN)
    assert booked(one.effects) == [("doubled unseen", FEN)]
    moves(one, cardholder_fen=FEN)
    assert one.matter.body["advance"] == FEN  # that is what this refund itself put there
    moves(one, suspense_fen=FEN)
    assert booked(one.effects)[1:] == [("found for cardholder", FEN), ("advance covered", FEN)]
    assert one.matter.body["advance"] == 0


def test_a_refund_is_borne_where_the_machine_has_the_money_now() -> None:
    one = final()
    moves(one, suspense_fen=-FEN, shop_fen=FEN)
    assert booked(one.effects)[-1] == ("shop pays", FEN) and one.matter.body["source"] == "merchant"
    moves(one, suspense_fen=FEN, shop_fen=-FEN)
    assert booked(one.effects)[-1] == ("shop repaid", FEN) and one.matter.body["source"] == "suspense"
    moves(one, suspense_fen=0, shop_fen=0)
    assert booked(one.effects)[-1] == ("shop repaid", FEN) and one.matter.state == "CONFIRMED_FINAL"


def test_what_was_held_for_an_advance_covers_it() -> None:
    one = refund("charged_kept", "acknowledged")
    one.pays(suspense_fen=0, shop_fen=FEN)
    proposed(one)
    one.well("Held", "wang")
    one.well("Approved", "zhang")
    one.well("Sent", "wang", **DONE)
    one.well("Posted", "wang", **SEEN_AT)
    moves(one, **KEPT)
    assert (one.matter.state, one.matter.body["held"]) == ("CONFIRMED_FINAL", False)
    assert left(one, 0) == {"merchant payable": FEN, "bank": -FEN}


def test_what_was_held_is_free_when_it_went_back_by_itself() -> None:
    one = refund("charged_kept", "acknowledged")
    one.pays(suspense_fen=0, shop_fen=FEN)
    proposed(one)
    one.well("Held", "wang")
    one.well("Approved", "zhang")
    one.well("Sent", "wang", **DONE)
    moves(one, shop_fen=-FEN, **BACK)
    assert booked(one.effects) == [("merchant held", FEN), ("merchant freed", FEN)]


def test_what_a_wallet_or_an_issuer_says_it_gave_back_is_stopped_and_taken_back_but_not_booked() -> None:
    one = posted(provisional())
    one.well("CreditedElsewhere", "li", reference="wallet notice 3")
    assert one.matter.state == "DOUBLE_CREDIT" and opened(one)[-2].said["why"] == "elsewhere: wallet notice 3"
    assert booked(one.effects) == [("advanced", FEN)]
    moves(one, **KEPT)
    assert one.matter.state == "DOUBLE_CREDIT"
    assert one.well("CreditDenied", "wang", **SEEN_AT).state == "CONFIRMED_FINAL"
    assert left(one, FEN) == {"bank": -FEN, "clearing receivable": FEN}
