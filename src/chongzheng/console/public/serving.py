"""How is the public page served: one process of its own, and of the static files only its own?"""

from __future__ import annotations

from typing import Any

from granian import Granian

from chongzheng.console import listening
from chongzheng.console.public import frame, place

CONFIG_ENV = "CHONGZHENG_PUBLIC"
THREADS = 8
"""An answer waits its time in one of them."""


def application() -> Any:
    """The WSGI application, for the configuration that the environment names."""
    frame.set_up(place.named_by(CONFIG_ENV))
    return listening.with_static(frame.HERE / "static" / frame.ASSETS, f"static/{frame.ASSETS}/")


def server(here: place.PublicPlace, address: tuple[str, int]) -> Granian:
    """The server, not yet started. One process: the limits are counted in it."""
    return listening.server("chongzheng.console.public.serving:application", CONFIG_ENV, here, address, 1, THREADS)
