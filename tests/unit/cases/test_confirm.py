"""Is there a decision for every combination of witnesses, and never a refund on what is not known?"""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from chongzheng.cases.columns import Clearing, Goods, Original, Reversal
from chongzheng.cases.confirm import decide, retry_allowed
from chongzheng.cases.consequence import ACTIONS, CONSEQUENCES
from chongzheng.cases.reading import FINDINGS, READINGS, Finding
from chongzheng.reversal.payment import MoneyIs, Proof, Truth
from unit.cases.combined import EVERY, ROWS

O, G, R, C = Original, Goods, Reversal, Clearing  # noqa: E741 - the letters of the table's columns
GOLDEN = Path(__file__).parents[2] / "data/decision-table.csv"
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
    assert {one.rule for one in found} == {row.rule for row in CONSEQUENCES}
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


@pytest.mark.parametrize("truth", Truth)
def test_a_sale_is_repeated_only_when_nobody_is_charged(truth: Truth) -> None:
    found = retry_allowed(truth)
    assert found.allowed is (truth in (Truth.NEVER_CHARGED, Truth.CHARGED_RETURNED)) and found.zh and found.en


def test_money_that_is_open_is_never_settled() -> None:
    assert all(decide(said).money.position is not MoneyIs.UNKNOWN for said in EVERY if decide(said).settled)
