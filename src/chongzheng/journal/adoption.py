"""Does every case that the engine opened have a person's case: a new one, or the one of its payment, each once?"""

from __future__ import annotations

from typing import Any

from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.matters import Matters


def give(matters: Matters, number: int, payment: str, why: str) -> bool:
    """Give one case of the engine to the case of its payment, or to a new one; False: another process did meanwhile.

    A case that was closed is opened again: the engine has something new to say.
    """
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
