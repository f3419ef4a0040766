"""What does every page have beside its own: the seat, the navigation, one message that is said once?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from chongzheng.cases.matter import Matter
from chongzheng.cases.queues import Seat as QueueSeat
from chongzheng.cases.sight import hidden
from chongzheng.console.reading import Sight
from chongzheng.journal.actors import ALLOWED, May

MESSAGE_CHARS_MAX = 400
Answer = TypeVar("Answer")


def here() -> Sight:
    """This thread's view of the journal."""
    sight: Sight = settings.DESK.sights.here()
    return sight


def apart(ask: Callable[[Sight], Answer]) -> Callable[[], Answer]:
    """The same question, asked of a view of its own: for a thread beside the pages."""
    sights = settings.DESK.sights

    def asked() -> Answer:
        with sights.another() as sight:
            return ask(sight)

    return asked


def now() -> int:
    """Epoch ms."""
    return int(settings.DESK.clock())


def page(request: Any, template: str, status: int = 200, **words: Any) -> HttpResponse:
    """A page inside the frame."""
    roles = request.seat.actor.roles if request.seat.actor is not None else frozenset()
    frame = {
        "seat": request.seat,
        "now": now(),
        "address": request.get_full_path(),
        "place": request.path,
        "reads": reads(request),
        "field_work": not ALLOWED[May.CHECK].isdisjoint(roles),
        "rules": not ALLOWED[May.SET_RULES].isdisjoint(roles),
        "message": request.session.pop("message", None) if request.seat.actor is not None else None,
        "filters": _filters(request),
    }
    return render(request, template, {**frame, **words}, status=status)


def tell(request: Any, tone: str, text: str) -> None:
    """Said once, on the next page. `tone`: good or bad."""
    request.session["message"] = {"tone": tone, "text": text[:MESSAGE_CHARS_MAX]}


def go(address: str) -> HttpResponse:
    """To another page of ours."""
    return HttpResponseRedirect(address)


def inside(address: str, otherwise: str = "/") -> str:
    """An address that is certainly ours: a path, nothing else."""
    good = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if good and address.isprintable() else otherwise


def sights_of(request: Any) -> Any:
    """The register that says who sees what, as of today."""
    return here().registers.in_force(now())["sight"]


def reads(request: Any) -> bool:
    """Whether this person sees payments at all; whoever works for another house does not."""
    return request.seat.actor is not None and not ALLOWED[May.READ].isdisjoint(request.seat.actor.roles)


def hidden_of(request: Any, one: Matter, rows: Any = None) -> frozenset[str] | None:
    """Names of its body that this person does not see; None: nothing of it. Whom a complaint is about does not see
    where the complainant is found."""
    hides = hidden(one, request.seat.roles, sights_of(request) if rows is None else rows)
    about_me = request.seat.actor is not None and one.body.get("against") == request.seat.actor.id
    return hides | {"contact"} if about_me and hides is not None else hides


def queue_seat(request: Any) -> QueueSeat:
    """This person, for the queues: their team's queues are what the register of skills gives them."""
    who = request.seat.actor.id
    row = here().registers.in_force(now())["skills"].get(who, {})
    return QueueSeat(who, now(), frozenset(row.get("skills", ())))


def _filters(request: Any) -> list[Any]:
    return list(request.user.filters.all()) if request.seat.actor is not None else []
