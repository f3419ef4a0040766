"""Which columns can a list have, what stands in each of a matter, and in which order does a person want them?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from chongzheng.cases.matter import Matter
from chongzheng.console import words

Value = str | int | None
Standing = Mapping[str, Any]
TEXT, FEN, COUNT, INSTANT, DUE, AGE, OWNER = "text", "fen", "count", "instant", "due", "age", "owner"
SAYS_MAX = 120
"""Of what a matter says in its own words."""
UP, DOWN, ADD, DROP, RESET = "up", "down", "add", "drop", "reset"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `form`: how its values are written; `standing`: whether it reads how the payment stands."""

    form: str
    of: Callable[[Matter, Standing, str], Value]
    standing: bool = False


def _body(*names: str) -> Column:
    """The first of these words of its body that it has."""

    def of(one: Matter, standing: Standing, language: str) -> Value:
        found = next((one.body[name] for name in names if isinstance(one.body.get(name), str)), "")
        return words.set_word(found, language)[:SAYS_MAX]

    return Column(TEXT, of)


def _stands(name: str, form: str = TEXT) -> Column:
    def of(one: Matter, standing: Standing, language: str) -> Value:
        found = standing.get(name)
        return found if form == FEN or found is None else str(found)

    return Column(form, of, standing=True)


def _source(one: Matter, standing: Standing, language: str) -> Value:
    sources = one.body.get("sources") or [{"source": one.body.get("source", "")}]
    return words.set_word(str(sources[0].get("source", "")), language)


def _cause(one: Matter, standing: Standing, language: str) -> Value:
    cause = one.body.get("cause")
    return words.set_word(str(cause.get("primary", "")), language) if isinstance(cause, Mapping) else ""


def _truth(one: Matter, standing: Standing, language: str) -> Value:
    return words.set_word(standing["truth"], language) if standing.get("truth") else ""


def _proof(one: Matter, standing: Standing, language: str) -> Value:
    proof = standing.get("proof")
    return words.text(f"proof.{proof}", language) if proof else ""


COLUMNS: Mapping[str, Column] = MappingProxyType({
    "state": Column(TEXT, lambda one, standing, language: words.state(one.state, language)),
    "fen": Column(FEN, lambda one, standing, language: one.fen or None),
    "due": Column(DUE, lambda one, standing, language: one.due_at),
    "owner": Column(OWNER, lambda one, standing, language: one.owner),
    "queue": Column(TEXT, lambda one, standing, language: words.machine("queue", one.queue, language)),
    "age": Column(AGE, lambda one, standing, language: one.opened_at),
    "opened": Column(INSTANT, lambda one, standing, language: one.opened_at),
    "priority": Column(COUNT, lambda one, standing, language: one.priority),
    "severity": _body("severity"),
    "about": _body("title", "what", "why"),
    "source": Column(TEXT, _source),
    "cause": Column(TEXT, _cause),
    "waiting": _body("waiting"),
    "payment": Column(TEXT, lambda one, standing, language: one.payment),
    "parent": Column(TEXT, lambda one, standing, language: one.parent),
    "truth": Column(TEXT, _truth, standing=True),
    "proof": Column(TEXT, _proof, standing=True),
    "merchant": _stands("merchant"),
    "terminal": _stands("terminal"),
    "stan": _stands("stan"),
    "amount": _stands("amount_fen", FEN),
    "suspense": _stands("suspense_fen", FEN),
})  # fmt: skip
"""name -> column; the matter itself always stands first."""
USUAL = ("state", "fen", "due", "owner", "queue", "age")
"""What a list shows to whoever chose nothing."""


def read(text: str) -> tuple[str, ...]:
    """The columns that a text names, in its order; what is no column is left out; none: the usual ones."""
    return tuple(dict.fromkeys(name for name in text.split(",") if name in COLUMNS)) or USUAL


def moved(chosen: Sequence[str], move: str) -> tuple[str, ...]:
    """The columns after a move as a button says it: `up:fen`, `down:fen`, `add:fen`, `drop:fen`, `reset:`."""
    verb, _, name = move.partition(":")
    if verb == RESET:
        return USUAL
    found = list(chosen)
    if verb == ADD and name in COLUMNS and name not in found:
        found.append(name)
    elif name in found:
        place = found.index(name)
        found.remove(name)
        if verb != DROP or not found:
            step = {UP: -1, DOWN: 1}.get(verb, 0)
            found.insert(max(0, place + step), name)
    return tuple(found)


def cells(
    rows: Iterable[Matter],
    chosen: Sequence[str],
    language: str,
    hides: Callable[[Matter], frozenset[str]],
    standing: Callable[[Matter], Standing],
) -> list[list[Value]]:
    """What stands in each row; nothing of what this person does not see."""
    wanted = [COLUMNS[name] for name in chosen]
    found: list[list[Value]] = []
    for one in rows:
        hidden = hides(one)
        stands = standing(one) if any(column.standing for column in wanted) and "standing" not in hidden else {}
        seen = replace(one, body={name: word for name, word in one.body.items() if name not in hidden})
        found.append([column.of(seen, stands, language) for column in wanted])
    return found
