"""Is there a decision for every combination of witnesses, and never a refund on what is not known?"""

import csv
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from chongzheng.cases import confirm
from chongzheng.cases.confirm import (
    ACTIONS,
    FINDINGS,
    OUTCOMES,
    READINGS,
    Clearing,
    Decision,
    Finding,
    Goods,
    Original,
    Question,
    Reading,
    Reversal,
    Says,
    Witnesses,
    decide,
    next_question,
    retry_allowed,
    weigh,
)
from chongzheng.mistakes import OurMistake
from chongzheng.reversal.payment import MoneyIs, Proof, Truth

GOLDEN = Path(__file__).parents[2] / "data/decision-table.csv"
EVERY = [
    Witnesses(o, g, r, c, refunded, back)
    for o, g, r, c, refunded, back in product(Original, Goods, Reversal, Clearing, (False, True), (False, True))
]
BARE = [said for said in EVERY if said.goods is Goods.NO and not said.refunded and not said.charged_back]
O, G, R, C = Original, Goods, Reversal, Clearing  # noqa: E741 - the letters of the table's columns

ROWS = {
    "D1": Witnesses(O.NO, G.NO, R.NOT_FOUND, C.NONE),
    "D2": Witnesses(O.YES, G.NO, R.ACKED, C.BOTH),
    "D3": Witnesses(O.YES, G.NO, R.FAILED, C.ORIGINAL),
    "D4": Witnesses(O.YES, G.ONCE, R.FAILED, C.ORIGINAL),
    "D5": Witnesses(O.YES, G.ONCE, R.ACKED, C.BOTH),
    "D6": Witnesses(O.TWICE, G.ONCE, R.FAILED, C.TWO),
    "D7": Witnesses(O.YES, G.NO, R.ACKED, C.ORIGINAL),
    "D8": Witnesses(O.UNKNOWN, G.UNKNOWN, R.FAILED, C.NOT_YET),
    "D9": Witnesses(O.UNKNOWN, G.NO, R.FAILED, C.NONE_TWO),
    "D10": Witnesses(O.YES, G.NO, R.REFUSED_LATER_DAY, C.ORIGINAL),
    "D11": Witnesses(O.YES, G.NO, R.AMOUNT, C.ORIGINAL),
    "D12": Witnesses(O.YES, G.NO, R.FAILED, C.CHARGEBACK, charged_back=True),
    "D13": Witnesses(O.WALLET, G.NO, R.FAILED, C.NOT_APPLICABLE),
    "D14": Witnesses(O.NO, G.ONCE, R.NONE, C.NONE),
    "D15": Witnesses(O.YES, G.NO, R.ACKED, C.BOTH, refunded=True),
}
TRUTHS = {
    "D1": Truth.NEVER_CHARGED, "D2": Truth.CHARGED_RETURNED, "D3": Truth.CHARGED_KEPT, "D4": Truth.CHARGED_KEPT,
    "D5": Truth.CHARGED_RETURNED, "D6": Truth.CHARGED_TWICE, "D7": Truth.CONTESTED, "D8": Truth.UNKNOWN,
    "D9": Truth.NEVER_CHARGED, "D10": Truth.CHARGED_KEPT, "D11": Truth.CHARGED_KEPT, "D12": Truth.CONTESTED,
    "D13": Truth.CHARGED_KEPT, "D14": Truth.NEVER_CHARGED, "D15": Truth.CHARGED_RETURNED,
}  # fmt: skip
GIVES_BACK = {"D3", "D6", "D10", "D13"}


@pytest.mark.parametrize("name", ROWS)
def test_the_golden_rows(name: str) -> None:
    golden = next(row for row in csv.DictReader(GOLDEN.read_text("utf-8").splitlines()) if row["id"] == name)
    found = decide(ROWS[name])
    assert (found.rule, found.truth) == (name, TRUTHS[name])
    assert (found.words, found.money.words, ACTIONS[found.action][1]) == (
        golden["verdict"], golden["money"], golden["action"],
    )  # fmt: skip
    assert found.final_refund_allowed is (name in GIVES_BACK)


def test_the_other_half_of_d2_a_file_without_the_original() -> None:
    assert decide(replace(ROWS["D2"], clearing=C.NONE)).rule == "D2"


def test_every_combination_has_an_answer_and_every_row_is_reached() -> None:
    found = [decide(said) for said in EVERY]
    assert len(EVERY) == 10_368
    assert {one.rule for one in found} == {row.rule for row in OUTCOMES}
    readings = {next(n for n, row in enumerate(READINGS) if row.fits(said)) for said in EVERY}
    assert readings == set(range(len(READINGS)))
    assert {one.action for one in found} == set(ACTIONS)


