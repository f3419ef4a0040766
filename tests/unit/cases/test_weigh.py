"""Who of the five witnesses is believed, in every combination of what they say?"""

from itertools import product

import pytest

from chongzheng.cases.columns import Clearing, Goods, Original, Reversal, Witnesses
from chongzheng.cases.confirm import Decision, decide
from chongzheng.cases.weigh import Says, weigh
from chongzheng.reversal.payment import Truth

O, G, R = Original, Goods, Reversal  # noqa: E741 - the letters of the table's columns
FIVE = list(product(Says, Says, Says, Says))


def test_every_combination_of_five_witnesses_has_a_verdict() -> None:
    count = 0
    for (terminal, host, query, reply), clearing, reversal in product(FIVE, Clearing, Reversal):
        known = Witnesses(goods=G.NO, reversal=reversal, clearing=clearing)
        found: Decision = decide(weigh(terminal, host, query, reply, known))
        count += 1
        strong = {query, reply} - {Says.MISSING}
        if len(strong) > 1:
            assert found.truth is Truth.CONTESTED
        if found.final_refund_allowed:
            assert found.truth in (Truth.CHARGED_KEPT, Truth.CHARGED_TWICE)
    assert count == 27_648


MISSING, NOT, DONE, BACK = Says.MISSING, Says.NOT_DONE, Says.DONE, Says.RETURNED


@pytest.mark.parametrize(
    ("says", "original", "reversal"),
    [
        ((MISSING, MISSING, MISSING, MISSING), O.UNKNOWN, R.UNKNOWN),
        ((NOT, MISSING, MISSING, MISSING), O.UNKNOWN, R.UNKNOWN),
        ((DONE, MISSING, MISSING, MISSING), O.YES, R.UNKNOWN),
        ((BACK, MISSING, MISSING, MISSING), O.UNKNOWN, R.ACKED),
        ((NOT, DONE, MISSING, MISSING), O.YES, R.UNKNOWN),
        ((MISSING, NOT, MISSING, MISSING), O.NO, R.UNKNOWN),
        ((DONE, NOT, MISSING, MISSING), O.CONTRADICTED, R.UNKNOWN),
        ((MISSING, BACK, MISSING, MISSING), O.YES, R.ACKED),
        ((MISSING, MISSING, DONE, MISSING), O.YES, R.UNKNOWN),
        ((MISSING, MISSING, NOT, NOT), O.NO, R.UNKNOWN),
        ((NOT, NOT, MISSING, NOT), O.NO, R.UNKNOWN),
        ((BACK, MISSING, NOT, MISSING), O.NO, R.ACKED),
        ((DONE, MISSING, NOT, MISSING), O.CONTRADICTED, R.UNKNOWN),
        ((MISSING, BACK, MISSING, NOT), O.CONTRADICTED, R.UNKNOWN),
        ((MISSING, MISSING, DONE, NOT), O.CONTRADICTED, R.UNKNOWN),
        ((MISSING, MISSING, DONE, BACK), O.CONTRADICTED, R.UNKNOWN),
        ((MISSING, DONE, MISSING, BACK), O.YES, R.CONFIRMED),
        ((MISSING, NOT, DONE, MISSING), O.YES, R.UNKNOWN),
    ],
)
def test_who_is_believed(says: tuple[Says, Says, Says, Says], original: Original, reversal: Reversal) -> None:
    found = weigh(*says, Witnesses())
    assert (found.original, found.reversal) == (original, reversal)


def test_a_refusal_that_was_seen_is_not_overwritten_by_a_journal() -> None:
    assert weigh(BACK, MISSING, MISSING, MISSING, Witnesses(reversal=R.REFUSED)).reversal is R.REFUSED
    assert weigh(BACK, MISSING, MISSING, MISSING, Witnesses(reversal=R.FAILED)).reversal is R.ACKED
