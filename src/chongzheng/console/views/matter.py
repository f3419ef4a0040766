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
from chongzheng.cases.matter import Matter
from chongzheng.console import spot, words
from chongzheng.console.forms import Action, Unreadable, actions, weighty
from chongzheng.console.forms import said as read_words
from chongzheng.console.showing import go, here, hidden_of, now, page, tell
from chongzheng.journal.timelines import timeline_of
from chongzheng.mistakes import TheirMistake

STORY_MAX = 200
CHILDREN_MAX = 100
TIMELINE_MAX = 300
BY = "by"
WRITTEN = frozenset({"notes", "marks", "contact", "replies", "answers"})
"""What people wrote, as the register `sight` names it."""
PERSONAL = "contact"
"""Whoever does not see this of a body does not see to whom something was said either."""
OWN_PLACE = frozenset({"by", "clocks", "standing", "witnesses", "notes", "evidence", "advice", "parent", "settled"})
"""Names of a body that have a place of their own on the page, or are only the machine's."""


def shown(request: Any, number: str, wrong: str = "", status: int = 200, fact: str = "") -> HttpResponse:
    """The truth first, then what can be done, then how it came to this."""
    one, hides = _theirs(request, number)
    sight = here()
    view = sight.matters.view(one.id)
    seen = replace(view.matter, body={name: word for name, word in view.matter.body.items() if name not in hides})
    actor = request.seat.actor
    found = actions(KINDS[one.kind], view.matter, actor.id, request.seat.roles, request.seat.language)
    payment = sight.reader.payment(one.payment) if one.payment else None
    moments = _moments(sight, seen, one) if one.payment else []
    return page(
        request, "matter.html", status, one=seen, hash=view.hash, standing=view.payment, payment=payment,
        clocks=_clocks(request, seen), facts=_facts(request, seen), hides=bool(hides), moments=moments,
        actions=_again(request, found, fact), story=_story(sight, one, hides)[::-1][:STORY_MAX],
        children=_family(request, sight.matters.of_parent(one.id, most=CHILDREN_MAX)),
        siblings=_family(request, sight.matters.of_payment(one.payment), one) if one.payment else [],
        notices=[] if PERSONAL in hides else sight.post.of_matter(one.id),
        wrong=wrong, tried=fact, ended=one.state in KINDS[one.kind].ended, who=actor.id,
    )  # fmt: skip


def said(request: Any, number: str, fact: str) -> HttpResponse:
    """Say it through the door, in this person's name, bound to what they saw."""
    one, _ = _theirs(request, number)
    row = KINDS[one.kind].table.get((one.state, fact))
    language = request.seat.language
    if row is None:
        return shown(request, number, words.text("matter.refused", language, why=_late(one, fact, language)), 409)
    if weighty(row) and not spot.freshly_proven(request):
        return spot.to_proof(request, f"/matters/{number}")
    try:
        spoken = read_words(row.takes, request.POST)
    except Unreadable as no:
        return shown(request, number, words.text(no.key, language, label=named(no.field, language)), 400, fact)
    hash_shown = request.POST.get("shown", "")[:64] if row.shown else ""
    once = request.POST.get("once", "")[:128]
    answer = settings.DESK.doorway.say(one.id, fact, spoken, hash_shown, request.seat.door, once)
    if not answer.done:
        return shown(request, number, words.text("matter.refused", language, why=answer.why), answer.status, fact)
    tell(request, "good", words.text("matter.done", language, what=words.fact(fact, language)))
    return go(f"/matters/{number}")


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


def _clocks(request: Any, one: Matter) -> list[Mapping[str, Any]]:
    """The clocks that run, the nearest first, by the names that the register gives them."""
    running = [clock for clock in one.body.get("clocks", ()) if sla.runs(clock)]
    rows = here().registers.in_force(now())["clocks"] if running else {}
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


def _moments(sight: Any, seen: Matter, one: Matter) -> list[Any]:
    case = seen if one.kind == "case" and seen.body.get("witnesses") else None
    return timeline_of(sight.reader.evidence_of(one.payment), case)[-TIMELINE_MAX:]


def _family(request: Any, found: list[Matter], but: Matter | None = None) -> list[Matter]:
    return [one for one in found if (but is None or one.id != but.id) and hidden_of(request, one) is not None]
