"""What time is it, when the machine's clock jumps? A deadline that a wrong clock sets would be a day away, or past.

Between two looks time passes as the monotonic clock says; small differences to the wall are followed at once, a jump
only after it has stood for a while. Whoever corrects a clock for good is followed; a clock that errs is not.
"""

from __future__ import annotations

import time
from collections.abc import Callable

NS_PER_MS = 1_000_000
FOLLOWED_AT_ONCE_MS = 500
"""A difference that slewing or a busy machine makes."""
FOLLOWED_AT_ONCE_NS = FOLLOWED_AT_ONCE_MS * NS_PER_MS
FOLLOWED_AFTER_MS = 60_000
"""How long the wall must say the same other time until it is believed."""


class SteadyClock:
    """Epoch milliseconds that never go back while the process lives. `note(what, detail)` hears of jumps."""

    def __init__(
        self,
        note: Callable[[str, str], None],
        wall_ns: Callable[[], int] | None = None,
        monotonic_ns: Callable[[], int] | None = None,
    ) -> None:
        self._note = note
        self._wall_ns = wall_ns or time.time_ns
        self._monotonic_ns = monotonic_ns or time.monotonic_ns
        self._ahead_ns = self._wall_ns() - self._monotonic_ns()
        self._other_ns = self._ahead_ns
        self._since_ns: int | None = None
        self._last_ms = 0

    def now_ms(self) -> int:
        """Now."""
        passed_ns = self._monotonic_ns()
        ahead_ns = self._wall_ns() - passed_ns
        if -FOLLOWED_AT_ONCE_NS <= ahead_ns - self._ahead_ns <= FOLLOWED_AT_ONCE_NS:
            self._ahead_ns, self._since_ns = ahead_ns, None
        else:
            self._doubt(ahead_ns, passed_ns)
        now_ms = (self._ahead_ns + passed_ns) // NS_PER_MS
        if now_ms > self._last_ms:
            self._last_ms = now_ms
        return self._last_ms

    def _doubt(self, ahead_ns: int, passed_ns: int) -> None:
        jump_ms = (ahead_ns - self._ahead_ns) // NS_PER_MS
        if self._since_ns is None or abs(ahead_ns - self._other_ns) > FOLLOWED_AT_ONCE_NS:
            self._other_ns, self._since_ns = ahead_ns, passed_ns
            self._note("the machine's clock jumped, not followed yet", f"{jump_ms} ms")
        elif passed_ns - self._since_ns >= FOLLOWED_AFTER_MS * NS_PER_MS:
            self._ahead_ns, self._since_ns = ahead_ns, None
            self._note("the machine's clock jumped and stayed there, followed", f"{jump_ms} ms")
