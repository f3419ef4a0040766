"""Can a card number leave its fence by accident?"""

import copy
import pickle

import pytest

from chongzheng.card import Pan, masked

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
