"""Which calls are there about clearing files, bank statements, fees and accounts? A part of the table."""

from __future__ import annotations

from chongzheng.api import clearing_shapes as shapes
from chongzheng.api import files
from chongzheng.api.endpoint import DAY, LIMIT, Asked, Endpoint
from chongzheng.api.shapes import Document
from chongzheng.journal.actors import May

AFTER = Asked(r"[0-9]{1,9}", "go on after the last page: its `after`")
DAYS = {
    "since": Asked(DAY, "of this clearing day, yyyymmdd, and later ones"),
    "until": Asked(DAY, "of this clearing day and earlier ones"),
}
STATEMENT_QUERY = {
    "format": Asked(r"[a-z0-9][a-z0-9-]{0,31}", "mt940, camt053, or the word of a layout", needed=True),
    "date": Asked(DAY, "last day of a statement in a layout, yyyymmdd"),
    "account": Asked(r"[!-~]{1,64}", "account of a statement in a layout"),
    "dry_run": Asked("yes|no", "yes: compare, change nothing"),
}
EXPORT_QUERY = {
    "date": Asked(DAY, "the closed day, yyyymmdd", needed=True),
    "form": Asked("xlsx|csv", "a workbook, if not given"),
    "table": Asked("|".join(files.TABLES), "which table, as CSV; the trial balance, if not given"),
}

COUNTS = Endpoint(
    "GET",
    "/breaks/counts",
    "people",
    "How many differences there are of each type, in each state, and their sums.",
    files.count_breaks,
    shapes.BreakCounts,
    person=May.READ,
)
"""It stands before the break of a number, whose path would take it."""

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/settlement/files",
        "people",
        "Clearing files that were read, by their days: what each came to, and the differences it brought.",
        files.runs,
        shapes.Runs,
        query={**DAYS, "limit": LIMIT, "after": AFTER},
        person=May.READ,
    ),
    Endpoint(
        "GET",
        "/settlement/expected",
        "people",
        "How each clearing file of the last month stands that is expected: awaited, read, late, missing.",
        files.expected,
        shapes.AwaitedFiles,
        person=May.READ,
    ),
    Endpoint(
        "GET",
        "/settlement/windows",
        "people",
        "How far a payment and its line may lie apart, channel by channel, on a clearing day.",
        files.match_windows,
        shapes.MatchWindows,
        query={"date": Asked(DAY, "the clearing day, yyyymmdd; today, if not given")},
        person=May.READ,
    ),
    Endpoint(
        "GET",
        "/settlement/files/{digest}/fees",
        "people",
        "The fees of a file that was read, line by line against the agreement.",
        files.check_fees,
        shapes.FeeChecked,
        refusals=("not_found",),
        person=May.READ,
    ),
    Endpoint(
        "GET",
        "/settlement/hopping",
        "people",
        "Machines whose trades go through merchants of cheaper categories, in the files of some days.",
        files.hopping,
        shapes.Hopped,
        query=DAYS,
        refusals=("not_found",),
        person=May.READ,
    ),
    Endpoint(
        "GET",
        "/fee/tails",
        "people",
        "What the rounding of fees left over of each file, as it was booked, and the sum that leads to it.",
        files.tails,
        shapes.Tails,
        query=DAYS,
        person=May.READ,
    ),
    Endpoint(
        "PUT",
        "/statements/{file}",
        "files",
        "A bank statement: compared with the clearing files and the book, and kept once, by its content.",
        files.take_statement,
        shapes.ThreeWays,
        query=STATEMENT_QUERY,
        streamed=True,
    ),
    Endpoint(
        "GET",
        "/statements",
        "people",
        "Bank statements that were kept, the newest days first.",
        files.list_statements,
        shapes.StatementPage,
        query={"limit": LIMIT, "after": AFTER},
        person=May.READ,
    ),
    Endpoint(
        "GET",
        "/statements/{statement}",
        "people",
        "A bank statement: what each movement paid, and where book, file and bank do not agree.",
        files.show_statement,
        shapes.StatementView,
        refusals=("not_found",),
        person=May.READ,
    ),
    Endpoint(
        "GET",
        "/accounts",
        "people",
        "The accounts of the books and their numbers in the general ledger.",
        files.accounts,
        shapes.LedgerAccounts,
        person=May.READ,
    ),
    Endpoint(
        "POST",
        "/accounts",
        "people",
        "Give an account another number in the general ledger.",
        files.number_account,
        shapes.LedgerAccounts,
        takes=shapes.NumberAccount,
        person=May.CLOSE_DAYS,
    ),
    Endpoint(
        "GET",
        "/money/export",
        "people",
        "A closed day for the general ledger: a workbook, or one of its tables as CSV.",
        files.export,
        Document,
        query=EXPORT_QUERY,
        refusals=("not_yet",),
        person=May.READ,
        media=(files.XLSX, files.CSV),
    ),
)
