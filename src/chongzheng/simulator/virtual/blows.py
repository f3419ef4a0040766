"""What comes of a small world whose engine is killed at one exact place, and perhaps once more while it recovers?

A place is the moment before a step of the loop, or before an operation of the disk, numbered in the order in which a
run meets them; the same world meets the same places in every run, up to the first blow. A run without a blow lists
all places of the world, a run with one those of the recovery: from the next start until sales are taken again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import NamedTuple

from chongzheng.journal import Committed, Submission
from chongzheng.simulator.virtual import harm
from chongzheng.simulator.virtual.loop import NOWHERE
from chongzheng.simulator.virtual.machine import Machine
from chongzheng.simulator.virtual.network import NS_PER_MS
from chongzheng.simulator.virtual.platter import Image
from chongzheng.simulator.virtual.run import run
from chongzheng.simulator.virtual.weather import Weather
from chongzheng.simulator.virtual.world import World

SALES_AFTERWARDS = 1
"""Sales that are begun after a blow, at most: they show that the next start sells; more would show the same again."""
LOOK_S = 0.01
FILE_PAUSE_MS = 200
"""Between files. Less idle time than elsewhere: a place at which nothing goes on shows little, and costs as much."""
POWER = (Image.SYNCED, Image.PREFIX, Image.SUBSET, Image.TORN)


class Kind(StrEnum):
    """Before what the engine is killed."""

    STEP = "step"
    OP = "op"


class Place(NamedTuple):
    """A place and the images that a start after a kill there may find, each with another content."""

    kind: Kind
    images: tuple[Image, ...]


class Blow(NamedTuple):
    """The engine dies at this place. EVERYTHING: its process alone, and its peers hear of it; else the power fails."""

    at: int
    image: Image

    def __str__(self) -> str:
        return f"{self.at}:{self.image}"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A world, always the same."""

    name: str
    seed: int
    payments: int
    weather: Weather
    hurry: int = 1
    """How many times as fast as elsewhere its sales follow each other."""


@dataclass(slots=True)
class Struck:
    """What came of it. `places`: those after the last blow, when they were asked for."""

    violations: list[tuple[str, str]]
    reached: dict[str, int]
    places: list[Place]
    struck: list[Kind]


@dataclass(slots=True)
class Striker:
    """Stands at every place of one world, strikes where it was told to, and lists the places after the last blow."""

    scenario: Scenario
    blows: tuple[Blow, ...]
    lists: bool
    told: list[str] | None
    world: World = field(init=False)
    struck: list[Kind] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    _count: int = 0

    def begin(self, world: World) -> None:
        """The world is made; nothing has happened in it."""
        self.world = world
        world.file_pause_ms = FILE_PAUSE_MS
        world.fleet.gate.rate *= self.scenario.hurry
        calm = world.fabric.calm

        def calm_and_go_on() -> None:
            calm()
            self._arm()  # healing took everybody away who stood at the places

        world.fabric.calm = calm_and_go_on  # type: ignore[method-assign]
        _outlive(world)
        if self.told is not None:
            _tell(world, self.told)
        self._arm()

    def _arm(self) -> None:
        loop, disk = self.world.loop, self.world.machine.disk
        if len(self.struck) == len(self.blows) and not self.lists:
            loop.before_step = disk.before_op = None
            return
        loop.before_step = lambda step: self._at(Kind.STEP)
        disk.before_op = lambda number, op, name: self._at(Kind.OP, f" {op} {name}")

    def _at(self, kind: Kind, what: str = "") -> None:
        machine = self.world.machine
        if machine.engine is None or machine.disk.dead or (self.struck and machine.up):
            return
        place, self._count = self._count, self._count + 1
        if len(self.struck) == len(self.blows):
            if self.lists:
                self.places.append(Place(kind, tuple(self._images(place))))
        elif place == self.blows[len(self.struck)].at:
            self._strike(kind, what)

    def _strike(self, kind: Kind, what: str) -> None:
        blow = self.blows[len(self.struck)]
        self._note(f"killed before {kind} {blow.at}{what}, leaving {blow.image}")
        self.struck.append(kind)
        self._count = 0
        if kind is Kind.STEP:
            self._end(blow)
            return
        # The callback in whose middle we are must end first; nothing that it still does reaches the disk.
        self.world.watch.reach("the power failed inside a disk operation")
        self.world.machine.disk.kill()
        self.world.loop.before_step = lambda step: self._end(blow)

    def _end(self, blow: Blow) -> None:
        world, gate = self.world, self.world.fleet.gate
        dice = self._dice(len(self.struck) - 1, blow)
        world.watch.killed(blow.image)
        world.machine.kill(blow.image, blow.image is not Image.EVERYTHING, dice)
        gate.total = min(gate.total, gate.given + SALES_AFTERWARDS)
        harm.keep_up(world)
        self._arm()

    def _images(self, place: int) -> Iterator[Image]:
        """Death of the process; then the failures of the power, without those that leave what another one leaves."""
        yield Image.EVERYTHING
        disk = self.world.machine.disk
        found: list[object] = []
        for image in POWER if disk.unsynced else POWER[:1]:
            content = disk.found(image, self._dice(len(self.blows), Blow(place, image)))
            if content not in found:
                found.append(content)
                yield image

    def _dice(self, earlier: int, blow: Blow) -> Random:
        return Random(" ".join(map(str, (self.scenario.name, *self.blows[:earlier], blow))))

    def _note(self, line: str) -> None:
        if self.told is not None:
            self.told.append(f"{self.world.loop.now_ns / NS_PER_MS:>10.3f} ms  {line}")


