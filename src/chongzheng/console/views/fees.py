"""Was charged what was agreed, what did rounding leave over, and which machines hop to cheaper categories?"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpResponse

from chongzheng.console.doorway import Answer
from chongzheng.console.fresh import FRESH
from chongzheng.console.saying_no import why
from chongzheng.console.showing import here, now, page
from chongzheng.console.views.money import ROWS
from chongzheng.console.views.settling import days_asked, month, whole
from chongzheng.gateway.fee_check import packed_signals
from chongzheng.journal.rules import day_of
from chongzheng.journal.settled import SettledFiles
from chongzheng.settlement.days import shifted

CHECKED_MS = 300_000
"""A file that was read does not change, and an agreement seldom; so long a check is not made again."""
HOPPING_DAYS = 7
WRONG_SHOWN = 200
TAILS_SHOWN = 200


def shown(request: Any) -> HttpResponse:
    """Files of the days asked for, each with a check of its fees, and the tails that rounding left of them."""
    since, until = month(request)
    after = whole(request.GET.get("after", ""))
    files = SettledFiles(here().side)
    found = files.newest(since, until, after, ROWS + 1)
    tails = files.tails(since, until)
    return page(
        request, "fees.html", tab="fees", rows=found[:ROWS], tails=tails[-TAILS_SHOWN:][::-1],
        tail_fen=sum(one.fen for one in tails), since=since, until=until,
        after=after + ROWS if len(found) > ROWS else 0,
    )  # fmt: skip


def checked(request: Any, digest: str) -> HttpResponse:
    """One file, line by line against the agreement, as the engine finds it."""
    run = SettledFiles(here().side).run(digest)
    if run is None:
        raise Http404
    answer = _asked(request, ("fees", digest), f"/settlement/files/{quote(digest)}/fees")
    return page(request, "fees_file.html", tab="fees", run=run, found=answer.said if answer.done else None,
                wrong=why(answer.why, request.seat.language), most=WRONG_SHOWN)  # fmt: skip


def hopping(request: Any) -> HttpResponse:
    """Machines whose trades went through merchants of cheaper categories, in the files of some days."""
    today = day_of(now())
    since, until = days_asked(request, shifted(today, -HOPPING_DAYS), today)
    answer = _asked(request, ("hopping", since, until), f"/settlement/hopping?since={since}&until={until}")
    levels = {one.name: one for one in packed_signals().levels}
    return page(request, "fees_hopping.html", tab="hopping", since=since, until=until, levels=levels,
                found=answer.said if answer.done else None, wrong=why(answer.why, request.seat.language))  # fmt: skip


class _Refused(Exception):
    """The door said no; that is not kept, for it may be otherwise in a moment."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.code)
        self.answer = answer


def _asked(request: Any, key: tuple[str, ...], path: str) -> Answer:
    """What the door says, a while old at most."""

    def ask() -> Answer:
        answer: Answer = settings.DESK.doorway.call("GET", path, person=request.seat.door)
        if not answer.done:
            raise _Refused(answer)
        return answer

    try:
        return FRESH.get(key, now(), CHECKED_MS, ask)
    except _Refused as no:
        return no.answer
