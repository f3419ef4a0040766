"""What stands in a row of a price list? Each value is checked as it is taken, and a wrong one is told with its place.

Rates are text ("0.0060"), because a TOML number with a point is a binary float, and none of those comes near money.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from chongzheng.mistakes import TheirMistake
from chongzheng.money import FEN_MAX

TABLES = ("set", "rule", "refund", "cost", "class")
"""What an operator's file may hold: the price list (price_list) and the ladder of interchange (interchange)."""

ROWS_MAX = 100_000
NAME_CHARS_MAX = 64
TEXT_CHARS_MAX = 300

_RATE = re.compile(r"0(?:\.[0-9]{1,8})?|1")
_NAME = re.compile(rf"[A-Za-z0-9_.-]{{1,{NAME_CHARS_MAX}}}")
_MCC = re.compile(r"[0-9]{4}")


@dataclass(frozen=True, slots=True)
class Row:
    """One [[table]] of a file; `at` says where it stands. Every method raises TheirMistake when the value is wrong."""

    at: str
    values: Mapping[str, Any]

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def refuse_others(self, known: Collection[str]) -> None:
        """No key but the known ones."""
        _refuse_others(self.values, known, self.at)

    def rate(self, key: str) -> Decimal:
        """A share of the amount, from 0 to 1."""
        value = self.values.get(key)
        if not isinstance(value, str) or not _RATE.fullmatch(value):
            raise self.wrong(key, 'must be text such as "0.0060", at most 1')
        return Decimal(value)

    def whole(self, key: str, most: int) -> int:
        """A whole number from 0 to `most`."""
        value = self.values.get(key)
        if type(value) is not int or not 0 <= value <= most:
            raise self.wrong(key, f"must be a whole number from 0 to {most}")
        return value

    def integer(self, key: str, most: int) -> int:
        """A whole number from `-most` to `most`."""
        value = self.values.get(key)
        if type(value) is not int or not -most <= value <= most:
            raise self.wrong(key, f"must be a whole number from {-most} to {most}")
        return value

    def fen(self, key: str) -> int | None:
        """An amount in fen; None when it is left out."""
        return self.whole(key, FEN_MAX) if key in self.values else None

    def day(self, key: str) -> str:
        """A day as yyyymmdd; "" when it is left out."""
        value = self.values.get(key)
        if value is None:
            return ""
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.wrong(key, "must be a day such as 2016-09-06, without quotes")
        return value.isoformat().replace("-", "")

    def days(self) -> tuple[str, str]:
        """The first day and the last, from the keys `from` and `until`; "" for open."""
        first, last = self.day("from"), self.day("until")
        if last and last < first:
            raise self.wrong("until", "lies before the day it begins")
        return first, last

    def name(self, key: str, default: str | None = None) -> str:
        """A name; `default` when it is left out."""
        value = self.values.get(key, default)
        if value == default and default is not None:
            return default
        if not isinstance(value, str) or not _NAME.fullmatch(value):
            raise self.wrong(key, f"must be 1 to {NAME_CHARS_MAX} letters, digits or _ . -")
        return value

    def text(self, key: str) -> str:
        """One line of text; "" when it is left out."""
        value = self.values.get(key, "")
        if not isinstance(value, str) or len(value) > TEXT_CHARS_MAX or not value.isprintable():
            raise self.wrong(key, f"must be one line of text, at most {TEXT_CHARS_MAX} characters")
        return value

    def choice(self, key: str, allowed: Collection[str], default: str) -> str:
        """One of the allowed words; `default` when it is left out."""
        value = self.values.get(key, default)
        if value not in allowed:
            raise self.wrong(key, f"is none of {', '.join(allowed)}")
        return str(value)

    def choices(self, key: str, allowed: Collection[str]) -> frozenset[str]:
        """Some of the allowed words; none when it is left out."""
        return self._some(key, lambda word: word in allowed, f"is none of {', '.join(allowed)}")

    def mccs(self, key: str) -> frozenset[str]:
        """Merchant categories; none when it is left out."""
        return self._some(
            key, lambda word: bool(_MCC.fullmatch(word)) and word.isascii(), "must be four digits as text"
        )

    def texts(self, key: str, most: int) -> tuple[str, ...]:
        """At least one line of text, none of them blank."""
        value = self.values.get(key)
        if not isinstance(value, list) or not 1 <= len(value) <= most:
            raise self.wrong(key, f"must be a list of 1 to {most} texts")
        if not all(isinstance(word, str) and word.strip() and len(word) <= TEXT_CHARS_MAX for word in value):
            raise self.wrong(key, "holds something else than text, or a blank one")
        return tuple(value)

    def rows(self, key: str, least: int, most: int) -> tuple[Row, ...]:
        """The tables in a list of tables."""
        value = self.values.get(key)
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise self.wrong(key, f"must be a list of {least} to {most} tables")
        if not all(isinstance(row, dict) for row in value):
            raise self.wrong(key, "holds something else than a table, which is written { … }")
        return tuple(Row(f"{self.at}, {key} {number}", row) for number, row in enumerate(value, 1))

    def wrong(self, key: str, what: str) -> TheirMistake:
        """The mistake, with its place, to be raised."""
        return TheirMistake(what, f"{self.at}, {key}")

    def _some(self, key: str, fits: Any, what: str) -> frozenset[str]:
        value = self.values.get(key, [])
        if not isinstance(value, list) or (key in self.values and not value):
            raise self.wrong(key, "must be a list of words; leave it out if every value will do")
        if not all(isinstance(word, str) and fits(word) for word in value):
            raise self.wrong(key, what)
        return frozenset(value)


def tables(text: str, name: str, known: Collection[str] = TABLES) -> dict[str, tuple[Row, ...]]:
    """The [[tables]] of the TOML `text` of the file `name` by their key, which is one of `known`.

    TheirMistake: no TOML, another key, too many rows.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise TheirMistake(f"is not TOML: {wrong}", name) from None
    _refuse_others(document, known, name)
    return {key: _rows(document.get(key, []), key, name) for key in known}


def _rows(found: object, key: str, name: str) -> tuple[Row, ...]:
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise TheirMistake(f"write each as [[{key}]]", f"{name}: {key}")
    if len(found) > ROWS_MAX:
        raise TheirMistake(f"has more than {ROWS_MAX} rows", f"{name}: {key}")
    return tuple(Row(f"{name}: {key} {number}{_called(row)}", row) for number, row in enumerate(found, 1))


def _called(row: Mapping[str, Any]) -> str:
    word = row.get("id", row.get("name"))
    return f" ({word})" if isinstance(word, str) and _NAME.fullmatch(word) else ""


def _refuse_others(values: Mapping[str, Any], known: Collection[str], at: str) -> None:
    for key in values:
        if key not in known:
            raise TheirMistake(f"is no key here; there are {', '.join(sorted(known))}", f"{at}, {key!r:.40}")
