"""What stands on which account, which postings led there, and which day is closed? The books of the house."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse

from chongzheng.console.fresh import FRESH
from chongzheng.console.numerals import number_of
from chongzheng.console.saying_no import refused
from chongzheng.console.showing import go, here, now, page, tell
from chongzheng.console.views.money import ROWS, cases_of
from chongzheng.console.words import text
from chongzheng.journal.actors import ALLOWED, May
from chongzheng.journal.books import Books, Posting
from chongzheng.journal.ledger import Ledger
from chongzheng.journal.rules import day_of
from chongzheng.settlement.days import is_day, shifted

CLOSINGS_SHOWN = 31
TRIAL_MS = 60_000
"""The trial balance of a day that is open takes the reading of all postings; so long it is not read again."""
TOO_LONG = "QueryCanceled"
"""PostgreSQL's driver says so when a statement has taken all the time that this desk gives it."""
FORMS = {"xlsx": ("",), "csv": ("closing", "trial", "suspense")}
SOURCES = ("machine", "voucher")
NUMBERS = {"machine": 3, "voucher": 2}
"""How many numbers name a posting of each source."""


def accounts(request: Any) -> HttpResponse:
    """Every account, with its balance at the last closing."""
    sight = here()
    ledger, closings = Ledger(sight.side, now), Books(sight.side).closings(1)
    balances = ledger.trial(closings[0].day) if closings else ()
    known = {one.account: one for one in balances}
    return page(request, "ledger.html", tab="ledger", rows=ledger.accounts(), known=known,
                closed=closings[0] if closings else None, today=day_of(now()))  # fmt: skip


def account(request: Any, account: str) -> HttpResponse:
    """The postings of one account, newest first: those of the machine, or those of vouchers."""
    name, titled = _account(account)
    source = request.GET.get("source", SOURCES[0])
    source = source if source in SOURCES else SOURCES[0]
    books = Books(here().side)
    read = books.postings if source == SOURCES[0] else books.vouchers
    found = read(name, _before(request, source), ROWS + 1)
    rows = found[:ROWS]
    return page(
        request, "ledger_account.html", tab="ledger", account=name, slug=account, title=titled, rows=rows,
        source=source, sources=SOURCES, cases=cases_of(request, [one.payment for one in rows]),
        after=_key(rows[-1]) if len(found) > ROWS else "",
    )  # fmt: skip


def days(request: Any) -> HttpResponse:
    """Days that are closed, and the next one that can be."""
    closings = Books(here().side).closings(CLOSINGS_SHOWN)
    today = day_of(now())
    following = shifted(closings[0].day, 1) if closings else shifted(today, -1)
    return page(request, "ledger_days.html", tab="days", closings=closings, following=following, today=today,
                open=following < today, closes=_closes(request))  # fmt: skip


def day(request: Any, day: str) -> HttpResponse:
    """One day. Its balances stand there at once where it is closed; else the page fetches them."""
    _known_day(day)
    closing = Ledger(here().side, now).closing(day)
    return page(request, "ledger_day.html", tab="days", day=day, closing=closing,
                balances=closing.balances if closing else None, forms=FORMS, closes=_closes(request))  # fmt: skip


def trial(request: Any, day: str) -> HttpResponse:
    """The trial balance of a day, closed or not: for the page that is open already, or, without a script, as a page."""
    _known_day(day)
    at = now()
    try:
        balances = FRESH.get(("trial", day), at, TRIAL_MS, lambda: Ledger(here().side, now).trial(day))
    except Exception as error:
        if type(error).__name__ != TOO_LONG:
            raise
        balances = ()
    part = "HX-Request" in request.headers
    return page(request, "ledger_trial.html" if part else "ledger_day.html", tab="days", balances=balances, day=day,
                closing=Ledger(here().side, now).closing(day), forms=FORMS, closes=_closes(request))  # fmt: skip


def closed(request: Any) -> HttpResponse:
    """Close a day, through the door; what stands in the way is said."""
    wanted = request.POST.get("day", "").replace("-", "")
    if not is_day(wanted):
        return go("/money/days")
    answer = settings.DESK.doorway.call("POST", "/money/closings", {"date": wanted}, person=request.seat.door)
    language = request.seat.language
    if answer.done:
        tell(request, "good", text("ledger.closed.done", language, day=wanted))
        return go(f"/money/days/{wanted}")
    tell(request, "bad", refused(answer.why, language))
    return go("/money/days")


def exported(request: Any, day: str, form: str) -> HttpResponse:
    """The day for the general ledger, as the door makes it: a workbook, or one of its tables."""
    _known_day(day)
    table = request.GET.get("table", "")
    if form not in FORMS or (table and table not in FORMS["csv"]):
        raise Http404
    asked = {"date": day, "form": form, **({"table": table} if table else {})}
    said = settings.DESK.doorway.fetch("/money/export", person=request.seat.door, **asked)
    if said.status != 200:  # whatever the reason, the page of the day says how it stands
        tell(request, "bad", text("ledger.not.exported", request.seat.language))
        return go(f"/money/days/{day}")
    name = f"{day}-{table}.{form}" if table else f"{day}.{form}"
    return HttpResponse(
        said.data, content_type=said.media, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _closes(request: Any) -> bool:
    return not ALLOWED[May.CLOSE_DAYS].isdisjoint(request.seat.actor.roles)


def _account(slug: str) -> tuple[str, str]:
    for name, title, _, _ in Ledger(here().side, now).accounts():
        if name.replace(" ", "-") == slug:
            return name, title
    raise Http404


def _known_day(day: str) -> None:
    if not is_day(day):
        raise Http404


def _key(row: Posting) -> str:
    return "~".join(map(str, row.key))


def _before(request: Any, source: str) -> tuple[int, ...]:
    """Where the page before ended; () where that is no key of ours."""
    found = [number_of(part) for part in request.GET.get("after", "")[:80].split("~")]
    read = tuple(one for one in found if one is not None)
    return read if len(read) == len(found) == NUMBERS[source] else ()
