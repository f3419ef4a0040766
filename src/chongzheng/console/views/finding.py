"""Where is what this person looks for: a matter by its id, a payment by its id, trace or terminal?"""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse

from chongzheng.cases.fields import holds_card_number
from chongzheng.cases.kinds import KINDS
from chongzheng.console.showing import go, here, hidden_of, page, sights_of, tell
from chongzheng.console.words import text
from chongzheng.journal.actors import ALLOWED, May

QUERY_CHARS_MAX = 80
_MATTER = re.compile(r"([a-z]+)[- ]?([0-9]{1,15})")


def found(request: Any) -> HttpResponse:
    """Straight to a matter that is named; else what fits."""
    asked = request.GET.get("q", "").strip()[:QUERY_CHARS_MAX]
    if holds_card_number(asked):
        tell(request, "bad", text("found.card", request.seat.language))
        return go("/search")
    named = _MATTER.fullmatch(asked.lower())
    if named and named[1] in KINDS:
        return go(f"/matters/{named[1]}-{named[2]}")
    reads = not ALLOWED[May.READ].isdisjoint(request.seat.actor.roles)
    payments = here().reader.find(asked) if asked and reads else []
    sights = sights_of(request)
    rows = [
        (
            one,
            [matter for matter in here().matters.of_payment(one.id) if hidden_of(request, matter, sights) is not None],
        )
        for one in payments
    ]
    if len(rows) == 1 and len(rows[0][1]) == 1:
        return go(f"/matters/{rows[0][1][0].id}")
    return page(request, "found.html", asked=asked, rows=rows)
