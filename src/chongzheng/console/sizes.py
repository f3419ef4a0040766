"""Is what somebody sends longer than anything of ours? Said before a byte of it is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from chongzheng.console import refusing
from chongzheng.console.numerals import number_of
from chongzheng.console.rowfiles import FILE_BYTES_MAX

FORM_BYTES_MARGIN = 65_536
"""What stands around a file that is sent: the other fields, and what keeps them apart."""
SENT_BYTES_MAX = FILE_BYTES_MAX + FORM_BYTES_MARGIN
TOO_LARGE = 413


class Sizes:
    """Stands behind Sitting, which knows whose language it is, and before whatever reads a form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        length = number_of(request.META.get("CONTENT_LENGTH") or "0")
        if length is None or length > SENT_BYTES_MAX:
            return refusing.said(request, "refused.large", TOO_LARGE)
        return self._get_response(request)
