"""Why was it refused, in the language of whoever asked? The engine's line, with yuan and times of day in it."""

from __future__ import annotations

import re

from chongzheng.console import words
from chongzheng.console.look import instant, yuan
from chongzheng.console.words_refused import PATTERNS, PLACE, PLACES

SAID_CHARS_MAX = 400
LIST = ", "
LINE = re.compile(r"line ([0-9]+)(?:, (.+))?")


def why(text: str, language: str) -> str:
    """The engine's line in this language, with its place before it; what nobody put into words stays as it is."""
    line = text[:SAID_CHARS_MAX]
    place, between, rest = line.partition(": ")
    if place not in PLACES and (whole := _said(line, language)) is not None:
        return whole
    said = _said(rest, language) if between else None
    if said is None:
        return line
    if language != words.LANGUAGES[0]:
        return f"{place}: {said}"
    return f"{_place(place, language)}：{said}"


def _place(place: str, language: str) -> str:
    """Where it is wrong, in Chinese: a field, a line of a file, a line and its field."""
    line = LINE.fullmatch(place)
    if line is None:
        return PLACES.get(place) or _called(place, language)
    return f"第 {line[1]} 行" + (f"“{_called(line[2], language)}”" if line[2] else "")


def _said(line: str, language: str) -> str | None:
    for pattern, pair in PATTERNS:
        if (found := pattern.fullmatch(line)) is not None:
            wanted = pair[words.LANGUAGES.index(language)]
            return _put(wanted, found.groups(), language) if wanted else line
    return None


def refused(text: str, language: str) -> str:
    """Nothing was done, and why not: what a page says on top."""
    return words.text("matter.refused", language, why=why(text, language))


def _put(sentence: str, values: tuple[str, ...], language: str) -> str:
    return PLACE.sub(lambda at: _filled(values[int(at[1])], at[2], language), sentence)


def _filled(value: str, form: str, language: str) -> str:
    if form == "¥" and value.lstrip("-").isdecimal():
        return yuan(int(value))
    if form == "@" and value.isdecimal():
        return instant(int(value))
    if form == "%":
        return words.kind(value, language)
    if form in ("#", "&"):
        between = "、" if language == words.LANGUAGES[0] else LIST
        said = _word if form == "#" else _called
        return between.join(said(one, language) for one in value.split(LIST))
    return value


def _called(name: str, language: str) -> str:
    """What a field is called, where it is one."""
    return words.label("", name, language) if name in words.ASKED else name


def _word(text: str, language: str) -> str:
    """A fact, a state, a role or a fixed word; several facts are said with or between them."""
    if " or " in text:
        return " / ".join(_word(one, language) for one in text.split(" or "))
    said = words.fact(text, language)
    return said if said != text else words.set_word(text, language)
