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

from chongzheng.app import Engine
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
LATE_MS = 6_000
STEPS_AHEAD_MAX = 400
RESTART_WAIT_S_MAX = 5
"""Whoever runs the engine waits twice as long after each start that failed, and at most so long."""
"""A kill strikes after so many more steps at most, so that it can hit between any two of them."""

Deed = Callable[["World", Random, str], Coroutine[Any, Any, None]]
"""Does some harm with dice of its own, under its name, if that is allowed."""
Sides = tuple[tuple[str, str], ...]
DIRECTIONS: Sides = (("engine", "bank"), ("bank", "engine"), ("shops", "engine"), ("engine", "shops"))


async def harm(world: World, selling: asyncio.Task[Any]) -> None:
    """Everything that the weather holds, each at its own time; those that are left when the last sale is made lapse."""
    dice = world.dice
    deeds: list[Deed] = []
    weather = world.weather
    cuts = min(weather.cuts, weather.kills)
    deeds += [_cut_power] * cuts + [_kill] * (weather.kills - cuts)
    deeds += [_clog] * weather.clogs + [_swizzle] * weather.swizzles
    deeds += [_stall] * weather.stalls + [_jump] * weather.jumps
    deeds += [_fill] * weather.fills + [_sicken] * weather.sick_disk
    deeds += [_operate] * weather.operators
    times = sorted((dice.randrange(span_ms(world.payments)), n) for n in range(len(deeds)))
    async with asyncio.TaskGroup() as group:
        for at_ms, n in times:
            group.create_task(_at(world, at_ms, deeds[n], n))
        group.create_task(_tend(world, selling))


def span_ms(payments: int) -> int:
    """In how much virtual time so many sales are made, if nothing holds them up."""
    return max(SPAN_MS_MIN, payments * SPAN_MS_OF_A_SALE)


async def _at(world: World, at_ms: int, deed: Deed, n: int) -> None:
    await asyncio.sleep(at_ms / 1000)
    await deed(world, Random(f"harm {world.seed} {n}"), f"{deed.__name__.strip('_')} {n}")


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
    dice = Random(f"restart {world.seed} {machine.starts}")
    delay_s = dice.uniform(1, max(2, world.weather.down_ms)) / 1000
    delay_s = min(delay_s * 2**machine.failed_starts, max(delay_s, RESTART_WAIT_S_MAX))

    def start() -> None:
        machine.awaited = False
        if machine.engine is None and not world.stopping:
            world.watch.recovering()
            machine.start()

    world.loop.call_later(delay_s, start, context=main_lane().context())


async def _kill(world: World, dice: Random, name: str) -> None:
    _strike(world, dice, name, Image.EVERYTHING, silently=False)


async def _cut_power(world: World, dice: Random, name: str) -> None:
    _strike(world, dice, name, dice.choice(list(Image)), world.weather.half_open)


def _strike(world: World, dice: Random, name: str, image: Image, silently: bool) -> None:
    """At some step soon, or at some operation of the disk: inside a commit as well as between any two callbacks."""
    loop, machine = world.loop, world.machine
    if dice.random() < 0.5:
        at = loop.steps + dice.randrange(STEPS_AHEAD_MAX)

        def before_step(step: int) -> None:
            if step >= at and machine.engine is not None:
                loop.before_step = None
                if world.events.allow(name, f"the engine was killed between two steps; left of its disk: {image}"):
                    end(world, image, silently)

        loop.before_step = before_step
        return
    at = machine.disk.ops + dice.randrange(STEPS_AHEAD_MAX)

    def before_op(number: int, op: Op, file: str) -> None:
        if number >= at and machine.engine is not None:
            machine.disk.before_op = None
            if world.events.allow(name, f"the engine was killed before a {op} of {file}; left of its disk: {image}"):
                world.watch.reach("the power failed inside a disk operation")
                machine.disk.kill()
                loop.before_step = lambda step: _end_at_once(world, image, silently)

    machine.disk.before_op = before_op


def _end_at_once(world: World, image: Image, silently: bool) -> None:
    world.loop.before_step = None
    end(world, image, silently)


def end(world: World, image: Image, silently: bool) -> None:
    """The machine dies now, and is started again a while later."""
    world.watch.killed(image)
    world.machine.kill(image, silently)
    _start_later(world)


async def _clog(world: World, dice: Random, name: str) -> None:
    source, target = dice.choice(DIRECTIONS)
    for_ms = dice.randint(1, world.weather.clog_ms)
    if world.events.allow(name, f"nothing from {source} reached {target} for {for_ms} ms"):
        world.fabric.block(source, target, for_ms)
        world.watch.reach("one direction of a link was blocked")


async def _swizzle(world: World, dice: Random, name: str) -> None:
    """Directions stop one by one, and go on one by one in another order."""
    stopped = dice.sample(DIRECTIONS, dice.randint(2, len(DIRECTIONS)))
    if not world.events.allow(name, f"{len(stopped)} directions stopped one by one, and went on in another order"):
        return
    until_ms = {}
    for n, direction in enumerate(dice.sample(stopped, len(stopped))):
        until_ms[direction] = len(stopped) * SWIZZLE_STEP_MS + n * SWIZZLE_STEP_MS + dice.randrange(SWIZZLE_STEP_MS)
    begun = world.loop.now_ns
    for source, target in stopped:
        gone_ms = (world.loop.now_ns - begun) // NS_PER_MS
        world.fabric.block(source, target, max(1, until_ms[source, target] - gone_ms))
        await asyncio.sleep(dice.randrange(SWIZZLE_STEP_MS) / 1000)
    world.watch.reach("links stopped one by one and went on in another order")


