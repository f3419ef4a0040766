"""What may stand in a field of a file: is this text digits, a card number, money, a time, and what is its value?

Money becomes whole fen, never anything else; a time becomes yyyymmddHHMMSS, with the year derived where the file leaves
it out. A value that does not fit is `Unfit`, which says what it is not and never repeats it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from chongzheng.card import PAN_DIGITS_MAX, PAN_DIGITS_MIN
from chongzheng.settlement import days

FEN_DIGITS_MAX = 15
"""Ten trillion yuan; a longer number is no amount."""
DAY_CHARS, MONTH_DAY_CHARS, CLOCK_CHARS = len("yyyymmdd"), len("mmdd"), len("HHMMSS")
NARROW = str.maketrans({**{0xFF01 + n: 0x21 + n for n in range(94)}, 0x3000: 0x20})
"""Full-width digits, letters and signs, which people type into spreadsheets, as their ASCII forms."""

_TOKENS = {"yyyy": r"(?P<year>\d{4})", "yy": r"(?P<short>\d{2})", "MM": r"(?P<month>\d{2})", "dd": r"(?P<day>\d{2})",
           "HH": r"(?P<hour>\d{2})", "mm": r"(?P<minute>\d{2})", "ss": r"(?P<second>\d{2})"}  # fmt: skip
_DAY, _CLOCK = ("year", "short", "month", "day"), ("hour", "minute", "second")
_TOKEN = re.compile("|".join(_TOKENS))
_YUAN = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2})(0*))?", re.ASCII)
_SIGNED = re.compile(r"([+-]?)(\d+)", re.ASCII)
_LETTERED = re.compile(r"([CD]?)(\d+)", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
_WORD = re.compile(r"[ -~]+")
_CARD = re.compile(rf"\d{{{PAN_DIGITS_MIN},{PAN_DIGITS_MAX}}}", re.ASCII)
_MASKED = re.compile(r"\d{0,6}[*xX]{2,15}\d{0,4}", re.ASCII)


class Unfit(Exception):
    """The value does not fit; the argument completes the sentence "the field …"."""


@dataclass(frozen=True, slots=True)
class Time:
    """A form such as `yyyy-MM-dd HH:mm:ss` or `MMddHHmmss`. `latest`: where it has no year, it means the latest such
    day that is not after the file's; otherwise the file's own day or one of the days before it that it may hold.
    `day` and `clock`: the groups of the pattern that state a day and a time of day, () where it states none.
    """

    form: str
    pattern: re.Pattern[str]
    latest: bool
    day: tuple[str, ...]
    clock: tuple[str, ...]


def time_form(form: str, latest: bool) -> Time:
    """A time's form, ready to read. Unfit when it is none: each part at most once, a day has its month."""
    parts, pattern, at = [], "", 0
    for found in _TOKEN.finditer(form):
        parts.append(found[0])
        pattern += re.escape(form[at : found.start()]) + _TOKENS[found[0]]
        at = found.end()
    whole_day = {"MM", "dd"} <= set(parts) or not {"yyyy", "yy", "MM", "dd"} & set(parts)
    whole_time = {"HH", "mm"} <= set(parts) or not {"HH", "mm", "ss"} & set(parts)
    if not parts or len(set(parts)) != len(parts) or {"yyyy", "yy"} <= set(parts) or not (whole_day and whole_time):
        raise Unfit("is no form of a time, like yyyy-MM-dd HH:mm:ss")
    compiled = re.compile(pattern + re.escape(form[at:]), re.ASCII)
    day, clock = (tuple(one for one in names if one in compiled.groupindex) for names in (_DAY, _CLOCK))
    return Time(form, compiled, latest, day, clock)


def moment(text: str, time: Time, day: str, days_back: int) -> tuple[str, str]:
    """`text` as (yyyymmdd, HHMMSS), each "" where the form does not state it. `day`: the file's clearing day."""
    found = time.pattern.fullmatch(text)
    if found is None:
        raise Unfit(f"is not a time like {time.form}")
    clock = "".join(found.group(*time.clock)).ljust(CLOCK_CHARS, "0") if time.clock else ""
    if clock and not days.is_time(clock):
        raise Unfit("is not a time")
    return _day("".join(found.group(*time.day)), time.latest, day, days_back) if time.day else "", clock


