"""Where does one payment stand, what happened to it, and what stands in the books?"""

from __future__ import annotations

from typing import Any

import msgspec
from django.conf import settings
from django.http import Http404, HttpResponse

from chongzheng.console.showing import go, here, hidden_of, page, sights_of, tell
from chongzheng.console.words import text


def shown(request: Any, number: str) -> HttpResponse:
    """Verdict, facts, entries, matters."""
    sight = here()
    found = sight.reader.payment(number)
    if found is None:
        raise Http404
    facts = [(row, msgspec.json.decode(row.record)) for row in sight.reader.facts_of(number)]
    sights = sights_of(request)
    matters = [one for one in sight.matters.of_payment(number) if hidden_of(request, one, sights) is not None]
    return page(
        request, "payment.html", one=found, facts=facts, matters=matters, entries=sight.reader.entries_of(number)
    )


def checked(request: Any, number: str) -> HttpResponse:
    """Ask the bank now; the answer comes as a change of the payment."""
    answer = settings.DESK.doorway.call("POST", f"/payments/{number}/check", {}, person=request.seat.door)
    if answer.done:
        tell(request, "good", text("payment.checked", request.seat.language))
    else:
        tell(request, "bad", text("matter.refused", request.seat.language, why=answer.why))
    return go(f"/payments/{number}")
