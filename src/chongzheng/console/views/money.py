"""How much money is in doubt, where, since when, and what stands on the accounts of a day?"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from chongzheng.console.showing import here, now, page
from chongzheng.journal.ledger import Ledger
from chongzheng.mistakes import TheirMistake
from chongzheng.reports import exposure

SIDES = ("age", "stage", "whose", "channel", "due", "merchants", "terminals")


def board() -> dict[str, Any]:
    """All money in doubt now, as the door tells it."""
    sight = here()
    return exposure.document(Ledger(sight.side, now).exposure())


def shown(request: Any) -> HttpResponse:
    """The exposure board, and the trial balance of a day that is asked for."""
    wanted = request.GET.get("day", "").replace("-", "")
    balances, wrong = (), ""
    if wanted:
        try:
            balances = tuple(Ledger(here().side, now).trial(wanted))
        except TheirMistake as mistake:
            wrong = mistake.what
    return page(request, "money.html", board=board(), sides=SIDES, day=wanted, balances=balances, wrong=wrong)
