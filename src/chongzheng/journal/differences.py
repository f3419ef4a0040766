"""How does what book and file disagree about become work for somebody, once each, and its money stand in the books?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from chongzheng.journal.acts import PROGRAM, Pen, book, queue
from chongzheng.journal.rows import encode
from chongzheng.reversal.booking import Booking, booked
from chongzheng.settlement.breaks import Difference, Type

PARKED = frozenset({Type.LONG, Type.SHORT, Type.ONE_SIDED_THEIRS})
"""Of these without a payment of ours the file moved money that stands in no book: it is parked in suspense."""


def put_breaks(
    pen: Pen, file: str, channel: str, day: str, differences: Iterable[Difference], at: int
) -> list[tuple[Difference, int]]:
    """Keep what a file (its digest) and the book disagree about, inside a transaction; what was known stays as it is.

    Gives those that are new, with their ids. What the file moved for nobody is parked in suspense.
    """
    new = []
    queue(pen)
    for one in differences:
        rows = pen.ask("put_break", **_row(file, channel, day, one), at=at)
        if not rows:
            continue
        number = int(rows[0][0])
        new.append((one, number))
        if one.type in PARKED and not one.payment and one.fen:
            book(pen, at, PROGRAM, Booking.PARKED, [booked(Booking.PARKED, one.fen)], break_id=number, file=file)
    return new


def take_back(pen: Pen, file: str, by_file: str, at: int) -> int:
    """A corrected file (`by_file`) says anew what this one said: what nobody has resolved is superseded, and what was
    parked for it leaves suspense the way it came. Inside a transaction; gives how many."""
    queue(pen)
    rows = pen.ask("unresolved_of_file", file=file)
    for number, payment, held in rows:
        if held and not payment:
            parked = [booked(Booking.PARKED, -int(held))]
            book(pen, at, PROGRAM, "break superseded", parked, break_id=int(number), file=by_file)
    pen.ask("supersede_breaks", file=file)
    return len(rows)


def _row(file: str, channel: str, day: str, one: Difference) -> dict[str, object]:
    """The mark is made of what the difference is: the same difference of the same file is one break. One line may be
    wrong about two fees, each seen from another side."""
    what = [file, one.record_number, one.payment, one.type, one.viewpoint]
    mark = hashlib.sha256(encode(what)).hexdigest()[:32]
    return {
        "mark": mark,
        "file": file,
        "channel": channel,
        "day": day,
        "type": str(one.type),
        "payment": one.payment,
        "record": one.record_number,
        "fen": one.fen,
        "viewpoint": str(one.viewpoint),
        "queue": str(one.owner),
        "next_action": str(one.next_action),
        "why": one.why,
        "about": " ".join(one.about),
    }
