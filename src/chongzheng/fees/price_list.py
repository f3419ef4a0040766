"""What does this price list say? TOML text becomes a tariff, or one line that says what is wrong and where.

The text is handed in; docs/fees.md describes it. Rates are text ("0.0060"), because a TOML number with a point is a
binary float, and no binary float comes near money.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from chongzheng.fees.rules import CARD_TYPES, CHANNELS, ENTRY_MODES, GENERAL, Rule, Tier, When
from chongzheng.fees.tariff import Tariff
from chongzheng.mistakes import TheirMistake
from chongzheng.money import FEN_MAX

RULES_MAX = 100_000
TIERS_MAX = 16
NAME_CHARS_MAX = 64
TEXT_CHARS_MAX = 300
ORDER_MAX = 100_000

WHOLE, TIERED = "WHOLE", "TIERED"

_RATE = re.compile(r"0(?:\.[0-9]{1,8})?")
_NAME = re.compile(rf"[A-Za-z0-9_.-]{{1,{NAME_CHARS_MAX}}}")
_MCC = re.compile(r"[0-9]{4}")
_CHOICES = {"channel": CHANNELS, "entry_mode": ENTRY_MODES, "card_type": CARD_TYPES}
_SET_KEYS = frozenset({"name", "over", "zh", "en"})
_RULE_KEYS = frozenset(
    "set order id from until merchant approved_by channel entry_mode card_type mcc amount_fen_min amount_fen_max"
    " mode rate tiers cap_fen zh en".split()
)


def read(text: str, name: str) -> Tariff:
    """The tariff in `text`, the content of the file `name`; alone it may be incomplete, so see Tariff.merged.

    TheirMistake, one line with file, row and key: no TOML, an unknown key, a value that is none, too many rows.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise TheirMistake(f"is not TOML: {wrong}", name) from None
    _refuse_unknown(document, frozenset({"set", "rule"}), name)
    sets, rows = _tables(document, "set", name), _tables(document, "rule", name)
    over = {_name(row, "name", at): _name(row, "over", at, GENERAL) for at, row in sets if _is_over(row, at)}
    return Tariff(tuple(_rule(row, at) for at, row in rows), MappingProxyType(over))


def _tables(document: Mapping[str, Any], key: str, name: str) -> list[tuple[str, Mapping[str, Any]]]:
    """(where, row) of every [[key]]."""
    found = document.get(key, [])
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise TheirMistake(f"write each as [[{key}]]", f"{name}: {key}")
    if len(found) > RULES_MAX:
        raise TheirMistake(f"has more than {RULES_MAX} rows", f"{name}: {key}")
    return [(f"{name}: {key} {number}{_called(row)}", row) for number, row in enumerate(found, 1)]


def _called(row: Mapping[str, Any]) -> str:
    word = row.get("id", row.get("name"))
    return f" ({word})" if isinstance(word, str) and _NAME.fullmatch(word) else ""


def _is_over(row: Mapping[str, Any], at: str) -> bool:
    _refuse_unknown(row, _SET_KEYS, at)
    return _name(row, "name", at) != GENERAL


def _rule(row: Mapping[str, Any], at: str) -> Rule:
    _refuse_unknown(row, _RULE_KEYS, at)
    first, last = _day(row, "from", at), _day(row, "until", at)
    if last and last < first:
        raise TheirMistake("lies before the day it begins", f"{at}, until")
    return Rule(
        set=_name(row, "set", at, GENERAL),
        order=_whole(row, "order", at, ORDER_MAX),
        id=_name(row, "id", at),
        when=_when(row, at),
        tiers=_tiers(row, at),
        cap_fen=_whole(row, "cap_fen", at, FEN_MAX) if "cap_fen" in row else None,
        first_day=first,
        last_day=last,
        merchant=_name(row, "merchant", at, ""),
        approved_by=_text(row, "approved_by", at),
        zh=_text(row, "zh", at),
        en=_text(row, "en", at),
    )


def _when(row: Mapping[str, Any], at: str) -> When:
    low = _whole(row, "amount_fen_min", at, FEN_MAX) if "amount_fen_min" in row else None
    high = _whole(row, "amount_fen_max", at, FEN_MAX) if "amount_fen_max" in row else None
    if low is not None and high is not None and high < low:
        raise TheirMistake("is smaller than amount_fen_min", f"{at}, amount_fen_max")
    channel, entry_mode, card_type, mcc = (_words(row, key, at) for key in (*_CHOICES, "mcc"))
    return When(channel, entry_mode, card_type, mcc, low, high)


