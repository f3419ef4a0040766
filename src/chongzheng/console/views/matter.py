"""What is known of one matter, what may be done with it, and what happened to it? One page for every kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse

from chongzheng.cases import sla
from chongzheng.cases.fields import Field
from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import NEW, OPENED, Matter
from chongzheng.console import saying_no, spot, words
from chongzheng.console.checking import DECIDES, Check, check_of
from chongzheng.console.doorway import Answer, Away
from chongzheng.console.forms import Action, Unreadable, actions, weighty
from chongzheng.console.forms import said as read_words
from chongzheng.console.seeing import case_among, nothing_of_payment, of_matter, of_payment
from chongzheng.console.showing import go, here, hidden_of, now, page, reads, tell
from chongzheng.journal.actors import ALLOWED, May, Role
from chongzheng.mistakes import TheirMistake
from chongzheng.reports import papers
from chongzheng.reports.case_file import case_file

STORY_MAX = 200
CHILDREN_MAX = 100
NEWS_MAX = 12
VERSION_DIGITS_MAX = 10
CONFLICT, UNPROVEN = 409, 401
APPROVED = "Approved"
BY = "by"
WRITTEN = frozenset({"notes", "marks", "contact", "replies", "answers"})
"""What people wrote, as the register `sight` names it."""
AGAINST = "against"
CASE = "case"
FROM_CASE = ("refund", "compensation", "dispute", "retry", "swap", "inquiry", "ticket", "task", "apology")
"""What a case gives rise to by a person's hand, what puts it right first."""
OF_PAYMENT = frozenset({"refund", "compensation", "dispute", "retry"})
REPORTERS = frozenset({Role.AUDITOR, Role.SUPERVISOR})
"""Who takes the audit report of a case away."""
PERSONAL = "contact"
"""Whoever does not see this of a body does not see to whom something was said either."""
OWN_PLACE = frozenset({"by", "clocks", "standing", "witnesses", "notes", "evidence", "advice", "parent", "settled",
                       "stands", "diagnosis", "signals", "signals_heard", "next", "if_late"})  # fmt: skip
"""Names of a body that have a place of their own on the page, or are only the machine's."""


def shown(
    request: Any, number: str, wrong: str = "", status: int = 200, fact: str = "", since: int | None = None
) -> HttpResponse:
    """The truth first, then what can be done, then how it came to this. To whoever is to approve: what they check."""
    one, hides = _theirs(request, number)
    return page(request, "matter.html", status, **about(request, one, hides, fact, since), wrong=wrong, tried=fact)


def printed(request: Any, number: str) -> HttpResponse:
    """The same on paper: what is known, by whom, and how it came to this; nothing to click."""
    one, hides = _theirs(request, number)
    return page(request, "print.html", **about(request, one, hides), printed_by=request.seat.actor.id)


