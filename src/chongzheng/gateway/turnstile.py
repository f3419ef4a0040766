"""Who of those that wait speaks next? One queue for each allowance, and one timer for all of them.

A caller whose allowance is used up is not read from. He costs nothing until it is his turn: as many are called as
there are tokens, the one who has waited longest first, and each has paid for one word with that.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol

from chongzheng.gateway.allowance import Allowance


class Waiting(Protocol):
    """Somebody who waits; `called` may make him wait again."""

    def called(self) -> None:
        """It is his turn, and one word is paid for."""


class Turnstile:
    """All who wait; their number is bounded by that of the connections."""

    def __init__(self) -> None:
        self._queues: dict[Allowance, OrderedDict[Waiting, None]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._queues.values()))

    def wait(self, who: Waiting, allowance: Allowance) -> None:
        """Go to the end of that allowance's queue."""
        self._queues.setdefault(allowance, OrderedDict())[who] = None

    def leave(self, who: Waiting, allowance: Allowance) -> None:
        """Wait no longer; nothing happens if he did not."""
        queue = self._queues.get(allowance)
        if queue is not None:
            queue.pop(who, None)

    def turn(self, now_ms: int) -> None:
        """Call as many of each queue as there are tokens; who comes back to its end is not called twice in a turn."""
        for allowance, queue in list(self._queues.items()):
            for _ in range(len(queue)):
                if not queue or not allowance.take(now_ms):
                    break
                who, _none = queue.popitem(last=False)
                who.called()
            if not queue:
                self._queues.pop(allowance, None)
