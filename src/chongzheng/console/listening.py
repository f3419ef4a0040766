"""How does a server of pages listen: at which address, with which certificate, over how many processes and threads?"""

from __future__ import annotations

import os
import signal
import socket
import threading
from pathlib import Path
from typing import Any, Protocol

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

STANDARD_INPUT = 0
BACKLOG = 256
STATIC_AGE_S = 31_536_000
"""The address of a static file names its content: a browser may keep it for a year."""


class Listens(Protocol):
    """What a configuration says about it. `listen`: host and port, 0 for a free one; no certificate: without TLS."""

    @property
    def file(self) -> Path: ...

    @property
    def listen(self) -> tuple[str, int]: ...

    @property
    def certificate(self) -> Path | None: ...

    @property
    def key(self) -> Path | None: ...


def address_of(here: Listens) -> tuple[str, int]:
    """Where it will listen; a free port where none is named."""
    host, port = here.listen
    if port:
        return host, port
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as free:
        free.bind((host, 0))
        return host, int(free.getsockname()[1])


def url_of(here: Listens, address: tuple[str, int]) -> str:
    """What a browser is told: `https://host:port`, or http without a certificate."""
    return f"{'https' if here.certificate is not None else 'http'}://{address[0]}:{address[1]}"


def server(target: str, env: str, here: Listens, address: tuple[str, int], workers: int, threads: int) -> Granian:
    """The server, not yet started. Its processes call `target`, and find their configuration by the variable `env`."""
    os.environ[env] = str(here.file)
    return Granian(
        target,
        address=address[0],
        port=address[1],
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        backlog=BACKLOG,
        factory=True,
        log_level=LogLevels.warning,
        ssl_cert=here.certificate,
        ssl_key=here.key,
        respawn_failed_workers=True,
        process_name=None,
        websockets=False,
    )


def end_with_parent() -> None:
    """From now on this process ends when whoever started it does, however they ended: its standard input is theirs."""
    threading.Thread(target=_wait_for_the_end, name="parent", daemon=True).start()


def _wait_for_the_end() -> None:
    """The bare descriptor: a lock of the stream, held here while we fork, would hang the processes that make pages."""
    while os.read(STANDARD_INPUT, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def with_static(folder: Path, prefix: str) -> Any:
    """Django's application, whose static files lie in `folder` and are asked for under `prefix`."""
    from django.core.wsgi import get_wsgi_application
    from whitenoise import WhiteNoise

    return WhiteNoise(get_wsgi_application(), root=str(folder), prefix=prefix, max_age=STATIC_AGE_S, charset="utf-8")
