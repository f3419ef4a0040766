"""Does the tail of any day lead from the fees as charged to the fees as cleared, with the sign of whoever pays them?"""

import random
from decimal import Decimal

from chongzheng.fees.agreement import Side
from chongzheng.fees.rules import half_up
from chongzheng.fees.tail import Fee, Tail, tails
from chongzheng.reversal.entries import Account, Entry
from chongzheng.settlement.rounding import entries

RATES = tuple(map(Decimal, ("0.0030", "0.0038", "0.0050", "0.0055", "0.00325", "0.0060")))
DAYS = ("20261120", "20261121", "20261122")


def fees(amounts: random.Random, count: int) -> list[Fee]:
    """Fees of payments of any amount, as they are charged: each rounded to a fen."""
    exact = [amounts.choice(RATES) * amounts.randrange(1, 5_000_000) for _ in range(count)]
    return [Fee(amounts.choice(DAYS), each, half_up(each)) for each in exact]


def rounding(moves: tuple[Entry, ...]) -> int:
    """What the account of rounding differences got."""
    return sum(one.fen if one.credit is Account.ROUNDING else -one.fen for one in moves)


def test_ten_thousand_amounts_leave_a_tail_that_is_booked_and_explained_to_the_last_digit() -> None:
    amounts = random.Random(5)
    found = tails(fees(amounts, 10_000))
    assert len(found) == len(DAYS) and any(one.tail_fen for one in found)
    for one in found:
        assert rounding(entries(one, Side.MERCHANT)) == one.charged_fen - one.cleared_fen
        assert rounding(entries(one, Side.NETWORK)) == one.cleared_fen - one.charged_fen
        assert one.gained_micro - one.lost_micro - one.last_micro == one.tail_fen * 10_000


def test_either_sign_and_none() -> None:
    more, less, none = (
        Tail("d", 2, 12_000, 2, 2, 8_000, 0, 0),
        Tail("d", 3, 12_000, 0, 0, 0, 3, 12_000),
        Tail("d", 1, 10_000, 1, 0, 0, 0, 0),
    )
    assert (more.tail_fen, less.tail_fen, none.tail_fen) == (1, -1, 0)
    assert entries(more, Side.MERCHANT) == (Entry(Account.FEES, Account.ROUNDING, 1),)
    assert entries(less, Side.MERCHANT) == (Entry(Account.ROUNDING, Account.FEES, 1),)
    assert entries(more, Side.NETWORK) == entries(less, Side.MERCHANT), "what we paid too much, rounding bears"
    assert entries(none, Side.MERCHANT) == ()
