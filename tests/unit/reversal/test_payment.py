"""Is a payment a value, and does a change touch only what it names?"""

from dataclasses import FrozenInstanceError, asdict, replace

import pytest

from chongzheng.mistakes import OurMistake
from chongzheng.reversal.facts import Link, Standing
from chongzheng.reversal.payment import (
    FINAL,
    NO_VERDICT,
    Owes,
    Payment,
    Proof,
    State,
    Tie,
    Told,
    Truth,
    changed,
    is_bound,
    put,
)
from unit.reversal.made import KEY, known


def test_an_unknown_payment_owes_nothing_and_claims_nothing() -> None:
    payment = Payment("P1", KEY)
    assert (payment.state, payment.owes, payment.wake_at, payment.told) == (State.NEW, Owes.NOTHING, None, Told.NOTHING)
    assert payment.verdict is NO_VERDICT
    assert (NO_VERDICT.truth, NO_VERDICT.proof, NO_VERDICT.because) == (Truth.UNKNOWN, Proof.CLAIMED, ())


def test_a_change_is_what_replace_would_make() -> None:
    before = known(state=State.REVERSING, attempts=2)
    after = changed(before, attempts=3, owes=Owes.REVERSAL)
    assert after == replace(before, attempts=3, owes=Owes.REVERSAL)
    assert asdict(before) == asdict(known(state=State.REVERSING, attempts=2))
    assert hash(after) == hash(replace(after))


def test_a_change_of_nothing_is_the_same_payment() -> None:
    assert changed(known()) == known()


def test_a_member_that_is_not_there_is_our_mistake() -> None:
    with pytest.raises(OurMistake, match=r"atempts: no such member"):
        changed(known(), atempts=3)


def test_a_draft_is_changed_in_place_and_only_where_it_may_be() -> None:
    draft = changed(known())
    put(draft, attempts=7)
    assert draft == replace(known(), attempts=7)
    with pytest.raises(OurMistake, match=r"atempts: no such member"):
        put(draft, atempts=3)


def test_what_moves_is_what_was_asked_or_what_was_approved_of_it() -> None:
    assert (known().fen, known(approved_fen=60).fen) == (known().amount_fen, 60)


def test_a_payment_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        known().state = State.SETTLED  # type: ignore[misc]  # the point of the test


def test_final_is_what_no_machine_works_on() -> None:
    assert {State.SETTLED, State.CONTESTED, State.STOPPED} == FINAL


def test_proofs_stand_weakest_first() -> None:
    assert list(Proof) == [Proof.CLAIMED, Proof.ACKNOWLEDGED, Proof.CONFIRMED, Proof.PROVEN]


def test_a_payment_is_bound_while_a_void_or_a_completion_of_it_may_have_taken_effect() -> None:
    def bound(*standings: Standing) -> bool:
        return is_bound(known(ties=tuple(Tie("P2", Link.COMPLETES, standing, False) for standing in standings)))

    assert not bound() and not bound(Standing.UNDONE)
    assert bound(Standing.UNDONE, Standing.DOUBTED) and bound(Standing.DONE)
