"""How do we hold a card number without ever printing, logging or comparing it by accident?"""

from __future__ import annotations

import re
from typing import NoReturn

PAN_DIGITS_MIN = 12
PAN_DIGITS_MAX = 19
FIRST_SHOWN = 6
LAST_SHOWN = 4
_BETWEEN = r"[ \u3000\-./·–—]?"
"""As digits are taken those of every script: a Chinese keyboard writes full-width ones."""


def like_a_number(least: int, most: int | None = None) -> re.Pattern[str]:
    """What could be a card number in what people write: so many digits, and between two of them at most one mark.

    Without `most` longer runs are found whole; with it a run that is longer is none.
    """
    if most is None:
        return re.compile(rf"\d(?:{_BETWEEN}\d){{{least - 1},}}")
    return re.compile(rf"(?<!\d)\d(?:{_BETWEEN}\d){{{least - 1},{most - 1}}}(?!\d)")


def masked(digits: str) -> str:
    """First six and last four digits with stars between; all stars when that would show more than it hides."""
    hidden = len(digits) - FIRST_SHOWN - LAST_SHOWN
    if hidden < 2:
        return "*" * len(digits)
    return digits[:FIRST_SHOWN] + "*" * hidden + digits[-LAST_SHOWN:]


class Pan:
    """A primary account number (F2). Prints masked; cannot be compared, hashed, pickled or formatted in clear."""

    __slots__ = ("_digits",)
    __hash__ = None  # type: ignore[assignment]  # a card number as a dict key would be a comparison by accident

    def __init__(self, digits: str) -> None:
        self._digits = digits

    @property
    def well_formed(self) -> bool:
        """Twelve to nineteen digits. No Luhn test: a terminal may send what an issuer made."""
        digits = self._digits
        return PAN_DIGITS_MIN <= len(digits) <= PAN_DIGITS_MAX and digits.isascii() and digits.isdigit()

    @property
    def masked(self) -> str:
        """What people and records may see."""
        return masked(self._digits)

    def reveal(self) -> str:
        """The digits in clear. Only the files that tests/test_house.py names may call this."""
        return self._digits

    def __repr__(self) -> str:
        return f"Pan({self.masked})"

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("card numbers are compared by their keyed hash, in the vault")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a card number is not pickled")
