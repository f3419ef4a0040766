"""Who may shake hands at a TLS door, and how long may that take? Callers are counted before anything is computed."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import Generic, TypeVar

from chongzheng.gateway.tls import HANDSHAKE_WAIT_MS

ACCEPTED_AT_ONCE_MAX = 64
PAUSE_MS = 500
"""Rest after the system had no room for another connection."""

Line = TypeVar("Line", bound=asyncio.Protocol)


class Porter(Generic[Line]):
    """One listening socket. `admit(address)` gives the protocol of a caller, or None to hang up at once; `arrived`
    says `shake` for one whom it admitted, now or later; `failed` hears of one whose handshake came to nothing, and
    why."""

    def __init__(
        self,
        context: ssl.SSLContext,
        admit: Callable[[str], Line | None],
        arrived: Callable[[Line], None],
        failed: Callable[[Line, str], None],
    ) -> None:
        self._context = context
        self._admit = admit
        self._arrived = arrived
        self._failed = failed
        self._unshaken: dict[Line, socket.socket] = {}  # bounded by whom the door admits
        self._shaking: dict[Line, asyncio.Task[None]] = {}
        self._socket: socket.socket | None = None
        self._backlog = 0

    async def take_address(self, host: str, port: int, backlog: int) -> str:
        """Claim the address, given back as `host:port`; nobody gets in yet. OSError when it cannot be had."""
        loop = asyncio.get_running_loop()
        [(family, kind, proto, _, address), *_] = await loop.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        self._socket = socket.socket(family, kind, proto)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._backlog = backlog
        try:
            self._socket.bind(address)
        except OSError:
            self._socket.close()
            raise
        taken = self._socket.getsockname()
        return f"{taken[0]}:{taken[1]}"

    def open(self) -> None:
        """Let callers in."""
        if self._socket is not None:
            self._socket.listen(self._backlog)
            asyncio.get_running_loop().add_reader(self._socket, self._accept)

    def close(self) -> None:
        """Nobody new, and no handshake goes on."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None
        for line in [*self._unshaken, *self._shaking]:
            self.drop(line)

    def drop(self, line: Line) -> None:
        """Hang up on a caller whose handshake has not begun, or end it if it is still going on."""
        caller = self._unshaken.pop(line, None)
        if caller is not None:
            caller.close()
            self._failed(line, "not begun")
        task = self._shaking.get(line)
        if task is not None:
            task.cancel()

    def _accept(self) -> None:
        for _ in range(ACCEPTED_AT_ONCE_MAX):
            if self._socket is None:
                return
            try:
                caller, address = self._socket.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:
                self._rest()
                return
            self._take(caller, str(address[0]))

    def _rest(self) -> None:
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._socket)  # type: ignore[arg-type]
        loop.call_later(PAUSE_MS / 1000, lambda: self._socket and loop.add_reader(self._socket, self._accept))

    def _take(self, caller: socket.socket, address: str) -> None:
        line = self._admit(address)
        if line is None:
            caller.close()
            return
        caller.setblocking(False)
        self._unshaken[line] = caller
        self._arrived(line)

    def shake(self, line: Line) -> None:
        """Begin the handshake of a caller who has arrived; nothing happens when he is gone."""
        caller = self._unshaken.pop(line, None)
        if caller is None:
            return
        task = asyncio.get_running_loop().create_task(self._shake(caller, line))
        self._shaking[line] = task
        task.add_done_callback(lambda _: self._shaking.pop(line, None))

    async def _shake(self, caller: socket.socket, line: Line) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.connect_accepted_socket(
                lambda: line, caller, ssl=self._context, ssl_handshake_timeout=HANDSHAKE_WAIT_MS / 1000
            )
        except (OSError, asyncio.CancelledError) as error:
            caller.close()
            self._failed(line, str(getattr(error, "reason", None) or type(error).__name__))
