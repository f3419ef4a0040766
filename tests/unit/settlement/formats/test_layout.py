"""Does a layout know which of its files is of which day, and whether it speaks ISO 8583?"""

import re
from dataclasses import replace

import pytest

from chongzheng.settlement.formats.kinds import time_form
from chongzheng.settlement.formats.layout import Field, Layout, Shape, Witness, is_iso

FIELD = Field("MTI", "word", "mti", at=3, length=4)
LAYOUT = Layout("x", "x", "an X file", "card", Witness.TRADES, Shape.FIXED, "ascii", (FIELD,))


def test_the_end_of_a_field() -> None:
    assert FIELD.end == 7


@pytest.mark.parametrize(
    ("pattern", "name", "day"),
    [
        (None, "a", None),
        (r"a(?P<day>\d{6})", "b", None),
        (r"a(?P<day>\d{6})", "a261122", "20261122"),
        (r"a(?P<day>\d{4}-\d\d-\d\d)", "a2026-11-22", "20261122"),
        (r"a(?P<day>\d{8})?", "a", ""),
        (r"a\d+", "a1", ""),
    ],
)
def test_the_day_in_a_name(pattern: str | None, name: str, day: str | None) -> None:
    layout = replace(LAYOUT, file_name=re.compile(pattern) if pattern else None)
    assert layout.day_in_name(name) == day


def test_a_file_that_states_a_message_type_speaks_iso() -> None:
    assert is_iso(LAYOUT.fields)
    assert not is_iso((replace(FIELD, means="amount"),))


def test_a_time_states_a_day_or_a_time_or_both() -> None:
    assert time_form("yyyyMMdd", False).day and not time_form("yyyyMMdd", False).clock
    assert time_form("HHmm", False).clock and not time_form("HHmm", False).day


def test_whose_file_it_is_stands_in_its_name() -> None:
    parted = replace(LAYOUT, file_name=re.compile(r"a(?P<part>\d+)?"))
    assert (parted.is_parted, parted.part_in_name("a12"), parted.part_in_name("a"), parted.part_in_name("b")) == (
        True, "12", "", "",
    )  # fmt: skip
    assert not LAYOUT.is_parted and LAYOUT.part_in_name("a12") == ""
    assert not replace(LAYOUT, file_name=re.compile("a")).is_parted
