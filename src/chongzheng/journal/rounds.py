"""What does the program say of matters by itself, a bounded batch at a time, and which of them are set aside?

New cases of the engine are given to people, clocks that have run out ring, and matters hear how their payments stand
now, and what became of their notices. Each is a transaction of its own. A matter that fails is set aside for a while,
loudly, and stops no other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from chongzheng.cases.kinds import KINDS
from chongzheng.journal import adoption
from chongzheng.journal.acts import queue
from chongzheng.journal.errands import Errand
from chongzheng.journal.matters import Matters
from chongzheng.journal.rows import Submission
from chongzheng.journal.side import Side
from chongzheng.mistakes import OurMistake

BATCH_MAX = 100
"""Matters of each sort in one round; the others come in the next."""
LOOKED_AT_MAX = 10_000
"""Open matters, and cases of the engine, that one round looks at; it goes on behind them in the next."""
SET_ASIDE_MS = 10 * 60_000
"""After this long a matter that failed is tried again."""
SET_ASIDE_MAX = 10_000
"""Matters set aside at one time; beyond that the oldest is tried again."""
AWAY = frozenset(
    "BusyError CantOpenError CorruptError FullError IOError InterfaceError LockedError OperationalError".split()
)
"""Names of what databases raise that is no matter's fault."""
FIRST_DUE = (-1, 0)
LATE = tuple(
    (kind.name, row.state)
    for kind in KINDS.values()
    for row in kind.rows
    if row.fact == "PaymentMoved" and row.state in kind.ended
)
"""Ends of matters that still hear how their payment moves: what was given back, and now comes back another way too."""
UNDELIVERED_TO = "operations"
"""The queue of whoever sees to it that somebody is told after all."""

Failed = Callable[[str, str], None]


@dataclass(slots=True)
class SetAside:
    """What failed, each until an instant (epoch ms), in the order in which it did; `told` hears of each: what, why."""

    clock: Callable[[], int]
    told: Failed
    until: dict[str, int] = field(default_factory=dict)

    def holds(self, name: str) -> bool:
        """Whether this is left alone for now."""
        return self.until.get(name, 0) > self.clock()

    def put(self, name: str, why: str) -> None:
        """Leave it alone for a while."""
        self.until.pop(name, None)
        self.until[name] = self.clock() + SET_ASIDE_MS
        while len(self.until) > SET_ASIDE_MAX:
            del self.until[next(iter(self.until))]
        self.told(name, why)

    def count(self) -> int:
        """How many are left alone now; those whose time is over are forgotten."""
        now = self.clock()
        for name in [name for name, until in self.until.items() if until <= now]:
            del self.until[name]
        return len(self.until)


