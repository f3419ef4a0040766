"""Is F22 told in the words of the price list, and is silence kept where it says nothing?"""

import pytest

from chongzheng.fees.entry import BY_MODE, word
from chongzheng.fees.rules import ENTRY_MODES


@pytest.mark.parametrize(
    ("entry_mode", "said"),
    [("051", "insert"), ("021", "swipe"), ("071", "tap"), ("072", "tap"), ("912", "tap"), ("012", "manual"),
     ("031", "qr"), ("801", "swipe"), ("001", ""), ("", ""), ("05", ""), ("0510", "")],
)  # fmt: skip
def test_words(entry_mode: str, said: str) -> None:
    assert word(entry_mode) == said


def test_every_word_is_one_of_the_price_list() -> None:
    assert set(BY_MODE.values()) <= set(ENTRY_MODES)
