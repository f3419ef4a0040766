"""What does somebody see whom we do not let on: a forged form, too many tries, a page that is not theirs?"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

FAULT = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>冲正</title>'
    "<h1>系统出错 · A fault of ours</h1>"
    "<p>未知是否已执行。请返回刷新后查看。It is not known whether it was done; go back, reload and look.</p>"
    '<p><a href="/">冲正 · Chongzheng</a></p></html>'
)


def client_address(request: HttpRequest) -> str:
    """Where the browser is: the last address that our own proxy saw, or the connection's."""
    from django.conf import settings

    if settings.DESK.place.behind_proxy:
        return str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip() or "unknown"
    return str(request.META.get("REMOTE_ADDR", "unknown"))


def said(request: Any, key: str, status: int) -> HttpResponse:
    """One calm page with one sentence."""
    return render(request, "refused.html", {"key": key, "seat": request.seat}, status=status)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form did not come from a page of ours, or from one that is too old."""
    return said(request, "refused.forged", 403)


def locked_out(request: HttpRequest, credentials: Any = None, *rest: Any) -> HttpResponse:
    """Too many wrong passwords from there for that name."""
    return said(request, "refused.locked", 429)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """There is no such page."""
    return said(request, "refused.missing", 404)


def failed(request: HttpRequest) -> HttpResponse:
    """A fault of ours; it must not fail again while it says so."""
    return HttpResponse(FAULT, status=500, content_type="text/html; charset=utf-8")
