"""How is a word, an amount or an instant of the program written for people, in Chinese or in English?"""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from chongzheng.cases.fields import Field
from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import PROGRAM
from chongzheng.cases.shipped import REGISTERS
from chongzheng.causes.table import packed
from chongzheng.reports.documents import LANGUAGES
from chongzheng.settlement.days import CHINA_AHEAD_S

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
NOTHING = "—"
NAMED_BY_REGISTER = {"source": "case sources", "action": "case actions", "clock": "clocks", "name": "clocks"}
"""Words of facts that name a row of a register, which has its own titles."""


@cache
def words() -> dict[str, dict[str, Any]]:
    """The program's words by group, as words.toml has them."""
    return tomllib.loads(files("chongzheng.reports").joinpath("words.toml").read_text("utf-8"))


class Tongue:
    """One of the languages of LANGUAGES. Called with both, it gives the one."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._at = LANGUAGES.index(language)

    def __call__(self, zh: str, en: str) -> str:
        return (zh, en)[self._at]

    def word(self, group: str, word: str) -> str:
        """A word of a group of words.toml; in English it may say itself, and what nobody knows always does."""
        known = words()[group].get(word)
        if isinstance(known, list):
            return str(known[self._at])
        if known is not None and self.language == "zh":
            return str(known)
        if known is None and group == "word":
            return self._coded(word) or NOTHING
        plain = _HUMP.sub(" ", word).replace("_", " ")
        return plain.lower() if group in ("fact", "state") else plain

    def _coded(self, word: str) -> str:
        """`rejected 12`: a word and the code that came with it."""
        first, blank, code = word.partition(" ")
        return f"{self.word('word', first)} {code}" if blank and code.isdigit() and first in words()["word"] else word

    def who(self, actor: str) -> str:
        """A person by the id of the register, or the program."""
        return self.word("word", actor) if actor == PROGRAM else actor

    def row(self, register: str, name: str) -> str:
        """The title of a shipped row of a register; the row's name where it has none."""
        shipped = REGISTERS[register].shipped.get(name, {}) if register in REGISTERS else {}
        return str(shipped.get(self.language, name))

    def state(self, kind: str, state: str) -> str:
        """A state, by the word that it has with this kind of matter where that is another one."""
        own = words()["state"].get(f"{kind}.{state}")
        return str(own) if own is not None and self.language == "zh" else self.word("state", state)

    def kind(self, kind: str) -> str:
        """What this kind of matter is called."""
        return KINDS[kind].titles[self._at] if kind in KINDS else kind

    def cause(self, cause: str) -> str:
        """A cause by its id, and what it is."""
        known = packed().by_id.get(cause)
        return f"{cause} {self(known.zh, known.en)}" if known else self.word("word", cause)

    def said(self, kind: str, fact: str, name: str, value: str) -> tuple[str, str]:
        """(what the word is called, its value) as they stand in a sentence about a fact."""
        field = _field(kind, fact, name)
        label = field.zh.removesuffix("(分)") if field and self.language == "zh" else self.word("label", name)
        return label, self._value(field, name, value)

    def _value(self, field: Field | None, name: str, value: str) -> str:
        digits = value.removeprefix("-").isdigit()
        if digits and ((field and field.form == "instant") or name.endswith("_at") or name == "at"):
            return self.clock(int(value))
        if digits and ((field and field.form == "fen") or name.endswith("fen")):
            return self.yuan(int(value))
        if name in ("primary", "cause"):
            return self.cause(value)
        if name in ("truth", "engine") and value in words()["truth"]:
            return self.word("truth", value)
        if name in ("proof", "state"):
            return self.word(name, value)
        if name in NAMED_BY_REGISTER:
            return self.row(NAMED_BY_REGISTER[name], value)
        return self.word("word", value) if field is None or field.form in ("word", "flag") else value

    def sentence(self, kind: str, fact: str, said: tuple[tuple[str, str], ...]) -> str:
        """All words of a fact in one line."""
        parts = [self.said(kind, fact, name, value) for name, value in said]
        return self("；", "; ").join(f"{label}{self('：', ': ')}{value}" for label, value in parts)

    def clock(self, at: int | None) -> str:
        """An instant (epoch ms) in Beijing time, to the second."""
        return NOTHING if at is None else f"{in_china(at):%Y-%m-%d %H:%M:%S}"

    def day(self, at: int) -> str:
        """The day of an instant in China."""
        return f"{in_china(at):%Y-%m-%d}"

    def yuan(self, fen: int) -> str:
        """`1,234.56 元`."""
        return f"{digits(fen)} {self('元', 'CNY')}"

    def span(self, ms: int) -> str:
        """A length of time in days, hours and minutes; seconds where there is nothing longer."""
        minutes, seconds = divmod(ms // 1000, 60)
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        parts = [(days, self("天", "d")), (hours, self("小时", "h")), (minutes, self("分", "min"))]
        shown = [f"{count} {unit}" for count, unit in parts if count]
        return " ".join(shown[:2]) if shown else f"{seconds} {self('秒', 's')}"

    def share(self, ppm: int) -> str:
        """Parts per million as percent, with one decimal."""
        tenths = (ppm + 500) // 1000
        return f"{tenths // 10}.{tenths % 10}%"

    def yes(self, flag: bool) -> str:
        """Yes or no."""
        return self("是", "yes") if flag else self("否", "no")


def digits(fen: int) -> str:
    """`-12,345.67`."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def in_china(at: int) -> datetime:
    """An instant (epoch ms) as a clock in China shows it."""
    return datetime.fromtimestamp(at // 1000, UTC) + timedelta(seconds=CHINA_AHEAD_S)


def _field(kind: str, fact: str, name: str) -> Field | None:
    rows = KINDS[kind].rows if kind in KINDS else ()
    return next((field for row in rows if row.fact == fact for field in row.takes if field.name == name), None)
