"""Which port is a scripted peer's own while it is away, so that no test beside this one is given it?"""

from __future__ import annotations

import socket
import weakref


def kept_port(owner: object) -> int:
    """A port of 127.0.0.1, bound as long as `owner` lives: refused while nobody listens, free to listen on."""
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", 0))
    weakref.finalize(owner, kept.close)
    return int(kept.getsockname()[1])
