"""What does each public page show, and what does each of its forms do?"""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect

from chongzheng.cases.calendar import day_of, instant
from chongzheng.console.doorway import Away
from chongzheng.console.public import asking
from chongzheng.console.public.showing import LIGHTS, at_the_door, note, page
from chongzheng.console.words import LANGUAGES
from chongzheng.notices.blanks import Blank, written

YEAR_S = 31_536_000
FORM_S = 7_200
"""How long a form of ours may lie open before it is sent."""
ONCE_BYTES = 16
KEY_CHARS = 16
"""Of a hash of what was written: the same words under one form are the same complaint, changed ones are not lost."""
SALT = "complaint"


def form(request: Any, wrong: str = "", status: int = 200) -> HttpResponse:
    """The four fields; a code on a slip fills in the first."""
    given = request.POST if request.method == "POST" else request.GET
    had = {name: given.get(name, "")[: asking.REFERENCE_CHARS_MAX] for name in asking.NAMES}
    had["reference"] = had["reference"] or request.GET.get("ref", "")[: asking.REFERENCE_CHARS_MAX]
    return page(request, "public_form.html", status, had=had, wrong=wrong)


def told(request: Any) -> HttpResponse:
    """Where the money is; the same for what is unknown and what does not fit."""
    said = asking.asked(request.POST)
    if said.proofs is None:
        return form(request, asking.word_for(said.wrong), 400)
    return _answer(request, said.proofs)


def linked(request: Any, code: str) -> HttpResponse:
    """The same, by a signed link."""
    said = asking.asked({"code": code})
    if said.proofs is None:
        return form(request, "pub.link")
    return _answer(request, said.proofs)


def complaint_form(request: Any, wrong: str = "", status: int = 200) -> HttpResponse:
    """What happened, and where the answer goes."""
    given = request.POST if request.method == "POST" else request.GET
    names = ("code", *asking.NAMES, "text", "contact", "urgent")
    had = {name: given.get(name, "")[: asking.TEXT_CHARS_MAX] for name in names}
    had_once = given.get("once", "")  # kept, so that what is sent again is the same complaint
    once = had_once if _once(had_once) else signing.dumps(secrets.token_urlsafe(ONCE_BYTES), salt=SALT)
    return page(request, "public_complaint.html", status, had=had, wrong=wrong, once=once)


def complained(request: Any) -> HttpResponse:
    """Taken in, once however often it is sent; its number and the link that follows it."""
    if not {"again", "language", "light"}.isdisjoint(request.POST):
        answer = complaint_form(request)
        _remember(answer, request)
        return answer
    once = _once(request.POST.get("once", ""))
    words, wrong = asking.complaint_of(request.POST)
    said = asking.Asked({}) if asking.is_empty(request.POST) else asking.asked(request.POST)
    if not once or wrong or said.proofs is None:
        return complaint_form(request, asking.word_for(wrong or said.wrong) if once else "pub.old", 400)
    if not settings.COUNTER.pace.complains(request.seat.address, asking.about(said.proofs)):
        return complaint_form(request, "pub.note.enough", 429)
    return _taken_in(request, {"proofs": said.proofs, **words}, once)


def _taken_in(request: Any, words: dict[str, Any], once: str) -> HttpResponse:
    """The door's answer to a complaint; where it takes none in, the form as it was filled in."""
    key = f"{once}.{hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()[:KEY_CHARS]}"
    try:
        answer = at_the_door(request, "/public/complaints", words, key)
    except Away:
        return complaint_form(request, "pub.note.unsent", 503)
    if answer.status == 429:
        return complaint_form(request, "pub.note.enough", 429)
    if answer.status == 400:
        return complaint_form(request, asking.blamed(answer.said), 400)
    if not answer.done:
        return complaint_form(request, "pub.note.unsent", 503)
    said = {**answer.said, "number": answer.said["id"].upper()}
    return page(request, "public_taken.html", said=said, write=_writer(request), place=f"/q/{said['code']}")


def chosen(request: Any) -> HttpResponse:
    """Language and light of this browser."""
    back = request.POST.get("back", "")
    good = back.startswith("/") and not back.startswith("//") and "\\" not in back and back.isprintable()
    answer = HttpResponseRedirect(back if good else "/")
    _remember(answer, request)
    return answer


def _answer(request: Any, proofs: dict[str, Any]) -> HttpResponse:
    if not settings.COUNTER.pace.asks(request.seat.address, asking.about(proofs)):
        return note(request, "pub.note.enough", 429)
    heard = at_the_door(request, "/public/standing", proofs)
    if heard.status == 429:
        return note(request, "pub.note.enough", 429)
    if heard.status == 400:
        return form(request, asking.blamed(heard.said), 400)
    if not heard.done:
        raise Away(heard.code)
    if not heard.said["found"]:
        return form(request, "pub.link" if "code" in proofs else "pub.nothing")
    repeat = {name: request.POST[name] for name in asking.NAMES if name in request.POST}
    said = {**heard.said, "where": heard.said["where"].replace(" ", "-")}
    answer = page(
        request, "public_answer.html", said=said, write=_writer(request), code=proofs.get("code", ""), repeat=repeat,
    )  # fmt: skip
    _remember(answer, request)
    return answer


def _remember(answer: HttpResponse, request: Any) -> None:
    safe = settings.COUNTER.place.encrypted
    for name, known in (("language", LANGUAGES), ("light", LIGHTS)):
        if (word := request.POST.get(name)) in known:
            answer.set_cookie(name, word, max_age=YEAR_S, httponly=True, samesite="Lax", secure=safe)


def _writer(request: Any) -> Any:
    """How a template writes an amount or an instant, as notices do; `by` the end of a day is that day."""

    def write(kind: str, value: Any) -> str:
        language = request.seat.language
        if kind == "by":
            day = day_of(value - 1)
            return written(Blank.DAY, day, language, kind) if instant(day) == value else write("instant", value)
        return written(Blank(kind), value, language, kind)

    return write


def _once(text: str) -> str:
    """What a form of ours was named; "" for one that is not ours, or too old."""
    try:
        return str(signing.loads(text, salt=SALT, max_age=FORM_S))
    except signing.BadSignature:
        return ""
