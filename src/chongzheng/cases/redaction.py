"""What may leave the house of a piece of evidence? Everything but card data, keys, and who the people are.

It looks at names first (what is called `track` or `phone` goes), then at values: a run of digits that passes the
check of cards is masked to its first six and last four, and what looks like a key in hex is taken out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chongzheng.card import PAN_DIGITS_MAX, PAN_DIGITS_MIN, like_a_number

DEPTH_MAX = 12
GONE = "[removed]"
SECRET = frozenset(
    "pin pinblock track track1 track2 track3 cvn cvv cvv2 expiry exp key keys kek tmk tpk tak tdk secret token"
    " password credential session authorization cookie".split()
)
PERSONAL = frozenset(
    "phone mobile email address customer cardholder holder identity openid contact note notes by owner actor".split()
)
"""Names, or parts of names between underscores, dots and hyphens, whose values stay here."""
NEVER = frozenset({"pan", "card"})
"""Values under these names are masked even where their check digit is wrong."""

_DIGITS = like_a_number(PAN_DIGITS_MIN, PAN_DIGITS_MAX)
_HEX_KEY = re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{16}|[0-9A-Fa-f]{32}|[0-9A-Fa-f]{48})(?![0-9A-Fa-f])")
"""As long as a DES key, or two or three of them, or a PIN block; a SHA-256 is longer and stays."""
_PHONE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
CARD_DIGITS_MIN = 13
NUMBER_CARD_DIGITS_MIN = 16
"""Of a JSON number: shorter ones are instants in epoch ms."""


def redacted(value: Any) -> tuple[Any, list[str]]:
    """The same JSON value without what may not leave, and where something was taken out or masked."""
    walk = _Walk(SECRET | PERSONAL, people=True)
    return walk.walked(value, "", 0), walk.found


def secrets_in(value: Any) -> list[str]:
    """Where this JSON value holds card data or keys, which may not even be written down here."""
    walk = _Walk(SECRET, people=False)
    walk.walked(value, "", 0)
    return walk.found


class _Walk:
    """One walk through a JSON value; `found`: where something was taken out."""

    def __init__(self, words: frozenset[str], *, people: bool) -> None:
        self.words = words
        self.people = people
        self.found: list[str] = []

    def walked(self, value: Any, where: str, depth: int) -> Any:
        if depth > DEPTH_MAX:
            return self._told(where, GONE)
        if isinstance(value, Mapping):
            return {self._name(str(name), where): self._named(str(name), value[name], where, depth) for name in value}
        if isinstance(value, list | tuple):
            return [self.walked(one, f"{where}[{n}]", depth + 1) for n, one in enumerate(value)]
        after = _text(value, self.people) if isinstance(value, str) else _number(value)
        return value if after == value else self._told(where, after)

    def _name(self, name: str, where: str) -> str:
        after = _text(name, self.people)
        return name if after == name else str(self._told(f"a name in {where or 'it'}", after))

    def _named(self, name: str, value: Any, where: str, depth: int) -> Any:
        place = f"{where}.{name}" if where else name
        parts = set(re.split(r"[._\- ]", name.lower()))
        if parts & self.words:
            return self._told(place, GONE)
        if parts & NEVER and isinstance(value, str):
            after = _DIGITS.sub(lambda found: _masked(found.group()), value)
            return value if after == value else self._told(place, after)
        return self.walked(value, place, depth + 1)

    def _told(self, where: str, after: Any) -> Any:
        self.found.append(where)
        return after


def _text(value: str, people: bool) -> str:
    value = _HEX_KEY.sub(GONE, _DIGITS.sub(lambda found: _card(found.group()), value))
    return _PHONE.sub(GONE, _MAIL.sub(GONE, value)) if people else value


def _number(value: Any) -> Any:
    if isinstance(value, int) and len(str(abs(value))) >= NUMBER_CARD_DIGITS_MIN and _luhn(str(abs(value))):
        return _masked(str(abs(value)))
    return value


def _card(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return _masked(digits) if len(digits) >= CARD_DIGITS_MIN and _luhn(digits) else text


def _masked(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return digits[:6] + "*" * (len(digits) - 10) + digits[-4:]


def _luhn(digits: str) -> bool:
    doubled = [d if n % 2 == 0 else d * 2 - 9 * (d > 4) for n, d in enumerate(int(c) for c in reversed(digits))]
    return sum(doubled) % 10 == 0
