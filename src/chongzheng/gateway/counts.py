"""How often did what happen at the doors? Counted always, told to the log at most once a second each."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

import structlog

TELL_EVERY_MS = 1_000
LINE_CHARS_MAX = 1_024

_log = structlog.get_logger("gateway")


def _monotonic_ms() -> int:
    return time.monotonic_ns() // 1_000_000


def _warn(event: str, **words: object) -> None:
    """Looked up at each call: the log may be set up after the counters are."""
    _log.warning(event, **words)


class Counts:
    """Counters by name. Names are fixed words of the program, never text from a wire, so their number is bounded."""

    def __init__(self, tell: Callable[..., None] | None = None, clock: Callable[[], int] = _monotonic_ms) -> None:
        self.of: Counter[str] = Counter()
        self._told: dict[str, int] = {}
        self._tell = tell or _warn
        self._clock = clock

    def note(self, event: str, detail: str = "") -> None:
        """Count `event`. `detail` is one safe line for the log: no value from a message, control characters gone."""
        self.of[event] += 1
        now = self._clock()
        if now - self._told.get(event, -TELL_EVERY_MS) < TELL_EVERY_MS:
            return
        self._told[event] = now
        safe = "".join(c if c.isprintable() else " " for c in detail)[: LINE_CHARS_MAX // 2]
        self._tell(event, detail=safe, times=self.of[event])
