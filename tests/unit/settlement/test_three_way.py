"""Do book, file and bank agree when they do, and is each planted gap told with its sign, day and movement?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.mistakes import TheirMistake
from chongzheng.settlement.bank import Movement, Statement
from chongzheng.settlement.breaks import Owner
from chongzheng.settlement.payouts import Payout
from chongzheng.settlement.three_way import CHOICES_MAX, HANDLING, Cleared, Gap, ThreeWay, reconcile
from chongzheng.settlement.windows import Counting

# Monday 16 to Friday 27 November 2026
WEEKENDS = frozenset({"20261114", "20261115", "20261121", "20261122", "20261128", "20261129"})
AGREED = {
    "card": Payout("card", ("银联",), tail_fen=3),
    "wechat": Payout("wechat", ("财付通",), Counting.D, 1, 1),
    "twin": Payout("twin", ("双名",)),
    "other twin": Payout("other twin", ("双名",)),
}


def came(number: int, day: int, fen: int, theirs: str = "银联", text: str = "") -> Movement:
    return Movement(number, f"202611{day:02d}", f"202611{day:02d}", fen, "", theirs, text)


def cleared(day: int, net_fen: int, channel: str = "card", booked_fen: int | None = None) -> Cleared:
    return Cleared(channel, f"202611{day:02d}", net_fen + 10, net_fen, booked_fen)


def compared(days: list[Cleared], *movements: Movement) -> ThreeWay:
    statement = Statement("6222", "CNY", "20261116", "20261127", None, None, movements)
    return reconcile(days, statement, AGREED, WEEKENDS)


def gaps(found: ThreeWay) -> list[tuple[str, tuple[str, ...], int, tuple[int, ...]]]:
    return [(one.gap.value, tuple(day[6:] for day in one.days), one.fen, one.movements) for one in found.findings]


def paid(found: ThreeWay) -> list[tuple[tuple[str, ...], tuple[int, ...]]]:
    return [(tuple(day[6:] for day in one.days), one.movements) for one in found.paid]


def test_each_day_alone() -> None:
    found = compared([cleared(16, 100), cleared(17, -50)], came(1, 17, 100), came(2, 18, -50))
    assert (paid(found), gaps(found), found.pending, found.others) == ([(("16",), (1,)), (("17",), (2,))], [], (), ())


def test_a_weekend_together_or_one_by_one() -> None:
    days = [cleared(20, 100), cleared(21, 200), cleared(22, 300)]
    together = compared(days, came(1, 23, 600))
    assert (paid(together), gaps(together)) == ([(("20", "21", "22"), (1,))], [])
    single = compared(days, came(1, 23, 300), came(2, 23, 100), came(3, 23, 200))
    assert (paid(single), gaps(single)) == ([(("20",), (2,)), (("21",), (3,)), (("22",), (1,))], [])


def test_a_day_in_parts_when_only_one_choice_adds_up() -> None:
    found = compared([cleared(16, 100)], came(1, 17, 60), came(2, 17, 40))
    assert (paid(found), gaps(found)) == ([(("16",), (1, 2))], [])
    two_ways = compared([cleared(16, 100)], came(1, 17, 60), came(2, 17, 40), came(3, 17, 40))
    assert paid(two_ways) == []
    assert [gap for gap, *_ in gaps(two_ways)] == ["unexplained_credit"] * 3 + ["missing_credit"]


def test_among_many_movements_no_choice_is_looked_for() -> None:
    many = [came(number, 17, 1 << number) for number in range(1, CHOICES_MAX + 2)]
    assert paid(compared([cleared(16, 6)], *many)) == []


def test_the_movement_that_names_the_day_goes_first() -> None:
    days = [cleared(20, 100), cleared(21, 100)]
    found = compared(days, came(1, 23, 100, text="清算 2026-11-21"), came(2, 23, 100))
    assert paid(found) == [(("21",), (1,)), (("20",), (2,))]
    assert paid(compared(days, came(1, 23, 100, text="20261120"), came(2, 23, 100)))[0] == (("20",), (1,))


def test_a_missing_credit() -> None:
    found = compared([cleared(16, 100), cleared(17, 200)], came(1, 17, 100))
    assert gaps(found) == [("missing_credit", ("17",), -200, ())]
    (one,) = found.findings
    assert (one.word, one.owner, one.next_action, one.due) == ("资金未到账", Owner.FINANCE, "ask_channel", "20261118")
    assert one.why == "200 fen were due by 20261118, and the bank has no movement that fits"


@pytest.mark.parametrize(
    ("fen", "gap"), [(96, "short_credit"), (104, "excess_credit"), (97, "fee_tail"), (103, "fee_tail")]
)
def test_a_credit_of_another_sum(fen: int, gap: str) -> None:
    found = compared([cleared(16, 100)], came(1, 17, fen))
    assert gaps(found) == [(gap, ("16",), fen - 100, (1,))]


def test_a_weekend_together_with_a_tail_each_and_one_that_is_short() -> None:
    days = [cleared(20, 100), cleared(21, 200), cleared(22, 300)]
    assert gaps(compared(days, came(1, 23, 608))) == [("fee_tail", ("20", "21", "22"), 8, (1,))]
    assert gaps(compared(days, came(1, 23, 500))) == [("short_credit", ("20", "21", "22"), -100, (1,))]


def test_a_credit_that_comes_twice_or_for_nothing_is_unexplained() -> None:
    found = compared([cleared(16, 100)], came(1, 17, 100), came(2, 17, 100), came(3, 20, 7))
    assert gaps(found) == [("unexplained_credit", (), 100, (2,)), ("unexplained_credit", (), 7, (3,))]
    assert gaps(compared([], came(1, 17, 100))) == [("unexplained_credit", (), 100, (1,))]


def test_with_two_days_open_and_one_wrong_sum_nothing_is_guessed() -> None:
    found = compared([cleared(17, 100, "wechat"), cleared(18, 200, "wechat")], came(1, 19, 150, "财付通"))
    assert gaps(found) == [
        ("unexplained_credit", (), 150, (1,)), ("missing_credit", ("17",), -100, ()),
        ("missing_credit", ("18",), -200, ()),
    ]  # fmt: skip


def test_two_sums_that_are_both_near_are_not_guessed() -> None:
    found = compared([cleared(16, 100)], came(1, 17, 101), came(2, 17, 99))
    assert [gap for gap, *_ in gaps(found)] == ["unexplained_credit", "unexplained_credit", "missing_credit"]


def test_late_days_are_waited_for_and_what_is_due_after_the_statement_is_pending() -> None:
    found = compared([cleared(17, 100, "wechat")], came(1, 19, 100, "财付通"))
    assert paid(found) == [(("17",), (1,))]
    days = [cleared(26, 100, "wechat"), cleared(27, 100, "wechat"), cleared(27, 5)]
    waiting = compared(days)
    assert [(one.channel, one.day) for one in waiting.pending] == [
        ("card", "20261127"), ("wechat", "20261127"), ("wechat", "20261126"),
    ]  # fmt: skip
    assert gaps(waiting) == []


def test_what_may_come_until_the_last_day_of_the_statement_is_missing_then() -> None:
    assert gaps(compared([cleared(26, 100)])) == [("missing_credit", ("26",), -100, ())]


def test_five_parts_are_a_persons_to_match() -> None:
    parts = [came(number, 17, 1 << number) for number in range(1, 6)]
    assert paid(compared([cleared(16, 62)], *parts)) == []
    assert paid(compared([cleared(16, 30)], *parts[:4])) == [(("16",), (1, 2, 3, 4))]


def test_days_paid_before_the_statement_are_none_of_its_business_unless_late() -> None:
    assert gaps(compared([cleared(12, 100)])) == []
    late = compared([cleared(14, 100, "wechat")], came(1, 16, 100, "财付通"))
    assert paid(late) == [(("14",), (1,))]


def test_a_day_of_nothing_needs_no_movement() -> None:
    found = compared([cleared(16, 0)])
    assert (paid(found), gaps(found)) == ([(("16",), ())], [])


def test_book_and_file_of_a_day() -> None:
    found = compared(
        [cleared(16, 100, booked_fen=110), cleared(17, 100, booked_fen=140)], came(1, 17, 100), came(2, 18, 100)
    )
    assert gaps(found) == [("book", ("17",), 30, ())]
    assert found.findings[0].why == "by the journal 140 fen moved, by the file 110"


def test_movements_of_others_and_of_more_than_one() -> None:
    found = compared([], came(1, 17, 5, "水电公司"), came(2, 17, 6, "双名"))
    assert found.others == (1,)
    assert gaps(found) == [("unexplained_credit", (), 6, (2,))]


def test_a_channel_without_a_payout_is_refused() -> None:
    with pytest.raises(TheirMistake, match="channel fax: has no"):
        compared([cleared(16, 1, "fax")])


def test_every_gap_has_a_word_a_queue_and_a_first_step() -> None:
    assert set(HANDLING) == set(Gap)


days_and_sums = st.dictionaries(
    st.sampled_from([16, 17, 18, 19, 20, 21, 22, 23]), st.integers(-(10**6), 10**9), min_size=1
)


@given(days_and_sums, st.sampled_from(["alone", "together"]), st.data())
def test_a_whole_day_of_book_file_and_bank_agrees_and_one_fen_is_found(
    sums: dict[int, int], how: str, data: st.DataObject
) -> None:
    payout = AGREED["card"]
    days = [cleared(day, fen) for day, fen in sorted(sums.items())]
    due: dict[str, list[int]] = {}
    for one in days:
        due.setdefault(payout.due(one.day, WEEKENDS), []).append(one.net_fen)
    credits = [(day, fen) for day, all_ in due.items() for fen in (all_ if how == "alone" else [sum(all_)])]
    movements = [came(number, int(day[6:]), fen) for number, (day, fen) in enumerate(credits, 1) if fen]
    right = compared(days, *movements)
    assert gaps(right) == []
    assert sum(one.fen for one in right.paid) == sum(sums.values())
    if movements:
        at = data.draw(st.integers(0, len(movements) - 1))
        spoilt = [*movements[:at], *movements[at + 1 :]]
        missed = compared(days, *spoilt)
        assert sum(one.fen for one in missed.findings if one.gap in (Gap.MISSING_CREDIT, Gap.SHORT_CREDIT, Gap.FEE_TAIL,
                   Gap.EXCESS_CREDIT, Gap.UNEXPLAINED_CREDIT)) == -movements[at].fen  # fmt: skip
        assert missed.findings
