"""Into which payments are contradictions between file and book planted?

Only where an engine that works must notice: it has heard the approval, the refusal or the accepted reversal that the
file will contradict. Chosen from the bank's book and from what the terminals saw, never from the engine's journal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from random import Random
from typing import Any

from chongzheng.simulator.clearing import AMOUNT, GHOST, OMIT_REVERSAL, OMIT_SALE
from chongzheng.simulator.ledger import Key
from chongzheng.simulator.terminal import Seen

EACH_MAX = 2
"""How many payments get each kind of contradiction."""

HONEST = "honest"
Row = Mapping[str, Any]


def _kept(row: Row, seen: Seen) -> bool:
    return seen.told == "approved" and row["charges"] == 1 and row["returns"] == 0 and row["on_sale"] == HONEST


def _undone(row: Row, seen: Seen) -> bool:
    accepted = row["returns"] == 1 and row["on_sale"] == HONEST and row["on_reversal"] == HONEST
    return accepted and seen.was_approved and seen.told == "undone"


def _refused(row: Row, seen: Seen) -> bool:
    return bool(row["refused"]) and seen.told == "declined" and seen.code == "51"


_FITTING: dict[str, Callable[[Row, Seen], bool]] = {
    OMIT_SALE: _kept,
    AMOUNT: _kept,
    OMIT_REVERSAL: _undone,
    GHOST: _refused,
}


def key_of_row(row: Row) -> Key:
    """The payment of a row of the bank's ledger."""
    return Key(row["merchant"], row["terminal"], row["batch"], row["stan"])


def plant(
    seed: int, rows: Iterable[Row], seen: Mapping[Key, Seen], heard: Callable[[Key], bool] = lambda key: True
) -> dict[Key, str]:
    """Payment -> kind of contradiction; none of a kind where no payment fits it. `heard`: whether an answer to its
    reversal came through, where wires lose them."""
    dice = Random(seed)
    known = sorted(((key_of_row(row), row) for row in rows if key_of_row(row) in seen), key=lambda one: one[0])
    plants: dict[Key, str] = {}
    for kind, fits in _FITTING.items():
        fitting = [key for key, row in known if key not in plants and fits(row, seen[key])]
        if kind == OMIT_REVERSAL:
            fitting = [key for key in fitting if heard(key)]
        plants |= dict.fromkeys(dice.sample(fitting, min(EACH_MAX, len(fitting))), kind)
    return plants
