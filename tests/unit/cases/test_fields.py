"""Is a word of the wrong form refused by its name, and a right one let through?"""

from __future__ import annotations

import pytest

from chongzheng.cases.fields import FEN_MAX, FORMS, LIST_MAX, TEXT_CHARS_MAX, Field, holds_card_number, misfit

GOOD = {
    "text": "陈先生 paid, 卡号 622588******1234",
    "word": "zhang",
    "whole": -3,
    "fen": 12_300,
    "instant": 1_700_000_000_000,
    "flag": True,
    "day": "20260229".replace("29", "28"),
    "hash": "0" * 64,
    "texts": ["one", "two"],
    "object": {"a": 1},
    "objects": [{"a": 1}],
}
BAD = {
    "text": ["", 3, "x" * (TEXT_CHARS_MAX + 1), "a\x00b", "4111111111111111", "card 4111 1111 1111 1111."],
    "word": [" ", None],
    "whole": [1.5, True, "3"],
    "fen": [0, -1, FEN_MAX + 1, 1.0],
    "instant": [0, "now"],
    "flag": [1, "yes"],
    "day": ["2026-01-01", "20261301", 20260101],
    "hash": ["0" * 63, "G" * 64],
    "texts": [[], ["ok", "4111111111111111"], "one", ["x"] * (LIST_MAX + 1)],
    "object": [[], dict.fromkeys(map(str, range(LIST_MAX + 1)))],
    "objects": [{}, [1], [{}] * (LIST_MAX + 1)],
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_takes_what_it_should_and_nothing_else(form: str) -> None:
    one = (Field("it", form, "它", "it"),)
    assert misfit(one, {"it": GOOD[form]}) is None
    for bad in BAD[form]:
        assert (misfit(one, {"it": bad}) or "").startswith("it: "), bad


def test_what_is_missing_unknown_or_no_choice_is_named() -> None:
    fields = (Field("how", "word", "方式", "how it goes", choices=("card", "cash")),
              Field("when", "day", "日期", "when", needed=False))  # fmt: skip
    assert misfit(fields, {"how": "card"}) is None
    assert misfit(fields, {}) == "how: is missing (how it goes)"
    assert misfit(fields, {"how": "shell"}) == "how: is one of card, cash"
    assert misfit(fields, {"how": "card", "why": "x"}) == "why: nobody asks for it here; there is how, when"
    assert misfit((), {"a": 1}) == "a: nobody asks for it here; there is nothing to say"


def test_a_run_of_digits_is_a_card_number_only_with_the_right_check_digit() -> None:
    assert holds_card_number("4111-1111-1111-1111") and not holds_card_number("4111-1111-1111-1112")
    assert not holds_card_number("RRN 123456789012, order 7")
