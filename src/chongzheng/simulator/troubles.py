"""What goes wrong at the terminal with this sale? One table, drawn by a hash of seed, terminal and sale number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from chongzheng.simulator.ledger import Key
from chongzheng.simulator.vices import digest


class Trouble(StrEnum):
    """What happens at the terminal."""

    NONE = "nothing"
    HANGS_UP = "the line drops right after sending"
    DEAF = "the answer does not reach it"
    WIPED = "the answer does not reach it, and the cashier wipes the pending reversal"
    DEVICE = "it approves, but the device fails"
    NOISE = "it finds the MAC of the approval wrong"
    UNREADABLE = "it cannot make sense of the approval"
    STUTTERS = "the line delivers its request twice"
    OVERTAKEN = "its reversal overtakes its request"
    SAME_TRACE = "its counter slips: the next request has the same trace number and another amount"


TABLE: tuple[tuple[Trouble, int], ...] = (
    (Trouble.NONE, 915),
    (Trouble.HANGS_UP, 16),
    (Trouble.DEAF, 14),
    (Trouble.WIPED, 5),
    (Trouble.DEVICE, 22),
    (Trouble.NOISE, 8),
    (Trouble.UNREADABLE, 5),
    (Trouble.STUTTERS, 6),
    (Trouble.OVERTAKEN, 4),
    (Trouble.SAME_TRACE, 5),
)
"""Trouble and how often it is drawn, of the sum of all."""

REASON = {Trouble.DEVICE: "96", Trouble.NOISE: "A0", Trouble.UNREADABLE: "06"}
"""F39 of the reversal for troubles that befall an approval; any other reversal says 98, no answer."""

FEN = (100, 500_000)
CARD_BINS = ("622202", "621700", "622848", "601382", "625911")


@dataclass(frozen=True, slots=True)
class Sale:
    """What was drawn for one sale. `entry` is F22: typed, swiped or chip; the card is made up."""

    trouble: Trouble
    fen: int
    pan: str
    entry: str
    signs_in_anew: bool
    pause_ms: int


def sale(seed: int, merchant: str, terminal: str, number: int) -> Sale:
    """The `number`-th sale of this terminal in this world."""
    dice = Random(digest(seed, "terminal", Key(merchant, terminal, "", str(number))))
    digits = dice.choice((10, 13))
    return Sale(
        trouble=dice.choices([trouble for trouble, _ in TABLE], [weight for _, weight in TABLE])[0],
        fen=dice.randint(*FEN),
        pan=dice.choice(CARD_BINS) + "".join(str(dice.randint(0, 9)) for _ in range(digits)),
        entry=dice.choice(("012", "021", "051", "051")),
        signs_in_anew=dice.random() < 0.3,
        pause_ms=dice.randint(0, 10),
    )
