"""How does a matter stand after a timeline of facts? The driver that the tests of all kinds share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chongzheng.cases.effects import Effect
from chongzheng.cases.matter import NEW, PROGRAM, Fact, Given, Kind, Matter, Refused, step
from chongzheng.cases.shipped import REGISTERS

NOON_MS = 1_800_000_000_000
MINUTE_MS = 60_000
ROLES = {
    "li": {"clerk"},
    "mei": {"clerk"},
    "zhang": {"supervisor"},
    "wang": {"finance"},
    "chen": {"supervisor", "administrator"},
    "ruan": {"risk"},
    "qian": {"technician"},
    "vendor": {"supplier"},
    "sun": {"auditor"},
    "boss": {"administrator"},
}
RULES: Mapping[str, Any] = {name: dict(register.shipped) for name, register in REGISTERS.items()}
"""What the house ships, as a rule reads it."""

Told = tuple[str, str, Mapping[str, Any]] | tuple[str, str, Mapping[str, Any], int]
"""What is said: the fact, who says it, its words, and minutes after the fact before (1 unless told)."""


class Played:
    """A matter on its way: as it stands, what its last fact brought about, and why the last one did not hold.

    `given`: what its rules know beside it; a test may change any of this between two facts.
    """

    def __init__(self, kind: Kind, given: Given | None = None, **about: Any) -> None:
        self.kind = kind
        self.given = given if given is not None else Given(RULES)
        self.matter = Matter("", kind.name, NEW, **about)
        self.now = NOON_MS
        self.effects: tuple[Effect, ...] = ()
        self.refused: Refused | None = None

    def say(self, fact: str, who: str = PROGRAM, minutes: int = 1, /, **said: Any) -> Played:
        """Say a fact; nothing more is said once one was refused."""
        assert self.refused is None, self.refused
        self.now += minutes * MINUTE_MS
        roles = frozenset(ROLES.get(who, ()))
        told = Fact(fact, self.now, who, roles, said, self.given.hash)
        taken = step(self.kind, self.matter, told, self.given)
        if isinstance(taken, Refused):
            self.refused, self.effects = taken, ()
            return self
        self.matter, self.effects = taken.matter, taken.effects
        if not self.matter.id:
            object.__setattr__(self.matter, "id", f"{self.kind.name}-1")
        return self

    def why_not(self, fact: str, who: str = PROGRAM, /, **said: Any) -> str:
        """Why this fact does not hold, as "why: text"; "" when it holds. The matter stays as it was before."""
        matter, now = self.matter, self.now
        self.say(fact, who, 1, **said)
        refused, self.refused, self.matter, self.now = self.refused, None, matter, now
        return "" if refused is None else f"{refused.why}: {refused.text}"

    @property
    def state(self) -> str:
        """The state it is in now."""
        return self.matter.state


def play(kind: Kind, facts: list[Told], given: Given | None = None, **about: Any) -> Played:
    """Tell a timeline from its beginning; it ends at the first fact that is refused."""
    played = Played(kind, given, **about)
    for fact, who, said, *minutes in facts:
        played.say(fact, who, minutes[0] if minutes else 1, **said)
        if played.refused is not None:
            break
    return played
