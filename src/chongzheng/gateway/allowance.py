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
        if now_ms > self._at:
            self._thousandths = min(self._burst, self._thousandths + (now_ms - self._at) * self._per_s)
            self._at = now_ms
        if self._thousandths < 1_000:
            return False
        self._thousandths -= 1_000
        return True

    def give_back(self) -> None:
        """The last word was worth hearing: it costs nothing."""
        self._thousandths = min(self._burst, self._thousandths + 1_000)

    @property
    def ready_in_ms(self) -> int:
        """How long until there is a token, as of the last time one was asked for."""
        return max(0, -(-(1_000 - self._thousandths) // self._per_s))
