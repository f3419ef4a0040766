"""Does a witness that nobody heard say nothing?"""

from chongzheng.cases.columns import Clearing, Goods, Original, Reversal, Witnesses


def test_nobody_has_said_anything_yet() -> None:
    assert Witnesses() == Witnesses(Original.UNKNOWN, Goods.UNKNOWN, Reversal.UNKNOWN, Clearing.UNKNOWN, False, False)
