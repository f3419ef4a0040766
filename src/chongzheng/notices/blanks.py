"""How is a value written for a person, in Chinese and in English, and which value must never stand in a notice?

A blank has a kind; the kind says what may fill it. Nothing that could be a card number passes, whatever the kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from chongzheng.mistakes import TheirMistake
from chongzheng.money import FEN_MAX, Money
from chongzheng.settlement.days import CHINA_AHEAD_S, is_day

LANGUAGES = ("zh", "en")
NAME_CHARS_MAX = 60
TEXT_CHARS_MAX = 600
CONTACT_CHARS_MAX = 120
COUNT_MAX = 1_000_000_000
INSTANT_MS_MAX = 253_402_214_400_000
"""The last day of the year 9999, when the calendar ends."""
DIGITS_OF_A_CARD = 12
"""Card numbers have at least so many digits, also with blanks or dashes between them."""

_CARD = re.compile(r"[0-9]{6}\*{2,9}[0-9]{4}|\*{4,19}")
_REFERENCE = re.compile(r"[A-Z0-9]{1,11}(-[A-Z0-9]{1,11}){0,3}")
_NUMBER = re.compile(r"[0-9A-Za-z]{1,15}")
_LONG_NUMBER = re.compile(rf"[0-9０-９](?:[ \-]?[0-9０-９]){{{DIGITS_OF_A_CARD - 1},}}")


class Blank(StrEnum):
    """What may fill a blank, and how it is written."""

    CARD = "card"
    YUAN = "yuan"
    INSTANT = "instant"
    DAY = "day"
    REFERENCE = "reference"
    NAME = "name"
    TEXT = "text"
    CONTACT = "contact"
    COUNT = "count"
    NUMBER = "number"


INNER_ONLY = frozenset({Blank.NUMBER})
"""Numbers of the trade (RRN, terminal, merchant), for people who work with them; never for a cardholder."""


def written(kind: Blank, value: object, language: str, where: str) -> str:
    """The value as people read it in this language. TheirMistake (at `where`): it does not fit the blank.

    card: masked text; yuan: int fen >= 0; instant: epoch ms; day: yyyymmdd; count: int >= 0; the others: text.
    """
    return _WRITERS[kind](value, language, where)


def names_a_card(text: str) -> bool:
    """Whether so many digits stand in a row, blanks and dashes aside, that they could be a card number."""
    return _LONG_NUMBER.search(text) is not None


def without_cards(text: str) -> str:
    """The text with stars for everything that could be a card number: for words that somebody else wrote."""
    return _LONG_NUMBER.sub("****", text)


def _card(value: object, language: str, where: str) -> str:
    text = _text_of(value, where, 19)
    if not _CARD.fullmatch(text):
        raise TheirMistake("is not a masked card number (first six, stars, last four)", where)
    return text


def _yuan(value: object, language: str, where: str) -> str:
    amount = Money(_whole(value, FEN_MAX, where)).fen
    text = f"{amount // 100:,}.{amount % 100:02d}"
    return f"{text} 元" if language == "zh" else f"CNY {text}"


def _instant(value: object, language: str, where: str) -> str:
    at = datetime.fromtimestamp(_whole(value, INSTANT_MS_MAX, where) // 1000, UTC) + timedelta(seconds=CHINA_AHEAD_S)
    clock = f"{at.hour:02d}:{at.minute:02d}"
    if language == "zh":
        return f"{at.year}年{at.month}月{at.day}日 {clock}（北京时间）"
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year} {clock} (Beijing time)"


def _day(value: object, language: str, where: str) -> str:
    text = _text_of(value, where, 8)
    if not is_day(text):
        raise TheirMistake("is not a day (yyyymmdd)", where)
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
    return f"{year}年{month}月{day}日" if language == "zh" else f"{day} {_MONTHS[month - 1]} {year}"


def _count(value: object, language: str, where: str) -> str:
    return f"{_whole(value, COUNT_MAX, where):,}"


def _reference(value: object, language: str, where: str) -> str:
    text = _plain(value, where, 48)
    if not _REFERENCE.fullmatch(text):
        raise TheirMistake("is not a reference (capitals and digits in groups, with dashes)", where)
    return text


def _number(value: object, language: str, where: str) -> str:
    text = _text_of(value, where, 15)
    if not _NUMBER.fullmatch(text):
        raise TheirMistake("is not a number of the trade (at most 15 letters and digits)", where)
    return text


def _name(value: object, language: str, where: str) -> str:
    return _plain(value, where, NAME_CHARS_MAX)


def _text(value: object, language: str, where: str) -> str:
    return _plain(value, where, TEXT_CHARS_MAX)


def _contact(value: object, language: str, where: str) -> str:
    return _plain(value, where, CONTACT_CHARS_MAX)


def _plain(value: object, where: str, most: int) -> str:
    text = _text_of(value, where, most)
    if names_a_card(text):
        raise TheirMistake("holds a number as long as a card number; mask it or leave it out", where)
    return text


def _text_of(value: object, where: str, most: int) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TheirMistake("is a text, and not empty", where)
    if len(value) > most or not value.isprintable():
        raise TheirMistake(f"is one line of at most {most} characters", where)
    return value


def _whole(value: object, most: int, where: str) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise TheirMistake(f"is a whole number from 0 to {most}", where)
    return value


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WRITERS: dict[Blank, Callable[[object, str, str], str]] = {
    Blank.CARD: _card,
    Blank.YUAN: _yuan,
    Blank.INSTANT: _instant,
    Blank.DAY: _day,
    Blank.REFERENCE: _reference,
    Blank.NAME: _name,
    Blank.TEXT: _text,
    Blank.CONTACT: _contact,
    Blank.COUNT: _count,
    Blank.NUMBER: _number,
}
