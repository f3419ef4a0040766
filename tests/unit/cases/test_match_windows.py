"""Are the windows of the house right rows, and is one refused that would hide money?"""

import pytest

from chongzheng.cases.match_windows import MATCH_WINDOWS, MOST
from chongzheng.settlement.windows import HOUSE, read

CARD = MATCH_WINDOWS.shipped["card"]


def test_what_the_house_ships_is_right_and_says_what_the_code_says() -> None:
    assert all(MATCH_WINDOWS.wrong(row) == "" for row in MATCH_WINDOWS.shipped.values())
    assert read(MATCH_WINDOWS.shipped) == HOUSE


@pytest.mark.parametrize("name", MOST)
def test_a_number_out_of_range_is_refused(name: str) -> None:
    assert MATCH_WINDOWS.wrong({**CARD, name: MOST[name]}) == ""
    for number in (-1, MOST[name] + 1):
        assert MATCH_WINDOWS.wrong({**CARD, name: number}) == f"{name} is 0 to {MOST[name]}"


def test_days_are_counted_in_one_of_two_ways() -> None:
    assert MATCH_WINDOWS.wrong({**CARD, "counting": "T"}) == ""
    assert "D, T" in MATCH_WINDOWS.wrong({**CARD, "counting": "W"})


def test_a_second_person_approves_a_row() -> None:
    assert MATCH_WINDOWS.money
