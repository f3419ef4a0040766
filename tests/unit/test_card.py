"""Can a card number leave its fence by accident?"""

import copy
import pickle

import pytest

from chongzheng.card import Pan, like_a_number, masked

NUMBER = "6228480402564890018"


@pytest.mark.parametrize(
    ("digits", "shown"),
    [
        (NUMBER, "622848*********0018"),
        ("622848123456", "622848**3456"),
        ("62284812345", "***********"),
        ("123", "***"),
        ("", ""),
    ],
)
def test_shows_six_and_four_or_nothing(digits: str, shown: str) -> None:
    assert masked(digits) == shown


def test_prints_masked_however_it_is_printed() -> None:
    pan = Pan(NUMBER)
    for text in (repr(pan), str(pan), f"{pan}", "%s" % pan, f"{[pan]}", f"{ {'pan': pan} }"):  # noqa: UP031 - the old way too
        assert "622848*********0018" in text
        assert NUMBER not in text
    assert pan.masked == "622848*********0018"
    assert pan.reveal() == NUMBER


def test_cannot_be_compared_hashed_or_pickled() -> None:
    pan = Pan(NUMBER)
    with pytest.raises(TypeError, match="keyed hash"):
        assert pan == Pan(NUMBER)
    with pytest.raises(TypeError, match="keyed hash"):
        assert pan != NUMBER
    with pytest.raises(TypeError, match="unhashable"):
        hash(pan)
    for copied in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="not pickled"):
            copied(pan)


def test_has_no_place_for_more() -> None:
    with pytest.raises(AttributeError):
        Pan(NUMBER).note = "x"  # type: ignore[attr-defined]  # the point of the test


@pytest.mark.parametrize("digits", ["1" * 12, "1" * 19, NUMBER])
def test_twelve_to_nineteen_digits_are_well_formed(digits: str) -> None:
    assert Pan(digits).well_formed


MALFORMED = ["1" * 11, "1" * 20, "", "622848040256489001A", "6228 4804 0256", "６２２８４８１２３４５６"]


@pytest.mark.parametrize("digits", MALFORMED)
def test_anything_else_is_not(digits: str) -> None:
    assert not Pan(digits).well_formed


GROUPS = ("6222", "0212", "3456", "7890")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
WRITTEN = [between.join(GROUPS) for between in ("", " ", "-", ".", "/", "·")]
WRITTEN += [text.translate(WIDE) for text in WRITTEN[:2]]


@pytest.mark.parametrize("text", WRITTEN)
def test_a_number_is_found_however_somebody_writes_it(text: str) -> None:
    assert like_a_number(12).sub("*", f"卡号{text}。") == "卡号*。"
    assert like_a_number(13, 19).sub("*", f"卡号{text}。") == "卡号*。"


@pytest.mark.parametrize("text", ["123.45 yuan on 2026-09-21", "021-12345678", "6222  0212  3456", "2026年09月21日"])
def test_what_is_none_stays(text: str) -> None:
    assert like_a_number(12).sub("*", text) == text


def test_a_run_that_is_longer_than_any_card_is_found_only_where_nothing_is_told_apart() -> None:
    assert like_a_number(12).sub("*", "1" * 25) == "*" and like_a_number(13, 19).sub("*", "1" * 25) == "1" * 25
