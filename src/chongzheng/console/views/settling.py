"""Which clearing files came, which are late or missing, what did each come to, and what does the bank say of it?"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse

from chongzheng.api import clearing_answers as answers
from chongzheng.console.doorway import Away
from chongzheng.console.showing import here, now, page
from chongzheng.console.views.money import ROWS
from chongzheng.journal.bank import Bank
from chongzheng.journal.rules import day_of
from chongzheng.journal.settled import FIRST_DAY, LAST_DAY, SettledFiles
from chongzheng.mistakes import TheirMistake
from chongzheng.settlement.days import is_day, shifted

MONTH_DAYS = 31
PAGES_MAX = 10_000
TROUBLED = ("missing", "late", "awaited")
"""How an expected file stands that somebody looks for; the worst first."""


def files(request: Any) -> HttpResponse:
    """Files that were read, the newest days first, above them those that should be here."""
    since, until = days_asked(request, "", "")
    after = whole(request.GET.get("after", ""))
    found = SettledFiles(here().side).newest(since or FIRST_DAY, until or LAST_DAY, after, ROWS + 1)
    awaited, known = ([], True) if after or since or until else _awaited(request)
    return page(request, "settlement.html", tab="files", rows=found[:ROWS], awaited=awaited, known=known,
                since=since, until=until, after=after + ROWS if len(found) > ROWS else 0)  # fmt: skip


def file(request: Any, digest: str) -> HttpResponse:
    """One file: its totals, what was matched, its tail, its differences by type."""
    side = here().side
    one = SettledFiles(side).run(digest)
    if one is None:
        raise Http404
    counts: dict[str, dict[str, int]] = {}
    for name, kind, state, count in side.ask("breaks_of_days", since=one.day, until=one.day):
        if name == digest:
            counts.setdefault(str(kind), {})[str(state)] = int(count)
    return page(request, "settlement_file.html", tab="files", one=one, counts=counts)


def statements(request: Any) -> HttpResponse:
    """Bank statements that were kept, the newest days first."""
    after = whole(request.GET.get("after", ""))
    found = Bank(here().side, now).statements(after, ROWS + 1)
    document = answers.statements(found[:ROWS], after, ROWS)
    return page(request, "settlement_bank.html", tab="bank", rows=document.statements,
                after=after + ROWS if len(found) > ROWS else 0)  # fmt: skip


def statement(request: Any, statement: str) -> HttpResponse:
    """One of them: what each movement paid, and where book, file and bank do not agree."""
    try:
        kept = Bank(here().side, now).statement(answers.named(statement))
    except TheirMistake:
        raise Http404 from None
    return page(request, "settlement_statement.html", tab="bank", one=kept.row, lines=kept.lines, gaps=kept.gaps)


def days_asked(request: Any, since: str, until: str) -> tuple[str, str]:
    """The days of the form, yyyymmdd; those given where the form says none."""
    found = [request.GET.get(name, "").replace("-", "") for name in ("since", "until")]
    first, last = (day if is_day(day) else other for day, other in zip(found, (since, until), strict=True))
    return first, last


def month(request: Any) -> tuple[str, str]:
    """The days of the form, or the last month."""
    today = day_of(now())
    return days_asked(request, shifted(today, -MONTH_DAYS), today)


def whole(text: str) -> int:
    """A number of rows that was passed over; 0 where it is none."""
    return min(int(text), PAGES_MAX * ROWS) if text.isascii() and text.isdigit() and len(text) < len(str(10**9)) else 0


def _awaited(request: Any) -> tuple[list[dict[str, Any]], bool]:
    """Expected files that are not simply there, and whether the engine, which has the calendar, could say."""
    try:
        answer = settings.DESK.doorway.call("GET", "/settlement/expected", person=request.seat.door)
    except Away:
        return [], False
    if not answer.done:
        return [], False
    rows = [row for row in answer.said["files"] if row["standing"] in TROUBLED]
    return sorted(rows, key=lambda row: (TROUBLED.index(row["standing"]), row["day"])), True
