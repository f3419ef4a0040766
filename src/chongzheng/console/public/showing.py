"""What does every public page have: a language, a light, headers that keep it to itself, the same time for answers?"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chongzheng.console.doorway import Answer, Away
from chongzheng.console.public.pacing import BODY_BYTES_MAX
from chongzheng.console.words import LANGUAGES

ZH, EN = LANGUAGES
LIGHTS = ("light", "dark")
MAPS = "geolocation=(), camera=(), microphone=(), payment=(), usb=()"
HEADERS = {
    "Cache-Control": "no-store",
    "Permissions-Policy": MAPS,
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the page: in which language, in which light ("": as their device has it), from where."""

    language: str
    light: str
    address: str


class Standing:
    """Puts a Visitor on each request, and the headers on each answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        large = _length(request) > BODY_BYTES_MAX  # said by its head; of its body nothing is read
        form = {} if large else request.POST
        request.seat = Visitor(_language(request, form), _light(request, form), _address(request))
        answer = note(request, "pub.note.large", 413) if large else self._get_response(request)
        for name, text in HEADERS.items():
            answer[name] = text
        return answer


def _length(request: Any) -> int:
    """How long its body is, as it says itself; one that says nothing has none."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isdecimal() else 0


def _language(request: Any, form: Mapping[str, str]) -> str:
    chosen = form.get("language") or request.COOKIES.get("language", "")
    if chosen in LANGUAGES:
        return str(chosen)
    wants = request.META.get("HTTP_ACCEPT_LANGUAGE", "").lower()
    return EN if "en" in wants and "zh" not in wants else ZH


def _light(request: Any, form: Mapping[str, str]) -> str:
    light = form.get("light") or request.COOKIES.get("light", "")
    return light if light in LIGHTS else ""


def _address(request: Any) -> str:
    """The last address that our own proxy saw, or the connection's."""
    if settings.COUNTER.place.table.behind_proxy:
        return str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def page(request: Any, template: str, status: int = 200, **words: Any) -> HttpResponse:
    """A page. `repeat`: what a form says again when the language changes under an answer."""
    held = {
        "seat": request.seat,
        "place": request.path,
        "now": settings.COUNTER.clock(),
        "contact": settings.COUNTER.place.table.contact,
        "repeat": None,
    }
    return render(request, template, {**held, **words}, status=status)


def note(request: Any, key: str, status: int) -> HttpResponse:
    """One calm page with one sentence."""
    return page(request, "public_note.html", status, key=key)


def lost(request: Any, exception: Exception | None = None) -> HttpResponse:
    """There is no such page."""
    return note(request, "pub.note.lost", 404)


def at_the_door(request: Any, path: str, said: Mapping[str, Any], key: str = "") -> Answer:
    """What the door says to this; from now on the answer to this request takes the time that every answer takes."""
    request.asked_at_door = True
    return settings.COUNTER.doorway.call("POST", path, said, key=key)  # type: ignore[no-any-return]


def evenly(view: Callable[..., HttpResponse], request: Any, **blanks: Any) -> HttpResponse:
    """The answer, not before the time that every answer takes: what was found cannot be told by the clock. A form
    that cannot be read, or one too many, asks nobody and waits for nothing: waiting holds one of few threads."""
    begun_ns = time.monotonic_ns()
    try:
        answer = view(request, **blanks)
    except Away:
        answer = note(request, "pub.note.away", 503)
    if not getattr(request, "asked_at_door", False):
        return answer
    left_ms = settings.COUNTER.place.table.answer_ms - (time.monotonic_ns() - begun_ns) // 1_000_000
    time.sleep(max(left_ms, 0) / 1_000)
    return answer
