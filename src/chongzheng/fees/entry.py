"""How was the card read: tapped, inserted, swiped, typed, scanned? The fee depends on it, so F22 is told in words."""

from __future__ import annotations

from types import MappingProxyType

BY_MODE = MappingProxyType(
    {
        "01": "manual",
        "02": "swipe",
        "03": "qr",
        "05": "insert",
        "07": "tap",
        "80": "swipe",
        "90": "swipe",
        "91": "tap",
        "95": "insert",
        "98": "tap",
    }
)
"""First two digits of F22, as terminals of the trade use them: 80 is a chip that fell back to its stripe, 91 a stripe
read without contact, 95 a chip whose data may be wrong, 98 a chip read without contact in its older form."""


def word(entry_mode: str) -> str:
    """The word of the price list for F22 (three digits, the last about the PIN); "" when it says nothing we know."""
    return BY_MODE.get(entry_mode[:2], "") if len(entry_mode) == 3 else ""