def test_a_final_refund_needs_a_known_charge_no_goods_for_it_and_nothing_in_flight() -> None:
    for said in EVERY:
        found = decide(said)
        if found.final_refund_allowed:
            assert found.truth in (Truth.CHARGED_KEPT, Truth.CHARGED_TWICE)
            assert found.proof in (Proof.PROVEN, Proof.CONFIRMED)
            assert said.goods is G.NO or (found.truth is Truth.CHARGED_TWICE and said.goods is G.ONCE)
            assert not said.refunded and not said.charged_back and said.clearing is not C.CHARGEBACK
            assert said.original is not O.CONTRADICTED and said.reversal is not R.UNKNOWN
            assert said.clearing in (C.ORIGINAL, C.TWO, C.TWO_ONE_BACK) or said.original is O.WALLET


def test_nothing_final_is_said_on_missing_or_contradicting_witnesses() -> None:
    for said in EVERY:
        found = decide(said)
        if said.original is O.UNKNOWN and said.clearing in (C.UNKNOWN, C.NOT_YET, C.NOT_APPLICABLE):
            assert said.reversal is R.CONFIRMED or found.truth in (Truth.UNKNOWN, Truth.CONTESTED)
        if said.original is O.CONTRADICTED:
            assert found.truth is Truth.CONTESTED
        if said.original is O.NO and said.clearing in (C.ORIGINAL, C.BOTH, C.TWO, C.TWO_ONE_BACK):
            assert found.truth is Truth.CONTESTED
        if found.truth in (Truth.UNKNOWN, Truth.CONTESTED):
            assert not found.final_refund_allowed and found.proof is Proof.CLAIMED


def test_an_acknowledgement_alone_returns_nothing() -> None:
    for said in EVERY:
        if said.reversal is R.ACKED and said.clearing in (C.UNKNOWN, C.NOT_YET, C.NOT_APPLICABLE):
            assert decide(said).truth is not Truth.CHARGED_RETURNED


def test_the_goods_and_our_own_refund_change_no_truth() -> None:
    for said in EVERY:
        found, bare = decide(said), decide(replace(said, goods=G.UNKNOWN, refunded=False))
        assert (found.truth, found.proof, found.finding) == (bare.truth, bare.proof, bare.finding)


def test_one_silent_day_is_never_proof_that_nothing_was_charged() -> None:
    for said in EVERY:
        if said.clearing is C.NONE and said.original is not O.NO and decide(said).truth is Truth.NEVER_CHARGED:
            pytest.fail(str(said))


def test_after_a_provisional_refund_nothing_more_goes_out() -> None:
    for said in EVERY:
        if said.refunded:
            found = decide(said)
            assert not found.final_refund_allowed
            assert found.action not in ("query-wait", "hold-give-back", "refund-one", "refund-both", "wallet")


def test_hints() -> None:
    assert decide(ROWS["D7"]).hint == "HO-CLEAR" and decide(ROWS["D10"]).hint == "CO-NEXTDAY"
    assert decide(replace(ROWS["D3"], reversal=R.NOT_FOUND)).hint == "SW-MATCH"
    assert decide(ROWS["D1"]).hint == "" and decide(ROWS["D3"]).hint == ""


def test_findings_are_whole() -> None:
    assert set(FINDINGS) == set(Finding)
    assert all(zh and en for _, zh, en in FINDINGS.values()) and all(zh and en for zh, en in ACTIONS.values())


def test_a_hole_in_the_table_is_our_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirm, "OUTCOMES", ())
    with pytest.raises(OurMistake, match="no outcome"):
        decide(Witnesses())


