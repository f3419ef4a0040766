"""What do the people of a trial do next: which fact of which matter, who, on which sight, and by which way?

Half of it is what a good clerk would do; the other half is haste, doubt, and trying one's luck.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from chongzheng.cases.desk import rows as desk_rows
from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import Kind, Matter, Row
from chongzheng.simulator.clerks.office import PEOPLE, Office
from chongzheng.simulator.clerks.wires import Street
from chongzheng.simulator.clerks.words import words_for

OPENED = {"case": 1, "task": 1, "retry": 1, "refund": 12, "dispute": 3}
"""What people open about a payment, and how often."""
OF_A_CASE = frozenset("WitnessHeard ConfirmStarted Confirmed Closed Reopened".split())
"""What people say of a case here; its other facts move no money, and have tests of their own."""
NEVER_DRAWN = frozenset({"Queued", "Assigned", "Noted", "Released"})
DULL = frozenset(row.fact for row in desk_rows(("",)))
"""Facts that every matter has and that decide nothing."""
ENDING = frozenset("Withdrawn Blocked Rejected Dropped Reweighed".split())
PAYING = frozenset("Approved Sent Posted CreditSeen NotPosted StopTried CancelTried PaidBack WrittenOff".split())
"""What brings money on its way, or says that it has arrived."""
DULL_WEIGHT, PAYING_WEIGHT, OTHER_WEIGHT = 1, 40, 3
MONEY_WEIGHT = 8
CHARGEBACK_CODE, INQUIRY_CODE = "4502", "6302"
NOBODY_S_HASH = "0" * 64
SIGHTS_MAX = 400


@dataclass(frozen=True, slots=True)
class Sight:
    """What a person had before their eyes: the hash, and what it was of (version, facts of the payment)."""

    hash: str
    version: int
    facts: int


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that somebody wants. `matter`: an id, or "" to open one of `kind`; `sight`: what they decide on."""

    who: str
    kind: str
    matter: str
    fact: str
    said: Mapping[str, Any] = field(default_factory=dict)
    sight: Sight | None = None
    parent: str = ""
    street: int = 0

    def by(self, who: str) -> Deed:
        """The same, said by somebody else."""
        return replace(self, who=who)


