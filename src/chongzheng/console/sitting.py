"""Who sits at this browser, may they still, and in which language and light? Asked anew for every request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from chongzheng.console import people
from chongzheng.console.words import LANGUAGES
from chongzheng.journal.actors import Actor

LIGHTS = ("light", "dark")
NO_STORE = "no-store"
POLLED = frozenset({"/live/figures"})
"""What a page fetches by itself, whoever is there: no click, so whoever left is signed out all the same."""
SEEN_MS = 15_000
"""A click is written down at most so often: each is a write of our own file."""
MAPS = "geolocation=(), camera=(), microphone=(), payment=(), usb=()"


@dataclass(slots=True)
class Seat:
    """The person at this browser for this request. `actor`: None while nobody has signed in; `proven`: the second
    factor was shown, where this person needs one; `door`: the session at the engine's door."""

    language: str
    light: str
    actor: Actor | None = None
    proven: bool = False
    needs_factor: bool = False
    door: str = ""
    ended: str = ""
    roles: frozenset[str] = field(default_factory=frozenset)

    @property
    def inside(self) -> bool:
        """Whether pages for people may be shown."""
        return self.actor is not None and self.proven


class Sitting:
    """Puts a Seat on each request; whoever was away too long, or works here no more, is signed out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.seat = _seat(request)
        answer = self._get_response(request)
        answer["Permissions-Policy"] = MAPS
        answer["Cross-Origin-Resource-Policy"] = "same-origin"
        answer.setdefault("Cache-Control", NO_STORE)
        return answer


def begin(request: Any, door_session: str, now: int) -> None:
    """What a fresh session remembers: since when, and the sealed session at the door."""
    request.session["since"] = request.session["seen"] = now
    request.session["door"] = people.sealed(door_session)


def _seat(request: Any) -> Seat:
    language = request.COOKIES.get("language", "")
    light = request.COOKIES.get("light", "")
    seat = Seat(language if language in LANGUAGES else LANGUAGES[0], light if light in LIGHTS else LIGHTS[0])
    if not request.user.is_authenticated:
        return seat
    desk, now = settings.DESK, settings.DESK.clock()
    actor = desk.sights.here().actors.get(request.user.actor)
    seat.ended = _over(request, desk, actor, now)
    if seat.ended or actor is None:
        _leave(request, desk)
        return seat
    if now - request.session["seen"] > SEEN_MS and request.path not in POLLED:
        request.session["seen"] = now
    seat.actor, seat.roles = actor, frozenset(map(str, actor.roles))
    seat.needs_factor = bool(seat.roles & desk.place.second_factor)
    seat.proven = not seat.needs_factor or request.user.is_verified()
    seat.door = people.opened(request.session.get("door", ""))
    return seat


def _over(request: Any, desk: Any, actor: Actor | None, now: int) -> str:
    """Why the session is over; "" while it is not."""
    since, seen = request.session.get("since", 0), request.session.get("seen", 0)
    if actor is None or not actor.active:
        return "gone"
    if now - seen > desk.place.idle_ms:
        return "idle"
    return "absolute" if now - since > desk.place.absolute_ms else ""


def _leave(request: Any, desk: Any) -> None:
    from chongzheng.console.doorway import Away

    token = people.opened(request.session.get("door", ""))
    logout(request)
    if token:
        try:
            desk.doorway.sign_out(token)
        except Away:
            return  # it ends by itself within the working day