def strike(
    scenario: Scenario, blows: tuple[Blow, ...] = (), lists: bool = False, told: list[str] | None = None
) -> Struck:
    """Run the scenario, with its engine killed at each of these places in turn; to the end, and judge it.

    The place of a second blow is counted from the start after the first. `told` gets the timeline.
    """
    striker = Striker(scenario, blows, lists, told)
    try:
        outcome = run(scenario.seed, scenario.payments, scenario.weather, striker.begin)
        violations, reached = list(outcome.violations), outcome.reached
    except Exception as error:  # noqa: BLE001 - a world that breaks is a finding like any other
        violations, reached = [("world", repr(error))], {}
    finally:
        NOWHERE.process.remains.clear()  # what no process of a world began belongs to nobody now
    return Struck(violations, reached, striker.places, striker.struck)


def _outlive(world: World) -> None:
    """Whoever waits for the engine to start, or to stop, goes on with its successor when it was killed meanwhile."""
    machine, start, stop = world.machine, world.machine.start, world.machine.stop

    async def up(first: asyncio.Task[None]) -> None:
        while not (machine.up or (first.done() and machine.kills == 0)):
            await asyncio.sleep(LOOK_S)

    def start_patiently() -> asyncio.Task[None]:
        machine.start = start  # type: ignore[method-assign]
        return world.loop.create_task(up(start()))

    async def stop_patiently() -> None:
        kills, first = machine.kills, world.loop.create_task(stop())
        while not first.done():
            if machine.kills > kills:
                await _once_more(world)
                await stop()
                return
            await asyncio.sleep(LOOK_S)

    machine.start = start_patiently  # type: ignore[method-assign]
    machine.stop = stop_patiently  # type: ignore[method-assign]


async def _once_more(world: World) -> None:
    """It was killed while it stopped: another start must find everything in order."""
    world.stopping = False
    while not world.machine.up:
        harm.keep_up(world)
        await asyncio.sleep(LOOK_S)
    world.stopping = True


def _tell(world: World, told: list[str]) -> None:
    """The timeline: every commit."""
    tap = world.machine._tap

    def hear(machine: Machine, batch: list[Submission], committed: list[Committed]) -> None:
        now_ms = world.loop.now_ns / NS_PER_MS
        for one in committed:
            told.append(f"{now_ms:>10.3f} ms  {one.payment.id} {one.rule} => {one.payment.state}")
        tap(machine, batch, committed)

    world.machine._tap = hear
