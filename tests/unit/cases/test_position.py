"""Do entries say where the money is, and does all of it sum to nought?"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from chongzheng.cases.position import position
from chongzheng.mistakes import OurMistake
from chongzheng.reversal.entries import Account


@dataclass(frozen=True)
class Moved:
    debit: str
    credit: str
    fen: int


def test_what_was_cleared_is_owed_until_it_goes_somewhere() -> None:
    cleared = Moved(Account.CLEARING, Account.SUSPENSE, 500)
    first = position([cleared])
    assert first.balances == {"clearing receivable": 500, "suspense": -500}
    assert (first.suspense_fen, first.owed_to) == (500, {"suspense": 500})
    decided = Moved(Account.SUSPENSE, Account.CARDHOLDER, 500)
    second = position([cleared, decided])
    assert (second.suspense_fen, second.owed_to) == (0, {"cardholder payable": 500})
    assert sum(first.balances.values()) == sum(second.balances.values()) == 0
    assert position([]).owed_to == {} and position([Moved("held", "bank", 1)]).owed_to == {}


@pytest.mark.parametrize("move", [Moved("nowhere", "bank", 1), Moved("bank", "nowhere", 1)])
def test_an_account_that_is_none_is_our_mistake(move: Moved) -> None:
    with pytest.raises(OurMistake, match="no account"):
        position([move])
