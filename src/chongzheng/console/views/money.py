"""How much money is in doubt, where, since when, and which items lie in suspense?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse

from chongzheng.console import pictures
from chongzheng.console.fresh import FRESH
from chongzheng.console.numerals import number_of
from chongzheng.console.showing import apart, go, here, hidden_of, now, page, sights_of
from chongzheng.journal.books import AGES, Behind, Books
from chongzheng.journal.ledger import Exposure, Ledger
from chongzheng.reports import exposure
from chongzheng.settlement.days import is_day

SIDES = ("stage", "whose", "channel", "due", "merchants", "terminals")
BOARD_MS = 4_000
"""So long the board is not read again, however many look at it; where there is much to add up, longer."""
OLD_BOARD_MS = 300_000
"""While a new one is added up, the one before is shown, if it is no older than this."""
ROWS = 50
CHANNEL_CHARS_MAX = 40


def exposed(at: int) -> Exposure:
    """All money in doubt, as of the instant that it says. Whoever asks first waits until it is added up."""
    board = exposed_soon(at)
    return board if board is not None else FRESH.awaited("exposure", at, BOARD_MS, _added_up())


def exposed_soon(at: int) -> Exposure | None:
    """The same, or None while it is added up."""
    return FRESH.soon("exposure", at, BOARD_MS, OLD_BOARD_MS, _added_up())


def _added_up() -> Callable[[], Exposure]:
    return apart(lambda sight: Ledger(sight.side, now).exposure())


def shown(request: Any) -> HttpResponse:
    """The exposure board. A day that an old address names is shown where days are."""
    day = request.GET.get("day", "").replace("-", "")
    if is_day(day):
        return go(f"/money/days/{day}")
    board = exposed(now())
    return page(
        request, "money.html", board=exposure.document(board), sides=SIDES, tab="board",
        age_picture=pictures.sliced("age", board.age), due_picture=pictures.sliced("due", board.due),
    )  # fmt: skip


def suspense(request: Any) -> HttpResponse:
    """What lies in suspense, item by item, oldest first; of an age, of a channel."""
    at, given = now(), _asked(request)
    books, board = Books(here().side), exposed_soon(at)
    rows, behind = books.suspense(given["age"], given["channel"], _behind(request), ROWS, at)
    cases = cases_of(request, [one.payment for one in rows])
    return page(
        request, "money_suspense.html", tab="suspense", rows=rows, cases=cases, board=board, given=given,
        channels=[one.name for one in board.channel] if board else [], after=_key(behind) if behind else "",
    )  # fmt: skip


def cases_of(request: Any, payments: list[str]) -> dict[str, list[str]]:
    """The cases of these payments that this person may see, by payment."""
    sights, matters = sights_of(request), here().matters
    return {
        payment: [
            one.id
            for one in matters.of_payment(payment)
            if one.kind == "case" and hidden_of(request, one, sights) is not None
        ]
        for payment in dict.fromkeys(payments)
        if payment
    }


def _asked(request: Any) -> dict[str, str]:
    age = request.GET.get("age", "")
    return {
        "age": age if age in AGES else "",
        "channel": request.GET.get("channel", "")[:CHANNEL_CHARS_MAX],
    }


def _key(behind: Behind) -> str:
    return "~".join(map(str, behind))


def _behind(request: Any) -> tuple[int, str, int]:
    """Where the page before ended; from the beginning where that is no key of ours."""
    at, _, rest = request.GET.get("after", "")[:80].partition("~")
    payment, _, number = rest.partition("~")
    found = number_of(at), number_of(number)
    return (0, "", 0) if found[0] is None or found[1] is None else (found[0], payment, found[1])