@lru_cache(maxsize=days.DAYS_KEPT_MAX)
def _day(stated: str, latest: bool, day: str, days_back: int) -> str:
    """The full date of yyyymmdd, yymmdd or mmdd."""
    if len(stated) > MONTH_DAY_CHARS:
        found = stated if len(stated) == DAY_CHARS else f"20{stated}"
    elif latest:
        found = days.latest(stated, day)
    else:
        found = days.in_clearing_day(stated, day, days_back)
        if not found:
            raise Unfit(outside(day, days_back))
    if not days.is_day(found):
        raise Unfit("is not a date and time")
    return found


def outside(day: str, days_back: int) -> str:
    """What a trade is that belongs to another day's file."""
    if days_back == 1:
        return f"was not sent on {day} or the day before"
    return f"was not sent on {day} or within the {days_back} days before" if days_back else f"was not sent on {day}"


def _plain(pattern: re.Pattern[str], what: str) -> Callable[[str], str]:
    def take(text: str) -> str:
        if pattern.fullmatch(text) is None:
            raise Unfit(f"is not {what}")
        return text

    return take


def _text(text: str) -> str:
    return text


def _masked(text: str) -> str:
    if _MASKED.fullmatch(text) is None:
        raise Unfit("is not a masked card number")
    return text.replace("x", "*").replace("X", "*")


def _any_card(text: str) -> str:
    return text if _CARD.fullmatch(text) else _masked(text)


def _fen(text: str) -> int:
    if _DIGITS.fullmatch(text) is None:
        raise Unfit("is not digits")
    return _bounded(text)


def _signed_fen(text: str) -> int:
    found = _SIGNED.fullmatch(text)
    if found is None:
        raise Unfit("is not fen, digits with or without a sign")
    return -_bounded(found[2]) if found[1] == "-" else _bounded(found[2])


def _lettered(minus: str) -> Callable[[str], int]:
    def take(text: str) -> int:
        found = _LETTERED.fullmatch(text)
        if found is None:
            raise Unfit("is not fen behind a C or a D")
        return -_bounded(found[2]) if found[1] == minus else _bounded(found[2])

    return take


def _yuan(text: str) -> int:
    found = _YUAN.fullmatch(text.removeprefix("¥").removeprefix("￥"))
    if found is None:
        raise Unfit("is not yuan with at most two places, like 123.45")
    fen = _bounded(found[2].replace(",", "") + (found[3] or "").ljust(2, "0"))
    return -fen if found[1] == "-" else fen


def _bounded(digits: str) -> int:
    if len(digits.lstrip("0")) > FEN_DIGITS_MAX:
        raise Unfit(f"has more than {FEN_DIGITS_MAX} digits")
    return int(digits)


DIGITS, WORD, TEXT, TIME, UNREAD = "digits", "word", "text", "time", "unread"
CARD, MASKED, ANY_CARD = "card", "masked card", "any card"
CARDS = frozenset({CARD, MASKED, ANY_CARD})
"""A card number in full, one that is masked already, or either."""

WORDS: MappingProxyType[str, Callable[[str], str]] = MappingProxyType({
    DIGITS: _plain(_DIGITS, "digits"),
    WORD: _plain(_WORD, "printable text"),
    TEXT: _text,
    CARD: _plain(_CARD, "a card number"),
    MASKED: _masked,
    ANY_CARD: _any_card,
})  # fmt: skip
MONEY: MappingProxyType[str, Callable[[str], int]] = MappingProxyType({
    "fen": _fen,
    "signed fen": _signed_fen,
    "credit fen": _lettered("D"),
    "debit fen": _lettered("C"),
    "yuan": _yuan,
})  # fmt: skip
"""`credit fen`: C is above zero, D below; `debit fen` the other way round; without a letter above zero."""

KINDS = (*WORDS, *MONEY, TIME, UNREAD)
BLANK_IS_NOTHING = frozenset({WORD, TEXT})
"""Kinds in which a blank is a value like any other, whether or not the field is optional."""


def narrow(text: str) -> str:
    """Full-width forms as ASCII, without blanks and tabs around."""
    return (text if text.isascii() else text.translate(NARROW)).strip(" \t")