@pytest.mark.parametrize("left_out", range(len(READINGS)))
def test_no_reading_can_be_left_out(left_out: int, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [decide(said) for said in BARE]
    rows = [row for n, row in enumerate(READINGS) if n != left_out]
    monkeypatch.setattr(confirm, "READINGS", (*rows, Reading(Finding.DISPUTE, Proof.PROVEN)))
    assert [decide(said) for said in BARE] != before


# The five witnesses of S-01


FIVE = list(product(Says, Says, Says, Says))


def test_every_combination_of_five_witnesses_has_a_verdict() -> None:
    count = 0
    for (terminal, host, query, reply), clearing, reversal in product(FIVE, Clearing, Reversal):
        known = Witnesses(goods=G.NO, reversal=reversal, clearing=clearing)
        found: Decision = decide(weigh(terminal, host, query, reply, known))
        count += 1
        strong = {query, reply} - {Says.MISSING}
        if len(strong) > 1:
            assert found.truth is Truth.CONTESTED
        if found.final_refund_allowed:
            assert found.truth in (Truth.CHARGED_KEPT, Truth.CHARGED_TWICE)
    assert count == 27_648


MISSING, NOT, DONE, BACK = Says.MISSING, Says.NOT_DONE, Says.DONE, Says.RETURNED


@pytest.mark.parametrize(
    ("says", "original", "reversal"),
    [
        ((MISSING, MISSING, MISSING, MISSING), O.UNKNOWN, R.UNKNOWN),
        ((NOT, MISSING, MISSING, MISSING), O.UNKNOWN, R.UNKNOWN),
        ((DONE, MISSING, MISSING, MISSING), O.YES, R.UNKNOWN),
        ((BACK, MISSING, MISSING, MISSING), O.UNKNOWN, R.ACKED),
        ((NOT, DONE, MISSING, MISSING), O.YES, R.UNKNOWN),
        ((MISSING, NOT, MISSING, MISSING), O.NO, R.UNKNOWN),
        ((DONE, NOT, MISSING, MISSING), O.CONTRADICTED, R.UNKNOWN),
        ((MISSING, BACK, MISSING, MISSING), O.YES, R.ACKED),
        ((MISSING, MISSING, DONE, MISSING), O.YES, R.UNKNOWN),
        ((MISSING, MISSING, NOT, NOT), O.NO, R.UNKNOWN),
        ((NOT, NOT, MISSING, NOT), O.NO, R.UNKNOWN),
        ((BACK, MISSING, NOT, MISSING), O.NO, R.ACKED),
        ((DONE, MISSING, NOT, MISSING), O.CONTRADICTED, R.UNKNOWN),
        ((MISSING, BACK, MISSING, NOT), O.CONTRADICTED, R.UNKNOWN),
        ((MISSING, MISSING, DONE, NOT), O.CONTRADICTED, R.UNKNOWN),
        ((MISSING, MISSING, DONE, BACK), O.CONTRADICTED, R.UNKNOWN),
        ((MISSING, DONE, MISSING, BACK), O.YES, R.CONFIRMED),
        ((MISSING, NOT, DONE, MISSING), O.YES, R.UNKNOWN),
    ],
)
def test_who_is_believed(says: tuple[Says, Says, Says, Says], original: Original, reversal: Reversal) -> None:
    found = weigh(*says, Witnesses())
    assert (found.original, found.reversal) == (original, reversal)


def test_a_refusal_that_was_seen_is_not_overwritten_by_a_journal() -> None:
    assert weigh(BACK, MISSING, MISSING, MISSING, Witnesses(reversal=R.REFUSED)).reversal is R.REFUSED
    assert weigh(BACK, MISSING, MISSING, MISSING, Witnesses(reversal=R.FAILED)).reversal is R.ACKED


# The next question


def asked(said: Witnesses) -> list[str]:
    return [one.ask for one in next_question(said)]


def test_nothing_is_asked_when_all_is_settled() -> None:
    assert all(next_question(said) == () for said in EVERY if decide(said).settled)
    assert [name for name in ROWS if asked(ROWS[name])] == ["D8"]


def test_the_cheapest_question_comes_first() -> None:
    assert asked(ROWS["D8"]) == ["channel query", "clearing file", "issuer inquiry", "merchant"]
    assert asked(replace(ROWS["D3"], goods=G.UNKNOWN))[0] == "merchant"
    assert asked(Witnesses(O.YES, G.NO, R.UNKNOWN, C.NOT_YET))[0] == "channel query"
    assert "host journal" in asked(Witnesses(O.YES, G.NO, R.UNKNOWN, C.NOT_YET))
    assert asked(Witnesses(O.YES, G.NO, R.FAILED, C.NONE)) != []


def test_questions_cost_and_can_change_something() -> None:
    for said in EVERY[::7]:
        found: tuple[Question, ...] = next_question(said)
        assert [one.price for one in found] == sorted(one.price for one in found)
        for one in found:
            assert one.changes > 0 and one.settles <= one.answers and one.cost_minutes > 0 and one.zh and one.en


@pytest.mark.parametrize("truth", Truth)
def test_a_sale_is_repeated_only_when_nobody_is_charged(truth: Truth) -> None:
    found = retry_allowed(truth)
    assert found.allowed is (truth in (Truth.NEVER_CHARGED, Truth.CHARGED_RETURNED)) and found.zh and found.en


def test_money_that_is_open_is_never_settled() -> None:
    assert all(decide(said).money.position is not MoneyIs.UNKNOWN for said in EVERY if decide(said).settled)
