"""To which case does a matter belong, and how does that case hear of it?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chongzheng.cases.effects import Effect, Open, Say
from chongzheng.cases.matter import Ask, Fact, Given, Matter


def asks_case(matter: Matter, fact: Fact) -> Mapping[str, Ask]:
    """The case of its payment."""
    return {"case": Ask("case", "payment", matter.payment)} if matter.payment else {}


def case_of(matter: Matter, given: Given) -> str:
    """The id of its case: what it was opened for, or the one case of its payment; "" when there is none yet."""
    if matter.parent.startswith("case-"):
        return matter.parent
    found = given.others.get("case", ())
    return found[0].id if found else ""


def told(matter: Matter, given: Given, fact: str, said: Mapping[str, Any]) -> tuple[Effect, ...]:
    """Its case hears this, where there is one that can."""
    case = case_of(matter, given)
    return (Say(case, fact, said, softly=True),) if case else ()


def joins_case(payment: str, said: Mapping[str, Any]) -> Open:
    """One more reason for the one case of a payment: it is opened, or joined."""
    return Open("case", f"case {payment}", said, payment, joins="Joined")
