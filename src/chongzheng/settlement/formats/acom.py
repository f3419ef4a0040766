"""What stands in an ACOM file, the acquirer's list of ordinary trades of one clearing day?

The layout is public knowledge of three independent programs (facts/channels 5.1): fixed width, 34 fields, one
separator between two, names in a GBK encoding, so offsets count bytes and every line is sliced before it is decoded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from chongzheng.card import PAN_DIGITS_MAX, PAN_DIGITS_MIN, masked
from chongzheng.settlement import days
from chongzheng.settlement.line import Problem, Reading, Record

NAME = "acom"
LINE_BYTES = 299
LINES_MAX = 5_000_000
"""More trades than this in one file of one acquirer is not a file of this kind."""

FILE_NAME = re.compile(r"IND(\d{6})01ACOM")

DIGITS, DIGITS_OR_BLANK, WORD, CARD, UNREAD = "digits", "digits or blank", "printable text", "a card number", "unread"


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a field lies: `offset` and `length` in bytes, and what may stand there."""

    name: str
    offset: int
    length: int
    kind: str = UNREAD


LAYOUT = (
    Slot("acquirer (F32)", 0, 11),
    Slot("forwarder (F33)", 12, 11),
    Slot("STAN (F11)", 24, 6, DIGITS),
    Slot("sent (F7)", 31, 10, DIGITS),
    Slot("PAN (F2)", 42, 19, CARD),
    Slot("amount (F4)", 62, 12, DIGITS),
    Slot("partial amount", 75, 12),
    Slot("cardholder fee (F28)", 88, 12),
    Slot("MTI", 101, 4, DIGITS),
    Slot("processing (F3)", 106, 6, DIGITS),
    Slot("MCC (F18)", 113, 4),
    Slot("terminal (F41)", 118, 8, WORD),
    Slot("merchant (F42)", 127, 15, WORD),
    Slot("RRN (F37)", 143, 12, WORD),
    Slot("condition (F25)", 156, 2, WORD),
    Slot("auth code (F38)", 159, 6),
    Slot("receiver (F100)", 166, 11),
    Slot("original STAN (F90.2)", 178, 6, DIGITS_OR_BLANK),
    Slot("code (F39)", 185, 2, WORD),
    Slot("entry mode (F22)", 188, 3),
    Slot("fee receivable", 192, 12),
    Slot("fee payable", 205, 12),
    Slot("switching fee", 218, 12),
    Slot("conversion flag", 231, 1),
    Slot("card sequence (F23)", 233, 3),
    Slot("terminal capability (F60.2.2)", 237, 1),
    Slot("chip condition (F60.2.3)", 239, 1),
    Slot("original sent (F90.3)", 241, 10, DIGITS_OR_BLANK),
    Slot("issuer", 252, 11),
    Slot("region flag", 264, 1),
    Slot("terminal type", 266, 2),
    Slot("ECI", 269, 2),
    Slot("instalment fee", 272, 12),
    Slot("other", 285, 14),
)

_READ = tuple(slot for slot in LAYOUT if slot.kind is not UNREAD)
_PAN = LAYOUT[4]
_BETWEEN = tuple(slot.offset + slot.length for slot in LAYOUT[:-1])

_FITS = {
    DIGITS: re.compile(rb"[0-9]+"),
    DIGITS_OR_BLANK: re.compile(rb"[0-9]+| +"),
    WORD: re.compile(rb"[ -~]+"),
    CARD: re.compile(rb" *[0-9]{%d,%d} *" % (PAN_DIGITS_MIN, PAN_DIGITS_MAX)),
}


def read(data: bytes, name: str, day: str) -> Reading:
    """Read `data` as the ACOM file called `name` of clearing day `day` (yyyymmdd, a day that exists).

    A line that cannot be read becomes a Problem that says where; all other lines are read all the same.
    """
    problems = list(_name_problems(name, day))
    if data.count(b"\n") > LINES_MAX:
        return Reading((), (*problems, Problem(name, f"has more than {LINES_MAX} lines")))
    records = []
    for number, line in enumerate(_lines(data), 1):
        record = _record(line, number, day)
        if isinstance(record, Record):
            records.append(record)
        else:
            problems.append(record)
    return Reading(tuple(records), tuple(problems))


def _name_problems(name: str, day: str) -> tuple[Problem, ...]:
    found = FILE_NAME.fullmatch(name)
    if found is None:
        return (Problem(name, "is not named like an ACOM file, IND<yymmdd>01ACOM", "name"),)
    if found[1] != day[2:]:
        return (Problem(name, f"is the file of another day than {day}", "name"),)
    return ()


def _lines(data: bytes) -> list[bytes]:
    lines = data.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return [line.removesuffix(b"\r") for line in lines]


def _record(line: bytes, number: int, day: str) -> Record | Problem:
    where = f"line {number}"
    if len(line) != LINE_BYTES:
        return Problem(where, f"has {len(line)} bytes, not {LINE_BYTES}")
    separators = {line[at] for at in _BETWEEN}
    if len(separators) != 1 or chr(min(separators)).isalnum():
        return Problem(where, "has no separator where one belongs")
    values = {}
    for slot in _READ:
        value = line[slot.offset : slot.offset + slot.length]
        if not _FITS[slot.kind].fullmatch(value):
            return Problem(where, f"is not {slot.kind}", slot.name)
        values[slot.name] = value.decode("ascii").strip()
    return _dated(line, number, day, values)


def _dated(line: bytes, number: int, day: str, values: dict[str, str]) -> Record | Problem:
    sent, earlier = values["sent (F7)"], values["original sent (F90.3)"]
    sent_on = days.in_clearing_day(sent[:4], day)
    if not sent_on:
        return Problem(f"line {number}", f"was not sent on {day} or the day before", "sent (F7)")
    original = "" if earlier.strip("0") == "" else days.latest(earlier[:4], day) + earlier[4:]
    if not days.is_time(sent[4:]):
        return Problem(f"line {number}", "is not a time", "sent (F7)")
    if original and not (len(original) == 14 and days.is_time(original[8:])):
        return Problem(f"line {number}", "is not a date and time", "original sent (F90.3)")
    return _built(line, number, values, sent_on + sent[4:], original)


def _built(line: bytes, number: int, values: dict[str, str], sent_at: str, original_sent_at: str) -> Record:
    pan = values["PAN (F2)"]
    original_stan = values["original STAN (F90.2)"]
    return Record(
        number=number,
        mti=values["MTI"],
        processing=values["processing (F3)"],
        condition=values["condition (F25)"],
        stan=values["STAN (F11)"],
        sent_at=sent_at,
        masked_pan=masked(pan),
        amount_fen=int(values["amount (F4)"]),
        terminal=values["terminal (F41)"],
        merchant=values["merchant (F42)"],
        rrn=values["RRN (F37)"],
        code=values["code (F39)"],
        original_stan=original_stan if original_stan.strip("0") else "",
        original_sent_at=original_sent_at,
        text=_redacted(line, pan),
    )


def _redacted(line: bytes, pan: str) -> str:
    """The line with the card number masked in its slot, and wherever else the same digits stand."""
    digits, stars = pan.encode(), masked(pan).encode()
    slot = line[_PAN.offset : _PAN.offset + _PAN.length].replace(digits, stars)
    clean = line[: _PAN.offset].replace(digits, stars) + slot + line[_PAN.offset + _PAN.length :].replace(digits, stars)
    return clean.decode("gb18030", "replace")
