"""How is the door served: in a thread of its own beside the engine's loop, so that no client can slow a terminal?"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from chongzheng.api.door import Door, Ways
from chongzheng.api.intake import Readers
from chongzheng.api.web import Web
from chongzheng.api.webhooks import Teller
from chongzheng.journal import Vault
from chongzheng.journal.outbox import Outbox
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake

CONNECTIONS_MAX = 256
"""Connections and requests at once; the next hears 503."""
BACKLOG = 128
KEEP_ALIVE_S = 15
REQUEST_WAIT_S = 10
"""How long a connection may hold before it has said a whole request; the same between two requests."""
HEADER_BYTES_MAX = 16_384
LOOKS_MAX = 6
"""Looks at a connection, REQUEST_WAIT_S apart, after which one that is still being answered is cut off: its client does
not read."""
STOP_WAIT_S = 5


@dataclass(frozen=True, slots=True)
class DoorSettings:
    """Where to listen, as (host, port); TLS by certificate and key file; whether anybody may read the metrics."""

    listen: tuple[str, int]
    certificate: Path | None = None
    key: Path | None = None
    behind_proxy: bool = False
    open_metrics: bool = False


class Impatient(H11Protocol):
    """Hangs up on whoever holds a connection without saying a whole request, or without reading the answer."""

    _waits: asyncio.TimerHandle | None = None
    _seen: Any = None
    _looks = 0

    def connection_made(self, transport: Any) -> None:
        """The clock starts."""
        super().connection_made(transport)
        self._waits = self.loop.call_later(REQUEST_WAIT_S, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """The clock stops."""
        if self._waits is not None:
            self._waits.cancel()
        super().connection_lost(exc)

    def _look(self) -> None:
        idle = self.cycle is None or self.cycle.response_complete
        self._looks = self._looks + 1 if self.cycle is self._seen else 0
        if self._looks > (0 if idle else LOOKS_MAX):
            self.transport.abort()
            return
        self._seen = self.cycle
        self._waits = self.loop.call_later(REQUEST_WAIT_S, self._look)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, teller: Teller) -> None:
        super().__init__(config)
        self._teller = teller
        self.up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._telling = asyncio.create_task(self._teller.run())
        self.up.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._telling.cancel()
        with suppress(asyncio.CancelledError):
            await self._telling
        await super().shutdown(sockets)


class Serving:
    """The door on a thread. `place` is the journal (path or URL)."""

    def __init__(self, settings: DoorSettings, place: str | Path, vault: Vault, ways: Ways) -> None:
        _refuse_clear(settings)
        self._settings = settings
        self._side = Side.open(place)
        self._readers = Readers(place)
        door = Door(ways, self._readers, self._side, Outbox(self._side, vault), vault)
        web = Web(door, settings.open_metrics)
        teller = Teller(door.outbox, ways.clock, web.registry)
        self._server = _Server(_config(web, settings), teller)
        self._thread = threading.Thread(target=self._run, name="api", daemon=True)

    def start(self) -> str:
        """Listen; the address, as a client says it. TheirMistake when it cannot be had."""
        self._socket = _listening(self._settings.listen)
        host, port = self._socket.getsockname()[:2]
        self._thread.start()
        while not self._server.up.wait(0.1):
            if not self._thread.is_alive():
                raise TheirMistake("the API door could not start; look at its certificate and key", "api")
        return f"{'https' if self._settings.certificate else 'http'}://{host}:{port}"

    def stop(self) -> None:
        """Let what is under way finish, then close. Never on the door's own thread."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join()
        self._readers.close()
        self._side.close()

    @property
    def alive(self) -> bool:
        """Whether the door is being served."""
        return self._thread.is_alive()

    def _run(self) -> None:
        with suppress(SystemExit):  # uvicorn's way to say that it could not start
            self._server.run(sockets=[self._socket])


def _config(web: Web, settings: DoorSettings) -> uvicorn.Config:
    try:
        return uvicorn.Config(
            web.application(),
            http=Impatient,
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            proxy_headers=settings.behind_proxy,
            limit_concurrency=CONNECTIONS_MAX,
            backlog=BACKLOG,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=STOP_WAIT_S,
            h11_max_incomplete_event_size=HEADER_BYTES_MAX,
            ssl_certfile=settings.certificate,
            ssl_keyfile=settings.key,
            ssl_version=ssl.PROTOCOL_TLS_SERVER,
        )
    except (OSError, ssl.SSLError) as error:
        raise TheirMistake(f"its certificate cannot be used ({type(error).__name__})", "api.certificate") from None


def _listening(address: tuple[str, int]) -> socket.socket:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
        taken.listen(BACKLOG)
    except OSError as error:
        taken.close()
        raise TheirMistake(f"cannot listen there ({error.strerror or type(error).__name__})", "api.listen") from None
    return taken


def _refuse_clear(settings: DoorSettings) -> None:
    """Tokens are not sent in the clear: TLS, or this machine only, or a proxy that brings the TLS."""
    if (settings.certificate is None) != (settings.key is None):
        raise TheirMistake("certificate and key come together", "api.certificate")
    host = settings.listen[0].strip("[]")
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    if settings.certificate is None and not local and not settings.behind_proxy:
        raise TheirMistake("beyond this machine it needs certificate and key, or behind_proxy = true", "api.listen")
