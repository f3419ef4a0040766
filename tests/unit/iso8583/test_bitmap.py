"""Do bitmaps and field numbers go both ways?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.iso8583.bitmap import bitmap_of, numbers_of
from chongzheng.mistakes import TheirMistake


def test_a_known_bitmap() -> None:
    bits = int("7024048002C08019", 16)
    assert numbers_of(bits, 64) == (2, 3, 4, 11, 14, 22, 25, 39, 41, 42, 49, 60, 61, 64)
    assert bitmap_of([64, 61, 60, 49, 42, 41, 39, 25, 22, 14, 11, 4, 3, 2]).hex().upper() == "7024048002C08019"


@given(st.frozensets(st.integers(2, 128)))
def test_there_and_back(numbers: frozenset[int]) -> None:
    raw = bitmap_of(numbers)
    assert len(raw) == (16 if numbers and max(numbers) > 64 else 8)
    assert raw[0] >> 7 == (len(raw) == 16)
    assert numbers_of(int.from_bytes(raw, "big"), 8 * len(raw)) == tuple(sorted(numbers))


@pytest.mark.parametrize("number", [-1, 0, 1, 129])
def test_no_such_field(number: int) -> None:
    with pytest.raises(TheirMistake, match=f"F{number}: no such field number"):
        bitmap_of([3, number])