async def _stall(world: World, dice: Random, name: str) -> None:
    """A process is not run for a while: its machine swaps, or its loop is blocked."""
    lane, for_ms = world.machine.lane, dice.randint(1, world.weather.stall_ms)
    if lane is not None and world.events.allow(name, f"the engine's process was not run for {for_ms} ms"):
        lane.process.asleep_until_ns = world.loop.now_ns + for_ms * NS_PER_MS
        world.watch.reach("the engine's process stood still")


async def _jump(world: World, dice: Random, name: str) -> None:
    """The engine's clock jumps, and is put right a while later."""
    lane = world.machine.lane
    offset_ns = dice.choice((-1, 1)) * dice.randrange(JUMP_H_MAX * HOUR_NS)
    if lane is None or not world.events.allow(name, f"the engine's clock jumped by {offset_ns // NS_PER_S} s"):
        return
    lane.process.wall_offset_ns = offset_ns
    world.watch.reach("the engine's clock jumped")
    await asyncio.sleep(dice.uniform(0.1, 2))
    lane.process.wall_offset_ns = 0


async def _fill(world: World, dice: Random, name: str) -> None:
    """No room on the disk for a while."""
    after, for_ms = dice.randint(1, 50), dice.randint(1, FULL_FOR_MS)
    if not world.events.allow(name, f"after {after} more writes the disk was full, until {for_ms} ms from now"):
        return
    world.machine.disk.fail(Op.WRITE, after, errno.ENOSPC, for_ever=True)
    await asyncio.sleep(for_ms / 1000)
    world.machine.disk.mend()
    world.watch.reach("the disk was full for a while")


async def _sicken(world: World, dice: Random, name: str) -> None:
    """A sync fails: what it should have made durable may be lost, and the engine must not go on."""
    after = dice.randint(1, 20)
    if world.events.allow(name, f"the disk's sync number {after} from now failed"):
        world.machine.disk.fail(Op.SYNC, after, errno.EIO)
        world.watch.reach("a sync was going to fail")


async def _operate(world: World, dice: Random, name: str) -> None:
    """A person acts on a payment; perhaps two at once."""
    engine = world.machine.engine
    payments = world.watch.in_doubt()
    share, stops, count = dice.random(), dice.random() < 0.4, 2 if dice.random() < 0.5 else 1
    if engine is None or not payments or not world.machine.up:
        return
    payment = payments[int(share * len(payments))]
    deed = "stopped the reversal of" if stops else "wanted a check of"
    if world.events.allow(name, f"{count} operator{'s' * (count - 1)} {deed} {payment}"):
        _hand_in(world, engine, payment, stops, count)


def _hand_in(world: World, engine: Engine, payment: str, stops: bool, count: int) -> None:
    for n in range(count):
        at = world.loop.wall_ns() // NS_PER_MS
        actor = f"operator {n + 1}"
        fact = facts.ReversalStopped(payment, at, actor) if stops else facts.CheckAsked(payment, at, actor)
        engine.runner.hand_in(Submission(fact))
        world.watch.reach("an operator asked for a check" if not stops else "an operator stopped a reversal")
        if n:
            world.watch.reach("two operators acted at once")


def heal(world: World) -> None:
    """No more harm: what is broken is mended, and stays so."""
    world.healed = True
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
    weather, dice = world.weather, Random(f"inbox {world.seed}")
    orders = [[*key, kind] for key, kind in world.watch.plant(world.seed).items()]
    names = world.bank.obey({"do": "files", "dir": str(world.home.outbox), "plant": orders})["files"]
    if dice.random() < 0.2 and world.events.allow("file order", "the second day's file came first"):
        names = names[::-1]
        world.watch.reach("the second day's file came first")
    for name in names:
        late_ms = dice.randrange(LATE_MS)
        if weather.file_late and world.events.allow(f"file late {name}", f"{name} came {late_ms} ms late"):
            await asyncio.sleep(late_ms / 1000)
            world.watch.reach("a file came late")
        await _deliver(world, name, dice)


async def _deliver(world: World, name: str, dice: Random) -> None:
    weather = world.weather
    content = (world.home.outbox / name).read_bytes()
    control = (world.home.outbox / f"{name}.ctl").read_bytes()
    left = dice.randrange(max(1, len(content)))
    if weather.file_cut and content and world.events.allow(f"file cut {name}", f"{name} came cut to {left} bytes"):
        await _hand_over(world, name, content[:left], control)
        world.watch.reach("a file was cut short")
    if weather.file_wrong and world.events.allow(f"file wrong {name}", f"{name} came with a wrong control file"):
        wrong = control.replace(b"records=", b"records=1")
        await _hand_over(world, name, content, wrong)
        world.watch.reach("a control file was wrong")
    await _hand_over(world, name, content, control)
    if weather.file_twice and world.events.allow(f"file twice {name}", f"{name} came twice"):
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
    await asyncio.sleep(world.file_pause_ms / 1000)
