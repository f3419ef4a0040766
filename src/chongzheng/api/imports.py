"""How does another switch's journal, a CSV or JSONL file, become reports, line by line, in one pass?

Nothing of a file is kept in memory but the lines of one batch. A line that cannot be read is a problem with its
number, and the next one is read. What a line says beyond a report's fields is left alone.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from chongzheng.api.shapes import BATCH_MAX, Outcome
from chongzheng.mistakes import TheirMistake

LINE_BYTES_MAX = 65_536
REPORT_BYTES_MAX = 4_096
"""A report as JSON; BATCH_MAX of them fit into one call of the API."""
PROBLEMS_KEPT_MAX = 1_000
"""Problems that are listed; the others are counted."""
COLUMNS_MAX = 500
YUAN = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,2}))?")
DIRECT = ("merchant", "terminal", "batch", "stan", "currency", "kind", "day", "card", "sign", "channel", "order")
OF_REPLY = ("code", "mac", "rrn", "auth")
FIELD = re.compile(r"field_([0-9]{1,3})")
NEEDED = ("merchant", "terminal", "batch", "stan", "at")
MAC_MIN_WORD = "absent"
"""What a reply's MAC is when the file does not say: then an approval does not count, but opens doubt."""

Send = Callable[[Sequence[bytes]], list[Outcome]]


@dataclass(frozen=True, slots=True)
class Problem:
    """One line that was not taken. No value of the line is repeated."""

    line: int
    code: str
    what: str
    where: str


@dataclass(slots=True)
class Summary:
    """What came of a file. `states`: where the payments of its lines stand now."""

    file: str
    digest: str = ""
    lines: int = 0
    taken: int = 0
    known: int = 0
    refused: int = 0
    states: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, problem: Problem) -> None:
        """One line more that was not taken."""
        self.refused += 1
        if len(self.problems) < PROBLEMS_KEPT_MAX:
            self.problems.append(problem)


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a file. `columns`: our name to theirs (CSV); `utc_offset_h`: the clock of times without a zone."""

    form: str
    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    utc_offset_h: int = 8


def bring_in(path: Path, reading: Reading, send: Send, progress: Callable[[int], None]) -> Summary:
    """Read the file once and hand its reports over. `progress` hears of bytes read. TheirMistake: no such file, or
    a CSV without the columns that name a payment."""
    summary, digest = Summary(path.name), hashlib.sha256()
    waiting: list[tuple[int, bytes]] = []
    try:
        with open(path, "rb") as file:
            for number, report in _reports(file, reading, digest.update, progress):
                summary.lines += 1
                if isinstance(report, Problem):
                    summary.refuse(report)
                    continue
                waiting.append((number, report))
                if len(waiting) == BATCH_MAX:
                    _hand_over(waiting, send, summary)
    except OSError as error:
        raise TheirMistake(f"cannot be read ({error.strerror})", str(path)) from None
    _hand_over(waiting, send, summary)
    summary.digest = digest.hexdigest()
    return summary


def _hand_over(waiting: list[tuple[int, bytes]], send: Send, summary: Summary) -> None:
    if not waiting:
        return
    for (number, _), outcome in zip(waiting, send([report for _, report in waiting]), strict=True):
        match outcome.result:
            case "taken":
                summary.taken += 1
                summary.states[outcome.state] += 1
            case "known":
                summary.known += 1
                summary.states[outcome.state] += 1
            case _:
                summary.refuse(Problem(number, outcome.code, outcome.what, outcome.where))
    waiting.clear()


def _reports(
    file: BinaryIO, reading: Reading, digest: Callable[[bytes], object], progress: Callable[[int], None]
) -> Iterator[tuple[int, bytes | Problem]]:
    """(line number, report as JSON or problem) of every line that is not blank."""
    names: list[str] | None = None
    for number, line in enumerate(_lines(file), 1):
        digest(line)
        progress(len(line))
        if not line.strip() or (number == 1 and line.strip() == b"\xef\xbb\xbf"):
            continue
        if len(line) > LINE_BYTES_MAX:
            yield number, Problem(number, "too_large", f"is longer than {LINE_BYTES_MAX} bytes", "")
        elif reading.form == "jsonl":
            yield number, _short(number, line.removeprefix(b"\xef\xbb\xbf").strip())
        elif names is None:
            names = _header(line, reading, file)
        else:
            yield number, _row(number, line, names, reading)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Whole lines; one without end comes in pieces of which the first is too long, and the others are dropped."""
    while line := file.readline(LINE_BYTES_MAX + 2):
        yield line
        while len(line) > LINE_BYTES_MAX and not line.endswith(b"\n"):
            line = file.readline(LINE_BYTES_MAX + 2)
            if not line:
                return


