"""What does a clerk need of the page for cardholders: the code for a slip, and where a complaint is answered to?"""

from __future__ import annotations

from typing import Any

import segno
from django.conf import settings
from django.http import Http404, HttpResponse

from chongzheng.console.saying_no import refused
from chongzheng.console.showing import here, hidden_of, page
from chongzheng.mistakes import TheirMistake

PICTURE_SCALE = 6
CONTACT = "contact"


def link(request: Any, number: str) -> HttpResponse:
    """The signed link of a payment, as a code that a slip or a letter carries; made for paper too."""
    payment = here().reader.payment(number)
    if payment is None:
        raise Http404
    table = settings.DESK.place.public
    if table is None or not table.address:
        return page(request, "outside_link.html", payment=payment, url="", picture="")
    answer = settings.DESK.doorway.call("GET", f"/payments/{payment.id}/link", person=request.seat.door)
    url = f"{table.address}/q/{answer.said['code']}" if answer.done else ""
    picture = segno.make(url, error="m").svg_data_uri(scale=PICTURE_SCALE, border=4, light="#fff") if url else ""
    return page(request, "outside_link.html", payment=payment, url=url, picture=picture)


def contact(request: Any, number: str) -> HttpResponse:
    """Where a complaint is answered to; that this person looked is noted by the door."""
    try:
        one = here().matters.get(number)
    except TheirMistake:
        raise Http404 from None
    hides = hidden_of(request, one)
    if hides is None:
        raise Http404
    if not one.body.get(CONTACT):
        return page(request, "outside_contact.html", one=one, held="", wrong="")
    if CONTACT in hides:
        raise Http404
    answer = settings.DESK.doorway.call("GET", f"/matters/{one.id}/contact", person=request.seat.door)
    held = str(answer.said["contact"]) if answer.done else ""
    return page(
        request,
        "outside_contact.html",
        one=one,
        held=held,
        wrong="" if answer.done else refused(answer.why, request.seat.language),
    )
