"""Which entry does the tail of a day's fees make in the books?

The tail is what fees rounded one by one are more than their sum rounded once (fees/tail.py). Of fees that merchants pay
it is money that we have too much of; of fees that we pay to issuer and network it is what we paid too much.
"""

from __future__ import annotations

from chongzheng.fees.agreement import Side
from chongzheng.fees.tail import Tail
from chongzheng.reversal.booking import Booking, booked
from chongzheng.reversal.entries import Entry


def entries(tail: Tail, side: Side) -> tuple[Entry, ...]:
    """The one entry that takes the tail to the account of rounding differences; none where nothing is left over."""
    kept_fen = tail.tail_fen if side is Side.MERCHANT else -tail.tail_fen
    if not kept_fen:
        return ()
    return (booked(Booking.TAIL_KEPT if kept_fen > 0 else Booking.TAIL_BORNE, abs(kept_fen)),)
