"""Which address of the public site leads to which page? Made of its table, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from django.http import HttpResponse, HttpResponseNotAllowed
from django.urls import path

from chongzheng.console.public.pages import PAGES, PublicPage
from chongzheng.console.public.showing import evenly, lost
from chongzheng.console.refusing import failed


def _served(pages: Sequence[PublicPage]) -> Callable[..., HttpResponse]:
    by_method = {page.method: page for page in pages}

    def view(request: Any, **blanks: Any) -> HttpResponse:
        page = by_method.get("GET" if request.method == "HEAD" else request.method)
        if page is None:
            return HttpResponseNotAllowed(sorted(by_method))
        answer: HttpResponse = evenly(page.view, request, **blanks) if page.even else page.view(request, **blanks)
        return answer

    return view


_BY_ADDRESS = groupby(sorted(PAGES, key=lambda one: one.path), key=lambda one: one.path)
urlpatterns = [path(address, _served(list(pages))) for address, pages in _BY_ADDRESS]
handler404 = lost
handler500 = failed