class Deeds:
    """Draws deeds. What people have seen is remembered, and may be old by the time they decide on it."""

    def __init__(self, office: Office, dice: Random) -> None:
        self._office = office
        self._dice = dice
        self._sights: dict[tuple[str, str], Sight] = {}

    def look(self, who: str, matter: str) -> Sight:
        """This person looks at it now."""
        view = self._office.matters.view(matter)
        sight = Sight(view.hash, view.matter.version, int(view.payment.get("facts", 0)))
        if len(self._sights) > SIGHTS_MAX:
            self._sights.clear()
        self._sights[who, matter] = sight
        return sight

    def draw(self, street: Street, matters: list[Matter]) -> Deed | None:
        """What somebody does about this payment; None: nothing comes to anybody's mind."""
        dice = self._dice
        wanted = [kind for kind in OPENED if kind in KINDS]
        open_ones = [one for one in matters if one.state not in KINDS[one.kind].ended]
        in_hand = [one for one in open_ones if one.kind != "case"]
        if not matters or dice.random() < (0.1 if in_hand else 0.6):
            return self._opening(street, KINDS[self._weighted(wanted, [OPENED[kind] for kind in wanted])], matters)
        some = open_ones or matters
        one = self._weighted(some, [1 if each.kind == "case" else MONEY_WEIGHT for each in some])
        return self._next(street, KINDS[one.kind], one)

    def news(self, one: Matter, street: Street) -> list[str]:
        """What is true of it at the bank and can be said of it."""
        facts = ("NotPosted", "Posted", "CreditSeen")
        return [fact for fact in facts if _is_true(fact, one, street) and (one.state, fact) in KINDS[one.kind].table]

    def recovery(self, one: Matter, street: Street) -> list[tuple[str, dict[str, Any]]]:
        """How a good clerk takes back what this claw-back is about: by the channel's word, or not at all."""
        if one.kind != "clawback" or one.state in KINDS["clawback"].ended:
            return []
        stopped = ("StopTried", {"worked": one.parent in street.bank, "reference": "end"})
        cancelled = ("CancelTried", {"worked": self._dice.random() < 0.5, "reference": "end"})
        return [stopped, cancelled, ("WrittenOff", {"reason": "nothing else is left"})]

    def someone_else(self, deed: Deed) -> str:
        """Whoever else might say this."""
        return self._dice.choice([who for who in PEOPLE if who != deed.who])

    def _opening(self, street: Street, kind: Kind, matters: list[Matter]) -> Deed:
        row = kind.table["", "Opened"]
        who = self._who(row, None)
        cases = [one.id for one in matters if one.kind == "case"]
        parent = cases[0] if cases and kind.name != "case" else ""
        said = words_for(kind.name, row, street, self._office.now, self._dice)
        if kind.name == "dispute":
            said = {**said, **self._of_issuer(street)}
        return Deed(who, kind.name, "", "Opened", said, None, parent, street.n)

    def _of_issuer(self, street: Street) -> dict[str, Any]:
        """What came from the issuer: a chargeback where it did charge back; else it asks, or people try another way."""
        if street.account.is_charged_back:
            return {"action": "chargeback", "code": CHARGEBACK_CODE, "fen": street.account.fen}
        if self._dice.random() < 0.7:
            return {"action": "inquiry", "code": INQUIRY_CODE}
        return {"action": "manual refund", "code": CHARGEBACK_CODE}

    def chargeback(self, street: Street, matters: list[Matter]) -> Deed | None:
        """What has to be said where the issuer charged back and nobody has said so; None: nothing has."""
        if not street.account.is_charged_back or any(one.kind == "dispute" and _is_of(one) for one in matters):
            return None
        said = {**self._of_issuer(street), "card": "debit"}
        return Deed("li", "dispute", "", "Opened", said, None, "", street.n)

    def _next(self, street: Street, kind: Kind, one: Matter) -> Deed | None:
        rows = [row for row in kind.possible(one.state) if row.may and _is_drawn(row, kind)]
        if not rows:
            return None
        row = self._weighted(rows, [_weight(row) for row in rows])
        if not _is_true(row.fact, one, street):
            return None
        who = self._who(row, one)
        said = words_for(kind.name, row, street, self._office.now, self._dice)
        if row.fact == "StopTried":
            said["worked"] = one.parent in street.bank
        return Deed(who, kind.name, one.id, row.fact, said, self._sight(who, row, one), "", street.n)

    def _who(self, row: Row, one: Matter | None) -> str:
        """Somebody whose role fits; or somebody who has said something of it before; or anybody."""
        dice, chance = self._dice, self._dice.random()
        fitting = [who for who, roles in PEOPLE.items() if not row.may.isdisjoint(map(str, roles))]
        before = sorted({who for said in one.body.get("by", {}).values() for who in said} & set(PEOPLE)) if one else []
        if chance < 0.75 and fitting:
            return dice.choice(fitting)
        if chance < 0.92 and before:
            return dice.choice(before)
        return dice.choice(tuple(PEOPLE))

    def _sight(self, who: str, row: Row, one: Matter) -> Sight | None:
        chance = self._dice.random()
        if not row.shown or chance < 0.05:
            return None
        old = self._sights.get((who, one.id))
        if old is not None and chance < 0.3:
            return old
        if chance < 0.33:
            return Sight(NOBODY_S_HASH, -1, -1)
        return self.look(who, one.id)

    def _weighted(self, things: list[Any], weights: list[int]) -> Any:
        return self._dice.choices(things, weights)[0]


def _is_true(fact: str, one: Matter, street: Street) -> bool:
    """Whether what somebody reports of the bank is so: people here try a lot, and invent no evidence."""
    match fact:
        case "Posted" | "CreditSeen":
            return one.id in street.account.credits
        case "NotPosted":
            return one.id in street.refused
        case _:
            return True


def _is_of(one: Matter) -> bool:
    return bool(one.body["action"] == "chargeback")


def _is_drawn(row: Row, kind: Kind) -> bool:
    return row.fact in OF_A_CASE if kind.name == "case" else row.fact not in NEVER_DRAWN


def _weight(row: Row) -> int:
    if row.fact in DULL | ENDING:
        return DULL_WEIGHT
    return PAYING_WEIGHT if row.fact in PAYING else OTHER_WEIGHT