def reported(request: Any, number: str) -> HttpResponse:
    """The audit report of a case with its verification code, as `report case` makes it; not signed, not issued.

    Only for whoever sees everything of the case but what is personal.
    """
    one, hides = _theirs(request, number)
    if one.kind != CASE or hides - {PERSONAL}:
        raise Http404
    document = case_file(here().reader, number, request.seat.language, hides)
    answer = HttpResponse(papers.pdf(document), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="report-{number}.pdf"'
    return answer


def about(request: Any, one: Matter, hides: frozenset[str], fact: str = "", since: int | None = None) -> dict[str, Any]:
    """Everything that the page of a matter shows this person; of its payment only to whoever reads payments. `since`:
    the version that they saw before."""
    sight, actor = here(), request.seat.actor
    view = sight.matters.view(one.id)
    pays, standing = (view.matter.payment, view.payment) if reads(request) else ("", {})
    body = {name: word for name, word in view.matter.body.items() if name not in hides}
    seen = replace(view.matter, body=body, payment=pays)
    rules = sight.registers.in_force(now())
    chinese = request.seat.language == words.LANGUAGES[0]
    found = actions(KINDS[one.kind], view.matter, actor.id, request.seat.roles, request.seat.language)
    payment = sight.reader.payment(pays) if pays else None
    children = _family(request, sight.matters.of_parent(one.id, most=CHILDREN_MAX))
    below = {each.id for each in children}
    about_it = _family(request, sight.matters.of_payment(pays), one) if pays else []
    siblings = [each for each in about_it if each.id not in below]
    story = _story(sight, one, hides)
    case = case_among(seen if one.kind == "case" else None, about_it)
    of_it = of_payment(sight, payment, case, rules) if payment else nothing_of_payment()
    return {
        "one": seen, "hash": view.hash, "standing": standing, "payment": payment, "hides": bool(hides),
        "clocks": _clocks(request, seen, rules), "facts": _facts(request, seen), "who": actor.id,
        "actions": _again(request, found, fact), "story": story[::-1][:STORY_MAX],
        "news": [] if since is None else story[since:][-NEWS_MAX:], "stale": since is not None,
        "children": children, "siblings": siblings, "case": case, "fresh": spot.freshly_proven(request),
        "notices": [] if PERSONAL in hides else sight.post.of_matter(one.id),
        "shows_against": AGAINST not in hides,
        "ended": one.state in KINDS[one.kind].ended,
        "checks": not ALLOWED[May.CHECK].isdisjoint(actor.roles),
        "begins": _begins(seen, request.seat.roles),
        "reports": one.kind == CASE and not hides - {PERSONAL} and bool(REPORTERS & actor.roles),
        "check": _check(request, sight, seen, view.hash, story, rules, found),
        **of_it, **of_matter(seen, [*siblings, *children], rules, standing, chinese),
    }  # fmt: skip


def _begins(one: Matter, roles: frozenset[str]) -> list[str]:
    """The kinds of matter that this person may open for a case that is open, of its payment where it has one."""
    if one.kind != CASE or one.state in KINDS[CASE].ended:
        return []
    kinds = [kind for kind in FROM_CASE if one.payment or kind not in OF_PAYMENT]
    return [kind for kind in kinds if KINDS[kind].table[NEW, OPENED].may & roles]


def said(request: Any, number: str, fact: str) -> HttpResponse:
    """Say it through the door, in this person's name, bound to what they saw."""
    one, _ = _theirs(request, number)
    row = KINDS[one.kind].table.get((one.state, fact))
    language = request.seat.language
    if row is None:
        since = _since(request, one)
        why = words.text("matter.refused", language, why=_late(one, fact, language))
        return shown(request, number, why if since is None else words.text("case.stale", language), 409, "", since)
    if weighty(row) and not spot.freshly_proven(request):
        if not any(request.POST.get(word.name, "").strip() for word in row.takes):
            return spot.to_proof(request, f"/matters/{number}")
        return shown(request, number, words.text("break.prove", language), UNPROVEN, fact, _since(request, one))
    try:
        spoken = read_words(row.takes, request.POST)
    except Unreadable as no:
        return shown(request, number, words.text(no.key, language, label=named(no.field, language)), 400, fact)
    hash_shown = request.POST.get("shown", "")[:64] if row.shown else ""
    once = request.POST.get("once", "")[:128]
    answer = settings.DESK.doorway.say(one.id, fact, spoken, hash_shown, request.seat.door, once)
    if not answer.done:
        return _refused(request, one, fact, hash_shown, answer)
    tell(request, "good", words.text("matter.done", language, what=words.fact(fact, language)))
    return go(f"/matters/{number}")


def _refused(request: Any, one: Matter, fact: str, hash_shown: str, answer: Answer) -> HttpResponse:
    """Why nothing was done. Of a page that had grown old: what has happened since it was shown."""
    language = request.seat.language
    stale = bool(hash_shown) and hash_shown != here().matters.view(one.id).hash
    since = _since(request, here().matters.get(one.id)) if answer.status == CONFLICT else None
    if stale or since is not None:
        seen = here().matters.get(one.id).version if since is None else since
        return shown(request, one.id, words.text("case.stale", language), CONFLICT, "", seen)
    return shown(
        request,
        one.id,
        saying_no.refused(answer.why, language),
        answer.status,
        fact,
    )


def _since(request: Any, one: Matter) -> int | None:
    """The version that the form was made of, where the matter has moved on; None: it has not, or the form is silent."""
    text = request.POST.get("seen", "")
    seen = int(text) if text.isdecimal() and len(text) < VERSION_DIGITS_MAX else one.version
    return seen if seen < one.version else None


def _check(
    request: Any,
    sight: Any,
    seen: Matter,
    hash_shown: str,
    story: list[dict[str, Any]],
    rules: Any,
    found: list[Action],
) -> Check | None:
    """What a second person checks, and what the engine would say to an approval at this moment."""
    mine = [one.fact for one in found if one.bound and not one.barred and one.fact in DECIDES]
    if not mine:
        return None
    checked = check_of(sight, seen, story, rules, request.seat.actor.id)
    if checked is None or APPROVED not in mine:
        return checked
    try:
        would = settings.DESK.doorway.preview(seen.id, APPROVED, hash_shown, request.seat.door)
    except Away:
        return checked
    return replace(checked, would=saying_no.why(would, request.seat.language))


def named(field: Field, language: str) -> str:
    """What a field is called."""
    return field.zh if language == words.LANGUAGES[0] else words.label("", field.name, language)


def _theirs(request: Any, number: str) -> tuple[Matter, frozenset[str]]:
    """The matter, and what of it this person does not see; for what is not theirs there is no page."""
    try:
        one = here().matters.get(number)
    except TheirMistake:
        raise Http404 from None
    hides = hidden_of(request, one)
    if hides is None:
        raise Http404
    return one, hides


def _late(one: Matter, fact: str, language: str) -> str:
    return f"{words.fact(fact, language)} · {words.state(one.state, language)}"


def _again(request: Any, found: list[Action], fact: str) -> list[Action]:
    """The form that was refused keeps what was written in it."""
    if not fact:
        return found
    return [
        replace(one, fields=tuple(replace(word, value=request.POST.get(word.name, "")) for word in one.fields))
        if one.fact == fact else one
        for one in found
    ]  # fmt: skip


def _clocks(request: Any, one: Matter, registers: Any) -> list[Mapping[str, Any]]:
    """The clocks that run, the nearest first, by the names that the register gives them."""
    running = [clock for clock in one.body.get("clocks", ()) if sla.runs(clock)]
    rows = registers["clocks"]
    language = request.seat.language
    titled = [{**clock, "title": rows.get(clock["name"], {}).get(language, clock["name"])} for clock in running]
    return sorted(titled, key=lambda clock: clock["due_at"])


def _facts(request: Any, one: Matter) -> list[tuple[str, str, Any]]:
    """(name, label, value) of what the body says beside what has a place of its own."""
    language = request.seat.language
    return [
        (name, words.label(one.kind, name, language), value)
        for name, value in one.body.items()
        if name not in OWN_PLACE and value not in (None, "", 0, [], {}, ())
    ]


def _story(sight: Any, one: Matter, hides: frozenset[str]) -> list[dict[str, Any]]:
    """Every fact, without what this person does not see. A fact calls its words otherwise than the body does, so
    whoever does not see all that people wrote sees none of the words."""
    return [
        {
            **act,
            "actor": "" if BY in hides else act["actor"],
            "said": {} if hides & WRITTEN else _without(act.get("said", {}), hides),
        }
        for act in sight.matters.story(one.id)
    ]


def _without(said: Mapping[str, Any], hides: frozenset[str]) -> dict[str, Any]:
    return {name: word for name, word in said.items() if name not in hides}


def _family(request: Any, found: list[Matter], but: Matter | None = None) -> list[Matter]:
    return [one for one in found if (but is None or one.id != but.id) and hidden_of(request, one) is not None]
