"""Which signals can speak about a cause, what type is each, and how do people call it in Chinese and in English?

The vocabulary of the evidence columns of causes.csv (facts/operations 6.2). A form asks for a signal by this row; a
signal that is not given is unknown and speaks for nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import TypeAlias

from chongzheng.mistakes import TheirMistake

SIGNALS_MAX = 1_000
TEXT_CHARS_MAX = 200
NUMBER_MAX = 10**15
"""No measurement is larger, nor an instant in epoch milliseconds."""


class Kind(StrEnum):
    """What a value of the signal looks like in JSON."""

    FLAG = "flag"
    """true or false."""
    NUMBER = "number"
    COUNTED = "counted"
    """A number where 1 stands for yes and 0 for no; true and false mean the same."""
    CODE = "code"
    """An answer or reason code: text, because leading zeros count."""
    WORD = "word"
    """Text, one of the words of the table or another."""
    MOMENT = "moment"
    """A day, an instant or a version that is only compared with another: text or a number."""


Value: TypeAlias = bool | int | float | str
Signals: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that can be known. `words`: those a form offers; `of_system`: a machine witnessed it, not a person."""

    name: str
    kind: Kind
    zh: str
    en: str
    words: tuple[str, ...] = ()

    @property
    def of_system(self) -> bool:
        """Whether it answers a question about a system: terminal, network, host, issuer, release, file or wallet."""
        return self.name.split(".")[0] in _SYSTEMS


_SYSTEMS = frozenset("tlm host issuer clr cluster rel net app qr wallet".split())


def _read(lines: Iterable[str]) -> Iterator[Signal]:
    for row in csv.DictReader(lines, strict=True):
        yield Signal(row["name"], Kind(row["kind"]), row["zh"], row["en"], tuple(row["words"].split()))


SIGNALS: dict[str, Signal] = {
    one.name: one for one in _read(files(__package__).joinpath("signals.csv").read_text("utf-8").splitlines())
}
"""Every signal by its name, in the order in which a form asks."""


def given(found: Mapping[str, object], where: str = "signals") -> dict[str, Value]:
    """The signals of a document, without those that are null (unknown).

    TheirMistake: too many, or a value that is not of the signal's type. A name that is not in the vocabulary may carry
    any plain value: a table of the operator's own may ask for it.
    """
    if len(found) > SIGNALS_MAX:
        raise TheirMistake(f"has more than {SIGNALS_MAX} signals", where)
    return {name: _checked(name, value, where) for name, value in found.items() if value is not None}


def _checked(name: str, value: object, where: str) -> Value:
    path = f"{where}: {name[:TEXT_CHARS_MAX]}"
    if not isinstance(value, bool | int | float | str):
        raise TheirMistake("is a list or an object; a signal is text, a number, true or false", path)
    if isinstance(value, str) and len(value) > TEXT_CHARS_MAX:
        raise TheirMistake(f"has more than {TEXT_CHARS_MAX} characters", path)
    if isinstance(value, int | float) and not -NUMBER_MAX <= value <= NUMBER_MAX:
        raise TheirMistake("is not a number of this world", path)
    known = SIGNALS.get(name)
    if known is not None and not _fits(known.kind, value):
        raise TheirMistake(f"is {_WANTED[known.kind]}", path)
    return value


_WANTED = {
    Kind.FLAG: "true or false",
    Kind.NUMBER: "a number",
    Kind.COUNTED: "a number, true or false",
    Kind.CODE: 'a code; write it as text, such as "00", because leading zeros count',
    Kind.WORD: "a word; write it as text",
    Kind.MOMENT: "a day, an instant or a version: text or a number",
}


def _fits(kind: Kind, value: Value) -> bool:
    if isinstance(value, bool):
        return kind in (Kind.FLAG, Kind.COUNTED)
    if isinstance(value, str):
        return kind in (Kind.CODE, Kind.WORD, Kind.MOMENT)
    return kind in (Kind.NUMBER, Kind.COUNTED, Kind.MOMENT)
