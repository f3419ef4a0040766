"""Does every case that the engine opened have a person's case: a new one, or the one of its payment, each once?"""

from __future__ import annotations

from typing import Any

from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.matters import Matters
from chongzheng.journal.side import Side

ROUND_MAX = 200


def adopt(matters: Matters, side: Side, most: int = ROUND_MAX) -> int:
    """Give the next of the engine's cases to a case each; how many were given. Call it until it says 0.

    A case that was closed is opened again: the engine has something new to say. What another process adopted meanwhile
    is left to it.
    """
    given = 0
    for number, payment, why, _, _ in side.ask("cases_to_adopt", most=most):
        said: dict[str, Any] = {"source": "engine", "why": str(why), "engine_case": int(number)}
        try:
            _give(matters, str(payment), said)
        except Overtaken:
            continue
        given += 1
    return given


def _give(matters: Matters, payment: str, said: dict[str, Any]) -> None:
    key = f"case {payment}"
    holder = matters.holder(key)
    if holder:
        matters.say(holder, "Joined", said)
    else:
        matters.open("case", said, payment=payment, key=key)
