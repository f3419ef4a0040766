"""Does one piece of evidence hold, given the signals that are known?

A predicate is one condition or several joined by ` & `; a condition is `signal op value`, `signal in {a;b}`, a bare
boolean signal, or `abs(signal) op value`. The right side may be another signal, written with a dot or as `fence_km`
(data/README.md). What is unknown holds nothing: not even `!=`.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chongzheng.causes.signals import Signals, Value
from chongzheng.mistakes import TheirMistake

_NAME = r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*"
_COMPARED = re.compile(rf"(?:abs\(({_NAME})\)|({_NAME}))(==|!=|>=|<=|>|<)([^\s=<>;{{}}]+)")
_AMONG = re.compile(rf"({_NAME}) in \{{([^{{}}]+)\}}")
_BARE = re.compile(_NAME)
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_OTHER = re.compile(r"fence_km|[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+")
_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le,
}  # fmt: skip
_WEIGHTED = re.compile(r"(\S.*)=([+-][0-9]+(?:\.[0-9]+)?)")


@dataclass(frozen=True, slots=True)
class Condition:
    """`signal op wanted`; `op` "in" takes several wanted values. `other`: the signal on the right side, or ""."""

    signal: str
    op: str
    wanted: tuple[str, ...]
    other: str = ""
    absolute: bool = False

    def holds(self, signals: Signals) -> bool:
        """Whether it is known to be true."""
        if any(name not in signals for name in self.needs):
            return False
        left = signals[self.signal]
        if self.absolute:
            left = abs(left) if isinstance(left, int | float) else left
        if self.other:
            return _compare(left, self.op, signals[self.other])
        if self.op == "in":
            return any(_compare(left, "==", _like(left, word)) for word in self.wanted)
        return _compare(left, self.op, _like(left, self.wanted[0]))

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the signals that must be known."""
        return (self.signal, self.other) if self.other else (self.signal,)


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of evidence: where all `conditions` hold, `weight` (a natural logarithm) counts. `text`: as read."""

    text: str
    conditions: tuple[Condition, ...]
    weight: float

    def holds(self, signals: Signals) -> bool:
        """Whether every condition is known to be true."""
        return all(condition.holds(signals) for condition in self.conditions)

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of all signals it asks for, each once, in the order of reading."""
        return tuple(dict.fromkeys(name for condition in self.conditions for name in condition.needs))


def read_items(cell: str, where: str) -> tuple[Item, ...]:
    """The items of one evidence cell, `predicate=±weight` joined by `; `. TheirMistake: it says what cannot be read."""
    return tuple(_item(text, where) for text in cell.split("; ")) if cell else ()


def _item(text: str, where: str) -> Item:
    found = _WEIGHTED.fullmatch(text)
    if found is None:
        raise TheirMistake(f"{text!r} is no evidence of the form predicate=+weight", where)
    predicate, weight = found.groups()
    return Item(predicate, tuple(_condition(part, where) for part in predicate.split(" & ")), float(weight))


def _condition(text: str, where: str) -> Condition:
    if among := _AMONG.fullmatch(text):
        return Condition(among[1], "in", tuple(among[2].split(";")))
    if compared := _COMPARED.fullmatch(text):
        absolute, plain, op, right = compared.groups()
        other = right if _OTHER.fullmatch(right) else ""
        return Condition(absolute or plain, op, () if other else (right,), other, bool(absolute))
    if _BARE.fullmatch(text):
        return Condition(text, "==", ("true",))
    raise TheirMistake(f"{text!r} is no condition: signal op value, signal in {{a;b}}, or a signal", where)


def is_number(word: str) -> bool:
    """Whether a word of the table is a number."""
    return _NUMBER.fullmatch(word) is not None


def _like(left: Value, word: str) -> Value:
    """The word of the table as a value of the left side's type; text where it is of none."""
    if isinstance(left, bool) and word in ("true", "false"):
        return word == "true"
    if not isinstance(left, str) and is_number(word):
        return float(word)
    return word


def _compare(left: Value, op: str, right: Value) -> bool:
    """Text is only ordered against text: as instants with a zone, as whole numbers, else letter by letter."""
    if isinstance(left, str) != isinstance(right, str):
        return op in ("==", "!=") and (str(left) == str(right)) is (op == "==")
    if op not in ("==", "!=") and isinstance(left, str) and isinstance(right, str):
        left, right = _comparable(left, right)
    return _ORDERED[op](left, right)


def _comparable(left: str, right: str) -> tuple[Value, Value]:
    if left.isdecimal() and right.isdecimal() and len(left) != len(right):
        return int(left), int(right)
    instants = _instant(left), _instant(right)
    return (left, right) if None in instants else (instants[0] or 0.0, instants[1] or 0.0)


def _instant(text: str) -> float | None:
    """Seconds since the epoch of an ISO 8601 instant that names its zone; None for other text."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.timestamp() if found.tzinfo is not None else None
