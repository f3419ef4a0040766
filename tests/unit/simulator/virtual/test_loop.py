"""Does time leap, does order follow the seed, and is a dead process dead?"""

import asyncio
import time
from collections.abc import Iterator
from random import Random

import pytest

from chongzheng.mistakes import OurMistake
from chongzheng.simulator.virtual.loop import NS_PER_S, VirtualLoop, process_of
from chongzheng.simulator.virtual.nature import laws_of

HOUR_S = 3_600


@pytest.fixture
def loop() -> Iterator[VirtualLoop]:
    """A world of its own, under its own laws."""
    one = VirtualLoop(Random(1))
    with laws_of(one, Random(2)):
        yield one
        one.close()


def test_an_hour_passes_at_once(loop: VirtualLoop) -> None:
    async def wait() -> float:
        await asyncio.sleep(HOUR_S)
        return time.monotonic()

    assert loop.run_until_complete(wait()) == HOUR_S
    assert loop.now_ns == HOUR_S * NS_PER_S


def test_within_a_process_order_is_kept_and_processes_overtake_each_other() -> None:
    def orders(seed: int) -> list[str]:
        loop, said = VirtualLoop(Random(seed), hasty=0), list[str]()
        for name in "ab":
            context = process_of(name).context()
            for number in range(5):
                loop.call_soon(said.append, f"{name}{number}", context=context)
        loop.run_until_complete(_nothing(loop))
        loop.close()
        return said

    runs = [orders(seed) for seed in range(20)]
    for said in runs:
        assert [word for word in said if word[0] == "a"] == [f"a{n}" for n in range(5)]
        assert [word for word in said if word[0] == "b"] == [f"b{n}" for n in range(5)]
    assert len({tuple(said) for said in runs}) > 5
    assert orders(3) == orders(3)


async def _nothing(loop: VirtualLoop) -> None:
    await asyncio.sleep(1)


def test_nothing_of_a_killed_process_runs_again_not_even_its_finally(loop: VirtualLoop) -> None:
    said = []

    async def work() -> None:
        try:
            while True:
                await asyncio.sleep(1)
                said.append(loop.time())
        finally:
            said.append(-1)

    async def world() -> None:
        lane = process_of("victim")
        loop.create_task(work(), context=lane.context())
        await asyncio.sleep(2.5)
        loop.kill(lane.process)
        await asyncio.sleep(10)

    loop.run_until_complete(world())
    assert said == [1, 2]


def test_a_process_that_stands_still_goes_on_later(loop: VirtualLoop) -> None:
    async def world() -> list[float]:
        lane, said = process_of("slow"), list[float]()
        lane.process.asleep_until_ns = 5 * NS_PER_S
        loop.call_soon(lambda: said.append(loop.time()), context=lane.context())
        await asyncio.sleep(10)
        return said

    assert loop.run_until_complete(world()) == [5]


def test_a_thread_may_wait_for_its_loop(loop: VirtualLoop) -> None:
    """As settlement does: work beside the loop that waits for what the loop makes durable."""

    async def durable(number: int) -> int:
        await asyncio.sleep(2)
        return number * 2

    def work() -> int:
        return asyncio.run_coroutine_threadsafe(durable(21), loop).result()

    async def world() -> int:
        return await asyncio.to_thread(work)

    assert loop.run_until_complete(world()) == 42
    assert loop.time() == 2


def test_a_clock_that_is_wrong_is_one_process_s_own(loop: VirtualLoop) -> None:
    async def world() -> tuple[int, int]:
        lane, found = process_of("late"), list[int]()
        lane.process.wall_offset_ns = -HOUR_S * NS_PER_S
        loop.call_soon(lambda: found.append(time.time_ns()), context=lane.context())
        await asyncio.sleep(1)
        return found[0], time.time_ns()

    theirs, ours = loop.run_until_complete(world())
    assert ours - theirs == (HOUR_S + 1) * NS_PER_S


def test_a_world_in_which_everybody_waits_says_so(loop: VirtualLoop) -> None:
    with pytest.raises(OurMistake, match="nobody has anything to do"):
        loop.run_until_complete(loop.create_future())


def test_randomness_is_the_seed_s() -> None:
    import os
    import secrets

    def drawn() -> tuple[bytes, str]:
        loop = VirtualLoop(Random(1))
        try:
            with laws_of(loop, Random(5)):
                return os.urandom(8), secrets.token_hex(8)
        finally:
            loop.close()

    assert drawn() == drawn()
    assert os.urandom(8) != os.urandom(8)
