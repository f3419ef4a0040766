"""May this clearing file be believed, as a whole? Only a complete file of the right day is let in.

A file that is not complete proves nothing by what it leaves out, and what it leaves out may be the reversal of what
it holds; so it is refused, not half read (docs/decisions/0003). A layout that closes with totals vouches for itself;
of any other a control file must say what it holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from chongzheng.mistakes import TheirMistake
from chongzheng.settlement import days
from chongzheng.settlement.formats import control
from chongzheng.settlement.formats.control import Control
from chongzheng.settlement.formats.known import Known, packaged
from chongzheng.settlement.formats.layout import Container, Layout, Witness
from chongzheng.settlement.formats.reader import keyless, read
from chongzheng.settlement.line import CARD_CHANNEL, Problem, Reading, Record

FILE_BYTES_MAX = 1 << 30
AGAIN = "ask for it again"
ACOM = "acom"
WORKBOOK_READER = "needs the reader of workbooks"

Unpack = Callable[[bytes, Layout], bytes]
"""Turns a workbook into lines of text, cells with `layout.CELLS` between them; reading one takes a library."""


@dataclass(frozen=True, slots=True)
class ClearingFile:
    """A complete file: `day` yyyymmdd, `digest` SHA-256 in hex, `amount_fen` the control total, `format` the word for
    its layout, `witness` what it is evidence of, `part` whose it is where each of several has a file of the day
    (`parted`): such a file is silent about nobody else's trades; `corrects`: digest of the file whose place it takes.
    """

    name: str
    day: str
    digest: str
    records: tuple[Record, ...]
    amount_fen: int
    format: str = ACOM
    channel: str = CARD_CHANNEL
    witness: Witness = Witness.TRADES
    part: str = ""
    parted: bool = False
    corrects: str = ""

    @property
    def identity(self) -> str:
        """What tells this file from all others: its digest, and day and format too, because empty files are alike."""
        if self.records:
            return self.digest
        return f"{self.digest} of {self.day}" + ("" if self.format == ACOM else f" in {self.format}")


class Unreadable(TheirMistake):
    """The file has lines that cannot be read. `reading` holds every problem, and all that could be read beside them."""

    def __init__(self, what: str, name: str, reading: Reading) -> None:
        super().__init__(what, name)
        self.reading = reading


def no_workbooks(data: bytes, layout: Layout) -> bytes:
    """Where nobody can open one."""
    raise TheirMistake(WORKBOOK_READER, layout.name)


def admit(
    data: bytes,
    name: str,
    day: str,
    vouched: bytes | None,
    word: str = ACOM,
    known: Known | None = None,
    hashed: Callable[[str], str] = keyless,
    unpack: Unpack = no_workbooks,
) -> ClearingFile:
    """The file `name` of clearing day `day` if its own totals, or `vouched`, the bytes of its control file, say that it
    is complete. `word` names its layout among the `known`; `hashed` gives the keyed hash of a card number.

    Empty is complete only when the control file says so: a day without trades. TheirMistake, one clear line: no such
    day or layout, empty, too large, another day, another layout, no control file, cut, changed.
    """
    if not days.is_day(day):
        raise TheirMistake("is not a day; write it as yyyymmdd", "date")
    layout = (known or packaged()).named(word, data)
    if len(data) > FILE_BYTES_MAX:
        raise TheirMistake(f"is larger than {FILE_BYTES_MAX} bytes", name)
    if vouched is None:
        _refuse_unvouched(data, name, layout)
    promised = None if vouched is None else control.parse(vouched, f"{name}.ctl")
    if not data and promised is not None and promised.records:
        raise TheirMistake(f"is empty, and its control file says {promised.records} records; {AGAIN}", name)
    content = unpack(data, layout) if layout.container is Container.XLSX and data else data
    reading = read(layout, content, name, day, hashed)
    digest = hashlib.sha256(data).hexdigest()
    _refuse_problems(reading, name, data == b"")
    if promised is not None:
        _refuse_unkept(promised, reading, name, day, digest)
    return ClearingFile(
        name,
        day,
        digest,
        reading.records,
        reading.amount_fen,
        layout.family,
        layout.channel,
        layout.witness,
        layout.part_in_name(reading.name),
        layout.is_parted,
        "" if promised is None else promised.corrects,
    )


def _refuse_unvouched(data: bytes, name: str, layout: Layout) -> None:
    if not data:
        raise TheirMistake(f"is empty; {AGAIN}", name)
    if not layout.closings:
        raise TheirMistake("has no control file beside it, so nobody knows that it is complete; add it", f"{name}.ctl")


def _refuse_problems(reading: Reading, name: str, empty: bool) -> None:
    problems = [one for one in reading.problems if not (empty and _is_of_no_line(one))]
    if not problems:
        return
    first, more = problems[0], len(problems) - 1
    if first.which == "name" or first.where == name:
        raise Unreadable(first.what, name, reading)
    if not reading.records:
        raise Unreadable(f"is not in the layout that was named: {first}", name, reading)
    others = f" (and {more} more)" if more else ""
    raise Unreadable(f"{first}{others}; nothing was read; {AGAIN}", name, reading)


def _is_of_no_line(problem: Problem) -> bool:
    """What is missing in a file that is empty, and was said to be: header, totals."""
    return problem.which != "name" and not problem.where.startswith("line ")


def _refuse_unkept(promised: Control, reading: Reading, name: str, day: str, digest: str) -> None:
    if promised.day != day:
        raise TheirMistake(f"is the control file of another day than {day}", f"{name}.ctl")
    records = len(reading.records)
    if records < promised.records:
        raise TheirMistake(f"is cut: {records} records, and its control file says {promised.records}; {AGAIN}", name)
    if records != promised.records:
        raise TheirMistake(f"has {records} records, and its control file says {promised.records}; {AGAIN}", name)
    if reading.amount_fen != promised.amount_fen:
        raise TheirMistake(
            f"adds up to {reading.amount_fen:,} fen, not {promised.amount_fen:,} as its control file", name
        )
    if digest != promised.sha256:
        raise TheirMistake(f"is not the file that its control file was made for; {AGAIN}", name)
