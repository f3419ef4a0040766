"""Is what an address says a number that the journal can hold?"""

from __future__ import annotations

NUMBER_DIGITS_MAX = 18
"""Of a number in an address: any of so many digits fits into 64 bit."""


def number_of(text: str) -> int | None:
    """The number, nought or more; None where it is none, or longer than any of ours."""
    good = text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS_MAX
    return int(text) if good else None


def held(number: int) -> bool:
    """Whether a number that an address named can be one of the journal's."""
    return 0 <= number < 10**NUMBER_DIGITS_MAX
