"""Is the rule of a refund computed from what is known, and does whatever stands in its way refuse it in words?"""

from __future__ import annotations

from typing import Any

import pytest

from chongzheng.cases.matter import Fact, Given, Matter
from chongzheng.cases.refund_policy import DAY_MS, Gives, Level
from chongzheng.cases.refund_rules import (
    OPERATOR_GROUPS,
    REFUND_LIMITS,
    asks,
    circumstances,
    group_of,
    kept,
    let_go,
    not_yet,
    objection,
    reporters,
    returned,
    weigh,
)
from unit.cases.giving import FEN, NO_GOODS, PAYMENT, case, other
from unit.cases.play import NOON_MS, RULES, standing

ABOUT = {"customer": "C1", "card": "K1", "merchant": "M1", "group": "night"}


def given(truth: str = "unknown", proof: str = "claimed", rules: dict[str, Any] | None = None, **others: Any) -> Given:
    """What a rule may know."""
    stands = standing(truth, proof=proof, suspense_fen=FEN, amount_fen=FEN)
    found = {"case": (case(*NO_GOODS),), **others}
    return Given({**RULES, **(rules or {})}, stands, found)


def matter(fen: int = FEN, **body: Any) -> Matter:
    """The refund in question."""
    return Matter("refund-1", "refund", "PROPOSED", opened_at=NOON_MS, payment=PAYMENT, fen=fen,
                  body={**ABOUT, "held": False, **body})  # fmt: skip


def weighed(fen: int = FEN, known: Given | None = None, **about: Any) -> Any:
    """Which rule holds."""
    return weigh(matter(fen), {**ABOUT, **about}, fen, NOON_MS, known or given())


def test_evidence_is_what_good_witnesses_said_and_never_what_the_cardholder_did() -> None:
    seen = circumstances(ABOUT, PAYMENT, given())
    assert (seen.host_approved, seen.reversal_failed, seen.goods, seen.blocked) == (True, True, "no", "")
    weak = (
        {"witness": "cardholder", "original": "yes", "goods": "no"},
        {"witness": "cardholder", "reversal": "acked 00"},
    )
    seen = circumstances({"hardship": True}, PAYMENT, given(case=(case(*weak),)))
    assert (seen.host_approved, seen.reversal_failed, seen.goods, seen.hardship) == (False, False, "unknown", True)
    assert circumstances(ABOUT, PAYMENT, given(case=())).goods == "unknown"


def test_goods_that_were_handed_over_bar_a_refund_but_not_that_of_one_of_two() -> None:
    delivered = (*NO_GOODS, {"witness": "merchant", "goods": "once"})
    assert circumstances(ABOUT, PAYMENT, given(case=(case(*delivered),))).goods == "yes"
    twice = given("charged_twice", "proven", case=(case(*delivered),))
    assert circumstances(ABOUT, PAYMENT, twice).goods == "no"
    assert weighed(known=twice).gives is Gives.FINAL


@pytest.mark.parametrize("name", ["merchant M1", "customer C1", "card K1", f"payment {PAYMENT}"])
def test_a_row_of_the_register_blocks_until_it_is_ended(name: str) -> None:
    rows = {"refund blocks": {name: {"why": "fraud"}}}
    known = given(rules=rows)
    assert weighed(known=known).rule == "PR-X"
    refused = objection(matter(), ABOUT, weighed(known=known), NOON_MS, known)
    assert refused is not None and refused.text == f"PR-X: nothing is given back (fraud: {name})"
    ended = {"refund blocks": {name: {"why": "fraud", "ended": True}}}
    assert weighed(known=given(rules=ended)).rule == "PR-4"


def test_a_chargeback_in_flight_blocks() -> None:
    lives = Matter("dispute-3", "dispute", "RECEIVED", body={"live": True, "action": "chargeback"})
    over = Matter("dispute-4", "dispute", "LOST", body={"live": False, "action": "chargeback"})
    won = Matter("dispute-5", "dispute", "WON", body={"live": False, "action": "chargeback"})
    asked = Matter("dispute-6", "dispute", "LOST", body={"live": False, "action": "inquiry"})
    assert weighed(known=given(disputes=(won, asked, lives))).seen.blocked == "chargeback in flight: dispute-3"
    assert weighed(known=given(disputes=(over,))).seen.blocked == "charged back, and borne: dispute-4"
    assert weighed(known=given(disputes=(won, asked))).seen.blocked == ""
    assert weighed(known=given(disputes=(won,))).rule == "PR-4"


def test_whoever_splits_an_amount_meets_the_rule_of_the_whole() -> None:
    first, later = other(fen=10_000), other("refund-3", 10_000, "PROPOSED")
    dead, mine = other("refund-4", 10_000, "EXPIRED"), other("refund-1", 10_000)
    known = given(customer=(first, dead, mine), card=(first, later))
    found = weighed(known=known)
    assert (found.rule, found.counted_fen, found.parts) == ("PR-5", FEN + 20_000, ("refund-2", "refund-3"))
    old = Matter("refund-5", "refund", "POSTED", opened_at=NOON_MS - DAY_MS - 1, fen=10_000, body={})
    assert weighed(known=given(customer=(old,))).counted_fen == FEN


def test_what_the_rule_says_no_to_is_refused_in_words() -> None:
    known = given("charged_returned", "proven")
    found = weighed(known=known)
    refused = objection(matter(), ABOUT, found, NOON_MS, known)
    assert found.level is Level.E0 and refused is not None
    assert refused.text == "PR-0: nothing is given back (evidence E0, goods no)"
    assert objection(matter(), ABOUT, weighed(), NOON_MS, given()) is None


