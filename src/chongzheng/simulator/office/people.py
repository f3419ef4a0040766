"""Who sits in the office of a simulated day, and how do they say something? Through the keeper, as the commands do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chongzheng.cases.matter import Matter
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.breaks import Break, Breaks, Decision, Overtaken
from chongzheng.journal.matters import PAGE_MAX, Matters
from chongzheng.journal.post import Notice, Post
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from chongzheng.mistakes import OurMistake
from chongzheng.reversal.booking import Resolution

LOOK_S = 0.1
WAIT_S = 60.0
"""The longest that the office waits for the engine: an errand, a letter, how a payment stands."""
TRIES = 20
"""So often somebody looks again, when the engine said something of the same matter in between."""

BOSS = "boss"
LI, MEI, ZHANG, WANG, QIAN, CARRIER = "li", "mei", "zhang", "wang", "qian", "carrier-desk"
PEOPLE: dict[str, tuple[str, Role]] = {
    LI: ("Li, clerk", Role.CLERK),
    MEI: ("Mei, clerk", Role.CLERK),
    ZHANG: ("Zhang, supervisor", Role.SUPERVISOR),
    WANG: ("Wang, finance", Role.FINANCE),
    QIAN: ("Qian, technician", Role.TECHNICIAN),
    CARRIER: ("The carrier's desk", Role.SUPPLIER),
}


def now_ms() -> int:
    """The clock of this machine."""
    return time.time_ns() // 1_000_000


class Office:
    """The desk beside an engine. `progress` hears of every fact that was said; `ahead_ms`: how far the calendar on its
    wall is ahead of the machine's, once the engine has stopped."""

    def __init__(self, journal: Path | str, progress: Callable[[int], None]) -> None:
        self.side = Side.open(journal)
        self.ahead_ms = 0
        self.matters = Matters(self.side, self.now, Registers(self.side))
        self.post = Post(self.side)
        self.breaks = Breaks(self.side, self.now)
        self.said = 0
        self._progress = progress

    def now(self) -> int:
        """What the clock on its wall says."""
        return now_ms() + self.ahead_ms

    def hire(self) -> None:
        """Everybody, by an administrator whom the shell made."""
        actors = Actors(self.side)
        actors.add(BOSS, "Boss", frozenset({Role.ADMINISTRATOR}), "shell:demo", now_ms())
        for who, (name, role) in PEOPLE.items():
            actors.add(who, name, frozenset({role}), BOSS, now_ms())

    def close(self) -> None:
        """Leave."""
        self.side.close()

    def open(self, kind: str, by: str, said: dict[str, Any], payment: str = "", parent: str = "") -> Matter:
        """A new matter."""
        self._count()
        return self.matters.open(kind, said, by, payment=payment, parent=parent)

    def say(self, matter: Matter | str, fact: str, by: str, **said: Any) -> Matter:
        """Say a fact, having looked at what there is to see just before. Overtaken: it is refused."""
        name = matter if isinstance(matter, str) else matter.id
        for _ in range(TRIES):
            try:
                after = self.matters.say(name, fact, said, by, self.matters.view(name).hash)
            except Overtaken as no:
                if "look again" not in str(no) and "quicker" not in str(no):
                    raise
                continue
            self._count()
            return after
        raise OurMistake(f"{name} never stood still for {fact}", "simulator")

    def differences(self, payment: str) -> list[Break]:
        """What file and book say differently about this payment, and nobody has resolved yet."""
        return [one for one in self.breaks.page("unresolved") if one.payment == payment]

    def resolve(self, difference: int, how: Resolution, by: str, second: str) -> None:
        """As `breaks resolve` and `breaks approve` do it: two people, each by what they were shown."""
        words = ("looked into, by file, book and the bank's answer", ("the files of both days",))
        shown = self.breaks.view(difference).hash
        self._count()
        if self.breaks.resolve(difference, by, Decision(how, *words, shown)).state == "proposed":
            self.breaks.approve(difference, second, self.breaks.view(difference).hash)
            self._count()

    def can(self, matter: Matter | str, fact: str) -> bool:
        """Whether that can be said of it now."""
        return self.matters.holds(matter if isinstance(matter, str) else matter.id, fact)

    def get(self, matter: Matter | str) -> Matter:
        """As it stands."""
        return self.matters.get(matter if isinstance(matter, str) else matter.id)

    def all_of(self, kind: str, open_only: bool = False) -> list[Matter]:
        """Every matter of a kind, oldest first."""
        found: list[Matter] = []
        while page := self.matters.page(kind, _number(found), PAGE_MAX, open_only):
            found += page
        return found

    def errands(self) -> int:
        """How many things matters have asked of the engine that it has not done yet."""
        return len(self.side.ask("open_errands", most=PAGE_MAX))

    def letters(self) -> list[Notice]:
        """Every notice that was ever put."""
        found: list[Notice] = []
        while page := self.post.page("all", found[-1].id if found else 0):
            found += page
        return found

    async def until(self, holds: Callable[[], bool], what: str, wait_s: float = WAIT_S) -> None:
        """Wait for the engine. OurMistake when it takes too long."""
        give_up_s = time.monotonic() + wait_s
        while not holds():
            if time.monotonic() > give_up_s:
                raise OurMistake(f"{what}: not within {wait_s:g} s", "simulator")
            await asyncio.sleep(LOOK_S)

    def _count(self) -> None:
        self.said += 1
        self._progress(self.said)


def _number(found: list[Matter]) -> int:
    return int(found[-1].id.rpartition("-")[2]) if found else 0
