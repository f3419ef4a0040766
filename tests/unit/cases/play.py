"""How is a timeline played through the table of a kind, without a journal? One small driver for the tests of cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chongzheng.cases.effects import Effect
from chongzheng.cases.matter import PROGRAM, Fact, Given, Kind, Matter, Refused, step
from chongzheng.cases.shipped import REGISTERS

NOON_MS = 1_790_000_000_000
"""A Monday in September 2026, 22:13 in China."""
MINUTE_MS = 60_000
RULES: Mapping[str, Any] = {name: register.shipped for name, register in REGISTERS.items()}
PEOPLE = {
    "li": "clerk", "mei": "clerk", "zhang": "supervisor", "wang": "finance", "qian": "technician",
    "vendor": "supplier", "sun": "auditor", "boss": "administrator", "ran": "risk",
}  # fmt: skip
SEEN = "seen"
"""The hash that people are shown, and name, unless a test says otherwise."""


class Played:
    """A matter, the effects of all that was said of it, and a clock that every fact moves by a minute."""

    def __init__(self, kind: Kind, stands: Mapping[str, Any] | None = None, **matter: Any) -> None:
        self.kind = kind
        self.payment = dict(stands or {})
        self.matter = Matter(f"{kind.name}-1", kind.name, opened_at=NOON_MS, **matter)
        self.effects: list[Effect] = []
        self.now = NOON_MS
        self.others: dict[str, tuple[Matter, ...]] = {}
        self.rules: dict[str, Any] = dict(RULES)

    def say(self, fact: str, who: str = PROGRAM, /, **said: Any) -> Matter | Refused:
        """Say it; refused: nothing changed, and the refusal comes back."""
        self.now += MINUTE_MS
        roles = frozenset({PEOPLE[who]}) if who != PROGRAM else frozenset()
        given = Given(self.rules, self.payment, self.others, SEEN)
        taken = step(self.kind, self.matter, Fact(fact, self.now, who, roles, said, SEEN), given)
        if isinstance(taken, Refused):
            return taken
        self.matter = taken.matter
        self.effects += taken.effects
        return taken.matter

    def well(self, fact: str, who: str = PROGRAM, /, **said: Any) -> Matter:
        """Say what must hold."""
        after = self.say(fact, who, **said)
        assert isinstance(after, Matter), after
        return after

    def refused(self, fact: str, who: str = PROGRAM, /, **said: Any) -> Refused:
        """Say what must not hold."""
        after = self.say(fact, who, **said)
        assert isinstance(after, Refused), (fact, after)
        return after

    def wait(self, ms: int) -> None:
        """Let time pass."""
        self.now += ms

    def pays(self, **changed: Any) -> None:
        """The payment stands differently now."""
        self.payment.update(changed)


def play(kind: Kind, facts: list[tuple[str, str, dict[str, Any]]], **matter: Any) -> Played:
    """A timeline of (fact, who, words) in which everything holds."""
    played = Played(kind, matter.pop("standing", None), **matter)
    for fact, who, said in facts:
        played.well(fact, who, **said)
    return played


def standing(truth: str = "charged_kept", **changed: Any) -> dict[str, Any]:
    """How a payment stands, by the keeper's names."""
    return {
        "facts": 3, "state": "IN_DOUBT", "truth": truth, "proof": "proven", "suspense_fen": 0, "merchant": "M1",
        "terminal": "T1", "stan": "000042", "amount_fen": 12_345,
        "shop_fen": 0, "cardholder_fen": 0, **changed,
    }  # fmt: skip


def moved(matter: Matter, **changed: Any) -> Matter:
    """The same matter otherwise."""
    return replace(matter, **changed)
