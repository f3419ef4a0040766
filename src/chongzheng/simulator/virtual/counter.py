"""How do people of a simulated world reach the keeper of their matters, and what if its machine dies as they speak?

The shipped keeper, registers and rules, on a connection of its own to the same simulated disk, as the console has one
inside the engine's process. It lives and dies with that process, and its clock is the clock of that process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import apsw

from chongzheng.cases.matter import Matter
from chongzheng.journal import sqlite
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.matters import Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.rules import day_of
from chongzheng.journal.side import Driver, Side, SqliteDriver
from chongzheng.simulator.clerks.deeds import Sight
from chongzheng.simulator.clerks.office import PEOPLE, Killed, Mortal
from chongzheng.simulator.virtual.loop import VirtualLoop
from chongzheng.simulator.virtual.machine import Machine
from chongzheng.simulator.virtual.network import NS_PER_MS

REGISTER, ROW, ADVANCED_UP_TO_FEN = "refund policy", "PR-5", 500_000
"""The house of a world advances more than the shipped rules do: days pass there only when a bank cuts them."""
FOR_EVER = 1 << 62
AT_ONCE = -1
INSIDE, AFTER = "inside a transaction", "after a commit"
_TRACES = """SELECT (SELECT count(*) FROM act), (SELECT coalesce(sum(version), 0) FROM matter),
  (SELECT count(*) FROM matter), (SELECT count(*) FROM matter_key), (SELECT count(*) FROM voucher),
  (SELECT count(*) FROM errand), (SELECT count(*) FROM notice), (SELECT count(*) FROM release),
  (SELECT count(*) FROM matter_tag)"""
_SAID = """SELECT count(*) FROM act a JOIN matter m ON a.subject = m.kind || '-' || m.no
  WHERE a.kind = 'matter' AND a.actor = ? AND m.payment = ? AND m.kind = ?"""

T = TypeVar("T")


class Lost(Exception):
    """The machine is down, or died before it answered."""


class Failed(Exception):
    """Its disk refused: it lives, and nothing was done."""


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody says of a refund, a case or a claw-back of `payment`. `matter`: an id, or "" to open one."""

    who: str
    kind: str
    payment: str
    fact: str
    said: Mapping[str, Any] = field(default_factory=dict)
    matter: str = ""
    sight: Sight | None = None


class _Mortal(Mortal):
    """The machine dies with its connection: nothing of what was begun is even taken back."""

    def __init__(self, driver: Driver, end: Callable[[], None]) -> None:
        super().__init__(driver)
        self._end = end

    def _age(self) -> None:
        try:
            super()._age()
        except Killed:
            self._end()
            raise


