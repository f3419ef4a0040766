"""Is the tail of a day what rounding each fee adds to rounding once, and is it explained to the last digit?"""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chongzheng.fees.rules import half_up
from chongzheng.fees.tail import MICRO_PER_FEN, Fee, micro, tails


def fee(exact: str, day: str = "20261123") -> Fee:
    return Fee(day, Decimal(exact), half_up(Decimal(exact)))


def test_three_fees_of_half_a_fen_leave_a_tail_of_one() -> None:
    (tail,) = tails([fee("0.5"), fee("0.5"), fee("0.5")])
    assert (tail.charged_fen, tail.cleared_fen, tail.tail_fen) == (3, 2, 1)
    assert (tail.raised, tail.gained_micro, tail.lowered, tail.lost_micro, tail.last_micro) == (3, 15_000, 0, 0, 5_000)
    assert str(tail) == (
        "20261123: 3 fees, charged 3 fen, cleared 2 fen, tail 1 fen"
        " = (15000 on 3 rounded up - 0 on 0 rounded down - 5000 of the sum) / 10000"
    )


def test_fees_that_round_down_leave_too_little() -> None:
    (tail,) = tails([fee("0.4"), fee("0.4"), fee("0.3")])
    assert (tail.charged_fen, tail.cleared_fen, tail.tail_fen, tail.lowered) == (0, 1, -1, 3)


def test_what_rounding_did_not_move_counts_for_neither_side() -> None:
    (tail,) = tails([fee("1"), fee("0.9999"), fee("1.0001"), fee("2")])
    assert (tail.raised, tail.gained_micro, tail.lowered, tail.lost_micro) == (1, 1, 1, 1)


def test_each_day_has_its_tail() -> None:
    found = tails([fee("0.5", "20261124"), fee("1", "20261123"), fee("0.5", "20261124")])
    assert [(tail.day, tail.fees, tail.tail_fen) for tail in found] == [("20261123", 1, 0), ("20261124", 2, 1)]
    assert tails([]) == ()


def test_six_decimals_of_a_yuan_are_kept() -> None:
    assert micro(Decimal("0.00005")) == 1
    assert micro(Decimal("-0.00005")) == -1
    assert micro(Decimal("0.000049")) == 0
    assert micro(Decimal("7.5")) == 75_000


@given(st.lists(st.tuples(st.integers(-(10**9), 10**9), st.sampled_from([38, 50, 60, 65])), max_size=200))
def test_the_tail_is_explained(fees: list[tuple[int, int]]) -> None:
    exact = [Decimal(fen * rate).scaleb(-4) for fen, rate in fees]
    for tail in tails(Fee("20261123", each, half_up(each)) for each in exact):
        assert tail.tail_fen == sum(map(half_up, exact)) - half_up(sum(exact, Decimal(0)))
        assert tail.tail_fen * MICRO_PER_FEN == tail.gained_micro - tail.lost_micro - tail.last_micro
        assert tail.raised + tail.lowered <= tail.fees == len(fees)
