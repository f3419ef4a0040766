"""How do several engines stand together: who is up, whom does a terminal dial, and who is harmed next?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from random import Random

from chongzheng.simulator.processes import Engine
from chongzheng.simulator.world import World

DIAL_WAIT_S = 1.0
"""A frozen machine does not refuse a call, it lets it ring."""
SHUN_S = 3.0
"""How long a terminal dials other addresses first, once one was silent or refused."""
LOOK_S = 0.02

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Way:
    """One terminal's list of addresses: its home first, the others when that is down or says nothing."""

    def __init__(self, engines: Sequence[Engine], home: int, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        first = home % len(engines)
        self._engines = [*engines[first:], *engines[:first]]
        self._monotonic_s = monotonic_s
        self._shunned_until_s = [0.0] * len(engines)
        self._last = 0

    async def dial(self) -> Streams:
        """A connection to the first that takes the call; OSError when nobody does."""
        now_s = self._monotonic_s()
        for place in sorted(range(len(self._engines)), key=lambda place: self._shunned_until_s[place] > now_s):
            self._last = place
            try:
                async with asyncio.timeout(DIAL_WAIT_S):
                    return await self._engines[place].dial()
            except OSError:
                self.turn()
        raise ConnectionRefusedError

    def turn(self) -> None:
        """Whoever was dialled last is no good for now."""
        self._shunned_until_s[self._last] = self._monotonic_s() + SHUN_S


class Crew:
    """All engines of a world. `leases_lost`: how often one ended because this machine kept it waiting too long."""

    def __init__(self, world: World) -> None:
        self.leases_lost = 0
        self.engines = [Engine(world, number) for number in range(len(world.links))]

    def __len__(self) -> int:
        return len(self.engines)

    def way(self, home: int) -> Way:
        """The addresses of a terminal whose home is the engine of this number."""
        return Way(self.engines, home)

    def standings(self) -> list[str]:
        """How each stands, for people."""
        return [str(engine.standing) for engine in self.engines]

    async def start(self) -> None:
        """All of them at once; whoever comes first makes the journal."""
        async with asyncio.TaskGroup() as group:
            for engine in self.engines:
                group.create_task(engine.start())

    async def stop(self) -> None:
        """All of them, also when one of them will not."""
        await asyncio.gather(*(engine.stop() for engine in self.engines), return_exceptions=True)

    async def look_after(self) -> None:
        """Start again whoever lost its lease, as an operator's supervisor does; OurMistake when one ended otherwise."""
        for engine in self.engines:
            if engine.lost_its_lease:
                self.leases_lost += 1
                await engine.start()
            engine.refuse_if_gone()

    async def one_that_is_up(self, dice: Random) -> Engine:
        """Anyone who is up; waits for it."""
        while not (up := [engine for engine in self.engines if engine.is_up]):
            await asyncio.sleep(LOOK_S)
        return dice.choice(up)