def _header(line: bytes, reading: Reading, file: BinaryIO) -> list[str]:
    where = f"{Path(file.name).name}: line 1"
    names = [name.strip() for name in _cells(line, reading, where)]
    theirs = {column: ours for ours, column in reading.columns.items()}
    unknown = set(theirs) - set(names)
    if unknown:
        raise TheirMistake(f"has no column {', '.join(sorted(unknown))}", where)
    ours = [theirs.get(name, name) for name in names]
    missing = [name for name in NEEDED if name not in ours]
    if "amount" not in ours and "amount_fen" not in ours:
        missing.append("amount_fen (or amount, in yuan)")
    if missing:
        raise TheirMistake(f"needs the columns {', '.join(missing)}; rename yours with --column ours=theirs", where)
    return ours


def _row(number: int, line: bytes, names: list[str], reading: Reading) -> bytes | Problem:
    try:
        cells = _cells(line, reading, "")
        if len(cells) != len(names):
            raise TheirMistake(f"has {len(cells)} columns where the header has {len(names)}", "")
        said = {name: cell.strip() for name, cell in zip(names, cells, strict=True) if cell.strip()}
        return _short(number, msgspec.json.encode(_report(said, reading.utc_offset_h)))
    except TheirMistake as mistake:
        return Problem(number, "bad_field", mistake.what, mistake.where)


def _short(number: int, report: bytes) -> bytes | Problem:
    if len(report) <= REPORT_BYTES_MAX:
        return report
    return Problem(number, "too_large", f"is more than {REPORT_BYTES_MAX} bytes of report", "")


def _cells(line: bytes, reading: Reading, where: str) -> list[str]:
    try:
        text = line.decode(reading.encoding).rstrip("\r\n")
        rows = list(csv.reader([text], delimiter=reading.delimiter, strict=True))
    except UnicodeDecodeError:
        raise TheirMistake(f"is not {reading.encoding} text; name another with --encoding", where) from None
    except csv.Error as error:
        raise TheirMistake(f"is not CSV: {error}", where) from None
    cells = rows[0] if rows else []
    if len(cells) > COLUMNS_MAX:
        raise TheirMistake(f"has more than {COLUMNS_MAX} columns", where)
    return cells


def _report(said: dict[str, str], utc_offset_h: int) -> dict[str, Any]:
    """Columns as a report. What a column is missing, the report is missing, and its shape then says so."""
    report: dict[str, Any] = {name: said[name] for name in DIRECT if name in said}
    if "amount_fen" in said or "amount" in said:
        report["amount_fen"] = _fen(said)
    if "at" in said:
        report["at"] = _instant(said["at"], utc_offset_h, "at")
    if "original_stan" in said:
        report["original"] = {"batch": said.get("original_batch", said.get("batch", "")), "stan": said["original_stan"]}
    fields = {match[1]: cell for name, cell in said.items() if (match := FIELD.fullmatch(name))}
    if fields:
        report["fields"] = fields
    if "delivered" in said:
        report["delivered"] = _yes_or_no(said["delivered"], "delivered")
    if "reply_code" in said:
        reply: dict[str, Any] = {name: said[f"reply_{name}"] for name in OF_REPLY if f"reply_{name}" in said}
        reply.setdefault("mac", MAC_MIN_WORD)
        if "reply_at" in said:
            reply["at"] = _instant(said["reply_at"], utc_offset_h, "reply_at")
        report["reply"] = reply
    return report


def _yes_or_no(text: str, where: str) -> bool:
    if text.lower() not in ("yes", "no", "1", "0", "true", "false"):
        raise TheirMistake("must be yes or no", where)
    return text.lower() in ("yes", "1", "true")


def _fen(said: dict[str, str]) -> int:
    if "amount_fen" in said:
        if not (said["amount_fen"].isascii() and said["amount_fen"].isdigit()) or len(said["amount_fen"]) > 12:
            raise TheirMistake("must be fen, digits only", "amount_fen")
        return int(said["amount_fen"])
    match = YUAN.fullmatch(said["amount"])
    if match is None:
        raise TheirMistake("must be yuan with at most two places, like 123.45", "amount")
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


def _instant(text: str, utc_offset_h: int, where: str) -> int:
    """Epoch milliseconds as digits, or ISO 8601; without a zone it is the shops' clock."""
    if text.isascii() and text.isdigit() and len(text) == 13:
        return int(text)
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise TheirMistake("must be 13 digits (epoch ms) or like 2026-11-22T10:00:00+08:00", where) from None
    if when.tzinfo is None:
        when = when.replace(tzinfo=timezone(timedelta(hours=utc_offset_h)))
    delta = when - datetime(1970, 1, 1, tzinfo=UTC)
    return delta // timedelta(milliseconds=1)
