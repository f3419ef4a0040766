"""Does the money of a payment lie where the verdict says, and does every entry sum to zero?"""

from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.reversal.entries import NOTHING, Account, Entry, Position, balances, disagreement, entries, position
from chongzheng.reversal.facts import Link, Moves, Standing
from chongzheng.reversal.payment import NO_VERDICT, MoneyIs, Payment, Proof, State, Tie, Told, Truth, Verdict
from unit.reversal.made import AMOUNT, known


def judged(
    truth: Truth, told: Told, fen: int = 0, state: State = State.SETTLED, proof: Proof = Proof.PROVEN
) -> Payment:
    """A payment with this verdict."""
    return known(state=state, told=told, verdict=Verdict(truth, MoneyIs.CORRECT, fen, proof, "r", ()))


@pytest.mark.parametrize("truth", [Truth.NEVER_CHARGED, Truth.CHARGED_RETURNED])
@pytest.mark.parametrize("told", list(Told))
def test_we_hold_nothing_of_what_was_not_charged_or_went_back(truth: Truth, told: Told) -> None:
    assert position(judged(truth, told)) == NOTHING


def test_an_unauthenticated_word_and_an_acknowledgement_release_nothing() -> None:
    for proof in (Proof.CLAIMED, Proof.ACKNOWLEDGED, Proof.CONFIRMED):
        returned = judged(Truth.CHARGED_RETURNED, Told.DECLINED, proof=proof)
        assert position(returned) == Position(suspense=AMOUNT)
    claimed = judged(Truth.NEVER_CHARGED, Told.DECLINED, proof=Proof.CLAIMED)
    unsent = judged(Truth.NEVER_CHARGED, Told.DECLINED, proof=Proof.ACKNOWLEDGED)
    assert (position(claimed), position(unsent)) == (Position(suspense=AMOUNT), NOTHING)


def test_a_sale_that_stands_belongs_to_the_merchant_if_its_terminal_counts_it() -> None:
    assert position(judged(Truth.CHARGED_KEPT, Told.APPROVED)) == Position(merchant=AMOUNT)


@pytest.mark.parametrize("told", [told for told in Told if told is not Told.APPROVED])
def test_and_lies_in_suspense_if_not(told: Told) -> None:
    assert position(judged(Truth.CHARGED_KEPT, told)) == Position(suspense=AMOUNT)


def test_what_was_charged_twice_is_divided() -> None:
    assert position(judged(Truth.CHARGED_TWICE, Told.APPROVED, AMOUNT)) == Position(merchant=AMOUNT, suspense=AMOUNT)
    assert position(judged(Truth.CHARGED_TWICE, Told.DECLINED, 2 * AMOUNT)) == Position(suspense=2 * AMOUNT)


@pytest.mark.parametrize("truth", [Truth.UNKNOWN, Truth.CONTESTED])
def test_what_nobody_knows_lies_in_suspense(truth: Truth) -> None:
    assert position(judged(truth, Told.APPROVED, state=State.DOUBTFUL)) == Position(suspense=AMOUNT)


def test_a_payment_that_is_not_there_has_no_money() -> None:
    assert position(known(state=State.NEW, verdict=NO_VERDICT)) == NOTHING


@pytest.mark.parametrize("moves", [Moves.HOLD, Moves.NOTHING])
@pytest.mark.parametrize("truth", [truth for truth in Truth if truth is not Truth.CONTESTED])
def test_what_moves_no_money_stands_in_no_books(moves: Moves, truth: Truth) -> None:
    assert position(replace(judged(truth, Told.APPROVED), moves=moves)) == NOTHING
    assert position(replace(judged(Truth.CONTESTED, Told.APPROVED), moves=moves)) == Position(suspense=AMOUNT)


def credit(truth: Truth, told: Told, fen: int = 0, proof: Proof = Proof.PROVEN) -> Position:
    """The books of a void or a refund."""
    return position(replace(judged(truth, told, fen, proof=proof), moves=Moves.CREDIT))


def test_what_goes_back_is_taken_from_the_merchant() -> None:
    assert credit(Truth.CHARGED_KEPT, Told.APPROVED) == Position(merchant=-AMOUNT)
    assert credit(Truth.CHARGED_KEPT, Told.DECLINED) == Position(suspense=-AMOUNT)
    assert credit(Truth.CHARGED_TWICE, Told.APPROVED, AMOUNT) == Position(merchant=-AMOUNT, suspense=-AMOUNT)
    assert credit(Truth.CHARGED_TWICE, Told.DECLINED, 2 * AMOUNT) == Position(suspense=-2 * AMOUNT)


def test_what_did_not_go_back_stays() -> None:
    assert credit(Truth.NEVER_CHARGED, Told.DECLINED) == NOTHING
    assert credit(Truth.CHARGED_RETURNED, Told.DECLINED) == NOTHING


