"""Does the machine keep what it has proven, and is a strong witness against it heard, whatever else was said?"""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from chongzheng.cases.columns import Clearing, Goods, Original, Reversal
from chongzheng.cases.hearing import Heard, hear, machine, spoken, unheard_of
from chongzheng.cases.witness import STRONG, WITNESSES, stands
from chongzheng.reversal.payment import Proof, Truth

WORDS = {
    "original": ("yes", "no", "twice", "wallet paid"),
    "reversal": ("none", "failed", "acked 00", "rejected 25", "confirmed", "failed; then chargeback"),
    "clearing": ("not yet", "none", "none in two days", "original only", "original+reversal", "chargeback"),
}
UNPROVEN = (Proof.CLAIMED, Proof.ACKNOWLEDGED, Proof.CONFIRMED)
EVERY = [{"witness": who, column: word} for who in WITNESSES for column, words in WORDS.items() for word in words]


def together(truth: Truth, proof: Proof, *said: dict[str, Any], refunded: bool = False) -> Heard:
    return hear(truth, proof, said, stands(said), refunded=refunded)


@pytest.mark.parametrize(
    "truth", [Truth.NEVER_CHARGED, Truth.CHARGED_KEPT, Truth.CHARGED_RETURNED, Truth.CHARGED_TWICE]
)
def test_what_the_machine_has_proven_is_never_turned_into_another_truth(truth: Truth) -> None:
    assert together(truth, Proof.PROVEN).found.truth is truth
    for first, second in product(EVERY, EVERY[::17]):
        found = together(truth, Proof.PROVEN, first, second)
        assert found.found.truth in (truth, Truth.CONTESTED)
        assert bool(found.against) is (found.found.truth is Truth.CONTESTED)
        weak = first["witness"] not in STRONG and second["witness"] not in STRONG
        assert not (weak and found.against)


@pytest.mark.parametrize(("truth", "proof"), list(product(Truth, Proof)))
def test_what_the_machine_says_alone_is_its_own_truth_or_less(truth: Truth, proof: Proof) -> None:
    found = together(truth, proof).found.truth
    assert found in (truth, Truth.UNKNOWN) and together(truth, proof).against == ()
    if proof in (Proof.PROVEN, Proof.CONFIRMED):
        assert found is truth


@pytest.mark.parametrize(("truth", "proof"), list(product(Truth, UNPROVEN)))
def test_whoever_speaks_no_second_definite_truth_stands_beside_the_machines(truth: Truth, proof: Proof) -> None:
    for first, second in product(EVERY[::2], EVERY[::29]):
        found = together(truth, proof, first, second)
        if truth is not Truth.UNKNOWN:
            assert found.found.truth in (truth, Truth.CONTESTED, Truth.UNKNOWN)
        if found.found.final_refund_allowed:
            assert found.found.truth in (Truth.CHARGED_KEPT, Truth.CHARGED_TWICE)


def test_a_strong_witness_against_it_is_named() -> None:
    issuer = {"witness": "issuer", "original": "no", "goods": "no", "text": "nothing here"}
    assert together(Truth.CHARGED_KEPT, Proof.PROVEN, issuer).against == ("issuer: original no",)
    acked = {"witness": "channel query", "reversal": "confirmed"}
    assert together(Truth.CHARGED_KEPT, Proof.PROVEN, acked).against == ("channel query: reversal confirmed",)
    assert together(Truth.CONTESTED, Proof.CLAIMED, issuer).against == ()


def test_what_speaks_against_it_only_together_is_contested_too() -> None:
    said = (
        {"witness": "channel query", "original": "yes"},
        {"witness": "terminal journal", "clearing": "none in two days"},
    )
    found = together(Truth.CHARGED_KEPT, Proof.ACKNOWLEDGED, *said)
    assert found.found.truth is Truth.CONTESTED and found.against == ("they contradict it together",)


def test_what_is_proven_kept_was_reversed_in_vain_and_a_refund_that_is_out_counts() -> None:
    assert machine(Truth.CHARGED_KEPT, Proof.PROVEN).reversal is Reversal.FAILED
    gone = {"witness": "merchant", "goods": "no"}
    assert together(Truth.CHARGED_RETURNED, Proof.PROVEN, gone, refunded=True).found.rule == "D15"
    back = {"witness": "issuer", "reversal": "failed; then chargeback"}
    heard = together(Truth.CHARGED_KEPT, Proof.PROVEN, back)
    assert heard.found.truth is Truth.CONTESTED and heard.against == ("issuer: reversal failed; then chargeback",)


def test_what_the_machine_does_not_know_the_others_decide() -> None:
    def truth(*said: dict[str, Any]) -> Truth:
        return together(Truth.UNKNOWN, Proof.CLAIMED, *said).found.truth

    assert truth() is Truth.UNKNOWN
    assert truth({"witness": "channel query", "original": "no"}) is Truth.NEVER_CHARGED
    assert truth({"witness": "terminal journal", "original": "no"}) is Truth.UNKNOWN
    issuer = {"witness": "issuer", "original": "yes"}
    assert truth({"witness": "channel query", "original": "no"}, issuer) is Truth.CONTESTED
    file = {"witness": "clearing file", "clearing": "original only", "reversal": "none"}
    assert truth(issuer, file) is Truth.CHARGED_KEPT
    assert truth({"witness": "issuer", "reversal": "acked 00"}) is Truth.CHARGED_RETURNED
    twice = {"witness": "issuer", "original": "twice"}
    assert together(Truth.UNKNOWN, Proof.CLAIMED, twice).said.original is Original.TWICE
    assert together(Truth.UNKNOWN, Proof.ACKNOWLEDGED).said.reversal is Reversal.ACKED


def test_words_that_nobody_knows_say_nothing() -> None:
    odd = {"original": "perhaps", "goods": "yes", "reversal": "magic", "clearing": "torn"}
    assert spoken(odd).goods is Goods.ONCE and spoken(odd).original is Original.UNKNOWN
    assert spoken(odd).clearing is Clearing.UNKNOWN and not spoken(odd).charged_back
    assert unheard_of(odd).startswith("original: 'perhaps' is no word") and unheard_of({"goods": "no"}) == ""
    assert spoken({"reversal": "failed; then chargeback"}).charged_back
    assert machine(Truth.CONTESTED, Proof.PROVEN).original is Original.CONTRADICTED
