"""How is the same said of many matters: chosen, previewed row by row, confirmed as shown, with a result a row?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from chongzheng.cases.fields import Field
from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import Matter
from chongzheng.console import forms, saying_no, words
from chongzheng.console.doorway import Answer
from chongzheng.console.showing import go, here, hidden_of, inside, page, sights_of, tell
from chongzheng.mistakes import TheirMistake

ROWS_MAX = 100
"""Rows of one batch: as many as a person looks through."""
BATCH_CHARS_MAX = 60
PICKED, SHOWN, FACT, BATCH, BACK = "m", "bulk-shown", "bulk-fact", "bulk-batch", "bulk-back"
"""Names that no word of a fact has."""
DONE, REFUSED = "done", "refused"


def chosen(request: Any) -> HttpResponse:
    """The rows that were chosen, what can be said of all of them, and the form of the one that was picked."""
    return _page(request, _rows(request, request.GET.getlist(PICKED)), request.GET.get("fact", ""))


def _page(request: Any, rows: list[Matter], fact: str, wrong: str = "", status: int = 200) -> HttpResponse:
    if not rows:
        tell(request, "bad", words.text("bulk.none", request.seat.language))
        return go(_back(request))
    acts = acts_of_all(request, rows)
    picked = next((one for one in acts if one.fact == fact), None)
    if picked is not None and request.method == "POST":
        picked = replace(picked, fields=_again(picked, request.POST))
    return page(
        request, "bulk.html", status, rows=rows, acts=acts, picked=picked, back=_back(request), wrong=wrong,
    )  # fmt: skip


def previewed(request: Any) -> HttpResponse:
    """What would become of each row, and the hash of what is shown of it now; nothing is changed."""
    rows, fact = _rows(request, request.POST.getlist(PICKED)), request.POST.get(FACT, "")
    if not rows or not any(one.fact == fact for one in acts_of_all(request, rows)):
        return _page(request, rows, "", words.text("bulk.changed", request.seat.language), 409)
    try:
        said = forms.said(_takes(rows, fact), request.POST)
    except forms.Unreadable as no:
        label = no.field.zh if request.seat.language == words.LANGUAGES[0] else no.field.name.replace("_", " ")
        return _page(request, rows, fact, words.text(no.key, request.seat.language, label=label), 400)
    shown = {one.id: here().matters.view(one.id).hash for one in rows}
    reference = request.POST.get(BATCH, "")[:BATCH_CHARS_MAX]
    answer = _door(request, "preview", [one.id for one in rows], fact, said, reference, {})
    if not answer.done:
        return _page(request, rows, fact, saying_no.refused(answer.why, request.seat.language), answer.status)
    results = {one["matter"]: one for one in _told(request, answer)}
    given = [
        (name, request.POST[name]) for name in (word.name for word in _takes(rows, fact)) if request.POST.get(name)
    ]
    good = [one for one in rows if results[one.id]["result"] != REFUSED]
    return page(
        request, "bulk_preview.html", rows=rows, results=results, good=good, fact=fact, given=given, shown=shown,
        reference=reference, back=_back(request),
    )  # fmt: skip


def said(request: Any) -> HttpResponse:
    """Said of each as it was shown; what is not so any more is refused, and every row has its result."""
    shown = dict(one.split(":", 1) for one in request.POST.getlist(SHOWN)[:ROWS_MAX] if ":" in one)
    rows, fact = _rows(request, list(shown)), request.POST.get(FACT, "")
    if any(forms.weighty(row) for one in rows for row in KINDS[one.kind].rows if row.fact == fact):
        return _page(request, rows, "", words.text("bulk.single", request.seat.language), 409)
    try:
        spoken = forms.said(_takes(rows, fact), request.POST)
    except forms.Unreadable:
        return _page(request, rows, "", words.text("bulk.changed", request.seat.language), 400)
    if not rows:
        return _page(request, rows, "")
    reference = request.POST.get(BATCH, "")[:BATCH_CHARS_MAX]
    answer = _door(request, "", [one.id for one in rows], fact, spoken, reference, shown)
    if not answer.done:
        return _page(request, rows, fact, saying_no.refused(answer.why, request.seat.language), answer.status)
    now = {one.id: one for one in _rows(request, list(shown))}
    return page(
        request, "bulk_done.html", results=_told(request, answer), fact=fact, now_is=now, done=answer.said["done"],
        refused=answer.said["refused"], back=_back(request),
    )  # fmt: skip


def _door(
    request: Any, ask: str, ids: list[str], fact: str, said: Mapping[str, Any], reference: str, shown: Mapping[str, str]
) -> Answer:
    document = {"matters": ids, "fact": fact, "words": dict(said), "reference": reference, "shown": dict(shown)}
    path = "/matters/bulk/preview" if ask else "/matters/bulk"
    answer: Answer = settings.DESK.doorway.call("POST", path, document, person=request.seat.door)
    return answer


def _told(request: Any, answer: Answer) -> list[dict[str, Any]]:
    """The results, each refusal in the language of whoever reads it."""
    language = request.seat.language
    return [{**one, "why": saying_no.why(one.get("why", ""), language)} for one in answer.said["results"]]


def acts_of_all(request: Any, rows: list[Matter]) -> list[forms.Action]:
    """What this person may say of every one of them, with the same words; not what decides about money or takes a
    second person: that is looked at one by one."""
    seat = request.seat
    each = [forms.actions(KINDS[one.kind], one, seat.actor.id, seat.roles, seat.language) for one in rows]
    common = {_same(one) for one in each[0]}.intersection(*({_same(one) for one in acts} for acts in each[1:]))
    return [one for one in each[0] if _same(one) in common and not one.weighty and not one.barred]


def _same(one: forms.Action) -> tuple[Any, ...]:
    return one.fact, tuple((word.name, word.widget, word.needed, word.choices) for word in one.fields)


def _takes(rows: list[Matter], fact: str) -> tuple[Field, ...]:
    """The words that come with it, by the first row whose state has it; of one that has moved on, by its kind."""
    found = [KINDS[one.kind].table.get((one.state, fact)) for one in rows]
    found += [row for one in rows for row in KINDS[one.kind].rows if row.fact == fact]
    return next((row.takes for row in found if row is not None), ())


def _rows(request: Any, ids: list[str]) -> list[Matter]:
    """The matters of these ids that are this person's to see, each once."""
    matters, sights = here().matters, sights_of(request)
    found = []
    for one in list(dict.fromkeys(ids))[:ROWS_MAX]:
        try:
            matter = matters.get(one)
        except TheirMistake:
            continue
        if hidden_of(request, matter, sights) is not None:
            found.append(matter)
    return found


def _again(picked: forms.Action, given: Mapping[str, str]) -> tuple[forms.Asked, ...]:
    """The form keeps what was written in it."""
    return tuple(replace(one, value=given.get(one.name, "")) for one in picked.fields)


def _back(request: Any) -> str:
    return inside(request.POST.get(BACK, request.GET.get("back", "")), "/queues/my")
