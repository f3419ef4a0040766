"""What is done to the engines under traffic: when is which one killed, or frozen for longer than its lease?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from chongzheng.simulator import scale
from chongzheng.simulator.crew import Crew

BETWEEN = (0.06, 0.94)
"""The share of the sales between which engines are killed and frozen."""
FREEZE_EARLY = 0.5
"""Freezes begin in this part of that share: one takes longer than many sales."""
FROZEN_S = scale.LEASE_MS / 1000 + 2
LATER_S, DOWN_S = 0.15, 0.3
"""How long after its moment a kill comes at most, and how long the engine then stays down."""
LOOK_S = 0.005


@dataclass(slots=True)
class Harm:
    """What was planned, and what was done so far. `share()` tells how much of the sales is made, 0 to 1."""

    crew: Crew
    seed: int
    kills_planned: int
    freezes_planned: int
    share: Callable[[], float]
    kills: int = 0
    freezes: int = 0

    async def do(self) -> None:
        """All of it; ends when the last engine that was harmed is up again."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._kill())
            group.create_task(self._freeze())

    async def _kill(self) -> None:
        """Kill engines at seeded moments, and start them again after a while."""
        dice = Random(self.seed)
        for moment in sorted(dice.uniform(*BETWEEN) for _ in range(self.kills_planned)):
            await self._wait_for(moment)
            await asyncio.sleep(dice.uniform(0, LATER_S))
            engine = await self.crew.one_that_is_up(dice)
            await engine.kill()
            self.kills += 1
            await asyncio.sleep(dice.uniform(0, DOWN_S))
            await engine.start()

    async def _freeze(self) -> None:
        """Freeze engines past their lease; whoever wakes finds others at its work, ends, and is started again."""
        dice = Random(-1 - self.seed)
        first, last = BETWEEN
        until = first + (last - first) * FREEZE_EARLY
        for moment in sorted(dice.uniform(first, until) for _ in range(self.freezes_planned)):
            await self._wait_for(moment)
            engine = await self.crew.one_that_is_up(dice)
            engine.freeze()
            self.freezes += 1
            await asyncio.sleep(FROZEN_S)
            await engine.thaw()
            await engine.start()

    async def _wait_for(self, moment: float) -> None:
        while self.share() < moment:
            await asyncio.sleep(LOOK_S)
