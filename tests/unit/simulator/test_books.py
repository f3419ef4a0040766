"""Is a fen that stands in the verdicts, the ledger or the files alone seen, and named by its trace?"""

from pathlib import Path

import pytest

from chongzheng.simulator.books import Agreement, Trace, moved
from chongzheng.simulator.clearing import AMOUNT, write_day
from chongzheng.simulator.ledger import Key, Ledger

DAY = "20261123"
KEPT = Key("898310000000001", "10000001", "000001", "000001")
UNDONE = KEPT._replace(stan="000002")
PAN = "6222020000001234567"


@pytest.fixture
def bank() -> Ledger:
    """A kept sale and an undone one."""
    book = Ledger()
    book.charge(KEPT, 1200, PAN, DAY, "1123101530", "480000000001")
    book.charge(UNDONE, 3400, PAN, DAY, "1123101531", "480000000002")
    book.give_back(UNDONE, "98", DAY, "1123101532")
    return book


def trace(key: Key) -> Trace:
    """Under what the files know it."""
    return Trace(key.merchant, key.terminal, key.stan)


def test_what_a_file_moves_is_summed_by_trace(tmp_path: Path, bank: Ledger) -> None:
    assert moved(write_day(tmp_path, DAY, bank, {}, {}).read_bytes()) == {trace(KEPT): 1200, trace(UNDONE): 0}


def test_a_lie_of_one_fen_is_in_the_sum(tmp_path: Path, bank: Ledger) -> None:
    assert moved(write_day(tmp_path, DAY, bank, {KEPT: AMOUNT}, {}).read_bytes())[trace(KEPT)] == 1201


@pytest.mark.parametrize(("apart", "trial_fen", "holds"), [((), 0, True), (("a",), 0, False), ((), 1, False)])
def test_they_agree_only_when_nothing_is_apart_and_the_books_balance(
    apart: tuple[str, ...], trial_fen: int, holds: bool
) -> None:
    assert Agreement(3, apart, trial_fen, {}).holds is holds
