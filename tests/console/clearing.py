"""What does the working day have of clearing: a file, differences, a statement, an engine that tells its figures?"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from chongzheng.api.clearing_ways import ClearingWays
from chongzheng.gateway.expected import Awaited, Standing
from chongzheng.gateway.loading import Desk, layouts
from chongzheng.gateway.shelf import Shelf
from chongzheng.journal import FilePart, Journal, Reader
from chongzheng.journal.settled import Came
from chongzheng.journal.side import Side
from chongzheng.reversal.booking import Booking, booked
from chongzheng.settlement.breaks import Difference, Type
from journal.made import AMOUNT_FEN, NOON_MS, name_of
from unit.settlement.acom_lines import control, joined, line

DAY, NAME = "20260922", "IND26092201ACOM"
DATA = joined(line("000001", "0922100000", 12_300))
DIGEST = sha256(DATA).hexdigest()
STATEMENT = "5" * 64
STRANGERS, KNOWN = 1, 2
"""The numbers of the differences: one with money in suspense and no payment, one about a payment."""
FIGURES = """\
# TYPE chongzheng_link_ready gauge
chongzheng_link_ready{link="unionpay"} 1.0
chongzheng_link_ready{link="spare"} 0.0
# TYPE chongzheng_host_circuit gauge
chongzheng_host_circuit{state="half-open"} 1.0
# TYPE chongzheng_host_latency_seconds gauge
chongzheng_host_latency_seconds 0.042
# TYPE chongzheng_terminal_connections gauge
chongzheng_terminal_connections 1204.0
# TYPE chongzheng_reversals_empty_in_seconds gauge
chongzheng_reversals_empty_in_seconds 180.0
"""


def ways(folder: Path) -> ClearingWays:
    """The part of the door that reads files: the one file lies where files go that were read."""
    done = folder / "done"
    done.mkdir()
    (done / NAME).write_bytes(DATA)
    (done / f"{NAME}.ctl").write_bytes(control(DATA, 1, 12_300, DAY))
    return ClearingWays(shelf=Shelf([done], lambda: Desk(layouts(None))), expected=_expected)


def parts() -> dict[str, bool]:
    """What must be well, and is."""
    return {"journal": True, "host": True}


def metrics() -> bytes:
    """What an engine tells of itself."""
    return FIGURES.encode()


def put(journal: Journal, side: Side) -> None:
    """The file, its two differences, and a statement of the bank."""
    came = Came(12_300, 12_270, 1, "r1", ("1 fee of 1 fen kept",), (booked(Booking.TAIL_KEPT, 1),))
    journal.begin_file(DIGEST, NAME, DAY, 1, True, NOON_MS)
    journal.finish_file(DIGEST, came, NOON_MS + 1)
    strange = Difference(Type.ONE_SIDED_THEIRS, "", 1, 8_800, "no payment of ours explains it")
    known = Difference(Type.AMOUNT, name_of(2), 1, AMOUNT_FEN, "the file says another amount")
    journal.put_breaks(DIGEST, FilePart(), DAY, [strange, known], NOON_MS)
    words: dict[str, Any] = {"digest": STATEMENT, "name": "s.sta", "format": "mt940", "account": "6222020000001"}
    days = {"currency": "CNY", "first_day": DAY, "last_day": DAY}
    side.ask("put_bank_statement", **words, **days, opening_fen=100_000, closing_fen=100_500, lines=1, at=NOON_MS)
    moved = {"n": 1, "account": "6222020000001", "day": DAY, "value_day": DAY, "fen": 500}
    texts = {"reference": "REF1", "theirs": "B1", "text": "unionpay", "matched": f"card {DAY}"}
    side.ask("put_bank_line", statement=STATEMENT, **moved, **texts)


def _expected(reader: Reader, now: int) -> list[Awaited]:
    missing = Awaited("acom", "", "20260921", NOON_MS, 0, Standing.MISSING)
    late = Awaited("wxpay", "1900000109", DAY, NOON_MS, NOON_MS + 3_600_000, Standing.LATE)
    return [missing, late, Awaited("acom", "", DAY, NOON_MS, NOON_MS - 1, Standing.READ)]
