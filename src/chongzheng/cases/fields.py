"""Which words must come with a fact, of which form, and what is wrong with those that came?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from chongzheng.card import PAN_DIGITS_MAX, PAN_DIGITS_MIN, like_a_number

TEXT_CHARS_MAX = 2_000
LIST_MAX = 100
FEN_MAX = 999_999_999_999
"""Twelve digits, as much as a message can name (F4)."""

_DAY = re.compile(r"[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])")
_HASH = re.compile(r"[0-9a-f]{64}")
LONG_NUMBER = like_a_number(PAN_DIGITS_MIN + 1, PAN_DIGITS_MAX)
"""What could be a card number: 13 to 19 digits, also in groups."""


@dataclass(frozen=True, slots=True)
class Field:
    """One word that comes with a fact. `form` is one of FORMS; `choices`: the only values; (zh, en) for people."""

    name: str
    form: str
    zh: str
    en: str
    needed: bool = True
    choices: tuple[str, ...] = ()


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        return "is text"
    if len(value) > TEXT_CHARS_MAX:
        return f"has at most {TEXT_CHARS_MAX} characters"
    if any(not (c.isprintable() or c == "\n") for c in value):
        return "has characters that cannot be shown"
    return ""


def _free_text(value: Any) -> str:
    return _text(value) or ("holds what could be a card number: mask it" if holds_card_number(str(value)) else "")


def holds_card_number(text: str) -> bool:
    """Whether a run of 13 to 19 digits in it passes the check digit of cards (Luhn)."""
    for match in LONG_NUMBER.finditer(text):
        digits = [int(c) for c in match.group() if c.isdigit()]
        doubled = [d if n % 2 == 0 else d * 2 - 9 * (d > 4) for n, d in enumerate(reversed(digits))]
        if sum(doubled) % 10 == 0:
            return True
    return False


def _whole(value: Any) -> str:
    return "" if isinstance(value, int) and not isinstance(value, bool) else "is a whole number"


def _fen(value: Any) -> str:
    return _whole(value) or ("" if 0 < value <= FEN_MAX else f"is an amount in fen, 1 to {FEN_MAX}")


def _instant(value: Any) -> str:
    return _whole(value) or ("" if value > 0 else "is an instant in epoch milliseconds")


def _flag(value: Any) -> str:
    return "" if isinstance(value, bool) else "is true or false"


def _day(value: Any) -> str:
    return "" if isinstance(value, str) and _DAY.fullmatch(value) else "is a day, yyyymmdd"


def _hash(value: Any) -> str:
    return "" if isinstance(value, str) and _HASH.fullmatch(value) else "is a SHA-256 in 64 hex digits"


def _texts(value: Any) -> str:
    if not isinstance(value, list) or not 1 <= len(value) <= LIST_MAX:
        return f"is a list of 1 to {LIST_MAX} texts"
    return next((wrong for one in value if (wrong := _free_text(one))), "")


def _object(value: Any) -> str:
    return "" if isinstance(value, dict) and len(value) <= LIST_MAX else f"is an object of at most {LIST_MAX} names"


def _objects(value: Any) -> str:
    good = isinstance(value, list) and len(value) <= LIST_MAX and all(isinstance(one, dict) for one in value)
    return "" if good else f"is a list of at most {LIST_MAX} objects"


FORMS: Mapping[str, Callable[[Any], str]] = MappingProxyType(
    {
        "text": _free_text,
        "word": _text,
        "whole": _whole,
        "fen": _fen,
        "instant": _instant,
        "flag": _flag,
        "day": _day,
        "hash": _hash,
        "texts": _texts,
        "object": _object,
        "objects": _objects,
    }
)
"""What a value of each form must be: "" when it is. `text` is free and may hold no card number; `word` is a name, an
id, a choice; `fen` is above nought."""


def misfit(fields: Iterable[Field], said: Mapping[str, Any]) -> str | None:
    """What is wrong with the words that came, in one line; None when they are as they should be."""
    known = {field.name: field for field in fields}
    for name in said:
        if name not in known:
            return f"{name}: nobody asks for it here; there is {', '.join(known) or 'nothing to say'}"
    for name, field in known.items():
        if name not in said:
            if field.needed:
                return f"{name}: is missing ({field.en})"
            continue
        wrong = FORMS[field.form](said[name])
        if not wrong and field.choices and said[name] not in field.choices:
            wrong = f"is one of {', '.join(field.choices)}"
        if wrong:
            return f"{name}: {wrong}"
    return None
