"""Are engines killed and frozen as often as was planned, and started again each time?"""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from chongzheng.simulator import harm, scale
from chongzheng.simulator.harm import FROZEN_S, Harm


class Victim:
    """An engine that only remembers what was done to it."""

    def __init__(self) -> None:
        self.done: list[str] = []

    async def kill(self) -> None:
        """SIGKILL."""
        self.done.append("killed")

    def freeze(self) -> None:
        """SIGSTOP."""
        self.done.append("frozen")

    async def thaw(self) -> None:
        """SIGCONT."""
        self.done.append("woken")

    async def start(self) -> None:
        """Again."""
        self.done.append("started")


class OneOf:
    """A crew of one."""

    def __init__(self, victim: Victim) -> None:
        self.victim = victim

    async def one_that_is_up(self, dice: Random) -> Victim:
        """The one."""
        return self.victim


def harmed(monkeypatch: pytest.MonkeyPatch, kills: int, freezes: int) -> tuple[Harm, list[str]]:
    """What was done, in order, when waiting takes no time and sales go on by one in a hundred at each look."""
    sold, victim = [0], Victim()

    async def no_time(seconds: float) -> None:
        victim.done.append("rest") if seconds == FROZEN_S else None

    def share() -> float:
        sold[0] += 1
        return sold[0] / 100

    monkeypatch.setattr(harm.asyncio, "sleep", no_time)
    done = Harm(OneOf(victim), 7, kills, freezes, share)  # type: ignore[arg-type]
    asyncio.run(done.do())
    return done, victim.done


def test_every_kill_is_followed_by_a_start(monkeypatch: pytest.MonkeyPatch) -> None:
    done, words = harmed(monkeypatch, 4, 0)
    assert words == ["killed", "started"] * 4
    assert (done.kills, done.freezes) == (4, 0)


def test_a_frozen_engine_rests_longer_than_its_lease_wakes_ends_and_is_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done, words = harmed(monkeypatch, 0, 2)
    assert words == ["frozen", "rest", "woken", "started"] * 2
    assert (done.kills, done.freezes) == (0, 2)
    assert FROZEN_S * 1000 > scale.LEASE_MS


def test_no_harm_is_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    assert harmed(monkeypatch, 0, 0)[1] == []
