"""Has this client used up what it may ask of us in a minute? One bucket a token, refilled evenly."""

from __future__ import annotations

from collections import OrderedDict

BUCKETS_MAX = 10_000
MINUTE_MS = 60_000


class Buckets:
    """Buckets by name; the ones longest unused are forgotten, which fills them. `now` is epoch ms."""

    def __init__(self) -> None:
        self._left: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def take(self, name: str, per_minute: int, now: int) -> int:
        """Take one; 0 when it was there, else how many milliseconds until the next one is."""
        full = per_minute * MINUTE_MS
        left, at = self._left.get(name, (full, now))
        left = min(full, left + max(now - at, 0) * per_minute)
        enough = left >= MINUTE_MS
        self._left[name] = (left - MINUTE_MS if enough else left, max(now, at))
        self._left.move_to_end(name)
        if len(self._left) > BUCKETS_MAX:
            self._left.popitem(last=False)
        return 0 if enough else -(-(MINUTE_MS - left) // per_minute)
