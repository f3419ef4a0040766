"""What is a matter, what may happen to it, and what does that bring about? The one shape of all slow work.

A case, a refund, a compensation, a task, a notice to a supplier, a problem and its fix: each is a *matter* with a
literal table of rows, state x fact -> what follows. A fact that has no row in a state is refused, in words that say
what is possible instead; a person who may not say it is refused; nothing here knows a clock or a database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from chongzheng.cases.effects import Effect
from chongzheng.cases.fields import Field, misfit
from chongzheng.mistakes import OurMistake

Body = Mapping[str, Any]
"""What a matter or a fact says: names and JSON values."""

PROGRAM = "program"
"""The actor of what nobody said: a clock that ran out, an engine, another matter."""

OPENED = "Opened"
NEW = ""
"""The state of a matter of which nothing is stored yet."""

NOTHING: Body = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Matter:
    """One piece of slow work as it stands. Instants are epoch ms; `fen`: what is at stake; `version` counts its facts.

    `owner`: an actor's id, or ""; `parent`: the id of the matter it belongs to, or ""; `payment`: an id, or "".
    """

    id: str
    kind: str
    state: str = NEW
    version: int = 0
    opened_at: int = 0
    due_at: int | None = None
    owner: str = ""
    queue: str = ""
    priority: int = 0
    payment: str = ""
    parent: str = ""
    fen: int = 0
    body: Body = field(default_factory=dict)

    def said_by(self, *facts: str) -> frozenset[str]:
        """Everybody who ever said one of these facts of it."""
        by: Mapping[str, Iterable[str]] = self.body.get("by", NOTHING)
        return frozenset(actor for name in facts for actor in by.get(name, ()))


@dataclass(frozen=True, slots=True)
class Fact:
    """Something happened: what, when (epoch ms), who said so with which roles, and the words that came with it.

    `shown`: the hash of what that person had before their eyes; "" where nothing depends on it.
    """

    name: str
    at: int
    actor: str = PROGRAM
    roles: frozenset[str] = frozenset()
    said: Body = field(default_factory=dict)
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a rule must know of other matters: those of `kind` that carry this tag, opened since an instant (ms)."""

    kind: str
    tag: str
    value: str
    since: int = 0


@dataclass(frozen=True, slots=True)
class Given:
    """What a rule may know beside the matter: the registers in force at the fact's instant, how its payment stands
    ({} when there is none), the matters that it asked for, the hash of what there is to see now."""

    rules: Mapping[str, Any] = field(default_factory=dict)
    payment: Body = field(default_factory=dict)
    others: Mapping[str, tuple[Matter, ...]] = field(default_factory=dict)
    hash: str = ""

    def rule(self, name: str) -> Any:
        """The register row of this name. OurMistake when nobody ships one."""
        if name not in self.rules:
            raise OurMistake("no register row of this name", name)
        return self.rules[name]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from a fact: another state (None: it stays), names of the body that change, and effects.

    Of the matter itself `owner`, `queue`, `priority`, `due_at`, `fen`, `payment`, `parent` may change: `moves`.
    """

    state: str | None = None
    changes: Body = field(default_factory=dict)
    effects: tuple[Effect, ...] = ()
    moves: Body = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """A fact that does not hold, in words for whoever said it. `why`: order, role, self, stale, field, rule, taken."""

    why: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """The matter after a fact, and what is to be done in the same transaction."""

    matter: Matter
    effects: tuple[Effect, ...]


Do = Callable[[Matter, Fact, Given], Outcome | Refused]


def stays(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """Nothing but what the row says."""
    return Outcome()


@dataclass(frozen=True, slots=True)
class Row:
    """In `state`, after `fact`: the next state (None: it stays, or `do` says), and what `do` makes of it.

    `may`: roles of which a person needs one; empty: only the program says it. `program`: the program says it too.
    `apart`: whoever said one of these facts of this matter cannot say this one. `shown`: the person must name the hash
    of what they saw. `takes`: the words that come with it.
    """

    state: str
    fact: str
    next: str | None = None
    do: Do = stays
    may: frozenset[str] = frozenset()
    program: bool = False
    apart: tuple[str, ...] = ()
    shown: bool = False
    takes: tuple[Field, ...] = ()


def no_tags(matter: Matter) -> Mapping[str, str]:
    """Nobody asks for matters of this kind."""
    return {}


def asks_nothing(matter: Matter, fact: Fact) -> Mapping[str, Ask]:
    """Its rules look at nothing but the matter itself."""
    return {}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of matter: its table, and what others must know to find it.

    `states`: in the order of its life; `ended`: those in which nothing is waited for any more. `tags`: under which
    names and values others find it; `asks`: what its rules must know of others; `titles`: (zh, en).
    """

    name: str
    titles: tuple[str, str]
    states: tuple[str, ...]
    ended: frozenset[str]
    rows: tuple[Row, ...]
    tags: Callable[[Matter], Mapping[str, str]] = no_tags
    asks: Callable[[Matter, Fact], Mapping[str, Ask]] = asks_nothing
    table: Mapping[tuple[str, str], Row] = field(init=False)

    def __post_init__(self) -> None:
        table: dict[tuple[str, str], Row] = {}
        for row in self.rows:
            known = {NEW, *self.states}
            if row.state not in known or (row.next is not None and row.next not in known):
                raise OurMistake("a row of a state that the kind does not have", f"{self.name} {row.state} {row.fact}")
            if (row.state, row.fact) in table:
                raise OurMistake("two rows of one state and fact", f"{self.name} {row.state} {row.fact}")
            table[row.state, row.fact] = row
        object.__setattr__(self, "table", MappingProxyType(table))

    def possible(self, state: str) -> tuple[Row, ...]:
        """What can be said in this state."""
        return tuple(row for row in self.rows if row.state == state)


