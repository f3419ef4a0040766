"""What does the program do when a call was carried out and then seems to have failed? The program, so wrapped.

`prepare`, called before the program itself, takes five words off the command line: TALLY SEED COMMITS FILES BLIND. Of
the commits to a file a share COMMITS is done and then fails as a disk that times out; of the steps in which a clearing
file is handed over a share FILES; BLIND is 1 for a program that sends a sale again when its link was lost, which must
be found. Each time a word is added to the file TALLY.
"""

from __future__ import annotations

import os
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import apsw

from chongzheng.gateway import files
from chongzheng.gateway.host import HostLink
from chongzheng.gateway.keybox import Key
from chongzheng.iso8583 import Message
from chongzheng.journal import outbox, sqlite, store

COMMIT, FILE, BLINDLY = "commit", "file", "sent blindly"
LEASE_MS = 1_500
RETRY_AFTER_MS = (200, 400, 800)
"""Of deliveries: nobody waits here for the real minutes."""
AGAIN_MAX = 1_000
WORDS = 5


class Fate:
    """Says which of the calls fail after they were done, and keeps the tally."""

    def __init__(self, tally: Path, dice: Random) -> None:
        self._tally = tally
        self._dice = dice

    def strikes(self, share: float, what: str) -> bool:
        """Whether this call fails; noted, so that it is known what was tried."""
        if self._dice.random() >= share:
            return False
        self.note(what)
        return True

    def note(self, what: str) -> None:
        """One more."""
        handle = os.open(self._tally, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, f"{what}\n".encode())
        finally:
            os.close(handle)


def wrap(fate: Fate, commits: float, handed: float, blind: bool) -> None:
    """Put the wrappers in their places."""
    sqlite.transaction = _executed(sqlite.transaction, fate, commits)  # type: ignore[assignment]
    for owner, name in ((store.Journal, "begin_file"), (store.Journal, "finish_file"), (files.Inbox, "_move")):
        setattr(owner, name, _done_and_failed(getattr(owner, name), fate, handed))
    outbox.LEASE_MS = LEASE_MS
    outbox.RETRY_AFTER_MS = RETRY_AFTER_MS  # type: ignore[assignment]
    if blind:
        _send_blindly(fate)


def _executed(
    real: Callable[[apsw.Connection], AbstractContextManager[None]], fate: Fate, share: float
) -> Callable[[apsw.Connection], AbstractContextManager[None]]:
    @contextmanager
    def transaction(connection: apsw.Connection) -> Iterator[None]:
        with real(connection):
            yield
        if fate.strikes(share, COMMIT):
            raise apsw.IOError("the commit was done, and its answer was lost")

    return transaction


def _done_and_failed(real: Callable[..., Any], fate: Fate, share: float) -> Callable[..., Any]:
    def call(*values: Any) -> Any:
        result = real(*values)
        if fate.strikes(share, FILE):
            raise OSError("it was done, and then timed out")
        return result

    return call


def _send_blindly(fate: Fate) -> None:
    """After a lost link, every sale that had no answer is sent once more: what must never be."""
    sent: OrderedDict[str, tuple[Message, Key | None]] = OrderedDict()
    send_sale, answered, be_ready = HostLink.send_sale, HostLink.answered, HostLink._be_ready

    def noted(self: HostLink, payment: str, message: Message, pin: Key | None = None) -> str:
        sent[payment] = (message, pin)
        while len(sent) > AGAIN_MAX:
            sent.popitem(last=False)
        return send_sale(self, payment, message, pin)

    def forgotten(self: HostLink, payment: str) -> None:
        sent.pop(payment, None)
        answered(self, payment)

    def again(self: HostLink) -> None:
        be_ready(self)
        for message, pin in list(sent.values()):
            fate.note(BLINDLY)
            self.send(message, pin)

    HostLink.send_sale, HostLink.answered, HostLink._be_ready = noted, forgotten, again  # type: ignore[method-assign]


def prepare() -> None:
    """Wrap what this process is about to run, and take our own words off its command line."""
    tally, seed, commits, handed, blind = sys.argv[1 : 1 + WORDS]
    del sys.argv[1 : 1 + WORDS]
    wrap(Fate(Path(tally), Random(f"{seed}:{os.getpid()}")), float(commits), float(handed), blind == "1")
