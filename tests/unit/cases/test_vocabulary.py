"""Are the words of people and files understood, in both languages, and an unknown one named with its place?"""

import pytest

from chongzheng.cases.columns import Clearing, Goods, Original, Reversal, Witnesses
from chongzheng.cases.vocabulary import COLUMNS, clearing, goods, original, plain, reversal, said_in
from chongzheng.mistakes import TheirMistake


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("acked 00", Reversal.ACKED), ("已应答", Reversal.ACKED), ("failed", Reversal.FAILED), ("", Reversal.UNKNOWN),
        ("rejected 25", Reversal.NOT_FOUND), ("被拒 64", Reversal.AMOUNT), ("declined A0", Reversal.FAILED),
        ("rejected 12", Reversal.REFUSED), ("rejected 12, later day", Reversal.REFUSED_LATER_DAY),
        ("acked 00; late", Reversal.ACKED), ("next day", Reversal.UNKNOWN), ("confirmed by query", Reversal.CONFIRMED),
    ],
)  # fmt: skip
def test_words_for_a_reversal(word: str, state: Reversal) -> None:
    assert reversal(word, "here") == Witnesses(reversal=state)


def test_what_stands_beside_a_reversal() -> None:
    assert reversal("acked 00 late, after provisional refund", "x") == Witnesses(reversal=Reversal.ACKED, refunded=True)
    assert reversal("failed; then customer chargeback", "x") == Witnesses(reversal=Reversal.FAILED, charged_back=True)


def test_words_of_the_other_columns() -> None:
    assert original("Yes ×2 (re-swiped)", "x") is Original.TWICE and original("拒绝", "x") is Original.NO
    assert goods("已交付", "x") is Goods.ONCE and clearing("original + reversal", "x") is Clearing.BOTH
    assert plain("  Original  +  Reversal ") == "original+reversal"


def test_a_row_may_leave_open_what_the_file_shows() -> None:
    row = dict(zip(COLUMNS, ("yes", "no", "acked 00", "original+reversal or none"), strict=True))
    assert [one.clearing for one in said_in(row, "row D2")] == [Clearing.BOTH, Clearing.NONE]
    assert said_in({**row, "clearing": "n/a"}, "x")[0] == Witnesses(
        Original.YES, Goods.NO, Reversal.ACKED, Clearing.NOT_APPLICABLE
    )


@pytest.mark.parametrize("word", ["rejected 00", "acked 00; failed", "magic"])
def test_a_word_that_nobody_knows_is_named_with_its_place(word: str) -> None:
    with pytest.raises(TheirMistake, match="row 7, reversal"):
        reversal(word, "row 7, reversal")
