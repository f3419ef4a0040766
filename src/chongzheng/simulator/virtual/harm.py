"""What is done to a simulated world while it sells, and how is it healed?

Kills at any step, power cuts, stalled processes, clocks that jump, directions that clog, disks that fill up or fail,
operators who act twice at once; and files that come late, cut short, twice or with a wrong control file.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any

from chongzheng.journal import Submission
from chongzheng.reversal import facts
from chongzheng.simulator.clearing import place_file
from chongzheng.simulator.virtual.loop import NS_PER_S, main_lane
from chongzheng.simulator.virtual.network import NS_PER_MS
from chongzheng.simulator.virtual.platter import Image, Op
from chongzheng.simulator.virtual.world import World

HOUR_NS = 3_600 * NS_PER_S
JUMP_H_MAX = 24
FULL_FOR_MS = 2_000
SWIZZLE_STEP_MS = 150
SPAN_MS_MIN, SPAN_MS_OF_A_SALE = 4_000, 80
"""The virtual time in which sales are made and harm is done."""
FILE_PAUSE_MS = 1_500
LATE_MS = 6_000
STEPS_AHEAD_MAX = 400
"""A kill strikes after so many more steps at most, so that it can hit between any two of them."""

Sides = tuple[tuple[str, str], ...]
DIRECTIONS: Sides = (("engine", "bank"), ("bank", "engine"), ("shops", "engine"), ("engine", "shops"))


async def harm(world: World, selling: asyncio.Task[Any]) -> None:
    """Everything that the weather holds, each at its own time; those that are left when the last sale is made lapse."""
    dice = world.dice
    deeds: list[Callable[[World, Random], Coroutine[Any, Any, None]]] = []
    weather = world.weather
    cuts = min(weather.cuts, weather.kills)
    deeds += [_cut_power] * cuts + [_kill] * (weather.kills - cuts)
    deeds += [_clog] * weather.clogs + [_swizzle] * weather.swizzles
    deeds += [_stall] * weather.stalls + [_jump] * weather.jumps
    deeds += [_fill] * weather.fills + [_sicken] * int(weather.sick_disk)
    deeds += [_operate] * weather.operators
    times = sorted((dice.randrange(span_ms(world.payments)), n) for n in range(len(deeds)))
    async with asyncio.TaskGroup() as group:
        for at_ms, n in times:
            group.create_task(_at(world, at_ms, deeds[n]))
        group.create_task(_tend(world, selling))


def span_ms(payments: int) -> int:
    """In how much virtual time so many sales are made, if nothing holds them up."""
    return max(SPAN_MS_MIN, payments * SPAN_MS_OF_A_SALE)


async def _at(world: World, at_ms: int, deed: Callable[[World, Random], Coroutine[Any, Any, None]]) -> None:
    await asyncio.sleep(at_ms / 1000)
    await deed(world, world.dice)


async def _tend(world: World, selling: asyncio.Task[Any]) -> None:
    """Whoever runs the engine starts it again when it has ended by itself."""
    while not selling.done():
        keep_up(world)
        await asyncio.sleep(0.05)


def keep_up(world: World) -> None:
    """Start the engine again if it is down for no reason of ours, or has given up."""
    machine = world.machine
    if machine.engine is not None and machine.engine.failed.is_set():
        world.watch.reach("an engine that gave up was started again")
        machine.kill(Image.EVERYTHING, silently=False)
        _start_later(world)
    elif machine.engine is None and not machine.awaited and not world.stopping:
        _start_later(world)


def _start_later(world: World) -> None:
    machine = world.machine
    machine.awaited = True
    delay_s = world.dice.uniform(1, max(2, world.weather.down_ms)) / 1000

    def start() -> None:
        machine.awaited = False
        if machine.engine is None and not world.stopping:
            world.watch.recovering()
            machine.start()

    world.loop.call_later(delay_s, start, context=main_lane().context())


async def _kill(world: World, dice: Random) -> None:
    _strike(world, dice, lambda: (Image.EVERYTHING, False))


async def _cut_power(world: World, dice: Random) -> None:
    silently = world.weather.half_open
    _strike(world, dice, lambda: (dice.choice(list(Image)), silently))


def _strike(world: World, dice: Random, how: Callable[[], tuple[Image, bool]]) -> None:
    """At some step soon, or at some operation of the disk: inside a commit as well as between any two callbacks."""
    loop, machine = world.loop, world.machine
    if dice.random() < 0.5:
        at = loop.steps + dice.randrange(STEPS_AHEAD_MAX)

        def before_step(step: int) -> None:
            if step >= at and machine.engine is not None:
                loop.before_step = None
                _end(world, how)

        loop.before_step = before_step
        return
    at = machine.disk.ops + dice.randrange(STEPS_AHEAD_MAX)

    def before_op(number: int, op: Op, name: str) -> None:
        if number >= at and machine.engine is not None:
            machine.disk.before_op = None
            world.watch.reach("the power failed inside a disk operation")
            machine.disk.kill()
            loop.before_step = lambda step: _end_at_once(world, how)

    machine.disk.before_op = before_op


def _end_at_once(world: World, how: Callable[[], tuple[Image, bool]]) -> None:
    world.loop.before_step = None
    _end(world, how)


def _end(world: World, how: Callable[[], tuple[Image, bool]]) -> None:
    image, silently = how()
    world.watch.killed(image)
    world.machine.kill(image, silently)
    _start_later(world)


async def _clog(world: World, dice: Random) -> None:
    source, target = dice.choice(DIRECTIONS)
    world.fabric.block(source, target, dice.randint(1, world.weather.clog_ms))
    world.watch.reach("one direction of a link was blocked")


async def _swizzle(world: World, dice: Random) -> None:
    """Directions stop one by one, and go on one by one in another order."""
    stopped = dice.sample(DIRECTIONS, dice.randint(2, len(DIRECTIONS)))
    until_ms = {}
    for n, direction in enumerate(dice.sample(stopped, len(stopped))):
        until_ms[direction] = len(stopped) * SWIZZLE_STEP_MS + n * SWIZZLE_STEP_MS + dice.randrange(SWIZZLE_STEP_MS)
    begun = world.loop.now_ns
    for source, target in stopped:
        gone_ms = (world.loop.now_ns - begun) // NS_PER_MS
        world.fabric.block(source, target, max(1, until_ms[source, target] - gone_ms))
        await asyncio.sleep(dice.randrange(SWIZZLE_STEP_MS) / 1000)
    world.watch.reach("links stopped one by one and went on in another order")


async def _stall(world: World, dice: Random) -> None:
    """A process is not run for a while: its machine swaps, or its loop is blocked."""
    lane = world.machine.lane
    if lane is not None:
        lane.process.asleep_until_ns = world.loop.now_ns + dice.randint(1, world.weather.stall_ms) * NS_PER_MS
        world.watch.reach("the engine's process stood still")


async def _jump(world: World, dice: Random) -> None:
    """The engine's clock jumps, and is put right a while later."""
    lane = world.machine.lane
    if lane is None:
        return
    lane.process.wall_offset_ns = dice.choice((-1, 1)) * dice.randrange(JUMP_H_MAX * HOUR_NS)
    world.watch.reach("the engine's clock jumped")
    await asyncio.sleep(dice.uniform(0.1, 2))
    lane.process.wall_offset_ns = 0


