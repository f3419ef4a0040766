"""Where is the money of a payment: with cardholder, issuer, scheme, us, the shop, or in suspense (S-02)?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from chongzheng.mistakes import OurMistake
from chongzheng.reversal.entries import Account


class Move(Protocol):
    """One double entry: fen (above 0) from the credited to the debited account."""

    @property
    def debit(self) -> str:
        """The account that is debited."""

    @property
    def credit(self) -> str:
        """The account that is credited."""

    @property
    def fen(self) -> int:
        """How much."""


@dataclass(frozen=True, slots=True)
class Position:
    """What lies on each account for one payment, in fen, debit above nought; accounts with nothing are left out."""

    balances: Mapping[str, int]

    @property
    def suspense_fen(self) -> int:
        """What nobody knows whose it is; 0 is wanted."""
        return abs(self.balances.get(Account.SUSPENSE, 0))

    @property
    def owed_to(self) -> Mapping[str, int]:
        """To whom we owe how much: shop, cardholder, or nobody knows whom."""
        names = (Account.MERCHANT, Account.HELD, Account.CARDHOLDER, Account.SUSPENSE)
        return {str(name): -self.balances[name] for name in names if self.balances.get(name, 0) < 0}


def position(moves: Iterable[Move]) -> Position:
    """The position after these entries. OurMistake: an account that is none. They sum to zero by their form."""
    balances = dict.fromkeys(map(str, Account), 0)
    for move in moves:
        if move.debit not in balances or move.credit not in balances:
            raise OurMistake("an entry on no account", f"{move.debit} / {move.credit}")
        balances[move.debit] += move.fen
        balances[move.credit] -= move.fen
    return Position({name: fen for name, fen in balances.items() if fen})
