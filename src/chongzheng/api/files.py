"""What does each call about clearing files, bank statements, fees and accounts do?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec

from chongzheng.api import clearing_answers as answers
from chongzheng.api import clearing_shapes as shapes
from chongzheng.api.desk import asked
from chongzheng.api.door import Call, Door
from chongzheng.api.fees import tariff_in_force
from chongzheng.api.refusals import refusal
from chongzheng.api.shapes import PAGE_MAX, Document
from chongzheng.fees import hopping as detector
from chongzheng.fees.agreement import Agreement
from chongzheng.fees.traffic import Trade
from chongzheng.gateway import expected as awaited
from chongzheng.gateway import fee_check, fee_rules, payouts, statements, traffic, windows
from chongzheng.gateway.shelf import Shelf
from chongzheng.journal.ledger import Closing, Item
from chongzheng.journal.rules import day_of
from chongzheng.journal.settled import FIRST_DAY, LAST_DAY, Run, SettledFiles
from chongzheng.mistakes import OurMistake, TheirMistake
from chongzheng.reports import day_close
from chongzheng.settlement import charged

STATEMENT_BYTES_MAX = 16 << 20
"""The largest bank statement that is taken over HTTP; the command takes larger ones."""
HOPPING_FILES_MAX = 62
"""Two months of one file a day."""
HOPPING_TRADES_MAX = 500_000
"""Sales that are looked at in one call; the command hopping takes more."""
CSV, XLSX = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLES = ("closing", "trial", "suspense")
"""The tables of a closing, in the order of day_close.sheets."""


async def runs(door: Door, call: Call) -> shapes.Runs:
    """Clearing files that were read."""
    most, after = int(call.query.get("limit", PAGE_MAX)), int(call.query.get("after", 0))
    found = await asked(lambda: _runs(door, call, after, most))
    return answers.runs(found, after, most)


async def expected(door: Door, call: Call) -> shapes.AwaitedFiles:
    """How each file stands that should be here."""

    def look() -> dict[str, Any]:
        with door.reader() as reader:
            return awaited.document(door.ways.clearing.expected(reader, door.ways.clock()))

    return msgspec.convert(await asked(look), shapes.AwaitedFiles)


async def check_fees(door: Door, call: Call) -> shapes.FeeChecked:
    """The fees of one file against the agreement."""
    shelf = _shelf(door)

    def look() -> dict[str, object]:
        with door.reader() as reader:
            run = SettledFiles(reader).run(call.path["digest"])
        if run is None:
            raise refusal("not_found", "no file of this digest was read", "digest")
        clearing = _loaded(shelf, run)
        return fee_check.checked(clearing, charged.differences(clearing.records, _agreed(door, run), {})[1])

    return msgspec.convert(await asked(look), shapes.FeeChecked)


async def hopping(door: Door, call: Call) -> shapes.Hopped:
    """Machines that hop categories, in the files of some days."""
    shelf = _shelf(door)

    def look() -> dict[str, object]:
        trades: list[Trade] = []
        absent, read = [], 0
        for run in _runs(door, call, 0, HOPPING_FILES_MAX + 1):
            if run.superseded_by or run.state != "done":
                continue
            if read == HOPPING_FILES_MAX:
                raise refusal("bad_field", f"more than {HOPPING_FILES_MAX} files; name fewer days", "query.since")
            try:
                trades += traffic.trades(shelf.load(run))
                read += 1
            except TheirMistake:
                absent.append(run.name)
            if len(trades) > HOPPING_TRADES_MAX:
                raise refusal("bad_field", f"more than {HOPPING_TRADES_MAX} sales; name fewer days", "query.since")
        ladder = fee_rules.ladder()
        rules = fee_check.packed_signals()
        found = detector.findings(trades, door.ways.clearing.machines(), ladder, rules)
        return fee_check.hopped(read, trades, found, ladder, rules.limits) | {"absent": absent}

    return msgspec.convert(await asked(look), shapes.Hopped)


async def tails(door: Door, call: Call) -> shapes.Tails:
    """What the rounding of fees left over."""
    days = call.query.get("since", FIRST_DAY), call.query.get("until", LAST_DAY)

    def look() -> Any:
        with door.reader() as reader:
            return SettledFiles(reader).tails(*days)

    return answers.tails(await asked(look))


async def take_statement(door: Door, call: Call) -> shapes.ThreeWays:
    """A bank statement is compared with files and book, and kept."""
    data = await _whole(call.pieces)
    query, clearing = call.query, door.ways.clearing

    def take() -> dict[str, object]:
        day, account = query.get("date", ""), query.get("account", "")
        known, how = clearing.desk().known, clearing.payouts()
        try:
            file = statements.read(data, call.path["file"], query["format"], known, day, account)
        except TheirMistake as mistake:
            raise TheirMistake(mistake.what, mistake.where.replace("--", "query.")) from None
        return payouts.document(file, payouts.take(file, [], how, door.bank, query.get("dry_run") == "yes"))

    async with door.in_turn("statement"):
        return msgspec.convert(await asked(take), shapes.ThreeWays)


async def list_statements(door: Door, call: Call) -> shapes.StatementPage:
    """Statements that were kept."""
    most, after = int(call.query.get("limit", PAGE_MAX)), int(call.query.get("after", 0))
    found = await asked(lambda: door.bank.statements(after, most))
    return answers.statements(found, after, most)


async def show_statement(door: Door, call: Call) -> shapes.StatementView:
    """One of them, with its movements and gaps."""
    digest = answers.named(call.path["statement"])
    return answers.statement(await asked(lambda: door.bank.statement(digest), "statement"))


async def accounts(door: Door, call: Call) -> shapes.LedgerAccounts:
    """The accounts and their numbers in the general ledger."""

    def look() -> Sequence[tuple[str, str, str, str]]:
        with door.ledger() as ledger:
            return ledger.accounts()

    rows = await asked(look)
    names = shapes.LedgerAccount.__struct_fields__
    return shapes.LedgerAccounts(accounts=[shapes.LedgerAccount(**dict(zip(names, row, strict=True))) for row in rows])


async def number_account(door: Door, call: Call) -> shapes.LedgerAccounts:
    """Another number for one of them."""

    def change() -> None:
        with door.ledger() as ledger:
            ledger.set_code(call.body.account, call.body.code, call.actor.id)

    await asked(change)
    return await accounts(door, call)


async def export(door: Door, call: Call) -> Document:
    """A closed day for the general ledger, as a workbook or one of its tables as CSV."""
    day, form, table = call.query["date"], call.query.get("form", "xlsx"), call.query.get("table", "trial")

    def look() -> tuple[Closing | None, Sequence[Item]]:
        with door.ledger() as ledger:
            return ledger.closing(day), ledger.suspense()

    closing, items = await asked(look)
    if closing is None:
        raise refusal("not_yet", "the day is not closed", "query.date")
    tables = day_close.sheets(closing, items)
    if form == "xlsx":
        return Document(await asked(lambda: day_close.as_xlsx(tables)), XLSX, f"{day}.xlsx")
    return Document(day_close.as_csv(tables[TABLES.index(table)]), CSV, f"{day}-{table}.csv")


async def count_breaks(door: Door, call: Call) -> shapes.BreakCounts:
    """How many breaks there are of each type and state."""
    return answers.counts(await asked(door.breaks.counts))


async def match_windows(door: Door, call: Call) -> shapes.MatchWindows:
    """By which windows the files of a day are read."""
    day = call.query.get("date", day_of(door.ways.clock()))

    def look() -> shapes.MatchWindows:
        with door.reader() as reader:
            return answers.windows(windows.on(reader, day), day)

    return await asked(look)


def _runs(door: Door, call: Call, after: int, most: int) -> list[Run]:
    days = call.query.get("since", FIRST_DAY), call.query.get("until", LAST_DAY)
    with door.reader() as reader:
        return SettledFiles(reader).runs(*days, after, most)


def _shelf(door: Door) -> Shelf:
    shelf = door.ways.clearing.shelf
    if shelf is None:
        raise refusal("not_found", "there is no inbox here; settlement.inbox in the configuration names one")
    return shelf


def _loaded(shelf: Shelf, run: Run) -> Any:
    try:
        return shelf.load(run)
    except TheirMistake as mistake:
        raise refusal("not_found", f"{run.name}: {mistake.what}", "digest") from None


def _agreed(door: Door, run: Run) -> Agreement:
    agreed = door.ways.clearing.agreed
    if agreed is not None:
        try:
            return agreed(run.format, run.day)
        except TheirMistake as mistake:  # the client has done nothing wrong
            raise OurMistake(str(mistake), "settlement.fees") from None
    return Agreement(tariff_in_force(), fee_rules.ladder(), run.day, charged.side(run.format))


async def _whole(pieces: AsyncIterator[bytes] | None) -> bytes:
    data = bytearray()
    if pieces is not None:
        async for piece in pieces:
            data += piece
            if len(data) > STATEMENT_BYTES_MAX:
                raise refusal("too_large", f"at most {STATEMENT_BYTES_MAX} bytes", connection="close")
    return bytes(data)
