"""How much money is in doubt, where, since when, whose, and how much will still be in doubt in a day, two, three?"""

from __future__ import annotations

from typing import Any

from chongzheng.journal.ledger import Exposure, Slice

LEAVES = (("now", ()), ("in 24 hours", ("within 24 hours",)), ("in 48 hours", ("within 48 hours",)),
          ("in 72 hours", ("within 72 hours",)))  # fmt: skip
"""When, and what has then been decided besides what was before. What is overdue, or has no date, leaves never by
itself; nothing new is counted."""


def document(board: Exposure) -> dict[str, Any]:
    """The board as JSON: amounts in fen, `at` in epoch ms."""
    sides = ("age", "stage", "whose", "channel", "due", "merchants", "terminals")
    said: dict[str, Any] = {"at": board.at, **_slice(board.all), "forecast": forecast(board)}
    del said["name"]
    return said | {side: [_slice(one) for one in getattr(board, side)] for side in sides}


def forecast(board: Exposure) -> list[dict[str, Any]]:
    """What is still in doubt when everything that has a date is decided by then, and nothing new comes."""
    due = {one.name: one for one in board.due}
    payments, fen, found = board.all.payments, board.all.fen, []
    for when, left in LEAVES:
        payments -= sum(due[name].payments for name in left)
        fen -= sum(due[name].fen for name in left)
        found.append({"when": when, "payments": payments, "fen": fen})
    return found


def _slice(one: Slice) -> dict[str, Any]:
    return {
        "name": one.name,
        "payments": one.payments,
        "fen": one.fen,
        "held_fen": one.held_fen,
        "missing_fen": one.missing_fen,
    }
