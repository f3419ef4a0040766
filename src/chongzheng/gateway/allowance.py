"""May this one speak again already? So many words a second, with some saved up for a busy moment."""

from __future__ import annotations


class Allowance:
    """Tokens that come back at `per_s` a second, up to `burst`. Instants are milliseconds of one clock."""

    __slots__ = ("_at", "_burst", "_per_s", "_thousandths")

    def __init__(self, per_s: int, burst: int, now_ms: int) -> None:
        self._per_s = per_s
        self._burst = burst * 1_000
        self._thousandths = self._burst
        self._at = now_ms

    def take(self, now_ms: int) -> bool:
        """One token; False when there is none."""
        if self.is_dry(now_ms):
            return False
        self._thousandths -= 1_000
        return True

    def is_dry(self, now_ms: int) -> bool:
        """Whether there is no token at this instant."""
        if now_ms > self._at:
            self._thousandths = min(self._burst, self._thousandths + (now_ms - self._at) * self._per_s)
            self._at = now_ms
        return self._thousandths < 1_000

    def fine(self, tokens: int) -> None:
        """Take so many even if they are not there; what is owed is never more than `burst`."""
        self._thousandths = max(-self._burst, self._thousandths - tokens * 1_000)

    def give_back(self) -> None:
        """The last word was worth hearing: it costs nothing."""
        self._thousandths = min(self._burst, self._thousandths + 1_000)