async def _fill(world: World, dice: Random) -> None:
    """No room on the disk for a while."""
    world.machine.disk.fail(Op.WRITE, dice.randint(1, 50), errno.ENOSPC, for_ever=True)
    await asyncio.sleep(dice.randint(1, FULL_FOR_MS) / 1000)
    world.machine.disk.mend()
    world.watch.reach("the disk was full for a while")


async def _sicken(world: World, dice: Random) -> None:
    """A sync fails: what it should have made durable may be lost, and the engine must not go on."""
    world.machine.disk.fail(Op.SYNC, dice.randint(1, 20), errno.EIO)
    world.watch.reach("a sync was going to fail")


async def _operate(world: World, dice: Random) -> None:
    """A person acts on a payment; perhaps two at once."""
    engine = world.machine.engine
    payments = world.watch.in_doubt()
    if engine is None or not payments or not world.machine.up:
        return
    payment = dice.choice(payments)
    stops = dice.random() < 0.4
    for n in range(2 if dice.random() < 0.5 else 1):
        at = world.loop.wall_ns() // NS_PER_MS
        actor = f"operator {n + 1}"
        fact = facts.ReversalStopped(payment, at, actor) if stops else facts.CheckAsked(payment, at, actor)
        engine.runner.hand_in(Submission(fact))
        world.watch.reach("an operator asked for a check" if not stops else "an operator stopped a reversal")
        if n:
            world.watch.reach("two operators acted at once")


def heal(world: World) -> None:
    """No more harm: what is broken is mended, and stays so."""
    world.loop.before_step = None
    world.machine.disk.before_op = None
    world.machine.disk.mend()
    world.fabric.calm()
    if world.machine.lane is not None:
        world.machine.lane.process.asleep_until_ns = 0
        world.machine.lane.process.wall_offset_ns = 0


# Files


async def deliver_files(world: World) -> None:
    """The clearing files of both days, in whatever manner the weather has it; honest and whole in the end."""
    weather, dice = world.weather, world.dice
    orders = [[*key, kind] for key, kind in world.watch.plant(world.seed).items()]
    names = world.bank.obey({"do": "files", "dir": str(world.home.outbox), "plant": orders})["files"]
    if dice.random() < 0.2:
        names = names[::-1]
        world.watch.reach("the second day's file came first")
    for name in names:
        if weather.file_late:
            await asyncio.sleep(dice.randrange(LATE_MS) / 1000)
            world.watch.reach("a file came late")
        await _deliver(world, name, dice)


async def _deliver(world: World, name: str, dice: Random) -> None:
    weather = world.weather
    content = (world.home.outbox / name).read_bytes()
    control = (world.home.outbox / f"{name}.ctl").read_bytes()
    if weather.file_cut and content:
        await _hand_over(world, name, content[: dice.randrange(len(content))], control)
        world.watch.reach("a file was cut short")
    if weather.file_wrong:
        wrong = control.replace(b"records=", b"records=1")
        await _hand_over(world, name, content, wrong)
        world.watch.reach("a control file was wrong")
    await _hand_over(world, name, content, control)
    if weather.file_twice:
        before = world.watch.picture()
        await _hand_over(world, name, content, control)
        world.watch.same_picture(before)
        world.watch.reach("a file came twice")


async def _hand_over(world: World, name: str, content: bytes, control: bytes) -> None:
    """Into the inbox, control file first, and wait until it has been looked at; an engine that is down is started."""
    inbox = world.home.inbox
    place_file(inbox / f"{name}.ctl", control)
    place_file(inbox / name, content)
    give_up_at = world.loop.time() + 60
    while (inbox / name).exists() and world.loop.time() < give_up_at:
        keep_up(world)
        await asyncio.sleep(0.25)
    await asyncio.sleep(FILE_PAUSE_MS / 1000)
