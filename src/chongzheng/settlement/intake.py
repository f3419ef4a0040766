"""May this clearing file be believed, as a whole? Only a complete file of the right day is let in.

A file that is not complete proves nothing by what it leaves out, and what it leaves out may be the reversal of what
it holds; so it is refused, not half read (docs/decisions/0003).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from chongzheng.mistakes import TheirMistake
from chongzheng.settlement import days
from chongzheng.settlement.formats import acom, control
from chongzheng.settlement.formats.control import Control
from chongzheng.settlement.line import Reading, Record

FILE_BYTES_MAX = 1 << 30
AGAIN = "ask for it again"

FORMATS: MappingProxyType[str, Callable[[bytes, str, str], Reading]] = MappingProxyType({acom.NAME: acom.read})
"""The layouts that can be read, by the name that `--format` takes."""


@dataclass(frozen=True, slots=True)
class ClearingFile:
    """A complete file: `day` yyyymmdd, `digest` SHA-256 in hex, `amount_fen` the control total."""

    name: str
    day: str
    digest: str
    records: tuple[Record, ...]
    amount_fen: int

    @property
    def identity(self) -> str:
        """What tells this file from all others: its digest, and the day too, because empty files are all alike."""
        return self.digest if self.records else f"{self.digest} of {self.day}"


def admit(data: bytes, name: str, day: str, vouched: bytes | None, layout: str = acom.NAME) -> ClearingFile:
    """The file `name` of clearing day `day` if `vouched`, the bytes of its control file, says that it is complete.

    Empty is complete only when the control file says so: a day without trades. TheirMistake, one clear line: no such
    day or layout, empty, too large, another day, another layout, no control file, cut, changed.
    """
    _refuse_bad_call(data, name, day, layout)
    if vouched is None:
        if not data:
            raise TheirMistake(f"is empty; {AGAIN}", name)
        raise TheirMistake("has no control file beside it, so nobody knows that it is complete; add it", f"{name}.ctl")
    promised = control.parse(vouched, f"{name}.ctl")
    if not data and promised.records:
        raise TheirMistake(f"is empty, and its control file says {promised.records} records; {AGAIN}", name)
    reading = FORMATS[layout](data, name, day)
    _refuse_problems(reading, name)
    digest = hashlib.sha256(data).hexdigest()
    _refuse_unkept(promised, reading, name, day, digest)
    return ClearingFile(name, day, digest, reading.records, reading.amount_fen)


def _refuse_bad_call(data: bytes, name: str, day: str, layout: str) -> None:
    if not days.is_day(day):
        raise TheirMistake("is not a day; write it as yyyymmdd", "date")
    if layout not in FORMATS:
        raise TheirMistake(f"is not a layout that can be read; there is {', '.join(FORMATS)}", "format")
    if len(data) > FILE_BYTES_MAX:
        raise TheirMistake(f"is larger than {FILE_BYTES_MAX} bytes", name)


def _refuse_problems(reading: Reading, name: str) -> None:
    if not reading.problems:
        return
    first, more = reading.problems[0], len(reading.problems) - 1
    if first.which == "name":
        raise TheirMistake(first.what, name)
    if not reading.records:
        raise TheirMistake(f"is not in the layout that was named: {first}", name)
    others = f" (and {more} more)" if more else ""
    raise TheirMistake(f"{first}{others}; nothing was read; {AGAIN}", name)


def _refuse_unkept(promised: Control, reading: Reading, name: str, day: str, digest: str) -> None:
    if promised.day != day:
        raise TheirMistake(f"is the control file of another day than {day}", f"{name}.ctl")
    records = len(reading.records)
    if records < promised.records:
        raise TheirMistake(f"is cut: {records} records, and its control file says {promised.records}; {AGAIN}", name)
    if records != promised.records:
        raise TheirMistake(f"has {records} records, and its control file says {promised.records}; {AGAIN}", name)
    if reading.amount_fen != promised.amount_fen:
        raise TheirMistake(f"adds up to {reading.amount_fen} fen, not {promised.amount_fen} as its control file", name)
    if digest != promised.sha256:
        raise TheirMistake(f"is not the file that its control file was made for; {AGAIN}", name)
