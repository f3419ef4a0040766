"""Which fields does a bitmap name, and which bitmap names these fields?"""

from collections.abc import Iterable

from chongzheng.mistakes import TheirMistake

FIELD_NUMBER_MAX = 128
SHORT_BITS = 64


def numbers_of(bits: int, width: int) -> tuple[int, ...]:
    """The field numbers of a bitmap of `width` bits (64 or 128), ascending; bit 1 announces the second half only."""
    return tuple(n for n in range(2, width + 1) if bits >> (width - n) & 1)


def bitmap_of(numbers: Iterable[int]) -> bytes:
    """The 8 or 16 bytes that name these fields; a number that no bitmap can name is refused."""
    wanted = tuple(numbers)
    for number in wanted:
        if not 2 <= number <= FIELD_NUMBER_MAX:
            raise TheirMistake("no such field number, 2 to 128 are possible", f"F{number}")
    long = any(number > SHORT_BITS for number in wanted)
    width = FIELD_NUMBER_MAX if long else SHORT_BITS
    bits = 1 << (width - 1) if long else 0
    for number in wanted:
        bits |= 1 << (width - number)
    return bits.to_bytes(width // 8, "big")
