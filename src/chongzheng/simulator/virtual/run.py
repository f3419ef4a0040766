"""What comes of one seed? A bank, terminals and the shipped engine in one virtual world, harmed, healed, and judged.

First safety: anything may happen, and nothing wrong may follow. Then liveness: the world is healed, and every payment
must come to its end within a bound. At the end three books are compared: the bank's, ours, and the clearing files.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import traceback
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import structlog

from chongzheng import app
from chongzheng.simulator import scale
from chongzheng.simulator.bank import Connection, Settings
from chongzheng.simulator.fleet import Fleet, Gate
from chongzheng.simulator.swapping import swapped
from chongzheng.simulator.virtual import files, harm
from chongzheng.simulator.virtual.cashier import Remembering
from chongzheng.simulator.virtual.counter import Counter
from chongzheng.simulator.virtual.disk import SHELF, Disk, quiet
from chongzheng.simulator.virtual.events import ALL, Cast, Event, Events
from chongzheng.simulator.virtual.given import Given
from chongzheng.simulator.virtual.giving import Givers
from chongzheng.simulator.virtual.loop import VirtualLoop, process_of
from chongzheng.simulator.virtual.machine import ENGINE, JOURNAL, Machine
from chongzheng.simulator.virtual.nature import laws_of
from chongzheng.simulator.virtual.network import NS_PER_MS, Fabric
from chongzheng.simulator.virtual.watch import Watch
from chongzheng.simulator.virtual.weather import Weather, draw
from chongzheng.simulator.virtual.world import OverheardBank, World, sale_of
from chongzheng.simulator.world import LINK_MERCHANT

LOOK_MS = 100
QUIET_WAIT_MS = 120_000
"""Bound of liveness: once faults have stopped, nothing is in doubt for longer, virtual milliseconds."""
TRAFFIC_WAIT_MS = 600_000
FILES_WAIT_MS = 60_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a seed came to. `violations`: (invariant, what); `trace`: digest of every step; `sales`: their names."""

    seed: int
    weather: Weather
    payments: int
    violations: tuple[tuple[str, str], ...]
    evaluated: dict[str, int]
    reached: dict[str, int]
    trace: str
    steps: int
    kills: int
    virtual_ms: int
    events: tuple[Event, ...] = ()
    sales: tuple[str, ...] = ()


class Stuck(Exception):
    """The world does not come to rest."""


