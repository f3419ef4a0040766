"""Has this person proved on the spot who they are, as an approval asks?"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode


def freshly_proven(request: Any) -> bool:
    """Whether this person has proved on the spot, a moment ago, who they are."""
    at = request.session.get("proved", 0)
    return bool(settings.DESK.clock() - at < settings.DESK.place.step_up_ms)


def to_proof(request: Any, back: str) -> HttpResponse:
    """Prove it first, then come back."""
    return HttpResponseRedirect(f"/prove?{urlencode({'back': back})}")
