"""In whose books does this payment's money lie, and which double entry takes it there?

What the machine knows by itself needs three accounts: what clearing owes us (debit), what we owe the merchant and what
lies in suspense (挂账) because nobody knows yet, or because a person must move it (credits). Where people and remedies
take it from there, `booking` says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from chongzheng.reversal.facts import Moves, Standing
from chongzheng.reversal.payment import Payment, Proof, State, Told, Truth
from chongzheng.reversal.verdict import voids


class Account(StrEnum):
    """Whose money it is, in the books of the acquirer. Of the first five a debit is more, of the others a credit.

    CLEARING: what the scheme owes us; ISSUER: what we asked an issuer for; BANK: our own account; PROVISIONAL: what we
    advanced to cardholders; COMPENSATION: what it cost us; MERCHANT: what we owe the shop; HELD: the same, kept back;
    CARDHOLDER: what is to be given back; SUSPENSE: nobody knows whose; FEES: what we earned; ROUNDING: the tail that
    rounding leaves.
    """

    CLEARING = "clearing receivable"
    ISSUER = "issuer receivable"
    BANK = "bank"
    PROVISIONAL = "provisional refunds"
    COMPENSATION = "compensation"
    MERCHANT = "merchant payable"
    HELD = "held"
    CARDHOLDER = "cardholder payable"
    SUSPENSE = "suspense"
    FEES = "fees"
    ROUNDING = "rounding tail"


@dataclass(frozen=True, slots=True)
class Entry:
    """`fen` > 0 moves from the credited to the debited account: one row, so it cannot fail to sum to zero."""

    debit: Account
    credit: Account
    fen: int


@dataclass(frozen=True, slots=True)
class Position:
    """What we hold of this payment, in fen, and for whom; clearing owes us the sum."""

    merchant: int = 0
    suspense: int = 0


NOTHING = Position()


def position(payment: Payment) -> Position:
    """Where the money lies by the best knowledge there is; a hold moves none.

    An unauthenticated word (never charged, but only claimed) and an acknowledgement (returned, but not proven)
    release nothing: until better evidence comes, the amount stays in suspense. Of a void or a refund nobody knows,
    the amount goes from the merchant into suspense; when it is executed, clearing takes it from the merchant.
    """
    none_moves = payment.moves in (Moves.HOLD, Moves.NOTHING) and payment.verdict.truth is not Truth.CONTESTED
    if payment.state is State.NEW or none_moves:
        return NOTHING
    if payment.moves is Moves.CREDIT:
        return _given_back(payment)
    amount = payment.fen
    counted = payment.told is Told.APPROVED
    match payment.verdict.truth:
        case Truth.NEVER_CHARGED if payment.verdict.proof is not Proof.CLAIMED:
            return NOTHING
        case Truth.CHARGED_RETURNED if voids(payment, Standing.DONE):
            return Position(merchant=amount)  # it stands in the books; its void stands there against it
        case Truth.CHARGED_RETURNED if payment.verdict.proof is Proof.PROVEN:
            return NOTHING
        case Truth.CHARGED_KEPT:
            return Position(merchant=amount) if counted else Position(suspense=amount)
        case Truth.CHARGED_TWICE:
            return Position(merchant=amount if counted else 0, suspense=payment.verdict.fen)
        case _:
            return Position(suspense=amount)


def _given_back(payment: Payment) -> Position:
    amount = payment.fen
    counted = payment.told is Told.APPROVED
    match payment.verdict.truth:
        case Truth.NEVER_CHARGED if payment.verdict.proof is not Proof.CLAIMED:
            return NOTHING
        case Truth.CHARGED_RETURNED if payment.verdict.proof is Proof.PROVEN:
            return NOTHING
        case Truth.CHARGED_KEPT:
            return Position(merchant=-amount) if counted else Position(suspense=-amount)
        case Truth.CHARGED_TWICE:
            return Position(merchant=-amount if counted else 0, suspense=-payment.verdict.fen)
        case _:
            return Position(merchant=-amount, suspense=amount)


def entries(before: Position, after: Position) -> tuple[Entry, ...]:
    """The entries that lead from one position to the other, through clearing."""
    moves = ((Account.MERCHANT, after.merchant - before.merchant), (Account.SUSPENSE, after.suspense - before.suspense))
    found = []
    for account, fen in moves:
        if fen > 0:
            found.append(Entry(debit=Account.CLEARING, credit=account, fen=fen))
        elif fen < 0:
            found.append(Entry(debit=account, credit=Account.CLEARING, fen=-fen))
    return tuple(found)


def balances(moves: Iterable[tuple[str, str, int]]) -> dict[Account, int]:
    """What (debit, credit, fen) moves leave on each account they touch: above 0 it is a debit, below a credit."""
    left: dict[Account, int] = {}
    for debit, credit, fen in moves:
        left[Account(debit)] = left.get(Account(debit), 0) + fen
        left[Account(credit)] = left.get(Account(credit), 0) - fen
    return left


def disagreement(payment: Payment, moves: Iterable[tuple[str, str, int]]) -> str:
    """What is wrong with the books of this payment, given all entries that its facts made; "" when they sum to zero
    and lie where its state says."""
    left, lies = balances(moves), position(payment)
    if sum(left.values()):
        return "the entries do not sum to zero"
    here = {Account.MERCHANT: -lies.merchant, Account.SUSPENSE: -lies.suspense}
    here[Account.CLEARING] = lies.merchant + lies.suspense
    wrong = sorted(account for account in left.keys() | here.keys() if left.get(account, 0) != here.get(account, 0))
    return f"{', '.join(wrong)}: not where the state says" if wrong else ""
