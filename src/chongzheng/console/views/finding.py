"""Where is what this person looks for: a matter by its id, a payment by its id, trace or terminal?"""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse

from chongzheng.cases.fields import holds_card_number
from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import Matter
from chongzheng.console.showing import go, here, hidden_of, page, sights_of, tell
from chongzheng.console.words import text
from chongzheng.journal.actors import ALLOWED, May
from chongzheng.mistakes import TheirMistake

QUERY_CHARS_MAX = 80
FOUND_MAX = 50
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
    matters = _matters(request, asked)
    payments = here().reader.find(asked) if asked and reads else []
    sights = sights_of(request)
    rows = [
        (
            one,
            [matter for matter in here().matters.of_payment(one.id) if hidden_of(request, matter, sights) is not None],
        )
        for one in payments
    ]
    return page(request, "found.html", asked=asked, rows=rows, matters=matters)


def _matters(request: Any, asked: str) -> list[Matter]:
    """The matters that have all these words, of those that this person may see."""
    try:
        found = here().matters.search(asked, most=FOUND_MAX)
    except TheirMistake:
        return []
    sights = sights_of(request)
    return [one for one in found if hidden_of(request, one, sights) is not None]
