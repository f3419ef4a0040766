"""Where does one payment stand, what happened to it, and what stands in the books?"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse

from chongzheng.console.saying_no import refused
from chongzheng.console.seeing import case_among, of_payment, record_of
from chongzheng.console.showing import go, here, hidden_of, inside, now, page, sights_of, tell
from chongzheng.console.words import text
from chongzheng.journal.actors import ALLOWED, May
from chongzheng.reports import papers
from chongzheng.reports.retrieval import retrieval


def shown(request: Any, number: str) -> HttpResponse:
    """Card, time axis, comparison of sale and reversals, facts, entries, matters."""
    return page(request, "payment.html", **_about(request, number))


def printed(request: Any, number: str) -> HttpResponse:
    """What is handed over when the slip of a sale is asked for (调单), set for paper."""
    command = f"chongzheng report retrieval {number} --pdf retrieval.pdf --sign-key KEY --issue --as NAME"
    return page(request, "print_payment.html", **_about(request, number), command=command)


def paper(request: Any, number: str) -> HttpResponse:
    """The retrieval paper with its verification code, as `report retrieval` makes it; not signed, not issued."""
    reader = here().reader
    if reader.payment(number) is None:
        raise Http404
    document = retrieval(reader, number, request.seat.language)
    answer = HttpResponse(papers.pdf(document), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="retrieval-{number}.pdf"'
    return answer


def _about(request: Any, number: str) -> dict[str, Any]:
    sight = here()
    found = sight.reader.payment(number)
    if found is None:
        raise Http404
    sights = sights_of(request)
    every = [(one, hidden_of(request, one, sights)) for one in sight.matters.of_payment(number)]
    matters = [one for one, hides in every if hides is not None]
    rules = sight.registers.in_force(now())
    return {
        "one": found, "matters": matters, "entries": sight.reader.entries_of(number),
        "facts": [(row, record_of(row)) for row in sight.reader.facts_of(number)],
        "evidence": sight.reader.evidence_of(number), "who": request.seat.actor.id,
        "shows_against": all("against" not in (hides or ()) for one, hides in every if one.kind == "case"),
        "checks": not ALLOWED[May.CHECK].isdisjoint(request.seat.actor.roles),
        **of_payment(sight, found, case_among(None, matters), rules),
    }  # fmt: skip


def checked(request: Any, number: str) -> HttpResponse:
    """Ask the bank now; the answer comes as a change of the payment."""
    answer = settings.DESK.doorway.call("POST", f"/payments/{number}/check", {}, person=request.seat.door)
    if answer.done:
        tell(request, "good", text("payment.checked", request.seat.language))
    else:
        language = request.seat.language
        tell(request, "bad", refused(answer.why, language))
    return go(inside(request.POST.get("back", ""), f"/payments/{number}"))