class Counter:
    """Where people say things. `rows` reads beside it; both are of the process that runs now."""

    def __init__(self, machine: Machine, loop: VirtualLoop) -> None:
        self.matters: Matters
        self.cut = ""
        """INSIDE or AFTER where the machine has died as somebody spoke, and nobody has seen to it yet."""
        self._machine = machine
        self._loop = loop
        self._mortal: _Mortal
        self._side: Side | None = None
        self._side_of = -1
        self._eye: apsw.Connection | None = None
        self._eye_of = -1

    @property
    def is_open(self) -> bool:
        """Whether somebody would be answered now."""
        lane = self._machine.lane
        awake = lane is not None and lane.process.asleep_until_ns <= self._loop.now_ns
        return self._machine.up and awake and not self._machine.disk.dead

    def say(self, word: Word, dies_after: int | None = None) -> Matter:
        """Say it; the machine dies when `dies_after` more statements have run, or, where it is AT_ONCE, as soon as it
        is done and before anybody is told. What the keeper refuses is raised as it is; Lost: nobody knows whether it
        was done; Failed: it was not."""

        def said() -> Matter:
            self._mortal.left = dies_after if dies_after is not None and dies_after != AT_ONCE else FOR_EVER
            try:
                after = self._said(word)
            finally:
                self._mortal.left = FOR_EVER
            if dies_after == AT_ONCE:
                self._die(AFTER)
                raise Killed
            return after

        return self._in_its_process(said)

    def _said(self, word: Word) -> Matter:
        if word.matter:
            shown = word.sight.hash if word.sight is not None else ""
            return self.matters.say(word.matter, word.fact, word.said, word.who, shown)
        key = f"case {word.payment}" if word.kind == "case" else ""
        return self.matters.open(word.kind, word.said, word.who, payment=word.payment, key=key)

    def open(self) -> None:
        """Be there before the first word."""
        self._in_its_process(lambda: None)

    def look(self, matter: str) -> tuple[Matter, Sight]:
        """The matter as it is now, and what a person sees of it."""

        def looked() -> tuple[Matter, Sight]:
            view = self.matters.view(matter)
            return view.matter, Sight(view.hash, view.matter.version, int(view.payment.get("facts", 0)))

        return self._in_its_process(looked)

    def of_payment(self, payment: str, kind: str) -> list[Matter]:
        """Its matters of this kind, oldest first."""
        return self._in_its_process(lambda: [one for one in self.matters.of_payment(payment) if one.kind == kind])

    def traces(self) -> tuple[Any, ...]:
        """How much there is of everything that a word could leave behind."""
        return self.rows(_TRACES)[0]

    def facts_of(self, word: Word) -> int:
        """How many facts of this person about such matters of this payment there are."""
        return int(self.rows(_SAID, word.who, word.payment, word.kind)[0][0])

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What stands in the journal."""
        if self._eye is None or self._eye_of != self._machine.starts:
            self._eye, self._eye_of = sqlite.open_reader(self._machine.journal), self._machine.starts
        return self._eye.execute(sql, values).fetchall()

    def close(self) -> None:
        """Go home; the machine is about to be stopped."""
        if self._side is not None and self._side_of == self._machine.starts:
            self._side.close()
        if self._eye is not None and self._eye_of == self._machine.starts:
            self._eye.close()
        self._side, self._eye = None, None

    def _in_its_process(self, work: Callable[[], T]) -> T:
        lane, disk = self._machine.lane, self._machine.disk
        if lane is None or not self.is_open:
            raise Lost
        try:
            return lane.context().run(self._worked, work)
        except apsw.Error:
            if disk.dead:
                raise Lost from None
            raise Failed from None
        except BaseException:
            if disk.dead:
                raise Lost from None
            raise

    def _worked(self, work: Callable[[], T]) -> T:
        if self._side is None or self._side_of != self._machine.starts:
            self._open(self._machine.journal)
        return work()

    def _open(self, path: Path) -> None:
        self._side = None
        self._mortal = _Mortal(SqliteDriver(path), lambda: self._die(INSIDE))
        side = Side(self._mortal)
        side.write("make")
        registers = Registers(side)
        self.matters = Matters(side, self._now, registers)
        self._take_on(Actors(side))
        self._rule(registers)
        self._side, self._side_of = side, self._machine.starts

    def _take_on(self, people: Actors) -> None:
        if people.get("boss") is None:
            people.add("boss", "Boss", frozenset({Role.ADMINISTRATOR}), "shell:root", self._now())
        for who, roles in PEOPLE.items():
            if people.get(who) is None:
                people.add(who, who, roles, "boss", self._now())

    def _rule(self, registers: Registers) -> None:
        today = day_of(self._now())
        body = dict(registers.rows(REGISTER, today)[ROW])
        if body["up_to_fen"] == ADVANCED_UP_TO_FEN:
            return
        body["up_to_fen"] = ADVANCED_UP_TO_FEN
        entry = registers.propose(REGISTER, ROW, today, body, "the house wants it so", "wang", self._now())
        registers.approve(REGISTER, ROW, today, entry.edition, "chen", self._now())

    def _die(self, how: str) -> None:
        self.cut = how
        self._machine.disk.kill()

    def _now(self) -> int:
        return self._loop.wall_ns() // NS_PER_MS
