"""What did each clearing file that was read come to: what moved, what will be paid, which tail its fees left?

One act a file, written in the transaction that ends its reading, so that it is said, and its tail booked, exactly once;
the tail of a file whose place another takes leaves the books the way it came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from chongzheng.journal.acts import PROGRAM, Pen, book, queue
from chongzheng.journal.ledger import Asking
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.entries import Account, Entry
from chongzheng.settlement.days import is_day
from chongzheng.settlement.three_way import Cleared

SETTLED, TAKEN_BACK = "file settled", "file superseded"
RUNS_MAX = 200
"""Files on one page."""
Paying = tuple[str, str]
"""Channel, or format, and clearing day: what a bank pays."""
FIRST_DAY, LAST_DAY = "00000000", "99999999"


@dataclass(frozen=True, slots=True)
class Came:
    """What a file came to. `moved_fen` sales less what went back, `net_fen` what will be paid after fees; `entries`
    take the tail of its fees to its account, `tail` explains it; `result`: digest of what was found.
    """

    moved_fen: int
    net_fen: int
    matched: int
    result: str
    tail: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """A file that was read, or is being read (`state` unfinished). `came`: what its act says, empty for a file of which
    nothing was kept but that it was read; `breaks`: how many by type and state. `at`: epoch ms.
    """

    digest: str
    name: str
    channel: str
    format: str
    part: str
    day: str
    records: int
    at: int
    state: str
    supersedes: str
    superseded_by: str
    came: Mapping[str, Any] = field(default_factory=dict)
    breaks: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BookedTail:
    """The tail of one file's fees as it was booked by the act `act`, above 0 kept; `why` leads to it, line by line."""

    act: int
    at: int
    file: str
    name: str
    day: str
    fen: int
    why: tuple[str, ...]


def note(pen: Pen, file: str, name: str, day: str, came: Came, at: int) -> int:
    """Say what the file (its digest) came to, and book its tail; inside the transaction that ends its reading."""
    queue(pen)
    said = {"name": name, "day": day, "moved_fen": came.moved_fen, "net_fen": came.net_fen, "matched": came.matched}
    more = {"result": came.result, "tail": list(came.tail)}
    return book(pen, at, PROGRAM, SETTLED, came.entries, subject=f"file {file}", **said, **more)


def take_back(pen: Pen, file: str, by_file: str, at: int) -> None:
    """Another file (`by_file`) says anew what this one said. Inside a transaction."""
    queue(pen)
    for _, _, _, kind, record in pen.ask("acts_of", subject=f"file {file}"):
        if kind == SETTLED:
            moves = msgspec.json.decode(bytes(record))["vouchers"]
            undone = [Entry(Account(credit), Account(debit), fen) for debit, credit, fen in moves]
            book(pen, at, PROGRAM, TAKEN_BACK, undone, subject=f"file {file}", by_file=by_file)


class SettledFiles:
    """Reads what was settled. `side`: whoever can be asked, the desk or a reader."""

    def __init__(self, side: Asking) -> None:
        self._side = side

    def runs(self, since: str = FIRST_DAY, until: str = LAST_DAY, after: int = 0, most: int = RUNS_MAX) -> list[Run]:
        """Files of the clearing days `since` to `until` (yyyymmdd), by day and by when they were read; the first
        `after` of them left out. TheirMistake: no such days.
        """
        _check_days(since, until)
        rows = self._side.ask("settlement_runs", since=since, until=until, after=after, most=min(most, RUNS_MAX))
        counts: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
        for file, type_, state, count in self._side.ask("breaks_of_days", since=since, until=until) if rows else ():
            counts[str(file)][str(type_)][str(state)] = int(count)
        return [
            Run(*row, came=_said(record), breaks={type_: dict(by) for type_, by in counts[str(row[0])].items()})
            for *row, record in rows
        ]

    def newest(self, since: str, until: str, after: int, most: int) -> list[Run]:
        """The same with the newest day first, without the breaks of each."""
        _check_days(since, until)
        rows = self._side.ask("newest_runs", since=since, until=until, after=after, most=min(most, RUNS_MAX))
        return [Run(*row, came=_said(record)) for *row, record in rows]

    def run(self, digest: str) -> Run | None:
        """The file of this digest, without its breaks; None: no such file was read."""
        rows = self._side.ask("settlement_run", digest=digest)
        return Run(*rows[0][:-1], came=_said(rows[0][-1])) if rows else None

    def tails(self, since: str, until: str) -> list[BookedTail]:
        """The tails that were booked of files of these clearing days, also those of files superseded since."""
        _check_days(since, until)
        found = []
        for no, at, file, record, name, day in self._side.ask("booked_tails", since=since, until=until):
            said = _said(record)
            fen = sum(_kept(*move) for move in said.get("vouchers", ()))
            why = said.get("tail", [f"another file of the day took its place: {str(said.get('by_file'))[:12]}"])
            found.append(BookedTail(int(no), int(at), str(file), str(name), str(day), fen, tuple(why)))
        return found

    def cleared(self, first_day: str, last_day: str, alone: frozenset[str]) -> tuple[list[Cleared], dict[Paying, str]]:
        """What the files of these clearing days that stand now came to, by channel, or by format where that is paid
        `alone`; and the names of those of which it is not known, by the same.
        """
        sums: dict[Paying, list[int]] = {}
        unknown: dict[Paying, str] = {}
        for name, channel, form, day, state, record in self._side.ask(
            "standing_files", first_day=first_day, last_day=last_day
        ):
            said, paying = _said(record), (str(form if form in alone else channel), str(day))
            if state != "done" or "net_fen" not in said:
                unknown[paying] = str(name)
                continue
            totals = sums.setdefault(paying, [0, 0])
            totals[0] += said["moved_fen"]
            totals[1] += said["net_fen"]
        return [Cleared(channel, day, *totals) for (channel, day), totals in sorted(sums.items())], unknown


def _kept(debit: str, credit: str, fen: int) -> int:
    return fen if (debit, credit) == (str(Account.FEES), str(Account.ROUNDING)) else -fen


def _said(record: bytes | None) -> dict[str, Any]:
    found: dict[str, Any] = {} if record is None else msgspec.json.decode(bytes(record))
    return found


def _check_days(since: str, until: str) -> None:
    for name, day, open_end in (("since", since, FIRST_DAY), ("until", until, LAST_DAY)):
        if day != open_end and not is_day(day):
            raise TheirMistake("is no day; write it as yyyymmdd", name)
