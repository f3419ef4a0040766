"""In whose books does this payment's money lie, and which double entry takes it there?

Three accounts are enough until the ledger proper: what clearing owes us (debit), what we owe the merchant
and what lies in suspense (挂账) because nobody knows yet, or because a person must move it (credits).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chongzheng.reversal.facts import Moves, Standing
from chongzheng.reversal.payment import Payment, Proof, State, Told, Truth
from chongzheng.reversal.verdict import voids


class Account(StrEnum):
    """Whose money it is."""

    CLEARING = "clearing receivable"
    MERCHANT = "merchant payable"
    SUSPENSE = "suspense"


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
