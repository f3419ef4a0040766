"""Does a day come to what its lines moved, and to what is left after fees?"""

from chongzheng.settlement.cleared import fees_fen, total
from unit.settlement.acom_lines import record, reversed_record


def test_sales_less_what_went_back_less_fees() -> None:
    sale = record(amount_fen=1000, fee_fen=5, network_fee_fen=1)
    refund = record(2, amount_fen=300, mti="0220", processing="200000", fee_fen=-2)
    assert total([sale, refund, reversed_record(3, amount_fen=100)]) == (600, 596)
    assert total([]) == (0, 0)


def test_what_the_file_itself_settles_counts() -> None:
    assert total([record(amount_fen=1000, fee_fen=5, settled_fen=990)]) == (1000, 990)


def test_a_file_of_fees_moves_no_trade() -> None:
    assert total([record(amount_fen=1000, fee_fen=5, settled_fen=990)], only_fees=True) == (0, -5)


def test_fees_that_nobody_says_are_none() -> None:
    assert fees_fen(record()) == 0
    assert fees_fen(record(fee_fen=None, network_fee_fen=-3)) == -3
