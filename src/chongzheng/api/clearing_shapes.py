"""Which documents do the calls about clearing files, bank statements, fees and accounts take and give?"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from chongzheng.api.shapes import Shape
from chongzheng.journal.bank import KeptGap, KeptLine


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A clearing file that was read. `moved_fen`, `net_fen`: what moved, and what will be paid after fees; None of a
    file of which only its reading is known. `breaks`: by type and state. Instants are epoch ms."""

    digest: str
    name: str
    channel: str
    format: str
    part: str
    day: str
    rows: int
    read_at: int
    state: str
    supersedes: str
    superseded_by: str
    matched: int | None
    moved_fen: int | None
    net_fen: int | None
    result: str
    tail: list[str]
    breaks: dict[str, dict[str, int]]


class Runs(msgspec.Struct, frozen=True, kw_only=True):
    """A page of files by clearing day; `after` goes on behind it, 0: there are no more."""

    files: list[Run]
    after: int


class AwaitedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of one day; `standing`: awaited, read, late, missing."""

    format: str
    part: str
    day: str
    due_at: int
    read_at: int | None
    standing: str


class AwaitedFiles(msgspec.Struct, frozen=True, kw_only=True):
    """Every expected file of the last month, and how many are missing."""

    files: list[AwaitedFile]
    missing: int


class MatchWindow(msgspec.Struct, frozen=True, kw_only=True):
    """How far a payment and its line may lie apart, as the register of matching windows says it."""

    channel: str
    before_days: int
    after_days: int
    files_after: int
    counting: str
    tolerance_fen: int
    undone_days: int


class MatchWindows(msgspec.Struct, frozen=True, kw_only=True):
    """Those by which the files of a clearing day are read; `others`: every channel without its own."""

    day: str
    windows: list[MatchWindow]


class FeeChecked(msgspec.Struct, frozen=True, kw_only=True):
    """The fees of a file against the agreement: `differences` line by line, `unchecked` by reason, `tail` by day."""

    file: str
    day: str
    digest: str
    rows: int
    judged: int
    fee: int
    differences: list[dict[str, Any]]
    unchecked: dict[str, int]
    tail: list[dict[str, Any]]


class Hopped(msgspec.Struct, frozen=True, kw_only=True):
    """Machines to look at, with the signals that fire, in `files` that are here; `absent`: names of files that are
    not. Advice is about cards and machines."""

    files: int
    trades: int
    alerts: list[dict[str, Any]]
    advice: dict[str, list[dict[str, Any]]]
    absent: list[str]


class TailBooked(msgspec.Struct, frozen=True, kw_only=True):
    """What the rounding of a file's fees left over, as the act booked it; above 0 kept. `why` leads to it."""

    act: int
    at: int
    file: str
    name: str
    day: str
    fen: int
    why: list[str]


class Tails(msgspec.Struct, frozen=True, kw_only=True):
    """All of them, and their sum."""

    tails: list[TailBooked]
    fen: int


class BankDay(msgspec.Struct, frozen=True, kw_only=True):
    """Clearing days whose money came, with the numbers of these movements."""

    channel: str
    days: list[str]
    fen: int
    movements: list[int]


class PendingDay(msgspec.Struct, frozen=True, kw_only=True):
    """A clearing day whose money is not due yet."""

    channel: str
    day: str
    fen: int


class GapFound(msgspec.Struct, frozen=True, kw_only=True):
    """Where book, file and bank do not say the same; `fen` signed, negative what is missing."""

    gap: str
    word: str
    channel: str
    days: list[str]
    due: str
    fen: int
    movements: list[int]
    owner: str
    next_action: str
    why: str


class ThreeWay(msgspec.Struct, frozen=True, kw_only=True):
    """One statement, what became of it, and how it compares; nothing is compared of one that was read before."""

    account: str
    currency: str
    first_day: str
    last_day: str
    outcome: str
    movements: int
    others: int
    leap_fen: int
    paid: list[BankDay]
    gaps: dict[str, int]
    findings: list[GapFound]
    pending: list[PendingDay]


class ThreeWays(msgspec.Struct, frozen=True, kw_only=True):
    """Every statement of the file."""

    file: str
    format: str
    digest: str
    statements: list[ThreeWay]


class StatementRow(msgspec.Struct, frozen=True, kw_only=True):
    """A statement that was kept; balances None where its format has none."""

    statement: str
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


class StatementPage(msgspec.Struct, frozen=True, kw_only=True):
    """Statements, the newest days first; `after` goes on behind them, 0: there are no more."""

    statements: list[StatementRow]
    after: int


class StatementView(msgspec.Struct, frozen=True, kw_only=True):
    """A statement with its movements and its gaps as they stand now."""

    statement: StatementRow
    lines: list[KeptLine]
    gaps: list[KeptGap]


class LedgerAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account of the books; `code`: its number in the general ledger, empty: none."""

    account: str
    title: str
    nature: str
    code: str


class LedgerAccounts(msgspec.Struct, frozen=True, kw_only=True):
    """All accounts, those with debits first."""

    accounts: list[LedgerAccount]


class NumberAccount(Shape, frozen=True):
    """The number of an account in the general ledger; empty takes it away."""

    account: Annotated[str, Meta(min_length=1, max_length=64)]
    code: Annotated[str, Meta(max_length=40)]


class BreakCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many breaks of a type stand in a state, and the sum of their fen."""

    type: str
    state: str
    breaks: int
    fen: int


class BreakCounts(msgspec.Struct, frozen=True, kw_only=True):
    """All of them."""

    counts: list[BreakCount]
