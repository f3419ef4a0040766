"""Who works here, with which roles, and who changed that? The register of people, as administrators work it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse

from chongzheng.console.doorway import Answer
from chongzheng.console.saying_no import refused
from chongzheng.console.showing import go, here, page, tell
from chongzheng.console.words import text
from chongzheng.journal.actors import Actor, Role

SEARCH_CHARS_MAX = 64
ROLES = tuple(str(role) for role in Role)


def listed(request: Any) -> HttpResponse:
    """Everybody, also those who work here no more; found by id, name, role."""
    asked, role = request.GET.get("q", "").strip()[:SEARCH_CHARS_MAX], request.GET.get("role", "")
    here_only = request.GET.get("active", "") == "yes"
    rows = [one for one in here().actors.all() if _fits(one, asked.casefold(), role, here_only)]
    return page(
        request, "people.html", rows=rows, asked=asked, role=role, here_only=here_only, roles=ROLES,
        last=here().actors.signed_in(),
    )  # fmt: skip


def _fits(one: Actor, asked: str, role: str, here_only: bool) -> bool:
    named = asked in one.id or asked in one.name.casefold()
    return named and (not role or role in one.roles) and (one.active or not here_only)


def shown(request: Any, actor: str, wrong: str = "", status: int = 200) -> HttpResponse:
    """One person: roles, sessions, every change of the row."""
    one = here().actors.get(actor)
    if one is None:
        raise Http404
    return page(
        request, "person.html", status, one=one, roles=ROLES, wrong=wrong, history=here().actors.history(actor)[::-1],
        last=here().actors.signed_in().get(actor),
    )  # fmt: skip


def form(request: Any, wrong: str = "", status: int = 200) -> HttpResponse:
    """A new person."""
    given = {name: request.POST.get(name, "")[:SEARCH_CHARS_MAX] for name in ("actor", "name")}
    chosen = request.POST.getlist("role")
    return page(request, "person_new.html", status, given=given, chosen=chosen, roles=ROLES, wrong=wrong)


def added(request: Any) -> HttpResponse:
    """Enter a person, and give a first password with it."""
    actor, password = request.POST.get("actor", "").strip(), request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        return form(request, text("people.differ", request.seat.language), 400)
    document = {"actor": actor, "name": request.POST.get("name", "").strip(), "roles": request.POST.getlist("role")}
    answer = _door(request, "/actors", document)
    if not answer.done:
        return form(request, refused(answer.why, request.seat.language), answer.status)
    return _with_password(request, actor, password) if password else _done(request, actor)


def changed(request: Any, actor: str) -> HttpResponse:
    """Other roles, or whether the person works here."""
    document: dict[str, Any] = {}
    if "role" in request.POST or request.POST.get("what") == "roles":
        document["roles"] = request.POST.getlist("role")
    if request.POST.get("active") in ("yes", "no"):
        document["active"] = request.POST["active"] == "yes"
    answer = _door(request, f"/actors/{_known(actor)}", document)
    if not answer.done:
        return shown(request, actor, refused(answer.why, request.seat.language), answer.status)
    return _done(request, actor)


def password_given(request: Any, actor: str) -> HttpResponse:
    """A new password; the person's sessions end. It is written down nowhere here."""
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        return shown(request, _known(actor), text("people.differ", request.seat.language), 400)
    return _with_password(request, _known(actor), password)


def _with_password(request: Any, actor: str, password: str) -> HttpResponse:
    answer = _door(request, f"/actors/{actor}/password", {"password": password})
    if not answer.done:
        return shown(request, actor, refused(answer.why, request.seat.language), answer.status)
    return _done(request, actor)


def _known(actor: str) -> str:
    """An id that is in the register, and so fits into an address."""
    if here().actors.get(actor) is None:
        raise Http404
    return actor


def _door(request: Any, path: str, document: dict[str, Any]) -> Answer:
    answer: Answer = settings.DESK.doorway.call("POST", path, document, person=request.seat.door)
    return answer


def _done(request: Any, actor: str) -> HttpResponse:
    tell(request, "good", text("people.done", request.seat.language, who=actor))
    return go(f"/people/{actor}")
