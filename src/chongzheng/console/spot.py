"""Has this person proved on the spot who they are, as an approval asks?"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode


def freshly_proven(request: Any) -> bool:
    """Whether this person has proved on the spot, a moment ago, who they are."""
    at = request.session.get("proved", 0)
    return bool(settings.DESK.clock() - at < settings.DESK.place.step_up_ms)


def came_from(request: Any) -> str:
    """The page of ours whose form was sent, with what stood in its address; "/" where no browser says, or another's."""
    page = urlsplit(request.META.get("HTTP_REFERER", ""))
    if page.netloc != request.get_host() or not page.path:
        return "/"
    return f"{page.path}?{page.query}" if page.query else page.path


def to_proof(request: Any, back: str) -> HttpResponse:
    """Prove it first, then come back."""
    return HttpResponseRedirect(f"/prove?{urlencode({'back': back})}")
