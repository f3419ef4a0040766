"""Are bytes counted before they are text, and is a line that is not whole refused?"""

import pytest

from chongzheng.settlement.formats.fixed import Fixed
from chongzheng.settlement.formats.kinds import Unfit
from chongzheng.settlement.formats.layout import Layout
from chongzheng.settlement.formats.parse import parse

TEXT = """
name = "x"
shape = "fixed"
separated = true
encoding = "gb18030"
fields = [
  { at = 0, length = 4, name = "shop", kind = "text" },
  { at = 1, length = 2, name = "inner", kind = "text", part = true },
  { at = 5, length = 2, name = "fen", kind = "fen", is = "amount" },
  { at = 8, length = 1, name = "type", kind = "word", is = "mti" },
]
"""


def cells(line: bytes, text: str = TEXT) -> dict[str, str]:
    layout: Layout = parse(text, "x.toml")
    return Fixed(layout).cells(line, line.decode("gb18030", "replace"))


def test_slices_are_of_bytes() -> None:
    whole = TEXT.replace('  { at = 1, length = 2, name = "inner", kind = "text", part = true },\n', "")
    assert cells("小店 12 S".encode("gb18030"), whole) == {"shop": "小店", "fen": "12", "type": "S"}
    assert cells(b"shop 12 S") == {"shop": "shop", "inner": "ho", "fen": "12", "type": "S"}


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b"shop 12", "has 7 bytes, not 9"),
        (b"shop 12 S ", "has 10 bytes, not 9"),
        (b"shop,12 S", "has no separator where one belongs"),
        (b"shop012 S", "has no separator where one belongs"),
        (b"sho\xff 12 S", "is not gb18030 text"),
    ],
)
def test_a_line_that_is_not_whole(line: bytes, what: str) -> None:
    with pytest.raises(Unfit, match=what):
        cells(line)


def test_any_one_sign_may_separate_the_fields() -> None:
    assert cells(b"shop|12|S") == cells(b"shop 12 S")
    with pytest.raises(Unfit, match="no separator"):
        cells(b"shop0120S")


def test_a_layout_may_know_only_the_beginning_of_a_line() -> None:
    longer = TEXT.replace("separated = true", "longer = true")
    assert cells(b"shop,12,S and more", longer)["type"] == "S"
    with pytest.raises(Unfit, match="has 8 bytes"):
        cells(b"shop,12,", longer)
