"""Is a character that the font cannot draw named by its number, and is everything else left as it is?"""

import pytest

from chongzheng.mistakes import OurMistake
from chongzheng.reports import glyphs
from chongzheng.reports.glyphs import drawable, drawn


def test_ordinary_words_are_left_as_they_are() -> None:
    for text in ("冲正 reversal 12,345.67 元 — “x” ①㈱龘", "", "¥€£ àéü Ωж"):
        assert drawable(text) == text
    assert len(drawn()) > 20_000


def test_what_would_be_an_empty_box_is_named() -> None:
    assert drawable("𠮷野家😀") == "[U+20BB7]野家[U+1F600]"
    assert drawable("a\x00b\u200bc\nd") == "a b c d"


def test_a_font_without_its_tables_is_a_fault_of_ours() -> None:
    with pytest.raises(OurMistake):
        glyphs._table(b"OTTO\x00\x00" + b"\x00" * 6, b"cmap")
