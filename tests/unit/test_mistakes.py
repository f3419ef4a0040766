"""Is a mistake always one safe line?"""

from chongzheng.mistakes import LINE_CHARS_MAX, OurMistake, TheirMistake, turned_round


def test_where_stands_in_front() -> None:
    assert str(TheirMistake("needs 2 bytes", "F12")) == "F12: needs 2 bytes"


def test_without_a_place_only_what() -> None:
    assert str(OurMistake("cannot be")) == "cannot be"


def test_control_characters_cannot_make_a_second_line() -> None:
    assert str(TheirMistake("one\ntwo\x1b[31m", "a\rb")) == "a b: one two [31m"


def test_a_line_has_an_end() -> None:
    assert len(str(TheirMistake("x" * 5_000, "F12"))) == LINE_CHARS_MAX


def test_parts_are_kept_and_the_kinds_differ() -> None:
    mistake = TheirMistake("what", "where")
    assert (mistake.what, mistake.where) == ("what", "where")
    assert not isinstance(mistake, OurMistake)


def test_a_librarys_words_are_turned_round() -> None:
    assert turned_round("Expected `str`, got `int` - at `$.pos.listen`") == "pos.listen: expected `str`, got `int`"
    assert turned_round("Expected `object`, got `array` - at `$`") == "expected `object`, got `array`"
    assert turned_round("Invalid value") == "invalid value"
