"""Do breaks carry the word that finance uses?"""

import pytest

from chongzheng.settlement.breaks import Break, Why, Word
from chongzheng.settlement.line import Record
from unit.settlement.acom_lines import record, reversed_record


@pytest.mark.parametrize(
    ("why", "of", "word"),
    [
        (Why.STRANGER, record(), Word.LONG),
        (Why.STRANGER, reversed_record(), Word.SHORT),
        (Why.STRANGER, record(processing="200000"), Word.SHORT),
        (Why.STRANGER, reversed_record(processing="200000"), Word.LONG),
        (Why.STRANGER, record(mti="0100"), Word.ONE_SIDED),
        (Why.AMBIGUOUS, record(), Word.ONE_SIDED),
        (Why.OTHER_TRADE, reversed_record(processing="200000"), Word.ONE_SIDED),
    ],
)
def test_words(why: Why, of: Record, word: Word) -> None:
    assert Break(why, of).word is word


def test_one_line_for_a_person() -> None:
    said = str(Break(Why.STRANGER, record(7)))
    assert said == "line 7: 长款: 0200 STAN 000001 terminal T0000001, 100 fen: no payment of ours explains it"