def test_what_may_have_gone_back_is_held_for_both() -> None:
    held = Position(merchant=-AMOUNT, suspense=AMOUNT)
    assert credit(Truth.UNKNOWN, Told.DECLINED) == held
    assert credit(Truth.CONTESTED, Told.DECLINED) == held
    assert credit(Truth.NEVER_CHARGED, Told.DECLINED, proof=Proof.CLAIMED) == held
    assert credit(Truth.CHARGED_RETURNED, Told.DECLINED, proof=Proof.ACKNOWLEDGED) == held


def test_a_voided_sale_and_its_void_cancel_each_other() -> None:
    done = Tie("P2", Link.VOIDS, Standing.DONE, True)
    sale = replace(judged(Truth.CHARGED_RETURNED, Told.APPROVED), ties=(done,))
    assert position(sale) == Position(merchant=AMOUNT)
    assert position(sale).merchant + credit(Truth.CHARGED_KEPT, Told.APPROVED).merchant == 0


def test_only_the_approved_part_stands_in_the_books() -> None:
    assert position(replace(judged(Truth.CHARGED_KEPT, Told.APPROVED), approved_fen=60)) == Position(merchant=60)


def test_money_moves_through_clearing() -> None:
    moved = entries(Position(suspense=AMOUNT), Position(merchant=AMOUNT))
    assert moved == (
        Entry(debit=Account.CLEARING, credit=Account.MERCHANT, fen=AMOUNT),
        Entry(debit=Account.SUSPENSE, credit=Account.CLEARING, fen=AMOUNT),
    )
    assert entries(NOTHING, NOTHING) == ()


POSITIONS = st.builds(Position, st.integers(0, 10**12), st.integers(0, 10**12))


@given(POSITIONS, POSITIONS)
def test_entries_sum_to_zero_and_lead_where_they_should(before: Position, after: Position) -> None:
    balance = dict.fromkeys(Account, 0)
    for entry in entries(before, after):
        assert entry.fen > 0 and entry.debit is not entry.credit
        balance[entry.debit] -= entry.fen
        balance[entry.credit] += entry.fen
    assert sum(balance.values()) == 0
    assert balance[Account.MERCHANT] == after.merchant - before.merchant
    assert balance[Account.SUSPENSE] == after.suspense - before.suspense
    assert -balance[Account.CLEARING] == (after.merchant + after.suspense) - (before.merchant + before.suspense)


def test_balances_count_debits_up_and_credits_down() -> None:
    moves = [("clearing receivable", "suspense", 5), ("suspense", "clearing receivable", 2)]
    assert balances(moves) == {Account.CLEARING: 3, Account.SUSPENSE: -3}


def test_books_that_lead_to_the_state_agree_and_any_other_do_not() -> None:
    payment = judged(Truth.CHARGED_KEPT, Told.APPROVED)
    right = [("clearing receivable", "suspense", AMOUNT), ("suspense", "merchant payable", AMOUNT)]
    assert disagreement(payment, right) == ""
    assert disagreement(payment, right[:1]) == "merchant payable, suspense: not where the state says"
    assert disagreement(payment, [*right, ("fees", "bank", 1)]) == "bank, fees: not where the state says"
    assert disagreement(judged(Truth.NEVER_CHARGED, Told.DECLINED), []) == ""


def test_books_that_do_not_sum_to_zero_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chongzheng.reversal.entries.balances", lambda moves: {Account.SUSPENSE: 1})
    assert disagreement(judged(Truth.NEVER_CHARGED, Told.DECLINED), []) == "the entries do not sum to zero"


@pytest.mark.parametrize("fen", [1, -1])
def test_a_single_fen_moves_and_nothing_else_makes_an_entry(fen: int) -> None:
    assert [entry.fen for entry in entries(NOTHING, Position(merchant=fen))] == [1]
    assert [entry.fen for entry in entries(NOTHING, Position(suspense=fen))] == [1]


def test_books_of_a_sale_in_suspense_and_of_a_doubted_void_agree() -> None:
    doubted = judged(Truth.CHARGED_TWICE, Told.APPROVED, 2 * AMOUNT)
    both = [("clearing receivable", "merchant payable", AMOUNT), ("clearing receivable", "suspense", 2 * AMOUNT)]
    assert disagreement(doubted, both) == ""
    void = replace(judged(Truth.UNKNOWN, Told.DECLINED), moves=Moves.CREDIT)
    assert disagreement(void, [("merchant payable", "suspense", AMOUNT)]) == ""


def test_an_entry_and_a_position_cannot_be_changed_afterwards() -> None:
    for value in (Entry(Account.BANK, Account.FEES, 1), Position()):
        assert not hasattr(value, "__dict__")
        with pytest.raises(FrozenInstanceError):
            value.__setattr__(value.__slots__[0], 2)


def test_an_acknowledged_no_to_a_void_releases_it() -> None:
    assert credit(Truth.NEVER_CHARGED, Told.DECLINED, proof=Proof.ACKNOWLEDGED) == NOTHING
