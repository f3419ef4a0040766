"""How does a word that a fact takes become a field on a page, and what the person wrote a word again?

The words, their forms and their names come from the kind's own table, so a new kind needs no page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from chongzheng.cases.fields import LIST_MAX, TEXT_CHARS_MAX, Field
from chongzheng.cases.matter import Kind, Matter, Row
from chongzheng.console import words

SHOPS_CLOCK = timezone(timedelta(hours=8))
"""The clock on which days, clocks and files run here."""
WIDGETS = {
    "text": "area",
    "word": "line",
    "whole": "number",
    "fen": "yuan",
    "instant": "instant",
    "flag": "flag",
    "day": "day",
    "hash": "line",
    "texts": "lines",
    "object": "json",
    "objects": "json",
}
"""form of a word -> how it is asked for."""
AT_HAND = ("Taken", "Released", "Noted", "EvidenceAdded", "Assigned", "Queued")
"""What can be said of any matter, in this order behind what moves it on."""
FEN_BEHIND = re.compile(r"[(（]分[)）]|,? (?:in )?fen$")
"""The unit behind the name of an amount."""
ALONE = "alone"
"""Of a review: whoever decided alone, and may not end it."""
MOVES, NEAR, FAR = 0, 1, 2
"""Where an action stands: it moves the matter on, it is at hand for any matter, it is seldom wanted."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of a form."""

    name: str
    label: str
    widget: str
    needed: bool
    choices: tuple[tuple[str, str], ...]
    value: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """What this person may say of a matter now. `place`: MOVES, NEAR, FAR; `bound`: to what they see; `weighty`: takes
    a proof on the spot; `barred`: why this person may not after all; `moves`: the state that follows, "" where it
    stays or depends."""

    fact: str
    title: str
    fields: tuple[Asked, ...]
    bound: bool
    weighty: bool
    barred: bool
    place: int
    moves: str

    @property
    def minor(self) -> bool:
        """Whether the matter stays where it is."""
        return self.place != MOVES


def actions(kind: Kind, matter: Matter, who: str, roles: Iterable[str], language: str) -> list[Action]:
    """Everything that this person may say of it in its state, what moves it on first."""
    mine = frozenset(roles)
    rows = [row for row in kind.possible(matter.state) if row.may & mine and not _idle(row, matter, who)]
    found = [_action(row, matter, who, language) for row in rows]
    return sorted(found, key=lambda one: (one.place, one.barred, _rank(one.fact)))


def _idle(row: Row, matter: Matter, who: str) -> bool:
    """What would change nothing: take what is one's own, give back what is nobody's."""
    return (row.fact == "Taken" and matter.owner == who) or (row.fact == "Released" and not matter.owner)


def _rank(fact: str) -> int:
    return AT_HAND.index(fact) if fact in AT_HAND else len(AT_HAND)


def _place(row: Row) -> int:
    if row.fact in AT_HAND:
        return NEAR
    return FAR if row.next is None and not weighty(row) else MOVES


def weighty(row: Row) -> bool:
    """Whether it decides about money or as a second person: then whoever says it proves on the spot who they are."""
    return row.shown or bool(row.apart)


def _action(row: Row, matter: Matter, who: str, language: str) -> Action:
    return Action(
        fact=row.fact,
        title=words.fact(row.fact, language),
        fields=asked(row.takes, language),
        bound=row.shown,
        weighty=weighty(row),
        barred=who in matter.said_by(*row.apart) or (row.shown and who == matter.body.get(ALONE)),
        place=_place(row),
        moves=words.state(row.next, language) if row.next and row.next != matter.state else "",
    )


def asked(fields: Iterable[Field], language: str, values: Mapping[str, str] | None = None) -> tuple[Asked, ...]:
    """The fields of a form, with what was written before."""
    had = values or {}
    return tuple(_asked(one, language, had.get(one.name, "")) for one in fields)


def _asked(one: Field, language: str, value: str) -> Asked:
    chinese = language == words.LANGUAGES[0]
    label, hint = (one.zh, "") if chinese else (words.label("", one.name, language), one.en)
    if one.form == "fen":  # people write yuan; a label that says fen would cost them a hundredfold
        label, hint = FEN_BEHIND.sub("", label), FEN_BEHIND.sub("", hint)
    choices = tuple((choice, words.set_word(choice, language)) for choice in one.choices)
    return Asked(one.name, label, "choice" if choices else WIDGETS[one.form], one.needed, choices, value, hint)


class Unreadable(Exception):
    """A field that is missing or in the wrong form: its name, and the key of the sentence that says so."""

    def __init__(self, field: Field, key: str) -> None:
        super().__init__(field.name)
        self.field = field
        self.key = key


def said(fields: Iterable[Field], given: Mapping[str, str]) -> dict[str, Any]:
    """The words that a person wrote, as the door takes them. Unreadable names the first that cannot be read."""
    found: dict[str, Any] = {}
    for one in fields:
        text = given.get(one.name, "").strip()
        if not text:
            if one.needed:
                raise Unreadable(one, "form.missing")
            continue
        found[one.name] = _read(one, text)
    return found


def _read(field: Field, text: str) -> Any:
    try:
        return _READ[field.form](text)
    except (ValueError, InvalidOperation, KeyError, RecursionError):
        raise Unreadable(field, "form.wrong") from None


def fen_of(text: str) -> int:
    """Fen of an amount in yuan, as people write it. ValueError: it is none."""
    plain = text.replace(",", "").replace("，", "").strip().removeprefix("¥").removeprefix("￥").removesuffix("元")
    amount = Decimal(plain.strip())
    if not amount.is_finite() or abs(amount) > 10**12 or amount * 100 != int(amount * 100):
        raise ValueError(text)
    return int(amount * 100)


def _instant(text: str) -> int:
    at = datetime.fromisoformat(text)
    return int((at if at.tzinfo else at.replace(tzinfo=SHOPS_CLOCK)).astimezone(UTC).timestamp()) * 1000


def _day(text: str) -> str:
    return text.replace("-", "")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()][: LIST_MAX + 1]


def _flag(text: str) -> bool:
    return {"yes": True, "no": False}[text]


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")[: TEXT_CHARS_MAX + 1]


_READ = {
    "text": _plain,
    "word": _plain,
    "whole": int,
    "fen": fen_of,
    "instant": _instant,
    "flag": _flag,
    "day": _day,
    "hash": _plain,
    "texts": _lines,
    "object": json.loads,
    "objects": json.loads,
}


def written(field: Field, value: Any) -> str:
    """A value as a form shows it again."""
    if value is None:
        return ""
    match field.form:
        case "fen":
            return f"{value // 100}.{value % 100:02d}"
        case "flag":
            return "yes" if value else "no"
        case "texts":
            return "\n".join(map(str, value))
        case "object" | "objects":
            return json.dumps(value, ensure_ascii=False, indent=1)
        case "day":
            return f"{value[:4]}-{value[4:6]}-{value[6:]}"
        case _:
            return str(value)
