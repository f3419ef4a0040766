"""How does the bad bank treat this payment? Two tables of named vices, drawn by a hash of seed and payment.

One draw decides what the bank does with the sale, an independent one what it does with reversals of it, so
every combination occurs. A draw depends on nothing but the seed and the payment's own numbers: not on timing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random

from chongzheng.simulator.ledger import Key


class OnSale(StrEnum):
    """What the bank does with a sale."""

    APPROVE = "approves it at once"
    REFUSE = "refuses it"
    ANSWER_LATE = "executes it and answers after everybody stopped waiting"
    ANSWER_NEVER = "executes it and loses the answer"
    IGNORE = "never processes it"
    HOLD = "processes it long after the reversal"
    HOLD_TO_NEXT_DAY = "processes it after the cut-over"
    BAD_MAC = "executes it and signs the answer wrongly"
    FORGED = "never sees it; somebody answers in its place, without the key"
    WRONG_ECHO = "executes it and answers with another amount"
    VAGUE_DONE = "executes it and answers that something went wrong"
    VAGUE = "does not execute it and answers that something went wrong"
    TWICE = "executes it and answers twice"
    THEN_ERROR = "executes it, answers 00 and then 96"


class OnReversal(StrEnum):
    """What the bank does with the reversals of a payment."""

    HONEST = "returns what was charged, says 25 where nothing was"
    LOSE_FIRST = "loses the first ones"
    LOSE_ALL = "loses every one"
    LOSE_ANSWER = "accepts it and loses the answer; repeats get a code"
    LATE_ANSWER = "accepts it and answers after the repeat"
    BLIND_ONCE = "answers 00 although it has no original yet"
    BLIND = "answers 00 to anything and does nothing"
    REFUSE = "refuses it for good"
    BUSY_FIRST = "cannot do it now, a few times"
    SIGN_IN_FIRST = "wants a new sign-in first"
    ANSWER_TWICE = "accepts it and answers twice"
    THEN_ERROR = "accepts it, answers 00 and then 96"
    BAD_MAC_FIRST = "accepts it and signs the first answers wrongly"
    WRONG_ECHO_FIRST = "accepts it; the first answer names another amount"


@dataclass(frozen=True, slots=True)
class Vice:
    """One row: its name, how often it is drawn (of the sum of all rows), what it does, the F39 it chooses among."""

    name: str
    weight: int
    does: OnSale | OnReversal
    codes: tuple[str, ...] = ()


SALE_VICES: tuple[Vice, ...] = (
    Vice("honest", 760, OnSale.APPROVE),
    Vice("refuse", 40, OnSale.REFUSE, ("51",)),
    Vice("late", 40, OnSale.ANSWER_LATE),
    Vice("lost-answer", 35, OnSale.ANSWER_NEVER),
    Vice("silent", 25, OnSale.IGNORE),
    Vice("slow-original", 16, OnSale.HOLD),
    Vice("original-next-day", 9, OnSale.HOLD_TO_NEXT_DAY),
    Vice("wrong-mac", 12, OnSale.BAD_MAC),
    Vice("forged", 7, OnSale.FORGED),
    Vice("wrong-echo", 8, OnSale.WRONG_ECHO),
    Vice("vague-executed", 16, OnSale.VAGUE_DONE, ("96", "98", "68", "91", "94")),
    Vice("vague", 14, OnSale.VAGUE, ("96", "98", "68", "91", "94")),
    Vice("duplicate", 12, OnSale.TWICE),
    Vice("duplicate-96", 6, OnSale.THEN_ERROR),
)

REVERSAL_VICES: tuple[Vice, ...] = (
    Vice("honest", 480, OnReversal.HONEST),
    Vice("lose-first", 90, OnReversal.LOSE_FIRST),
    Vice("lose-all", 25, OnReversal.LOSE_ALL),
    Vice("lost-ack", 110, OnReversal.LOSE_ANSWER, ("00", "25", "22", "94", "C9", "CA")),
    Vice("late-ack", 20, OnReversal.LATE_ANSWER),
    Vice("blind-00-once", 60, OnReversal.BLIND_ONCE),
    Vice("blind-00", 30, OnReversal.BLIND),
    Vice("invalid", 15, OnReversal.REFUSE, ("12",)),
    Vice("relation", 20, OnReversal.REFUSE, ("22", "94")),
    Vice("mismatch", 20, OnReversal.REFUSE, ("64", "14", "58")),
    Vice("unsupported", 15, OnReversal.REFUSE, ("40",)),
    Vice("malformed", 12, OnReversal.REFUSE, ("30",)),
    Vice("unheard-of", 8, OnReversal.REFUSE, ("ZZ",)),
    Vice("busy", 40, OnReversal.BUSY_FIRST, ("96", "91", "98", "68", "06", "09")),
    Vice("cut-over", 25, OnReversal.BUSY_FIRST, ("90",)),
    Vice("sign-in", 15, OnReversal.SIGN_IN_FIRST, ("A0", "99", "77")),
    Vice("ack-duplicate", 15, OnReversal.ANSWER_TWICE),
    Vice("ack-duplicate-96", 10, OnReversal.THEN_ERROR),
    Vice("ack-wrong-mac", 20, OnReversal.BAD_MAC_FIRST),
    Vice("ack-wrong-echo", 10, OnReversal.WRONG_ECHO_FIRST),
)

TIMES_MAX = 3
"""How often a vice that ends by itself (lose-first, busy, ...) does its harm, at most."""

LATE_PERCENT = (115, 600)
"""When late things happen, in percent of the time that the other side waits."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What was drawn for one payment: both vices, the codes to answer with, how often, how late, how fast."""

    sale: Vice
    sale_code: str
    reversal: Vice
    reversal_code: str
    times: int
    late_percent: int
    late_ack_percent: int
    think_ms: int


def fate(seed: int, key: Key) -> Fate:
    """The fate of this payment in this world; the same for the same arguments, always."""
    dice = Random(digest(seed, "bank", key))
    sale, reversal = _draw(dice, SALE_VICES), _draw(dice, REVERSAL_VICES)
    return Fate(
        sale=sale,
        sale_code=dice.choice(sale.codes or ("00",)),
        reversal=reversal,
        reversal_code=dice.choice(reversal.codes or ("00",)),
        times=dice.randint(1, TIMES_MAX),
        late_percent=dice.randint(*LATE_PERCENT),
        late_ack_percent=dice.randint(20, 60),
        think_ms=dice.randint(1, 12),
    )


OUTAGE_SALE = "lost-answer"
OUTAGE_REVERSALS = ("invalid", "lose-all")
"""An outage: sales are executed and their answers lost; of the reversals every other is refused, the rest are lost."""


def in_outage(drawn: Fate, number: int) -> Fate:
    """What was drawn for the `number`-th sale, as an outage of the bank makes it."""
    named = {vice.name: vice for vice in (*SALE_VICES, *REVERSAL_VICES)}
    reversal = named[OUTAGE_REVERSALS[number % len(OUTAGE_REVERSALS)]]
    code = (*reversal.codes, "00")[0]
    return replace(drawn, sale=named[OUTAGE_SALE], sale_code="00", reversal=reversal, reversal_code=code)


def digest(seed: int, who: str, key: Key) -> int:
    """A number that seed, dice owner and payment fix together; unlike hash(), the same in every process."""
    text = "|".join((str(seed), who, *key))
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8], "big")


def _draw(dice: Random, table: tuple[Vice, ...]) -> Vice:
    return dice.choices(table, [vice.weight for vice in table])[0]
