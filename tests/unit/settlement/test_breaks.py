"""Do breaks and differences carry the word, the sign, the queue and the first step that finance uses?"""

import pytest

from chongzheng.settlement.breaks import (
    HANDLING,
    Break,
    Difference,
    NextAction,
    Owner,
    Type,
    Viewpoint,
    Why,
    Word,
    of_break,
)
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


@pytest.mark.parametrize(
    ("why", "of", "type_", "fen"),
    [
        (Why.STRANGER, record(7), Type.ONE_SIDED_THEIRS, 100),
        (Why.STRANGER, reversed_record(7), Type.ONE_SIDED_THEIRS, -100),
        (Why.STRANGER, record(7, processing="200000"), Type.ONE_SIDED_THEIRS, -100),
        (Why.STRANGER, reversed_record(7, processing="200000"), Type.ONE_SIDED_THEIRS, 100),
        (Why.CONTRADICTS, record(7), Type.STATUS, 100),
        (Why.OTHER_TRADE, record(7, mti="0100"), Type.STATUS, 0),
        (Why.ADJUSTMENT, record(7, mti="0220", processing="220000"), Type.STATUS, -100),
        (Why.ADJUSTMENT, record(7, mti="0220", processing="020000"), Type.STATUS, 100),
        (Why.ADJUSTMENT, record(7, error="E23"), Type.STATUS, 0),
    ],
)
def test_a_break_is_a_difference(why: Why, of: Record, type_: Type, fen: int) -> None:
    found = of_break(Break(why, of, ("P1",)))
    assert found == Difference(type_, "", 7, fen, why.value, ("P1",), Viewpoint.ACQUIRER)


def test_every_type_has_its_word_its_queue_and_its_first_step() -> None:
    assert set(HANDLING) == set(Type)
    long = Difference(Type.LONG, "P1", 3, 100, "")
    assert (long.word, long.owner, long.next_action) == ("长款", Owner.DISPUTES, NextAction.CREDIT_ADJUSTMENT)
    fee = Difference(Type.FEE, "P1", 3, 100, "")
    assert (fee.word, fee.owner, fee.next_action) == ("手续费不符", Owner.FINANCE, NextAction.CLAIM_FEE)
