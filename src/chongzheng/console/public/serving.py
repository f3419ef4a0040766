"""How is the public page served: one process of its own, and of the static files only its own?"""

from __future__ import annotations

import os
import socket
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from chongzheng.console.public import frame, place

CONFIG_ENV = "CHONGZHENG_PUBLIC"
THREADS = 8
"""An answer waits its time in one of them."""
BACKLOG = 256
STATIC_AGE_S = 31_536_000


def application() -> Any:
    """The WSGI application, for the configuration that the environment names."""
    here = place.named_by(CONFIG_ENV)
    frame.set_up(here)
    from django.core.wsgi import get_wsgi_application
    from whitenoise import WhiteNoise

    folder = frame.HERE / "static" / frame.ASSETS
    served = f"static/{frame.ASSETS}/"
    return WhiteNoise(get_wsgi_application(), root=str(folder), prefix=served, max_age=STATIC_AGE_S, charset="utf-8")


def address_of(here: place.PublicPlace) -> tuple[str, int]:
    """Where it will listen; a free port where none is named."""
    host, port = here.listen
    if port:
        return host, port
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as free:
        free.bind((host, 0))
        return host, int(free.getsockname()[1])


def server(here: place.PublicPlace, address: tuple[str, int]) -> Granian:
    """The server, not yet started. One process: the limits are counted in it."""
    os.environ[CONFIG_ENV] = str(here.file)
    return Granian(
        "chongzheng.console.public.serving:application",
        address=address[0],
        port=address[1],
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        backlog=BACKLOG,
        factory=True,
        log_level=LogLevels.warning,
        ssl_cert=here.certificate,
        ssl_key=here.key,
        respawn_failed_workers=True,
        process_name=None,
        websockets=False,
    )