class Rounds:
    """Goes round. `rest` is called after each transaction, so that others have their turn at the database; it says
    whether to go on."""

    def __init__(
        self, matters: Matters, side: Side, clock: Callable[[], int], failed: Failed, rest: Callable[[], bool]
    ) -> None:
        self._matters = matters
        self._side = side
        self._clock = clock
        self._rest = rest
        self._goes_on = True
        self.aside = SetAside(clock, failed)
        self._case, self._due, self._behind, self._notice = 0, FIRST_DUE, 0, 0
        self._late = dict.fromkeys(LATE, 0)

    @property
    def more(self) -> bool:
        """Whether the next round goes on where this one ended; else everything was looked at."""
        return any((self._case, self._behind, self._notice, *self._late.values())) or self._due != FIRST_DUE

    def adopt(self) -> int:
        """Give cases of the engine to people; how many."""
        found = self._side.ask("cases_to_adopt", after=self._case, scan=LOOKED_AT_MAX, most=BATCH_MAX)
        done = sum(self._one(f"engine case {row[0]}", partial(self._give, *row)) for row in found)
        looked = self._side.ask("cases_looked_at", after=self._case, scan=LOOKED_AT_MAX)[0]
        self._case = _further(found, looked)
        return done

    def ring(self) -> int:
        """Tell matters that their clock ran out; how many. A deadline that only people look at says nothing."""
        at, no = self._due
        found = self._side.ask("matters_due_after", now=self._clock(), at=at, no=no, most=BATCH_MAX)
        rings = [_id(kind, no) for no, kind, _, state in found if (state, "ClockRan") in KINDS[kind].table]
        done = sum(self._one(name, partial(self._rung, name)) for name in rings)
        self._due = (int(found[-1][2]), int(found[-1][0])) if len(found) == BATCH_MAX else FIRST_DUE
        return done

    def tell(self) -> int:
        """Tell matters how their payment stands now; how many were told, whether or not it meant something to them."""
        done, self._behind = self._tell("", self._behind)
        for kind, state in LATE:
            told, self._late[kind, state] = self._tell("_in", self._late[kind, state], kind=kind, state=state)
            done += told
        return done

    def _tell(self, which: str, after: int, **of: str) -> tuple[int, int]:
        """How many of these were told, and from where the next round goes on."""
        window = {"after": after, "scan": LOOKED_AT_MAX, **of}
        found = self._side.ask(f"matters_behind{which or '_among'}", **window, most=BATCH_MAX)
        done = sum(self._one(_id(kind, no), partial(self._told, _id(kind, no), at)) for no, kind, at in found)
        looked = self._side.ask(f"matters_looked_at{which}", **window)[0]
        return done, _further(found, looked)

    def hear(self) -> int:
        """Tell matters what became of the notices they asked for; how many notices. One that did not arrive and that no
        matter waits for is a task."""
        found = self._side.ask("notices_unheard", after=self._notice, most=BATCH_MAX)
        done = sum(self._one(f"notice {row[0]}", partial(self._heard, *row)) for row in found)
        self._notice = int(found[-1][0]) if len(found) == BATCH_MAX else 0
        return done

    def errand(self, one: Errand) -> Submission | None:
        """What an errand says to the engine; None: it is set aside."""
        name = f"errand {one.no}"
        if self.aside.holds(name):
            return None
        try:
            return one.said(self._clock())
        except OurMistake as mistake:
            self.aside.put(name, str(mistake))
            return None

    def _heard(
        self, no: int, matter: str, state: str, template: str, wording: str, said: str, outlet: str, evidence: str
    ) -> bool:
        fact = "NoticeSent" if state == "sent" else "NoticeFailed"
        known = json.loads(said)
        audience = template.partition(".")[0] if "." in template else str(known.get("audience", ""))
        words = {"audience": audience, "template": wording or template, "notice": int(no), "outlet": outlet}
        words |= {"reference": evidence} if state == "sent" else {"why": evidence}
        with self._side.together():
            queue(self._side)
            if not self._side.ask("notice_heard", id=no, state=state):
                return False
            if matter and self._matters.holds(matter, fact):
                self._matters.tell(matter, fact, words, depth=0)
            elif state != "sent":
                self._undelivered(int(no), matter, words)
            return True

    def _undelivered(self, no: int, matter: str, words: Mapping[str, Any]) -> None:
        key = f"undelivered notice {no}"
        if self._matters.holder(key):
            return
        why = f"{words['template']}, {words['outlet'] or 'no outlet'}: {words['why']}"
        said = {"what": f"通知 {no} 没有送达 / notice {no} did not arrive ({why})", "team": UNDELIVERED_TO}
        self._matters.begin("task", said, "", matter, key, 0)

    def _give(self, no: int, payment: str, why: str) -> bool:
        return adoption.give(self._matters, int(no), str(payment), str(why))

    def _told(self, matter: str, facts: int) -> bool:
        self._matters.tell_standing(matter, int(facts))
        return True

    def _rung(self, matter: str) -> bool:
        """Once: two engines may both believe for a moment that it is their work."""
        with self._side.together():
            queue(self._side)
            before = self._matters.get(matter)
            if not self._rings(before.state, before.kind, before.due_at):
                return False
            after = self._matters.tell(matter, "ClockRan", {}, depth=0)
            if self._rings(after.state, after.kind, after.due_at) and after.due_at == before.due_at:
                raise OurMistake("its clock rang, and rings again", matter)
            return True

    def _rings(self, state: str, kind: str, due_at: int | None) -> bool:
        return state not in KINDS[kind].ended and due_at is not None and due_at <= self._clock()

    def _one(self, name: str, do: Callable[[], bool]) -> bool:
        """Do it, or set it aside. What the database itself fails with ends the round."""
        if not self._goes_on or self.aside.holds(name):
            return False
        try:
            return do()
        except Exception as error:  # one matter's fault is no other's
            if is_away(error):
                raise
            self.aside.put(name, f"{type(error).__name__}: {error}")
            return False
        finally:
            self._goes_on = self._rest()


def is_away(error: BaseException) -> bool:
    """Whether the database failed, and not what was asked of it."""
    if isinstance(error, OurMistake):
        return error.where == "the journal's database"
    return not AWAY.isdisjoint(one.__name__ for one in type(error).__mro__)


def _further(found: Sequence[Any], looked: Any) -> int:
    """From where the next round looks: behind what this one found, or looked at; 0, from the beginning, at the end."""
    count, last = looked
    if len(found) == BATCH_MAX:
        return int(found[-1][0])
    return int(last) if int(count) == LOOKED_AT_MAX else 0


def _id(kind: str, no: int) -> str:
    return f"{kind}-{no}"
