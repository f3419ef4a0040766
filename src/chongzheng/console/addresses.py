"""Which address leads to which page? Made of the table of pages, and of nothing else."""

from __future__ import annotations

from itertools import groupby

from django.urls import path

from chongzheng.console import refusing
from chongzheng.console.guard import guarded
from chongzheng.console.pages import PAGES

_BY_ADDRESS = [
    (address, list(pages))
    for address, pages in groupby(sorted(PAGES, key=lambda one: one.path), key=lambda one: one.path)
]
urlpatterns = [path(address, guarded(pages), name=pages[0].name) for address, pages in _BY_ADDRESS]
handler404 = refusing.not_found
handler500 = refusing.failed
