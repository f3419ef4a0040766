"""What did a clearing day come to, by the channel's file: what moved, and what will be paid after fees?"""

from __future__ import annotations

from collections.abc import Iterable

from chongzheng.settlement.breaks import moved_fen
from chongzheng.settlement.line import Record


def total(records: Iterable[Record], only_fees: bool = False) -> tuple[int, int]:
    """(moved, net) in fen, signed towards us. `only_fees`: the amounts are those of trades of another file (ALFEE)."""
    moved = net = 0
    for record in records:
        fen = 0 if only_fees else moved_fen(record)
        moved += fen
        net += fen - fees_fen(record) if only_fees or record.settled_fen is None else record.settled_fen
    return moved, net


def fees_fen(record: Record) -> int:
    """What the channel keeps of it; negative where it gives back."""
    return (record.fee_fen or 0) + (record.network_fee_fen or 0)
