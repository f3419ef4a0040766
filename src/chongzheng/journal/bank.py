"""What did the bank say, which clearing days did it pay, and what do the books say that it should have paid?

A statement is kept once, by its content. What its movements are taken for is booked in the same transaction: money that
came for a clearing day pays what clearing owed us, and what the channel kept back is fees; money of a channel that no
day explains lies in suspense until a person has resolved the break.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from chongzheng.journal.acts import PROGRAM, book, queue
from chongzheng.journal.rows import encode
from chongzheng.journal.settled import SettledFiles
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.booking import Booking, booked
from chongzheng.reversal.entries import Entry
from chongzheng.settlement.bank import Statement
from chongzheng.settlement.breaks import Viewpoint
from chongzheng.settlement.three_way import Cleared, Finding, Gap, ThreeWay

STATEMENTS_MAX = 200
"""Statements on one page."""


class Kept(StrEnum):
    """What became of a statement."""

    READ = "read"
    ALREADY_READ = "already read, nothing changed"
    OVERLAPS = "another statement of these days was read before, nothing changed"


@dataclass(frozen=True, slots=True)
class Name:
    """Which statement it is: `digest` of its content, the file and the format it came in."""

    digest: str
    file: str
    format: str


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A statement that was kept; days yyyymmdd, balances None where its format has none, `at` epoch ms."""

    digest: str
    name: str
    format: str
    account: str
    currency: str
    first_day: str
    last_day: str
    opening_fen: int | None
    closing_fen: int | None
    lines: int
    at: int


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A movement; `matched`: channel and clearing days that it paid, "" for none."""

    number: int
    day: str
    value_day: str
    fen: int
    reference: str
    theirs: str
    text: str
    matched: str


@dataclass(frozen=True, slots=True)
class KeptGap:
    """A gap that became a break; `record`: the number of the first movement it is about, 0: none."""

    id: int
    type: str
    channel: str
    day: str
    fen: int
    record: int
    queue: str
    next_action: str
    why: str
    state: str


@dataclass(frozen=True, slots=True)
class KeptStatement:
    """A statement with its movements and gaps, as they stand now."""

    row: StatementRow
    lines: tuple[KeptLine, ...]
    gaps: tuple[KeptGap, ...]


class Bank:
    """Reads and writes what the bank said. `clock`: epoch ms."""

    def __init__(self, side: Side, clock: Callable[[], int]) -> None:
        self._side = side
        self._clock = clock
        self.settled = SettledFiles(side)

    def statements(self, after: int = 0, most: int = STATEMENTS_MAX) -> list[StatementRow]:
        """Statements that were kept, the newest days first; the first `after` of them left out."""
        return [
            StatementRow(*row)
            for row in self._side.ask("list_bank_statements", after=after, most=min(most, STATEMENTS_MAX))
        ]

    def statement(self, digest: str) -> KeptStatement:
        """One statement as it was kept. TheirMistake: there is none of this digest."""
        rows = self._side.ask("one_bank_statement", digest=digest)
        if not rows:
            raise TheirMistake("there is no statement of this digest", f"statement {digest}")
        lines = [KeptLine(*row) for row in self._side.ask("bank_lines_of", statement=digest)]
        breaks = [KeptGap(*row) for row in self._side.ask("breaks_of_statement", digest=digest)]
        return KeptStatement(StatementRow(*rows[0]), tuple(lines), tuple(breaks))

    def status(self, name: Name, statement: Statement) -> Kept:
        """What would become of the statement."""
        if self._side.ask("get_bank_statement", digest=name.digest):
            return Kept.ALREADY_READ
        days = {"first_day": statement.first_day, "last_day": statement.last_day}
        return (
            Kept.OVERLAPS if self._side.ask("bank_statements_within", account=statement.account, **days) else Kept.READ
        )

    def before(self, statement: Statement) -> tuple[str, int]:
        """The last day of the account that an earlier statement covers, "" for the first one; and by how much this one
        opens elsewhere than that one closed, in fen: then a statement between the two is missing.
        """
        rows = self._side.ask("bank_statement_before", account=statement.account, before=statement.first_day)
        if not rows:
            return "", 0
        day, closing = str(rows[0][0]), rows[0][1]
        known = closing is not None and statement.opening_fen is not None
        return day, (statement.opening_fen or 0) - int(closing) if known else 0

    def paid_days(self) -> frozenset[tuple[str, str]]:
        """(channel, clearing day) of everything that earlier movements paid."""
        rows = (str(matched).split() for (matched,) in self._side.ask("paid_clearing_days"))
        return frozenset((channel, day) for channel, *days in rows for day in days)

    def booked(self, first_day: str, last_day: str) -> dict[tuple[str, str], int]:
        """What moved by the books, in fen, by (channel, business day), from the first day to the last."""
        rows = self._side.ask("booked_for_clearing", first_day=first_day, last_day=last_day)
        return {(str(channel), str(day)): int(fen) for channel, day, fen in rows}

    def keep(self, name: Name, statement: Statement, found: ThreeWay, cleared: Iterable[Cleared]) -> Kept:
        """Write the statement, what its movements are for, the gaps as breaks, and the entries; all or nothing."""
        with self._side.together():
            queue(self._side)
            kept = self.status(name, statement)
            if kept is Kept.READ:
                self._write(name, statement, found)
                self._book(name, statement, found, {(one.channel, one.day): one for one in cleared})
            return kept

    def _write(self, name: Name, statement: Statement, found: ThreeWay) -> None:
        at, taken = self._clock(), _taken(found)
        self._side.ask(
            "put_bank_statement", digest=name.digest, name=name.file, format=name.format, account=statement.account,
            currency=statement.currency, first_day=statement.first_day, last_day=statement.last_day,
            opening_fen=statement.opening_fen, closing_fen=statement.closing_fen, lines=len(statement.movements), at=at,
        )  # fmt: skip
        for one in statement.movements:
            self._side.ask(
                "put_bank_line", statement=name.digest, n=one.number, account=statement.account, day=one.day,
                value_day=one.value_day, fen=one.fen, reference=one.reference, theirs=one.theirs, text=one.text,
                matched=taken.get(one.number, ""),
            )  # fmt: skip

    def _book(
        self, name: Name, statement: Statement, found: ThreeWay, cleared: Mapping[tuple[str, str], Cleared]
    ) -> None:
        fen_of = {movement.number: movement.fen for movement in statement.movements}
        for paid in found.paid:
            if not paid.movements:
                continue  # a day that came to nothing is paid by nothing
            days = [cleared[paid.channel, day] for day in paid.days]
            self._post(name, "payout", _payout(paid.fen, days))
        for finding in found.findings:
            number = self._break(name, finding)
            came = sum(fen_of[each] for each in finding.movements)
            if number and finding.gap is Gap.UNEXPLAINED_CREDIT:
                parked = [booked(Booking.BANK_PARKED, came)] if came else []
                self._post(name, Booking.BANK_PARKED, parked, number)
            elif number and finding.movements:
                days = [cleared[finding.channel, day] for day in finding.days]
                self._post(name, "payout", _payout(came, days))

    def _post(self, name: Name, kind: str, entries: list[Entry], break_id: int = 0) -> None:
        if entries:
            book(self._side, self._clock(), PROGRAM, kind, entries, break_id=break_id, statement=name.digest)

    def _break(self, name: Name, finding: Finding) -> int:
        """The number of the break; 0 when it is known already, from another statement of the same gap."""
        content: list[object] = [finding.gap, finding.channel, list(finding.days)]
        if finding.movements:
            content += [name.digest, list(finding.movements)]
        elif finding.gap is Gap.BOOK:
            content += [finding.fen]
        rows = self._side.ask(
            "put_break", mark=hashlib.sha256(encode(content)).hexdigest()[:32], file=name.digest,
            channel=finding.channel, day=finding.due, type=str(finding.gap), payment="",
            record=finding.movements[0] if finding.movements else 0, fen=finding.fen,
            viewpoint=str(Viewpoint.ACQUIRER), queue=str(finding.owner), next_action=finding.next_action,
            why=finding.why, about="", at=self._clock(),
        )  # fmt: skip
        return int(rows[0][0]) if rows else 0


def _taken(found: ThreeWay) -> dict[int, str]:
    """Number of a movement -> channel and clearing days that it paid, rightly or not."""
    right = [(one.channel, one.days, one.movements) for one in found.paid]
    wrong = [(one.channel, one.days, one.movements) for one in found.findings if one.days]
    return {number: " ".join((channel, *days)) for channel, days, numbers in right + wrong for number in numbers}


def _payout(came_fen: int, days: list[Cleared]) -> list[Entry]:
    """What came pays what clearing owed us; what the channel kept back by its own file is fees."""
    return [*_received(came_fen), *_kept_back(sum(one.moved_fen - one.net_fen for one in days))]


def _received(fen: int) -> Iterator[Entry]:
    if fen:
        yield booked(Booking.CLEARING_RECEIVED if fen > 0 else Booking.CLEARING_PAID, abs(fen))


def _kept_back(fen: int) -> Iterator[Entry]:
    if fen:
        yield booked(Booking.CHANNEL_FEES, fen)
