"""Where do book and file differ, and who says, before which eyes, where the money goes?"""

from __future__ import annotations

from typing import Any

import msgspec
from django.conf import settings
from django.http import Http404, HttpResponse

from chongzheng.console.numerals import held
from chongzheng.console.saying_no import refused
from chongzheng.console.showing import go, here, now, page, tell
from chongzheng.console.spot import freshly_proven
from chongzheng.console.views.money import ROWS, cases_of
from chongzheng.console.views.settling import whole
from chongzheng.console.words import text
from chongzheng.console.words_money import BREAKS
from chongzheng.journal.actors import ALLOWED, May
from chongzheng.journal.books import Books, Wanted
from chongzheng.journal.breaks import EVIDENCE_MAX, PROPOSAL_MS, STATES, WORDS_CHARS_MAX, Breaks, View
from chongzheng.journal.settled import SettledFiles
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.booking import RESOLUTIONS, Resolution

UNPROVEN = 401
WORD_CHARS_MAX = 80
FIELDS = ("how", "reason", "evidence")


def listed(request: Any) -> HttpResponse:
    """Differences, the oldest first, of a state, a type, a channel, a file."""
    books, wanted = Books(here().side), _wanted(request)
    found = books.breaks(wanted, whole(request.GET.get("after", "")), ROWS + 1)
    counts = Breaks(here().side, now).counts()
    return page(
        request, "breaks.html", tab="breaks", rows=found[:ROWS], counts=_counted(counts), wanted=wanted,
        types=tuple(BREAKS), states=STATES, after=found[ROWS - 1].id if len(found) > ROWS else 0,
    )  # fmt: skip


def one(request: Any, number: int, wrong: str = "", status: int = 200) -> HttpResponse:
    """One difference: what is known, what lies in suspense, and what this person may do about it."""
    sight = here()
    if not held(number):
        raise Http404
    try:
        view = Breaks(sight.side, now).view(number)
    except TheirMistake:
        raise Http404 from None
    it = view.one
    return page(
        request, "break.html", status, tab="breaks", view=view, it=it, wrong=wrong, can=_can(request, view),
        ways=_ways(view),
        proposal=msgspec.json.decode(it.proposal) if it.proposal else None,
        proven=freshly_proven(request), cases=cases_of(request, [it.payment]).get(it.payment, []),
        run=SettledFiles(sight.side).run(it.file), had={name: request.POST.get(name, "") for name in FIELDS},
        evidence_max=EVIDENCE_MAX, chars_max=WORDS_CHARS_MAX,
    )  # fmt: skip


def resolved(request: Any, number: int) -> HttpResponse:
    """Say where it goes; where that takes two, it is a proposal."""
    language = request.seat.language
    if not freshly_proven(request):
        return one(request, number, text("break.prove", language), UNPROVEN)
    pieces = [line.strip() for line in request.POST.get("evidence", "").splitlines() if line.strip()]
    said = {
        "how": request.POST.get("how", ""),
        "reason": request.POST.get("reason", "").strip(),
        "evidence": pieces,
        "shown": request.POST.get("shown", ""),
    }
    return _called(request, number, "resolution", said)


def approved(request: Any, number: int) -> HttpResponse:
    """The second person, on what they were shown."""
    return _called(request, number, "approval", {"shown": request.POST.get("shown", "")})


def rejected(request: Any, number: int) -> HttpResponse:
    """Back to everybody, with a reason."""
    return _called(request, number, "rejection", {"reason": request.POST.get("reason", "").strip()})


def _called(request: Any, number: int, what: str, said: dict[str, Any]) -> HttpResponse:
    if not held(number):
        raise Http404
    answer = settings.DESK.doorway.call("POST", f"/breaks/{number}/{what}", said, person=request.seat.door)
    language = request.seat.language
    if not answer.done:
        return one(request, number, refused(answer.why, language), answer.status)
    tell(request, "good", text(f"decided.{answer.said['standing']['state']}", language))
    return go(f"/money/breaks/{number}")


def _can(request: Any, view: View) -> frozenset[str]:
    """What this person may do: resolve, approve, reject. Whoever proposed it may only take it back."""
    roles, who, it = request.seat.actor.roles, request.seat.actor.id, view.one
    old = it.proposed_at is not None and now() - it.proposed_at > PROPOSAL_MS
    approves = not ALLOWED[May.APPROVE].isdisjoint(roles)
    found = set()
    if not ALLOWED[May.RESOLVE].isdisjoint(roles) and (it.state == "open" or (it.state == "proposed" and old)):
        found.add("resolve")
    if it.state == "proposed" and approves and it.proposed_by != who and not old:
        found.add("approve")
    if it.state == "proposed" and (approves or it.proposed_by == who):
        found.add("reject")
    return frozenset(found)


def _ways(view: View) -> list[str]:
    """Where it may go: what lies in suspense must go somewhere."""
    return [str(how) for how in Resolution if RESOLUTIONS[how][0] is not None or not view.suspense_fen]


def _wanted(request: Any) -> Wanted:
    given = {name: request.GET.get(name, "")[:WORD_CHARS_MAX] for name in ("state", "type", "channel", "file")}
    given["state"] = given["state"] if given["state"] in STATES else "unresolved"
    return Wanted(**given)


def _counted(counts: list[tuple[str, str, int, int]]) -> dict[str, tuple[int, int]]:
    """Unresolved differences by type: how many, and the sum of their fen."""
    found: dict[str, tuple[int, int]] = {}
    for kind, state, count, fen in counts:
        if state in ("open", "proposed"):
            had = found.get(kind, (0, 0))
            found[kind] = (had[0] + count, had[1] + fen)
    return found
