"""Is a statement believed only when it adds up?"""

from dataclasses import replace

import pytest

from chongzheng.mistakes import TheirMistake
from chongzheng.settlement import bank
from chongzheng.settlement.bank import Movement, Statement

CAME = Movement(1, "20261123", "20261123", 500, "REF", "China UnionPay", "settlement of 20261120")
WENT = Movement(2, "20261124", "20261124", -200)
WHOLE = Statement("6222", "CNY", "20261123", "20261124", 1000, 1300, (CAME, WENT))


def test_a_statement_that_adds_up() -> None:
    WHOLE.refuse_unless_whole("s.xml")
    replace(WHOLE, closing_fen=None).refuse_unless_whole("s.xml")
    replace(WHOLE, opening_fen=None).refuse_unless_whole("s.xml")


def test_one_fen_is_missing() -> None:
    with pytest.raises(TheirMistake, match=r"s\.xml: the movements miss the closing balance by 1 fen"):
        replace(WHOLE, closing_fen=1301).refuse_unless_whole("s.xml")


@pytest.mark.parametrize("day", ["20261122", "20261125"])
def test_a_movement_of_another_day(day: str) -> None:
    with pytest.raises(TheirMistake, match="movement 2: is of a day outside 20261123 to 20261124"):
        replace(WHOLE, movements=(CAME, replace(WENT, day=day))).refuse_unless_whole("s.xml")


def test_too_many_movements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank, "MOVEMENTS_MAX", 1)
    with pytest.raises(TheirMistake, match="has more than 1 movements"):
        WHOLE.refuse_unless_whole("s.xml")


@pytest.mark.parametrize(("word", "named"), [("unionpay", True), ("ref", True), ("20261120", True), ("支付宝", False)])
def test_names(word: str, named: bool) -> None:
    assert CAME.names(word) is named