def run(
    seed: int,
    payments: int,
    weather: Weather | None = None,
    step: Callable[[World], None] | None = None,
    cast: Cast = ALL,
    last: Callable[[World], None] | None = None,
) -> Outcome:
    """Run one seed from beginning to end. `cast`: which harms and sales of the seed are not left out.

    `step` may look at the world once it is made, before it begins; `last` when it has ended and was judged.
    """
    weather = weather or draw(seed)
    folder = Path(tempfile.mkdtemp(prefix="world-", dir=SHELF if SHELF.is_dir() else None))
    loop = VirtualLoop(Random(f"order {seed}"), weather.hasty, files.EPOCH_NS)
    try:
        with quiet(), laws_of(loop, Random(f"bytes {seed}")), _quiet_log() as log:
            world = _make(seed, payments, weather, loop, folder, cast)
            world.watch.log = log
            if step is not None:
                step(world)
            try:
                with swapped(((app, "Writer", world.machine.writer_of), (app, "Journal", _Tapped(world.machine)))):
                    loop.run_until_complete(_live(world))
                if last is not None:
                    last(world)
            finally:
                world.machine.bury()
                loop.close()
            return _outcome(world)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make(seed: int, payments: int, weather: Weather, loop: VirtualLoop, folder: Path, cast: Cast) -> World:
    disk = Disk()
    disk.mount()
    home = files.make(folder, disk.folder / JOURNAL, seed, payments)
    fabric = Fabric(loop, Random(f"network {seed}"), weather)
    events = fabric.events = Events(lambda: loop.now_ns // NS_PER_MS, cast)
    fabric.unrepeated = frozenset({ENGINE})  # the bank counts how often a sale is sent: only we may be to blame
    dice = Random(f"harm {seed}")
    bank = OverheardBank(_settings(seed, weather, payments, home, dice), events)
    fleet = Fleet(seed, Gate(payments, payments * 1000 / harm.span_ms(payments)), [], draw=sale_of(events))
    watch = Watch(loop, bank, fleet, fabric)
    bank.overheard = watch.overhear
    machine = Machine(loop, fabric, home, disk, Random(f"machine {seed}"), watch.commit)
    watch.machine = machine
    world = World(seed, weather, payments, loop, fabric, home, bank, machine, fleet, watch, dice, events)
    if weather.refunds:
        counter = Counter(machine, loop)
        watch.given = Given(watch.hold, watch.reach, counter.rows, watch.payment, watch.moved)
        world.givers = Givers(world, counter, watch.given)
    return world


def _settings(seed: int, weather: Weather, payments: int, home: files.Home, dice: Random) -> Settings:
    links = ((files.LINK_TERMINAL, LINK_MERCHANT, home.link_key.hex()),)
    downs = tuple(sorted(dice.randint(1, payments) for _ in range(dice.randint(0, 2))))
    return Settings(weather.bank_seed or seed, files.DAY, files.NEXT_DAY, scale.REPLY_WAIT_MS, links, downs)


async def _live(world: World) -> None:
    try:
        await _start(world)
        await _traffic(world)
        harm.heal(world)
        await _rest(world, "after the last sale")
        world.bank.obey({"do": "cut"})
        await _rest(world, "after the cut-over")
        await harm.deliver_files(world)
        await _until(world, world.watch.is_settled, FILES_WAIT_MS, "not final after the files of both days")
        if world.givers is not None:
            await world.givers.finish()
        world.stopping = True
        await world.machine.stop()
    except Stuck as stuck:
        world.watch.violate("O4", str(stuck))
    except Exception as error:  # noqa: BLE001 - a party that breaks ends its world, not the campaign
        told = traceback.format_exception(error)
        world.watch.violate("O4", f"the world broke: {type(error).__name__}: {' '.join(' '.join(told[-4:]).split())}")
    world.watch.judge()


async def _start(world: World) -> None:
    bank = process_of("bank")
    loop = world.loop

    def listen() -> None:
        host, port = files.BANK_ADDRESS
        world.fabric.listen(lambda: Connection(world.bank), host, port, True)

    loop.call_soon(listen, context=bank.context())
    world.fleet.terminals += [_terminal(world, till) for till in world.home.tills]
    await world.machine.start()
    if world.givers is not None:
        world.givers.begin()


def _terminal(world: World, till: Any) -> Remembering:
    async def dial() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(*files.POS_ADDRESS)

    return Remembering(
        till.terminal, till.merchant, till.master_key, scale.TERMINAL_WAIT_MS, dial, till.restarts_traces
    )


async def _traffic(world: World) -> None:
    """All sales, and everything that can go wrong among them."""
    shops = process_of("shops")
    selling = world.loop.create_task(world.fleet.run(lambda done: None), context=shops.context())
    harming = world.loop.create_task(harm.harm(world, selling))
    try:
        async with asyncio.timeout(TRAFFIC_WAIT_MS / 1000):
            await selling
    except TimeoutError:
        raise Stuck(f"only {world.fleet.done} of {world.payments} sales were made") from None
    finally:
        harming.cancel()
        await asyncio.gather(harming, return_exceptions=True)


async def _rest(world: World, when: str) -> None:
    """Until nothing is driven any more and the bank has nothing left to do."""

    async def at_rest() -> bool:
        return world.bank.pending == 0 and world.machine.up and world.watch.at_rest()

    await _until(world, at_rest, QUIET_WAIT_MS, f"payments are still driven {when}")


async def _until(world: World, holds: Callable[[], Awaitable[bool]], wait_ms: int, complaint: str) -> None:
    """Three looks in a row, for what the bank sent last may still be on its way."""
    give_up_at = world.loop.time() + wait_ms / 1000
    looks = 0
    while looks < 3:
        harm.keep_up(world)
        looks = looks + 1 if await holds() else 0
        if world.loop.time() > give_up_at:
            raise Stuck(f"{complaint}: {world.watch.unfinished()}")
        await asyncio.sleep(LOOK_MS / 1000)


def _outcome(world: World) -> Outcome:
    watch = world.watch
    return Outcome(
        seed=world.seed,
        weather=world.weather,
        payments=world.fleet.done,
        violations=tuple(watch.violations),
        evaluated=dict(watch.evaluated),
        reached=dict(watch.reached),
        trace=world.loop.trace,
        steps=world.loop.steps,
        kills=world.machine.kills,
        virtual_ms=world.loop.now_ns // NS_PER_MS,
        events=tuple(world.events.happened),
        sales=tuple(world.events.sales),
    )


class _Tapped:
    """Stands where the engine looks for its journal: the same one, with somebody who listens."""

    def __init__(self, machine: Machine) -> None:
        self.open = machine.journal_of


@contextmanager
def _quiet_log() -> Iterator[list[dict[str, Any]]]:
    """The engine's log goes into a list."""
    lines: list[dict[str, Any]] = []

    def keep(_logger: object, level: str, event: dict[str, Any]) -> Any:
        lines.append({"level": level, **event})
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[keep], cache_logger_on_first_use=False)
    try:
        yield lines
    finally:
        structlog.configure(**before)
