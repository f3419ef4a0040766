"""How does a person come in, show the second factor, prove on the spot who they are, and leave?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import django_otp
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpResponse

from chongzheng.console import factors, people
from chongzheng.console.doorway import Away
from chongzheng.console.showing import go, inside, now, page
from chongzheng.console.sitting import LIGHTS, begin
from chongzheng.console.words import LANGUAGES

YEAR_S = 31_536_000
BACKEND = "chongzheng.console.people.Register"


def sign_in(request: Any, wrong: str = "", status: int = 200) -> HttpResponse:
    """The form."""
    if request.seat.inside:
        return go("/")
    ended = request.GET.get("ended", "")
    key = wrong or (f"sign.{ended}" if ended in ("idle", "absolute", "gone") else "")
    back = request.POST.get("back", request.GET.get("back", ""))
    actor = request.POST.get("actor", request.GET.get("actor", ""))[:40]
    demo = _accounts(settings.DESK.place.demo)
    return page(request, "sign_in.html", status, key=key, back=inside(back, ""), actor=actor, demo=demo)


def _accounts(file: Path | None) -> Any:
    """Of a demonstration: everybody's password, and (id, name, role) of everybody. None in a house of real money."""
    return None if file is None else json.loads(file.read_text("utf-8"))


def signed_in(request: Any) -> HttpResponse:
    """Name and password; what is wrong with them is not said."""
    given = {"username": request.POST.get("actor", "").strip(), "password": request.POST.get("password", "")}
    try:
        person = authenticate(request, **given)
    except Away:
        return sign_in(request, "sign.away", 503)
    if person is None:
        return sign_in(request, "sign.wrong", 401)
    login(request, person, backend=BACKEND)
    begin(request, person.door_session, now())  # type: ignore[union-attr]
    return go(inside(request.POST.get("back", "")))


def chosen(request: Any) -> HttpResponse:
    """Language and light of this browser."""
    answer = go(inside(request.POST.get("back", "")))
    for name, known in (("language", LANGUAGES), ("light", LIGHTS)):
        if (word := request.POST.get(name)) in known:
            safe = settings.DESK.place.encrypted
            answer.set_cookie(name, word, max_age=YEAR_S, httponly=True, samesite="Lax", secure=safe)
    return answer


def sign_out(request: Any) -> HttpResponse:
    """The session ends here and at the door."""
    token = request.seat.door
    logout(request)
    if token:
        try:
            settings.DESK.doorway.sign_out(token)
        except Away:
            return go("/sign-in")  # it ends by itself within the working day
    return go("/sign-in")


def factor(request: Any, wrong: str = "", status: int = 200) -> HttpResponse:
    """The six digits; of somebody who has no device yet, the device too."""
    if request.seat.proven:
        return go("/")
    device, fresh = factors.device_of(request.user)
    picture = factors.picture(device) if fresh else ""
    return page(request, "factor.html", status, key=wrong, picture=picture, secret=factors.secret(device), fresh=fresh)


def factor_shown(request: Any) -> HttpResponse:
    """Right digits let this session in; wrong ones make the next try wait."""
    device, _ = factors.device_of(request.user)
    if not factors.fits(device, request.POST.get("code", "")):
        return factor(request, "factor.wrong", 401)
    django_otp.login(request, device)
    request.session["proved"] = now()
    return go("/")


def again(request: Any, wrong: str = "", status: int = 200) -> HttpResponse:
    """Prove it on the spot, before an approval."""
    back = inside(request.GET.get("back", request.POST.get("back", "")))
    by_code = factors.confirmed(request.user) is not None
    minutes = settings.DESK.place.step_up_ms // 60_000
    return page(request, "again.html", status, key=wrong, back=back, by_code=by_code, minutes=minutes)


def proven_again(request: Any) -> HttpResponse:
    """By the second factor where there is one, else by the password."""
    device = factors.confirmed(request.user)
    good = _password_fits(request) if device is None else factors.fits(device, request.POST.get("code", ""))
    if not good:
        return again(request, "again.wrong", 401)
    request.session["proved"] = now()
    return go(inside(request.POST.get("back", "")))


def _password_fits(request: Any) -> bool:
    answer = settings.DESK.doorway.sign_in(request.seat.actor.id, request.POST.get("password", ""))
    if answer.done:
        request.session["door"] = people.sealed(answer.said["session"])
    return bool(answer.done)
