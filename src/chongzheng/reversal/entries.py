"""In whose books does this payment's money lie, and which double entry takes it there?

Three accounts are enough until the ledger proper: what clearing owes us (debit), what we owe the merchant
and what lies in suspense (挂账) because nobody knows yet, or because a person must move it (credits).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chongzheng.reversal.payment import Payment, Proof, State, Told, Truth


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
    """Where the money lies by the best knowledge there is.

    An unauthenticated word (never charged, but only claimed) and an acknowledgement (returned, but not proven)
    release nothing: until better evidence comes, the amount stays in suspense.
    """
    amount = payment.amount_fen
    counted = payment.told is Told.APPROVED
    match payment.verdict.truth:
        case Truth.NEVER_CHARGED:
            return Position(suspense=amount) if payment.verdict.proof is Proof.CLAIMED else NOTHING
        case Truth.CHARGED_RETURNED:
            return NOTHING if payment.verdict.proof is Proof.PROVEN else Position(suspense=amount)
        case Truth.CHARGED_KEPT:
            return Position(merchant=amount) if counted else Position(suspense=amount)
        case Truth.CHARGED_TWICE:
            return Position(merchant=amount if counted else 0, suspense=payment.verdict.fen)
        case _:
            return NOTHING if payment.state is State.NEW else Position(suspense=amount)


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
