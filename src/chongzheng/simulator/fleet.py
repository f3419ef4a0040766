"""How does a whole fleet of terminals sell, one sale after another each, at a pace that swells and ebbs?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from math import sqrt

from chongzheng.simulator import troubles
from chongzheng.simulator.ledger import Key
from chongzheng.simulator.terminal import NOT_TAKEN, Seen, Terminal
from chongzheng.simulator.troubles import Sale

REPLACED_MAX = 10
"""Refusals at the door are made up for, up to this many times the sales; more would be an engine that takes nothing."""


UNREACHABLE = "91"
UNREACHABLE_PAUSE_MS = 1_000
"""After "try again later" a cashier does not try at once."""


@dataclass(slots=True)
class Gate:
    """Gives out the sales: `total` of them, at `rate` a second on average, or without waiting when that is 0.

    The pace follows a pyramid: it starts at half the rate, swells to one and a half, and ebbs again.
    """

    total: int
    rate: float
    given: int = 0
    replaced: int = 0
    opened_at_s: float | None = None

    async def ticket(self) -> bool:
        """Whether there is one more sale to make; waits until it is its turn."""
        if self.given >= self.total:
            return False
        number, self.given = self.given, self.given + 1
        if self.rate > 0:
            now_s = asyncio.get_running_loop().time()
            self.opened_at_s = now_s if self.opened_at_s is None else self.opened_at_s
            due_s = self.opened_at_s + share_of_time((number + 0.5) / self.total) * self.total / self.rate
            await asyncio.sleep(max(0.0, due_s - now_s))
        return True

    def take_back(self) -> None:
        """A sale was refused at the door: somebody must make another."""
        self.replaced += 1
        if self.replaced <= REPLACED_MAX * self.total:
            self.given -= 1


def share_of_time(share: float) -> float:
    """After which share of the time is this share of the sales made, on the pyramid?"""
    if share > 0.5:
        return 1 - share_of_time(1 - share)
    return (sqrt(0.25 + 4 * share) - 0.5) / 2


@dataclass(slots=True)
class Fleet:
    """All terminals of a world and what they saw. `done` counts sales that became payments."""

    seed: int
    gate: Gate
    terminals: list[Terminal]
    seen: dict[Key, Seen] = field(default_factory=dict)
    refused_at_door: int = 0
    draw: Callable[[int, str, str, int], Sale | None] = troubles.sale
    """The sale of (seed, merchant, terminal, number); None: it is not made this time, and its trace number is used."""

    @property
    def done(self) -> int:
        """Sales that became payments so far."""
        return len(self.seen)

    @property
    def faults(self) -> list[str]:
        """What no terminal should ever have seen."""
        return [fault for terminal in self.terminals for fault in terminal.faults]

    async def run(self, progress: Callable[[int], None]) -> None:
        """Every terminal sells until all sales are made; `progress` hears of each payment."""
        async with asyncio.TaskGroup() as group:
            for terminal in self.terminals:
                group.create_task(self._work(terminal, progress), name=f"till {terminal.terminal}")

    async def _work(self, terminal: Terminal, progress: Callable[[int], None]) -> None:
        number = 0
        while await self.gate.ticket():
            await terminal.undo()
            sale = self.draw(self.seed, terminal.merchant, terminal.terminal, number)
            number += 1
            if sale is None:
                terminal.skip()
                continue
            seen = await terminal.sell(sale)
            if seen.told == "declined" and seen.code in NOT_TAKEN:
                self.refused_at_door += 1
                self.gate.take_back()
                continue
            self.seen[seen.key] = seen
            progress(self.done)
            pause_ms = sale.pause_ms + (UNREACHABLE_PAUSE_MS if seen.code == UNREACHABLE else 0)
            await asyncio.sleep(pause_ms / 1000)
        await terminal.undo()
        await terminal.close()
