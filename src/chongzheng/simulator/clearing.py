"""What does the bank's clearing file of a day look like, and its control file?

The ACOM layout (34 fields of fixed place, one blank between them, line end LF) written straight from the book,
by code that shares nothing with the reader. Contradictions to the book are planted here, on request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from chongzheng.simulator.ledger import RETURN, Key, Ledger, Posting

OMIT_SALE, OMIT_REVERSAL, AMOUNT, GHOST = "omit-sale", "omit-reversal", "amount", "ghost"
PLANTS = (OMIT_SALE, OMIT_REVERSAL, AMOUNT, GHOST)

LINE_BYTES = 299
ACQUIRER = "48020000"
ISSUER = "01020000"

PLACES: dict[str, tuple[int, int]] = {
    "acquirer": (0, 11),
    "forwarder": (12, 11),
    "stan": (24, 6),
    "moment": (31, 10),
    "pan": (42, 19),
    "amount": (62, 12),
    "partial": (75, 12),
    "cardholder_fee": (88, 12),
    "mti": (101, 4),
    "processing": (106, 6),
    "mcc": (113, 4),
    "terminal": (118, 8),
    "merchant": (127, 15),
    "rrn": (143, 12),
    "condition": (156, 2),
    "auth": (159, 6),
    "receiver": (166, 11),
    "original_stan": (178, 6),
    "code": (185, 2),
    "entry_mode": (188, 3),
    "receivable": (192, 12),
    "payable": (205, 12),
    "switching_fee": (218, 12),
    "conversion": (231, 1),
    "card_sequence": (233, 3),
    "capability": (237, 1),
    "chip": (239, 1),
    "original_moment": (241, 10),
    "issuer": (252, 11),
    "region": (264, 1),
    "terminal_type": (266, 2),
    "eci": (269, 2),
    "instalment_fee": (272, 12),
    "other": (285, 14),
}
"""Field -> (offset, length) of the ACOM layout."""

_FIXED = {
    "acquirer": ACQUIRER,
    "forwarder": ACQUIRER,
    "partial": "0" * 12,
    "cardholder_fee": "0" * 12,
    "processing": "000000",
    "mcc": "5411",
    "condition": "00",
    "auth": "000000",
    "receiver": ISSUER,
    "code": "00",
    "entry_mode": "051",
    "receivable": "0" * 12,
    "payable": "0" * 12,
    "switching_fee": "D" + "0" * 11,
    "conversion": "0",
    "card_sequence": "000",
    "capability": "5",
    "chip": "0",
    "issuer": ISSUER,
    "region": "0",
    "terminal_type": "01",
    "eci": "00",
    "instalment_fee": "0" * 12,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A sale that the bank refused; where a ghost is planted it appears in the file all the same."""

    key: Key
    fen: int
    pan: str
    moment: str
    rrn: str


def file_name(day: str) -> str:
    """IND<yymmdd>01ACOM of a clearing day yyyymmdd."""
    return f"IND{day[2:]}01ACOM"


def write_day(
    folder: Path, day: str, ledger: Ledger, plants: Mapping[Key, str], refusals: Mapping[Key, Refusal]
) -> Path:
    """Write the file of `day` and, beside it and first, its control file; the path of the file.

    `plants` says which payments the file contradicts, and how; ghosts stand in the file of the day of the refusal,
    so pass the refusals of this day only.
    """
    lines = [line for posting, original in ledger.of_day(day) for line in _planted(posting, original, plants)]
    lines += [_ghost(refusals[key], day) for key, kind in plants.items() if kind == GHOST and key in refusals]
    lines.sort(key=lambda line: line[31:41])
    content = b"".join(line + b"\n" for line in lines)
    path = folder / file_name(day)
    place_file(folder / f"{path.name}.ctl", control(day, lines, content))
    place_file(path, content)
    return path


def control(day: str, lines: Iterable[bytes], content: bytes) -> bytes:
    """The control file: day, number of records, sum of all amounts in fen, digest of the file."""
    at, length = PLACES["amount"]
    amounts = [int(line[at : at + length]) for line in lines]
    digest = hashlib.sha256(content).hexdigest()
    return f"day={day}\nrecords={len(amounts)}\namount_fen={sum(amounts)}\nsha256={digest}\n".encode("ascii")


def place_file(path: Path, content: bytes) -> None:
    """Make the file appear whole, under its name, in one instant."""
    draft = path.with_name(f".{path.name}.part")
    draft.write_bytes(content)
    draft.replace(path)


def _planted(posting: Posting, original: Posting | None, plants: Mapping[Key, str]) -> list[bytes]:
    kind = plants.get(posting.key)
    is_return = posting.kind == RETURN
    if (kind == OMIT_SALE and not is_return) or (kind == OMIT_REVERSAL and is_return):
        return []
    return [_line(posting, original, posting.fen + (1 if kind == AMOUNT else 0))]


def _line(posting: Posting, original: Posting | None, fen: int) -> bytes:
    values = {
        "stan": posting.key.stan,
        "moment": posting.moment,
        "pan": posting.pan,
        "amount": f"{fen:012d}",
        "mti": "0200" if original is None else "0420",
        "terminal": posting.key.terminal,
        "merchant": posting.key.merchant,
        "rrn": posting.rrn,
        "original_stan": "000000" if original is None else original.key.stan,
        "original_moment": "0000000000" if original is None else original.moment,
    }
    return laid_out(values)


def _ghost(refusal: Refusal, day: str) -> bytes:
    posting = Posting("charge", refusal.key, refusal.fen, refusal.pan, day, refusal.moment, refusal.rrn)
    return _line(posting, None, refusal.fen)


def laid_out(values: Mapping[str, str]) -> bytes:
    """A line with these fields, by their names in PLACES, and something fitting in all others."""
    line = bytearray(b" " * LINE_BYTES)
    for name, (at, length) in PLACES.items():
        text = {**_FIXED, **values}.get(name, "").encode("gbk")
        line[at : at + length] = text.ljust(length)[:length]
    return bytes(line)
