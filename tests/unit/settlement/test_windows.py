"""Is a line given to the days it may come from, and is silence final neither too early nor too late?"""

from dataclasses import replace

import pytest

from chongzheng.settlement.windows import CARD, HOUSE, OTHERS, WALLET, Counting, Window, read, rows

GOLDEN_WEEK = frozenset(f"202610{day:02d}" for day in range(1, 8))


def test_a_card_payment_lies_at_most_a_day_from_its_line() -> None:
    assert CARD.around("20261231") == {"20261230", "20261231", "20270101"}


def test_a_wallet_order_may_be_a_week_old() -> None:
    around = WALLET.around("20261108")
    assert min(around) == "20261101" and max(around) == "20261109" and len(around) == 9


@pytest.mark.parametrize("text", ["", "20260230", "9999"])
def test_no_day_has_nothing_around_it(text: str) -> None:
    assert CARD.around(text) == frozenset()


@pytest.mark.parametrize(
    ("files_after", "files"),
    [(0, ["20260930"]), (1, ["20260930", "20261001"]), (2, ["20260930", "20261001", "20261002"])],
)
def test_calendar_days_pass_on_holidays_too(files_after: int, files: list[str]) -> None:
    assert list(replace(CARD, files_after=files_after).files("20260930", GOLDEN_WEEK)) == files


@pytest.mark.parametrize(
    ("files_after", "files"), [(1, ["20260930", "20261008"]), (2, ["20260930", "20261008", "20261009"])]
)
def test_working_days_do_not(files_after: int, files: list[str]) -> None:
    assert list(Window(files_after=files_after, counting=Counting.T).files("20260930", GOLDEN_WEEK)) == files


def test_a_calendar_without_working_days_ends_the_count() -> None:
    rest = frozenset(f"2026{month:02d}{day:02d}" for month in (1, 2) for day in range(1, 32))
    assert Window(counting=Counting.T).files("20260101", rest) == ("20260101", "20260201")


def test_amounts_are_the_same_to_the_fen_unless_a_rule_tolerates_more() -> None:
    assert CARD.same(100, 100) and not CARD.same(100, 101)
    assert Window(tolerance_fen=2).same(100, 98) and not Window(tolerance_fen=2).same(100, 103)


def test_each_channel_has_its_window() -> None:
    assert HOUSE.of("card") is CARD
    assert HOUSE.of("wechat") is WALLET


def test_what_is_taken_back_may_be_much_older() -> None:
    possible = replace(WALLET, undone_days=30).before("20261122")
    assert (min(possible), max(possible), len(possible)) == ("20261023", "20261123", 32)
    assert WALLET.before("") == frozenset()


def test_the_oldest_payment_that_a_file_may_speak_of() -> None:
    assert (CARD.oldest("20261122"), WALLET.oldest("20261122")) == ("20261120", "20261114")


def test_rows_say_all_that_a_window_is() -> None:
    assert read(rows()) == HOUSE
    assert rows()["card"] == {"before_days": 1, "after_days": 1, "files_after": 1, "counting": "D", "tolerance_fen": 0,
                              "undone_days": 400}  # fmt: skip


def test_a_row_takes_the_place_of_the_house_s() -> None:
    own = read({"alipay": {**rows()[OTHERS], "counting": "T", "tolerance_fen": 1}})
    assert own.of("alipay") == Window(7, tolerance_fen=1, counting=Counting.T)
    assert own.of("wechat") is WALLET and own.of("card") is WALLET
    assert own.count_working_days and not HOUSE.count_working_days
    assert read({OTHERS: {**rows()["card"], "counting": "T"}}).count_working_days