def test_a_customer_has_one_advance_at_a_time_and_one_refund_out_of_hardship() -> None:
    busy = given(customer=(other("refund-2", 1, "CONFIRMED_FINAL"), other("refund-3", 1)))
    refused = objection(matter(), ABOUT, weighed(known=busy), NOON_MS, busy)
    assert refused is not None and refused.text.endswith("another advance open, refund-3")
    poor = given("unknown", "claimed", case=(), customer=(other(fen=1, state="RECOVERED", hard=True),))
    found = weighed(100, poor, hardship=True)
    refused = objection(matter(100), ABOUT, found, NOON_MS, poor)
    assert found.rule == "PR-8" and refused is not None and refused.text.endswith("already, refund-2")
    assert objection(matter(100), ABOUT, found, NOON_MS + 91 * DAY_MS, poor) is None


def test_an_approval_waits_for_limits_for_held_money_and_for_a_cycle() -> None:
    used = given(merchant=(other(fen=195_000), other("refund-3", 9_000, "PROPOSED")), group=())
    refused = not_yet(matter(), weighed(known=used), NOON_MS, used)
    assert refused is not None and refused.text == (
        "PR-4: the day's limit of this merchant is 200000 fen, 195000 are given"
    )
    fits = given(group=(other(fen=1_987_655, rule="PR-4"), other("refund-3", 9, rule="PR-5")))
    assert not_yet(matter(), weighed(known=fits), NOON_MS, fits) is None

    big = Given(RULES, {**given().payment, "suspense_fen": 0}, given().others)
    found = weigh(matter(500_000), ABOUT, 500_000, NOON_MS, big)
    refused = not_yet(matter(500_000), found, NOON_MS, big)
    assert found.rule == "PR-6" and refused is not None and "say Held first" in refused.text
    assert not_yet(matter(500_000, held=True), found, NOON_MS, big) is None
    young = Given(RULES, big.payment, {"case": (case(*NO_GOODS, opened_at=NOON_MS - DAY_MS + 1),)})
    refused = not_yet(matter(500_000, held=True), found, NOON_MS, young)
    assert refused is not None and "is waited for" in refused.text


def test_a_clock_that_was_set_back_makes_nobody_wait_where_no_wait_is_agreed() -> None:
    later = given(case=(case(*NO_GOODS, opened_at=NOON_MS + DAY_MS),))
    assert not_yet(matter(), weighed(known=later), NOON_MS, later) is None


def test_a_final_refund_needs_money_that_lies_somewhere() -> None:
    nowhere = Given(RULES, standing("charged_kept", amount_fen=FEN), given().others)
    refused = not_yet(matter(), weighed(known=nowhere), NOON_MS, nowhere)
    assert refused is not None and "lie neither in suspense nor" in refused.text
    shop = Given(RULES, {**nowhere.payment, "shop_fen": FEN}, nowhere.others)
    assert not_yet(matter(), weighed(known=shop), NOON_MS, shop) is None


def test_who_reported_the_case_and_whose_limit_it_is() -> None:
    rows = {"operator groups": {"li": {"group": "night"}}}
    assert (group_of("li", given(rules=rows)), group_of("mei", given(rules=rows))) == ("night", "everybody")
    assert reporters(given()) == {"sun"} and reporters(given(case=(case(by="program"),))) == frozenset()
    complaint = Matter("complaint-3", "complaint", body={"by": {"Opened": ["zhang"], "Answered": ["mei"]}})
    joined = Matter("case-9", "case", body={"by": {"Opened": ["program"], "Joined": ["wang"]}})
    assert reporters(given(case=(joined,), complaints=(complaint,))) == {"zhang", "wang"}
    assert OPERATOR_GROUPS.wrong({"group": "night"}) == ""


def test_what_is_asked_of_others_is_known_from_the_words_or_the_body() -> None:
    new = asks(Matter("", "refund", payment=PAYMENT), Fact("Opened", NOON_MS, "li", said={"customer": "C1"}))
    assert new["customer"].value == "C1" and new["case"].value == PAYMENT and "card" not in new
    known = asks(matter(), Fact("Approved", NOON_MS, "zhang"))
    assert (known["card"].value, known["merchant"].value, known["group"].value) == ("K1", "M1", "night")
    assert known["merchant"].since == NOON_MS - DAY_MS


@pytest.mark.parametrize(
    ("truth", "proof", "back", "free", "shown"),
    [
        ("charged_returned", "claimed", False, False, False),
        ("charged_returned", "acknowledged", True, False, False),
        ("charged_returned", "proven", True, True, False),
        ("never_charged", "acknowledged", True, True, False),
        ("never_charged", "claimed", False, False, False),
        ("charged_kept", "acknowledged", False, False, False),
        ("charged_kept", "proven", False, False, True),
        ("charged_twice", "confirmed", False, False, True),
        ("unknown", "proven", False, False, False),
    ],
)
def test_what_went_back_what_the_books_let_go_and_what_is_shown_kept(
    truth: str, proof: str, back: bool, free: bool, shown: bool
) -> None:
    stands = standing(truth, proof=proof)
    assert (returned(stands), let_go(stands), kept(stands)) == (back, free, shown)


def test_a_limit_is_above_nought() -> None:
    assert REFUND_LIMITS.wrong({"zh": "x", "en": "x", "n": 0}) == "n is above nought"
    assert {name: REFUND_LIMITS.wrong(row) for name, row in REFUND_LIMITS.shipped.items()} == dict.fromkeys(
        REFUND_LIMITS.shipped, ""
    )
