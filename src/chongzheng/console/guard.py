"""May this person have this page now? The one place that asks, for every page of the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils.http import urlencode

from chongzheng.console import refusing
from chongzheng.console.doorway import Away
from chongzheng.console.pages import Page
from chongzheng.console.spot import came_from, freshly_proven, to_proof


def guarded(pages: Sequence[Page]) -> Callable[..., HttpResponse]:
    """One view for all methods of an address."""
    by_method = {page.method: page for page in pages}

    def view(request: Any, **path: Any) -> HttpResponse:
        page = by_method.get("GET" if request.method == "HEAD" else request.method)
        if page is None:
            return HttpResponseNotAllowed(sorted(by_method))
        turned = _turned(request, page)
        if turned is not None:
            return turned
        try:
            answer: HttpResponse = page.view(request, **path)
            return answer
        except Away:
            return refusing.said(request, "refused.away", 503)

    return view


def _turned(request: Any, page: Page) -> HttpResponse | None:
    """Where somebody is sent instead; None: go on."""
    seat = request.seat
    if page.door == "open":
        return None
    if seat.actor is None:
        told = {"back": request.get_full_path()} if request.method == "GET" else {}
        if seat.ended:
            told["ended"] = seat.ended
        return HttpResponseRedirect(f"/sign-in?{urlencode(told)}" if told else "/sign-in")
    if page.door == "in" and not seat.proven:
        return HttpResponseRedirect("/second-factor")
    if seat.actor.roles.isdisjoint(page.who):
        return refusing.said(request, "refused.role", 403)
    if page.weighty and not freshly_proven(request):
        return to_proof(request, came_from(request))
    return None
