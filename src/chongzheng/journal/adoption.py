"""Does every case that the engine opened have a person's case: a new one, or the one of its payment, each once?"""

from __future__ import annotations

from typing import Any

from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.matters import Matters
from chongzheng.journal.side import Side

ROUND_MAX = 200
ALL = 2**62


def adopt(matters: Matters, side: Side, most: int = ROUND_MAX) -> int:
    """Give the next of the engine's cases to a case each; how many were given. Call it until it says 0.

    A case that was closed is opened again: the engine has something new to say. What another process adopted meanwhile
    is left to it.
    """
    found = side.ask("cases_to_adopt", after=0, scan=ALL, most=most)
    return sum(give(matters, int(number), str(payment), str(why)) for number, payment, why in found)


def give(matters: Matters, number: int, payment: str, why: str) -> bool:
    """Give one case of the engine to the case of its payment, or to a new one; False: another process did meanwhile."""
    said: dict[str, Any] = {"source": "engine", "why": why, "engine_case": number}
    key = f"case {payment}"
    holder = matters.holder(key)
    try:
        if holder:
            matters.say(holder, "Joined", said)
        else:
            matters.open("case", said, payment=payment, key=key)
    except Overtaken:
        return False
    return True
