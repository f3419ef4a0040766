"""Is this journal a demonstration, whose people have passwords that were printed? An act of the chain says so for good.

Where it stands the house opens its doors with `chongzheng up --demo` alone: accounts that anybody may read on a screen
must never meet real money.
"""

from __future__ import annotations

from chongzheng.journal.acts import enact, queue
from chongzheng.journal.side import Side

SUBJECT = "demonstration"
KIND = "house declared a demonstration"


def declare(side: Side, by: str, at: int) -> None:
    """From now on this journal is a demonstration; it can never be taken back. `at`: epoch ms."""
    with side.together():
        queue(side)
        enact(side, at, by, KIND, SUBJECT)


def declared(side: Side) -> bool:
    """Whether it is."""
    return bool(side.ask("acts_of", subject=SUBJECT))
