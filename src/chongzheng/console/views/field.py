"""What does a technician's phone get before the network is gone, and what becomes of what it brings back?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from heapq import nsmallest
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render

from chongzheng.cases import slip
from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import Matter
from chongzheng.console import field_entry, look, saying_no, words
from chongzheng.console.doorway import Answer
from chongzheng.console.field_entry import Entry
from chongzheng.console.showing import here, hidden_of, now, sights_of
from chongzheng.mistakes import TheirMistake

SURVEYS_MAX = 50
NEVER = 2**63
"""Behind every deadline, epoch ms."""
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
    blanks = {"place": PLACE, "files": json.dumps([PLACE, *files]), "name": f"field-{name}"}
    return render(request, "field_worker.js", blanks, content_type="text/javascript; charset=utf-8")


def state(request: Any) -> HttpResponse:
    """Who this is, the token that a form of theirs needs, and the surveys that wait."""
    sights = sights_of(request)
    seen = (one for one in here().matters.all_open("survey") if hidden_of(request, one, sights) is not None)
    surveys = [
        {
            "id": one.id,
            "site": one.body["site"],
            "questions": list(one.body["questions"]),
            "due_at": one.due_at or 0,
            "filled": "form" in one.body,
        }
        for one in nsmallest(SURVEYS_MAX, seen, key=_order)
    ]
    said = {"actor": request.seat.actor.id, "name": request.seat.actor.name, "token": get_token(request)}
    return JsonResponse({**said, "surveys": surveys})


def _order(one: Matter) -> tuple[bool, int]:
    """What nobody has filled in first, by its deadline, also one that has passed; what has none last."""
    return "form" in one.body, one.due_at or one.body.get("due_at") or NEVER


def synced(request: Any) -> HttpResponse:
    """One entry of a phone, in the name of whoever is signed in, who must be whoever wrote it."""
    try:
        said = json.loads(request.body)
        entry = field_entry.read(said)
    except (ValueError, RecursionError):
        return _no(request, "is not JSON", 400)
    except TheirMistake as mistake:
        return _no(request, str(mistake), 400)
    if said.get("by") != request.seat.actor.id:
        return _no(request, "somebody else wrote it", 409)
    door = request.seat.door
    matter, answer = _slip(entry, request) if entry.kind == field_entry.SLIP else _survey(entry, door)
    if not answer.done:
        return _no(request, answer.why, answer.status)
    return JsonResponse({"done": True, "matter": matter})


def _no(request: Any, why: str, status: int) -> HttpResponse:
    """Not taken; the phone keeps it, and shows why."""
    return JsonResponse({"done": False, "why": saying_no.why(why, request.seat.language)}, status=status)


def _slip(entry: Entry, request: Any) -> tuple[str, Answer]:
    """The slip, and its payment where we know it; the same slip again is the one there is, with what it says more."""
    known = here().reader.payment(entry.payment) is not None
    about = {"key": entry.only, **({"payment": entry.payment} if known else {})}
    matter, answer = _opened(settings.DESK.doorway.open("slip", entry.words, about, request.seat.door, entry.key))
    if not answer.done:
        return "", answer
    one = here().matters.get(matter)
    if one.state == slip.DROPPED:
        return matter, Answer(409, {"what": f"{matter} is this slip, and it was dropped; ask the desk"})
    more = {name: word for name, word in entry.words.items() if one.body.get(name) != word}
    return (matter, _more(one, more, entry, request)) if more else (matter, answer)


def _more(one: Matter, more: Mapping[str, Any], entry: Entry, request: Any) -> Answer:
    """What this paper says more, or otherwise, is said of the slip there is; of one that is over it cannot be."""
    if one.state in KINDS[one.kind].ended:
        labels = ", ".join(more)
        return Answer(409, {"what": f"{one.id} is this slip, and it is over; not taken from this phone: {labels}"})
    doorway, door, picture = settings.DESK.doorway, request.seat.door, more.get("hash")
    answer = Answer(200, {})
    if picture:
        piece = {"source": "slip photo", "reference": entry.key, "hash": picture}
        answer = doorway.say(one.id, "EvidenceAdded", piece, "", door, f"{entry.key}-photo")
    told = [_told(name, word, request.seat.language) for name, word in more.items() if name != "hash"]
    if told and answer.done:
        answer = doorway.say(one.id, "Noted", {"text": "; ".join(told)}, "", door, f"{entry.key}-note")
    return answer


def _told(name: str, word: Any, language: str) -> str:
    """A word of a slip as people write it."""
    written = {"fen": look.yuan, "at_raw": look.instant}.get(name, str)(word)
    return f"{words.label(slip.SLIP.name, name, language)}: {written}"


def _survey(entry: Entry, door: str) -> tuple[str, Answer]:
    doorway, matter = settings.DESK.doorway, entry.matter
    if not matter:
        matter, answer = _opened(doorway.open("survey", entry.words, {}, door, entry.key))
        if not answer.done:
            return "", answer
    for fact, said, key in entry.facts():
        answer = doorway.say(matter, fact, said, "", door, key)
        if not answer.done:
            return matter, answer
    return matter, answer


def _opened(answer: Answer) -> tuple[str, Answer]:
    return str(answer.said["matter"]["id"]) if answer.done else "", answer
