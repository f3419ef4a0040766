"""What does a technician's phone get before the network is gone, and what becomes of what it brings back?"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render

from chongzheng.console import field_entry, look, saying_no
from chongzheng.console.doorway import Answer
from chongzheng.console.field_entry import Entry
from chongzheng.console.showing import here, hidden_of, now, sights_of
from chongzheng.mistakes import TheirMistake

SURVEYS_MAX = 50
PLACE = "/field/"
ASSETS = ("public/public.css", "public/mark.svg", "field.css", "field.js")
"""What the page needs beside itself; the worker keeps it on the phone."""


def shell(request: Any) -> HttpResponse:
    """The page as the phone keeps it: it holds nobody's name and nothing of any matter."""
    return render(request, "field.html", {"seat": request.seat, "now": now()})


def worker(request: Any) -> HttpResponse:
    """The program that answers for us while there is no network; another one as soon as a file of ours changes."""
    files = [look.asset(name) for name in ASSETS]
    name = hashlib.sha256(" ".join(files).encode()).hexdigest()[:16]
    words = {"place": PLACE, "files": json.dumps([PLACE, *files]), "name": f"field-{name}"}
    return render(request, "field_worker.js", words, content_type="text/javascript; charset=utf-8")


def state(request: Any) -> HttpResponse:
    """Who this is, the token that a form of theirs needs, and the surveys that wait."""
    sights = sights_of(request)
    surveys = [
        {
            "id": one.id,
            "site": one.body["site"],
            "questions": list(one.body["questions"]),
            "due_at": one.due_at or 0,
            "filled": "form" in one.body,
        }
        for one in here().matters.page("survey", open_only=True)
        if hidden_of(request, one, sights) is not None
    ]
    said = {"actor": request.seat.actor.id, "name": request.seat.actor.name, "token": get_token(request)}
    return JsonResponse({**said, "surveys": surveys[-SURVEYS_MAX:]})


def synced(request: Any) -> HttpResponse:
    """One entry of a phone, in the name of whoever is signed in, who must be whoever wrote it."""
    try:
        said = json.loads(request.body)
        entry = field_entry.read(said)
    except (ValueError, RecursionError):
        return _no("", "is not JSON", 400)
    except TheirMistake as mistake:
        return _no(mistake.where, mistake.what, 400)
    if said.get("by") != request.seat.actor.id:
        return _no("by", "somebody else wrote it", 409)
    door = request.seat.door
    matter, answer = _slip(entry, door) if entry.kind == field_entry.SLIP else _survey(entry, door)
    if not answer.done:
        return _no("", saying_no.why(answer.why, request.seat.language), answer.status)
    return JsonResponse({"done": True, "matter": matter})


def _no(where: str, what: str, status: int) -> HttpResponse:
    return JsonResponse({"done": False, "where": where, "why": what}, status=status)


def _slip(entry: Entry, door: str) -> tuple[str, Answer]:
    """The slip, and its payment where we know it; the same slip again is the one there is."""
    known = here().reader.payment(entry.payment) is not None
    about = {"key": entry.only, **({"payment": entry.payment} if known else {})}
    return _opened(settings.DESK.doorway.open("slip", entry.words, about, door, entry.key))


def _survey(entry: Entry, door: str) -> tuple[str, Answer]:
    doorway, matter = settings.DESK.doorway, entry.matter
    if not matter:
        matter, answer = _opened(doorway.open("survey", entry.words, {}, door, entry.key))
        if not answer.done:
            return "", answer
    for fact, words, key in entry.facts():
        answer = doorway.say(matter, fact, words, "", door, key)
        if not answer.done:
            return matter, answer
    return matter, answer


def _opened(answer: Answer) -> tuple[str, Answer]:
    return str(answer.said["matter"]["id"]) if answer.done else "", answer
