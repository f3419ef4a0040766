"""Which rules, templates, calendars, suppliers and parts are in force today? The dated rows of every register.

The house ships rows; an operator's own row of the same name takes its place from its day on. Where a register moves
money a second person approves a row first. No row is ever changed: another edition is written, with its author.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import msgspec

from chongzheng.cases.registers import Register
from chongzheng.cases.shipped import REGISTERS
from chongzheng.journal.actors import Actors, May, NotAllowed
from chongzheng.journal.acts import enact, queue
from chongzheng.journal.breaks import check_words
from chongzheng.journal.ledger import Asking
from chongzheng.journal.rows import encode
from chongzheng.journal.rules import day_of
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from chongzheng.settlement.days import is_day

NAME_CHARS_MAX = 80
BODY_BYTES_MAX = 65_536
SHIPPED = "00000000"
"""The day from which on what the house ships is in force: before all others."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a register. `valid_from`: yyyymmdd, SHIPPED for what the house ships; instants are epoch ms."""

    register: str
    name: str
    valid_from: str
    edition: int
    body: Mapping[str, Any]
    reason: str
    proposed_by: str
    proposed_at: int
    approved_by: str | None
    approved_at: int | None
    in_force: bool


def rows_on(asked: Asking, register: str, day: str) -> dict[str, Mapping[str, Any]]:
    """name -> row in force on a day; a row that says {"gone": true} takes a shipped one away."""
    found: dict[str, Mapping[str, Any]] = dict(_known(register).shipped)
    for name, body in asked.ask("rows_in_force", register=register, day=day):
        found[str(name)] = msgspec.json.decode(body)
    return {name: row for name, row in found.items() if not row.get("gone")}


class Registers:
    """The rows. Every method that changes something is one transaction."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._actors = Actors(side)

    def in_force(self, at: int) -> Mapping[str, Any]:
        """register -> name -> row, on the day of this instant; what is asked for is read then."""
        return _Lazy(self, day_of(at))

    def rows(self, register: str, day: str) -> dict[str, Mapping[str, Any]]:
        """name -> row in force on a day."""
        return rows_on(self._side, register, day)

    def history(self, register: str) -> list[Entry]:
        """Every row of a register, also past and proposed ones, with those that the house ships first."""
        shipped = [
            Entry(register, name, SHIPPED, 0, row, "shipped", "house", 0, None, None, True)
            for name, row in sorted(_known(register).shipped.items())
        ]
        return shipped + [_entry(row) for row in self._side.ask("register_rows", register=register)]

    def propose(
        self, register: str, name: str, valid_from: str, body: Mapping[str, Any], reason: str, by: str, at: int
    ) -> Entry:
        """A new edition of a row; in force from its day on, or when a second person approved it, if it moves money.

        TheirMistake: no such register, no such day, a row that says the wrong things. NotAllowed: not this person.
        """
        one = _known(register)
        _check(one, name, valid_from, body, reason, at)
        with self._side.together():
            queue(self._side)
            self._actors.allowed(by, May.SET_RULES)
            editions = [e.edition for e in self.history(register) if (e.name, e.valid_from) == (name, valid_from)]
            edition = max(editions, default=0) + 1
            row = {"register": register, "name": name, "valid_from": valid_from, "edition": edition}
            words = {"body": encode(dict(body)).decode(), "reason": reason}
            self._side.ask("put_register_row", **row, **words, by=by, at=at, in_force=int(not one.money))
            enact(self._side, at, by, "row proposed", f"register {register} {name}", **row, **words)
            return Entry(register, name, valid_from, edition, body, reason, by, at, None, None, not one.money)

    def approve(self, register: str, name: str, valid_from: str, edition: int, by: str, at: int) -> None:
        """Put an edition in force. Not by whoever proposed it, nor for a day that is over."""
        _known(register)
        with self._side.together():
            queue(self._side)
            self._actors.allowed(by, May.SET_RULES)
            what = f"{name} from {valid_from}, edition {edition}"
            key = (name, valid_from, edition)
            waits = [e for e in self.history(register) if (e.name, e.valid_from, e.edition) == key and not e.in_force]
            if not waits:
                raise TheirMistake("no such row waits for approval", what)
            if waits[0].proposed_by == by:
                raise NotAllowed("whoever proposed it cannot approve it; that takes a second person")
            if valid_from < day_of(at):
                raise TheirMistake("its day is over; propose it for a day to come", what)
            row = {"register": register, "name": name, "valid_from": valid_from, "edition": edition}
            if not self._side.ask("approve_register_row", **row, by=by, at=at):
                raise TheirMistake("somebody else was quicker", what)
            enact(self._side, at, by, "row approved", f"register {register} {name}", **row)


class _Lazy(Mapping[str, Any]):
    """Registers of one day, each read when it is asked for, once."""

    def __init__(self, registers: Registers, day: str) -> None:
        self._registers = registers
        self._day = day
        self._read: dict[str, Mapping[str, Any]] = {}

    def __getitem__(self, name: str) -> Mapping[str, Any]:
        if name not in REGISTERS:
            raise KeyError(name)
        if name not in self._read:
            self._read[name] = MappingProxyType(self._registers.rows(name, self._day))
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(REGISTERS)

    def __len__(self) -> int:
        return len(REGISTERS)


def _known(register: str) -> Register:
    if register not in REGISTERS:
        raise TheirMistake(f"there is no such register; there are {', '.join(REGISTERS)}", register)
    return REGISTERS[register]


def _check(register: Register, name: str, valid_from: str, body: Mapping[str, Any], reason: str, at: int) -> None:
    where = f"register {register.name}, row {name[:NAME_CHARS_MAX]}"
    if not name.strip() or len(name) > NAME_CHARS_MAX or not name.isprintable():
        raise TheirMistake(f"a name is 1 to {NAME_CHARS_MAX} visible characters", where)
    if not is_day(valid_from) or valid_from < day_of(at):
        raise TheirMistake("begins on a day, yyyymmdd, that is not over", where)
    if len(encode(dict(body))) > BODY_BYTES_MAX:
        raise TheirMistake(f"has at most {BODY_BYTES_MAX} bytes", where)
    if body != {"gone": True} and (wrong := register.wrong(body)):
        raise TheirMistake(wrong, where)
    check_words(reason, "reason")


def _entry(row: Any) -> Entry:
    register, name, valid_from, edition, body, reason, proposed_by, proposed_at, approved_by, approved_at, force = row
    said = msgspec.json.decode(body)
    people = (proposed_by, proposed_at, approved_by, approved_at)
    return Entry(register, name, valid_from, edition, said, reason, *people, bool(force))
