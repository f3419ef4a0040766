"""How is the console served: on which address, by how many processes, and how does it stop?"""

from __future__ import annotations

import multiprocessing
import os
import socket
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from chongzheng.console import frame, place
from chongzheng.mistakes import OurMistake

CONFIG_ENV = "CHONGZHENG_CONSOLE"
THREADS = 4
BACKLOG = 256
STATIC_AGE_S = 31_536_000


def application() -> Any:
    """The WSGI application of this process, for the configuration that the environment names."""
    here = place.read(Path(os.environ[CONFIG_ENV]))
    frame.set_up(here)
    from django.core.wsgi import get_wsgi_application
    from whitenoise import WhiteNoise

    folder = frame.HERE / "static"
    return WhiteNoise(get_wsgi_application(), root=str(folder), prefix="static/", max_age=STATIC_AGE_S, charset="utf-8")


def prepare(here: place.Place) -> None:
    """Make the console's tables, in a process that ends with it: the one that starts the others must hold nothing open.

    OurMistake: it could not be done.
    """
    one = multiprocessing.get_context("fork").Process(target=_tables, args=(here.file,))
    one.start()
    one.join()
    if one.exitcode:
        raise OurMistake("the tables of the console could not be made", str(here.database))


def _tables(config: Path) -> None:
    here = place.read(config)
    frame.set_up(here)
    frame.make_tables(here)


def address_of(here: place.Place) -> tuple[str, int]:
    """Where it will listen; a free port where none is named."""
    host, port = here.listen
    if port:
        return host, port
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as free:
        free.bind((host, 0))
        return host, int(free.getsockname()[1])


def server(here: place.Place, address: tuple[str, int]) -> Granian:
    """The server, not yet started; its processes make the application anew from the configuration."""
    os.environ[CONFIG_ENV] = str(here.file)
    return Granian(
        "chongzheng.console.serving:application",
        address=address[0],
        port=address[1],
        interface=Interfaces.WSGI,
        workers=here.workers,
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
