"""Who calls from where, how much may that address still say, and has anybody there ever proved himself?"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable

from chongzheng.gateway.allowance import Allowance

ADDRESSES_MAX = 10_000
"""Addresses whose allowance and whose last proof are remembered; the one not heard of for longest is forgotten."""
VOUCHED_MS = 600_000
"""So long after its last terminal's proof an address pays no fine: behind it are terminals, whoever else is."""


class Addresses:
    """Instants are milliseconds of one clock. `fresh(now)` makes an address' allowance."""

    def __init__(self, fresh: Callable[[int], Allowance]) -> None:
        self._fresh = fresh
        self._allowances: OrderedDict[str, Allowance] = OrderedDict()
        self._callers: Counter[str] = Counter()
        self._proven: Counter[str] = Counter()
        self._proved_at: OrderedDict[str, int] = OrderedDict()

    def come(self, address: str) -> int:
        """One more caller; how many are there from that address now."""
        self._callers[address] += 1
        return self._callers[address]

    def go(self, address: str) -> None:
        """One caller less."""
        _less(self._callers, address)

    def prove(self, address: str) -> None:
        """A terminal has proved itself on a connection from there."""
        self._proven[address] += 1

    def leave(self, address: str, now_ms: int) -> None:
        """Such a connection has ended."""
        _less(self._proven, address)
        self._proved_at.pop(address, None)
        self._proved_at[address] = now_ms
        if len(self._proved_at) > ADDRESSES_MAX:
            self._proved_at.popitem(last=False)

    def is_vouched(self, address: str, now_ms: int) -> bool:
        """Whether a proven terminal is there, or was a short while ago."""
        proved_at = self._proved_at.get(address)
        return self._proven[address] > 0 or (proved_at is not None and now_ms - proved_at <= VOUCHED_MS)

    def allowance(self, address: str, now_ms: int) -> Allowance:
        """What all unproven connections from there may say together."""
        found = self._allowances.pop(address, None) or self._fresh(now_ms)
        self._allowances[address] = found
        if len(self._allowances) > ADDRESSES_MAX:
            self._allowances.popitem(last=False)
        return found

    def fine(self, address: str, words: int, now_ms: int) -> None:
        """Somebody there sent junk: the address waits for so many words longer, unless a terminal vouches for it."""
        if not self.is_vouched(address, now_ms):
            self.allowance(address, now_ms).fine(words)


def _less(counter: Counter[str], name: str) -> None:
    counter[name] -= 1
    if counter[name] <= 0:
        del counter[name]
