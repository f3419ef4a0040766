"""Is anything lost when the machine under the whole program loses its power again and again, under load?

The kill campaign on SQLite, with everything the engine has on a file system that forgets: after each SIGKILL what
nobody synced is gone, all of it, or all but the first writes, or any of them, or with the last one torn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from chongzheng.simulator.real import kills
from chongzheng.simulator.real.forgetful import Left
from chongzheng.simulator.real.lossy import SYNC, Mounted
from chongzheng.simulator.real.stopwatch import Timed
from chongzheng.simulator.world import World


@dataclass(slots=True)
class Power:
    """The power of one machine. `cuts`: how often it failed, by what was left of unsynced writes."""

    mounted: Mounted
    dice: Random
    cuts: dict[str, int]

    async def fail(self) -> None:
        """Now, when no program runs any more."""
        left = self.dice.choice(list(Left))
        self.cuts[left] += 1
        await self.mounted.order(left)


class OnMachine(Timed):
    """An engine whose machine loses its power whenever it is killed."""

    def __init__(self, world: World, number: int, power: Power) -> None:
        super().__init__(world, number)
        self._power = power
        self._was_started = False

    async def start(self) -> None:
        """What the operator laid ready before the first start lasts."""
        if not self._was_started:
            await self._power.mounted.order(SYNC)
            self._was_started = True
        await super().start()

    async def kill(self) -> None:
        """The process, and then the power."""
        await super().kill()
        await self._power.fail()


async def run(campaign: kills.Campaign, say: Callable[[str], None]) -> dict[str, Any]:
    """Carry it out: the figures of kills.run, and `power_cuts`. TheirMistake where no such file system can be."""
    places = {name: campaign.folder / name for name in ("lasting", "mounted")}
    for place in places.values():
        place.mkdir()
    mounted = Mounted(places["lasting"], places["mounted"], campaign.seed)
    power = Power(mounted, Random(campaign.seed), dict.fromkeys(Left, 0))
    await mounted.start()
    try:
        inside = mounted.folder / "world"
        inside.mkdir()
        found = await kills.run(
            replace(campaign, folder=inside, engine=lambda world, number: OnMachine(world, number, power)), say
        )
    finally:
        await mounted.stop()
    return {**found, "power_cuts": {str(left): count for left, count in power.cuts.items()}}
