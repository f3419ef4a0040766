"""What holds for every test: nothing leaves this machine, nothing stays running, examples repeat."""

import ipaddress
import signal
import socket
from collections.abc import Iterator
from typing import Any

import hypothesis
import psutil
import pytest

from postgres import postgres_server, postgres_url, postgres_urls

__all__ = ["postgres_server", "postgres_url", "postgres_urls"]  # one server for all tests of a session

# A shell that starts us in the background has Ctrl-C ignored, and every program that a test starts would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A failing example must fail again for the next reader: examples derive from the test itself, not from a random start.
hypothesis.settings.register_profile("house", deadline=None, derandomize=True, database=None, print_blob=True)
hypothesis.settings.register_profile("soak", deadline=None, database=None, print_blob=True, max_examples=5_000)
hypothesis.settings.load_profile("house")


def is_on_this_machine(address: Any) -> bool:
    """Say whether a socket address is loopback, or a path of a Unix socket."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        assert is_on_this_machine(address), f"a test tried to reach {address!r}; only loopback is allowed"
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(scope="session", autouse=True)
def nothing_left_running() -> Iterator[None]:
    """Fail the run when a process that a test started is still alive after the last test, and end it."""
    yield
    left = []
    for child in psutil.Process().children(recursive=True):
        with_words = " ".join(child.cmdline())
        # Python's own bookkeeper of shared memory ends with its parent.
        if "multiprocessing.resource_tracker" not in with_words and child.status() != psutil.STATUS_ZOMBIE:
            left.append(f"{child.pid} {with_words[:100]}")
            child.kill()
    assert not left, f"left running by a test: {left}"