def in_all(states: Iterable[str], row: Row) -> tuple[Row, ...]:
    """The same row in several states."""
    return tuple(replace(row, state=state) for state in states)


def step(kind: Kind, matter: Matter, fact: Fact, given: Given) -> Step | Refused:
    """The matter after this fact, or why the fact does not hold; then nothing follows from it."""
    row = kind.table.get((matter.state, fact.name))
    if row is None:
        return Refused("order", _out_of_order(kind, matter, fact))
    refused = _person(kind, row, matter, fact, given) or _words(row, fact)
    if refused is not None:
        return refused
    outcome = row.do(matter, fact, given)
    if isinstance(outcome, Refused):
        return outcome
    state = outcome.state if outcome.state is not None else row.next if row.next is not None else matter.state
    body = {**matter.body, **outcome.changes, "by": _by(matter, fact)}
    after = replace(matter, state=state, version=matter.version + 1, body=body, **outcome.moves)
    return Step(after, outcome.effects)


def _out_of_order(kind: Kind, matter: Matter, fact: Fact) -> str:
    possible = ", ".join(row.fact for row in kind.possible(matter.state)) or "nothing"
    standing = matter.state or "not there yet"
    return f"{fact.name} cannot be said of a {kind.name} that is {standing}; possible now: {possible}"


def _person(kind: Kind, row: Row, matter: Matter, fact: Fact, given: Given) -> Refused | None:
    if fact.actor == PROGRAM:
        if row.program or not row.may:
            return None
        return Refused("role", f"{fact.name} takes a person: {', '.join(sorted(row.may))}")
    if row.may.isdisjoint(fact.roles):
        who = ", ".join(sorted(row.may)) or "the program alone"
        return Refused("role", f"{fact.name} of a {kind.name} is said by: {who}")
    if fact.actor in matter.said_by(*row.apart):
        return Refused("self", f"{fact.actor} said {' or '.join(row.apart)} of it; {fact.name} takes another person")
    if row.shown and fact.shown != given.hash:
        return Refused("stale", "it is not what you were shown any more; look again")
    return None


def _words(row: Row, fact: Fact) -> Refused | None:
    wrong = misfit(row.takes, fact.said) if fact.actor != PROGRAM else None
    return None if wrong is None else Refused("field", wrong)


def _by(matter: Matter, fact: Fact) -> dict[str, list[str]]:
    by = {name: list(actors) for name, actors in matter.body.get("by", NOTHING).items()}
    said = by.setdefault(fact.name, [])
    if fact.actor not in said:
        said.append(fact.actor)
    return by