def _tiers(row: Mapping[str, Any], at: str) -> tuple[Tier, ...]:
    mode = row.get("mode", WHOLE)
    if mode not in (WHOLE, TIERED):
        raise TheirMistake(f"is neither {WHOLE} nor {TIERED}", f"{at}, mode")
    if mode == WHOLE:
        if "tiers" in row:
            raise TheirMistake(f"belongs to mode {TIERED}", f"{at}, tiers")
        return (Tier(None, _rate(row, at)),)
    if "rate" in row:
        raise TheirMistake(f"belongs to mode {WHOLE}", f"{at}, rate")
    return _slices(row.get("tiers"), f"{at}, tiers")


def _slices(given: object, at: str) -> tuple[Tier, ...]:
    if not isinstance(given, list) or not 2 <= len(given) <= TIERS_MAX:
        raise TheirMistake(f"must be a list of 2 to {TIERS_MAX} tables", at)
    found: list[Tier] = []
    for number, slice_ in enumerate(given, 1):
        here = f"{at} {number}"
        if not isinstance(slice_, dict):
            raise TheirMistake("must be a table with rate and up_to_fen", here)
        _refuse_unknown(slice_, frozenset({"rate", "up_to_fen"}), here)
        is_last = number == len(given)
        if is_last is ("up_to_fen" in slice_):
            raise TheirMistake("stands in every slice but the last", f"{here}, up_to_fen")
        end = None if is_last else _whole(slice_, "up_to_fen", here, FEN_MAX)
        if end is not None and end <= (found[-1].up_to_fen or 0 if found else 0):
            raise TheirMistake("is not above the slice before", f"{here}, up_to_fen")
        found.append(Tier(end, _rate(slice_, here)))
    return tuple(found)


def _rate(row: Mapping[str, Any], at: str) -> Decimal:
    value = row.get("rate")
    if not isinstance(value, str) or not _RATE.fullmatch(value):
        raise TheirMistake('must be text such as "0.0060", below 1', f"{at}, rate")
    return Decimal(value)


def _words(row: Mapping[str, Any], key: str, at: str) -> frozenset[str]:
    value = row.get(key, [])
    if not isinstance(value, list) or (key in row and not value):
        raise TheirMistake("must be a list of words; leave it out if every value will do", f"{at}, {key}")
    for word in value:
        if key in _CHOICES and word not in _CHOICES[key]:
            raise TheirMistake(f"is none of {', '.join(_CHOICES[key])}", f"{at}, {key}")
        if key not in _CHOICES and not (isinstance(word, str) and _MCC.fullmatch(word)):
            raise TheirMistake("must be four digits as text", f"{at}, {key}")
    return frozenset(value)


def _whole(row: Mapping[str, Any], key: str, at: str, most: int) -> int:
    value = row.get(key)
    if type(value) is not int or not 0 <= value <= most:
        raise TheirMistake(f"must be a whole number from 0 to {most}", f"{at}, {key}")
    return value


def _day(row: Mapping[str, Any], key: str, at: str) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TheirMistake("must be a day such as 2016-09-06, without quotes", f"{at}, {key}")
    return value.isoformat().replace("-", "")


def _name(row: Mapping[str, Any], key: str, at: str, default: str | None = None) -> str:
    value = row.get(key, default)
    if value == default and default is not None:
        return default
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise TheirMistake(f"must be 1 to {NAME_CHARS_MAX} letters, digits or _ . -", f"{at}, {key}")
    return value


def _text(row: Mapping[str, Any], key: str, at: str) -> str:
    value = row.get(key, "")
    if not isinstance(value, str) or len(value) > TEXT_CHARS_MAX or not value.isprintable():
        raise TheirMistake(f"must be one line of text, at most {TEXT_CHARS_MAX} characters", f"{at}, {key}")
    return value


def _refuse_unknown(row: Mapping[str, Any], known: frozenset[str], at: str) -> None:
    for key in row:
        if key not in known:
            raise TheirMistake(f"is no key here; there are {', '.join(sorted(known))}", f"{at}, {key!r:.40}")
