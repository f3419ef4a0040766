"""What does a supplier owe for a month? Each breach under its clause, to the fen, capped by the month (S-48).

A clause gives a sum for each breach, a sum for each hour begun, and a share of the loss (rounded down to the fen: what
is claimed is never more than the share). The liability share comes from the contract, never from the share of a cause.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chongzheng.cases.contracts import PERCENT, clauses

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Breach:
    """One breach: the ticket that shows it, its sort, how long it lasted, and the loss it brought (fen)."""

    ticket: str
    sort: str
    lasted_ms: int = 0
    loss_fen: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement, in fen: what the clause gives, and what is claimed after the cap of the month."""

    clause: str
    ticket: str
    given_fen: int
    claimed_fen: int

    def row(self) -> dict[str, Any]:
        """The same as JSON values."""
        return {
            "clause": self.clause,
            "ticket": self.ticket,
            "given_fen": self.given_fen,
            "claimed_fen": self.claimed_fen,
        }


def statement(supplier: str, rules: Mapping[str, Mapping[str, Any]], breaches: Iterable[Breach]) -> list[Line]:
    """The lines of one supplier and month, in the order of the breaches; the cap of a clause cuts the last ones."""
    left = {name: row["fen_month"] for name, row in rules.items()}
    lines = []
    for breach in breaches:
        for name, row in clauses(rules, supplier, breach.sort).items():
            given = due(row, breach)
            claimed = min(given, left[name])
            left[name] -= claimed
            lines.append(Line(name, breach.ticket, given, claimed))
    return lines


def due(row: Mapping[str, Any], breach: Breach) -> int:
    """What one breach is worth under one clause, in fen, before the cap."""
    hours = -(-breach.lasted_ms // HOUR_MS)
    share = breach.loss_fen * row["loss_percent"] // PERCENT
    return int(row["fen_each"] + row["fen_hour"] * hours + share)
