"""Is it of use to send anything to this host at all?

Closed: yes. Open: no, it is silent or says "busy" to everything; new sales are refused at once and reversals wait.
Half open: a few messages may try. Instants `at` are epoch milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chongzheng.mistakes import TheirMistake


class Circuit(StrEnum):
    """How the breaker stands."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half open"


@dataclass(frozen=True, slots=True)
class Trip:
    """When a breaker opens and closes.

    It opens when at least `silent_min` messages were sent since the host's last word and the first of them is
    `silent_after_ms` old; or when `bad_max` answers and link failures in a row, none older than `within_ms`, were bad.
    It stays open for `open_ms`, each time twice as long, at most `open_max_ms`; then `probes` messages may try.
    TheirMistake when a number makes no sense.
    """

    silent_min: int = 8
    silent_after_ms: int = 10_000
    bad_max: int = 20
    within_ms: int = 60_000
    open_ms: int = 1_000
    open_max_ms: int = 15_000
    probes: int = 3

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            if getattr(self, name) <= 0:
                raise TheirMistake("must be above zero", f"breaker.{name}")
        if self.open_ms > self.open_max_ms:
            raise TheirMistake("must not be longer than open_max_ms", "breaker.open_ms")


class Breaker:
    """The breaker of one host."""

    def __init__(self, trip: Trip) -> None:
        self._trip = trip
        self.circuit = Circuit.CLOSED
        self.why = ""
        self.opened = 0
        self._open_ms = trip.open_ms
        self._try_at = 0
        self._unanswered = 0
        self._silent_since = 0
        self._bad = 0
        self._bad_at = 0
        self._probes = 0

    def may_send(self, at: int, kept: int = 0) -> bool:
        """Whether one more message may leave now; whoever sends it says `sent`. `kept`: tries left to others."""
        self.look(at)
        if self.circuit is Circuit.OPEN and at >= self._try_at:
            self.circuit = Circuit.HALF_OPEN
            self._probes = 0
            self._unanswered = 0
        if self.circuit is Circuit.HALF_OPEN:
            return self._probes < max(1, self._trip.probes - kept)
        return self.circuit is Circuit.CLOSED

    def sent(self, at: int, known_silent: bool = False) -> None:
        """A message has left. One that was not answered before says little: while closed it does not count."""
        if known_silent and self.circuit is Circuit.CLOSED:
            return
        if self._unanswered == 0:
            self._silent_since = at
        self._unanswered += 1
        self._probes += 1

    def good(self, at: int) -> None:
        """The host said something other than "busy": it is there and works."""
        self._unanswered = 0
        self._bad = 0
        self._open_ms = self._trip.open_ms
        self.circuit, self.why = Circuit.CLOSED, ""

    def busy(self, at: int) -> None:
        """The host said that it cannot."""
        self._unanswered = 0
        self._count_bad(at, "the host says that it is busy")

    def failed(self, at: int) -> None:
        """The link was lost while something waited on it."""
        self._unanswered = 0
        self._count_bad(at, "the link to the host fails")

    def look(self, at: int) -> None:
        """Notice silence; also called when nothing happens."""
        if self.circuit is Circuit.OPEN or self._unanswered == 0:
            return
        enough = self._trip.silent_min if self.circuit is Circuit.CLOSED else 1
        if self._unanswered >= enough and at - self._silent_since >= self._trip.silent_after_ms:
            self._open(at, "the host is silent")

    def _count_bad(self, at: int, why: str) -> None:
        if self.circuit is Circuit.OPEN:
            return  # answers to what was sent before
        self._bad = self._bad + 1 if at - self._bad_at <= self._trip.within_ms else 1
        self._bad_at = at
        if self.circuit is Circuit.HALF_OPEN or self._bad >= self._trip.bad_max:
            self._open(at, why)

    def _open(self, at: int, why: str) -> None:
        self.circuit, self.why = Circuit.OPEN, why
        self.opened += 1
        self._try_at = at + self._open_ms
        self._open_ms = min(self._open_ms * 2, self._trip.open_max_ms)
        self._bad = 0
