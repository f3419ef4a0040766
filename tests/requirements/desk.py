"""Who sits at the desk of the requirement tests, and how do they say a fact?"""

from __future__ import annotations

from typing import Any

from chongzheng.cases.matter import PROGRAM, Matter
from chongzheng.journal import Journal
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.matters import Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from journal.made import NOON_MS
from journal.place import Place

PEOPLE = {
    "li": {Role.CLERK},
    "mei": {Role.CLERK},
    "zhang": {Role.SUPERVISOR},
    "wang": {Role.FINANCE},
    "chen": {Role.SUPERVISOR, Role.ADMINISTRATOR},
    "qian": {Role.TECHNICIAN},
    "vendor": {Role.SUPPLIER},
    "sun": {Role.AUDITOR},
}
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


class Desk:
    """A journal with people and its keeper of matters; `now` (epoch ms) is what the clock says."""

    def __init__(self, place: Place, side: Side, journal: Journal) -> None:
        self.now = NOON_MS
        self.place, self.side, self.journal = place, side, journal
        self.registers = Registers(side)
        self.matters = Matters(side, lambda: self.now, self.registers)
        people = Actors(side)
        people.add("boss", "Boss", frozenset({Role.ADMINISTRATOR}), "shell:root", NOON_MS)
        for who, roles in PEOPLE.items():
            people.add(who, who, frozenset(roles), "boss", NOON_MS)

    def open(self, kind: str, said: dict[str, Any], by: str = PROGRAM, **about: str) -> Matter:
        """A new matter."""
        return self.matters.open(kind, said, by, **about)

    def say(self, matter: Matter | str, fact: str, by: str = PROGRAM, **said: Any) -> Matter:
        """Say a fact of it, having looked at it just before."""
        name = matter if isinstance(matter, str) else matter.id
        return self.matters.say(name, fact, said, by, self.matters.view(name).hash)

    def wait(self, ms: int) -> None:
        """Let this much time pass, and the clocks that ran out say so."""
        self.now += ms
        while due := self.matters.due():
            for one in due:
                self.matters.say(one, "ClockRan", {})
