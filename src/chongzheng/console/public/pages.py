"""Which pages does the public site have? One literal table; nothing of the desk is in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chongzheng.console.public import views


@dataclass(frozen=True, slots=True)
class PublicPage:
    """One address and method, and what is done there. `even`: its answers all take the same time."""

    method: str
    path: str
    view: Callable[..., Any]
    even: bool = False


PAGES: tuple[PublicPage, ...] = (
    PublicPage("GET", "", views.form),
    PublicPage("POST", "", views.told, even=True),
    PublicPage("GET", "q/<str:code>", views.linked, even=True),
    PublicPage("GET", "complaint", views.complaint_form),
    PublicPage("POST", "complaint", views.complained, even=True),
    PublicPage("POST", "look", views.chosen),
)
