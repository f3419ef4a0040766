"""What does the journal of a terminal hold, and which reversals are still owed? The receipt before a swap (S-21).

An export is JSON lines, oldest first: {"what", "terminal", "batch", "stan", …}. `what`: `sale`, `answer` (with code),
`reversal`, `reversal answer` (with code); card data in it is masked by whoever exports it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chongzheng.mistakes import TheirMistake

LINES_MAX = 200_000
LINE_CHARS_MAX = 4_096
WHAT = ("sale", "answer", "reversal", "reversal answer")
DONE = frozenset({"00", "25"})
"""Answers to a reversal after which the terminal stops: it took effect, or there was nothing to reverse. That the
second may be wrong is the host's matter; the terminal owes nothing more."""

Key = tuple[str, str, str]
"""Terminal, batch, trace number: what one sale is called at the terminal."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was saved: SHA-256 of the export, how many records, and the reversals that are still owed."""

    hash: str
    records: int
    pending: tuple[Key, ...]

    def row(self) -> dict[str, Any]:
        """The same as JSON values."""
        pending = [{"terminal": terminal, "batch": batch, "stan": stan} for terminal, batch, stan in self.pending]
        return {"hash": self.hash, "records": self.records, "pending": pending}


def read(export: bytes) -> list[Mapping[str, Any]]:
    """The records of an export. TheirMistake: a line that is none, with its number."""
    lines = export.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    if len(lines) > LINES_MAX:
        raise TheirMistake(f"an export has at most {LINES_MAX} lines", "export")
    return [_record(line, number) for number, line in enumerate(lines, 1)]


def _record(line: bytes, number: int) -> Mapping[str, Any]:
    where = f"export, line {number}"
    if len(line) > LINE_CHARS_MAX:
        raise TheirMistake(f"a line has at most {LINE_CHARS_MAX} characters", where)
    try:
        record = json.loads(line)
    except ValueError:
        raise TheirMistake("is no JSON object", where) from None
    if not isinstance(record, dict) or record.get("what") not in WHAT:
        raise TheirMistake(f"says what it is: {', '.join(WHAT)}", where)
    for name in ("terminal", "batch", "stan"):
        if not isinstance(record.get(name), str) or not record[name]:
            raise TheirMistake(f"{name}: is missing", where)
    return record


def key_of(record: Mapping[str, Any]) -> Key:
    """What the sale of a record is called."""
    return record["terminal"], record["batch"], record["stan"]


def pending(records: Iterable[Mapping[str, Any]]) -> tuple[Key, ...]:
    """The reversals that a terminal with this journal still owes, oldest first: replayed, not believed."""
    owed: dict[Key, None] = {}
    for record in records:
        if record["what"] == "reversal":
            owed.setdefault(key_of(record))
        elif record["what"] == "reversal answer" and record.get("code") in DONE:
            owed.pop(key_of(record), None)
    return tuple(owed)


def receipt(export: bytes) -> Receipt:
    """The receipt of an export. TheirMistake as in `read`."""
    records = read(export)
    return Receipt(hashlib.sha256(export).hexdigest(), len(records), pending(records))
