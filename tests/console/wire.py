"""How does a test take the network away from a browser: for its pages and for what answers for them?"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

PIECE = 65_536
LOOK_S = 0.2


class Wire:
    """A way to an address that can be cut. `base`: what the browser calls it."""

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self._to = (str(parts.hostname), int(parts.port or 0))
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._closing = False
        self._door = socket.create_server(("127.0.0.1", 0))
        self._door.settimeout(LOOK_S)
        self.base = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        self.whole = True
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def cut(self) -> None:
        """From now on nobody gets through, and whoever is on the line is cut off."""
        self.whole = False
        with self._lock:
            ends = list(self._ends)
        for end in ends:
            _shut(end)

    def mend(self) -> None:
        """The network is back."""
        self.whole = True

    def close(self) -> None:
        """Leave nothing running."""
        self._closing = True
        self.cut()
        self._thread.join(5)
        self._door.close()

    def _serve(self) -> None:
        while not self._closing:
            with suppress(OSError):
                near, _ = self._door.accept()
                if not self.whole:
                    near.close()
                    continue
                far = socket.create_connection(self._to, timeout=5)
                far.settimeout(None)
                near.settimeout(None)
                with self._lock:
                    self._ends |= {near, far}
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while piece := one.recv(PIECE):
                other.sendall(piece)
        for end in (one, other):
            _shut(end)
        with self._lock:
            self._ends -= {one, other}


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextmanager
def wire(base: str) -> Iterator[Wire]:
    """A wire, until the test is done."""
    one = Wire(base)
    try:
        yield one
    finally:
        one.close()
