"""What do the clock and the system's dice say inside a simulated world? Its own time, and the seed's randomness."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from chongzheng.simulator.swapping import swapped
from chongzheng.simulator.virtual.loop import NS_PER_S, VirtualLoop, threads_that_wait


@contextmanager
def laws_of(loop: VirtualLoop, dice: Random) -> Iterator[None]:
    """While it lasts, whoever asks what time it is, or for random bytes, asks the world of `loop`."""
    places = (
        (time, "time_ns", loop.wall_ns),
        (time, "time", lambda: loop.wall_ns() / NS_PER_S),
        (time, "monotonic_ns", lambda: loop.now_ns),
        (time, "monotonic", loop.time),
        (os, "urandom", dice.randbytes),
        (random, "_urandom", dice.randbytes),
    )
    with swapped(places), threads_that_wait():
        yield
