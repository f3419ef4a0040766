"""How does a fault slip find its payment? By the key that stands on it, once for every slip."""

from __future__ import annotations

from typing import Any

from chongzheng.cases.matter import Matter
from chongzheng.cases.slip import read
from chongzheng.journal.matters import Matters
from chongzheng.journal.rows import payment_id
from chongzheng.reversal.facts import Key


def take_slip(matters: Matters, text: str, by: str, **more: Any) -> Matter:
    """A slip as it was typed or recognised; the same slip again is the matter there is. `more`: hash, at_raw.

    TheirMistake: what cannot be read. A slip of no known payment waits for people.
    """
    slip = read(text)
    payment = payment_id(Key(slip.merchant, slip.terminal, slip.batch, slip.trace))
    known = payment if matters.standing(payment) else ""
    key = f"slip {slip.merchant} {slip.terminal} {slip.batch} {slip.trace}"
    return matters.open("slip", {**slip.said(), **more}, by, payment=known, key=key)
