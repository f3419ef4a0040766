"""Does the pace of a fleet swell and ebb, and is every sale made once?"""

import asyncio
from itertools import pairwise

import pytest

from chongzheng.simulator.fleet import REPLACED_MAX, Gate, share_of_time


def test_the_pace_is_a_pyramid_with_the_right_mean() -> None:
    times = [share_of_time(n / 100) for n in range(101)]
    assert times[0] == 0 and times[100] == 1
    assert times[50] == pytest.approx(0.5)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert all(gap > 0 for gap in gaps)
    assert gaps[0] > gaps[25] > gaps[49] and gaps[99] > gaps[75] > gaps[50]
    assert gaps[0] == pytest.approx(gaps[99])


def test_as_many_tickets_as_sales() -> None:
    async def all_tickets() -> int:
        gate, count = Gate(5, 0), 0
        while await gate.ticket():
            count += 1
        return count

    assert asyncio.run(all_tickets()) == 5


def test_a_sale_refused_at_the_door_is_made_up_for_but_not_for_ever() -> None:
    async def tickets_when_all_are_refused() -> int:
        gate, count = Gate(3, 0), 0
        while await gate.ticket():
            count += 1
            gate.take_back()
        return count

    assert asyncio.run(tickets_when_all_are_refused()) == 3 * REPLACED_MAX + 3


def test_a_rate_makes_tickets_wait() -> None:
    async def seconds() -> float:
        loop = asyncio.get_running_loop()
        gate, started_s = Gate(10, 100), loop.time()
        while await gate.ticket():
            pass
        return loop.time() - started_s

    assert asyncio.run(seconds()) >= 0.07
