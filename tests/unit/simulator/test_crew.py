"""Does a terminal with several addresses find an engine that answers, and go home again?"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from chongzheng.mistakes import OurMistake
from chongzheng.simulator.crew import SHUN_S, Crew, Way
from chongzheng.simulator.processes import Standing


@dataclass
class Fake:
    """What stands in for an engine's process: takes a call, refuses it, or lets it ring."""

    name: str
    does: str = "takes"
    standing: Standing = Standing.UP
    calls: list[str] = field(default_factory=list)
    lost_its_lease: bool = False
    is_gone: bool = False

    @property
    def is_up(self) -> bool:
        """As it stands."""
        return self.standing is Standing.UP

    async def start(self) -> None:
        """Again."""
        self.calls.append("start")
        self.lost_its_lease = self.is_gone = False

    def refuse_if_gone(self) -> None:
        """As an engine does."""
        if self.is_gone:
            raise OurMistake("ended by itself")

    async def dial(self) -> Any:
        """As it does."""
        self.calls.append(self.does)
        if self.does == "refuses":
            raise ConnectionRefusedError
        if self.does == "rings":
            raise TimeoutError
        return self.name, None

    async def stop(self) -> None:
        """Not all of them will."""
        self.calls.append("stop")
        if self.does == "refuses":
            raise ProcessLookupError


def way(*engines: Fake, home: int = 0, clock: list[float] | None = None) -> Way:
    """The addresses of these, at a time that stands still unless it is moved."""
    clock = clock or [100.0]
    return Way(engines, home, lambda: clock[0])  # type: ignore[arg-type]


def reached(one: Way) -> object:
    """Who takes the call."""
    return asyncio.run(one.dial())[0]


def test_everybody_has_a_home() -> None:
    engines = [Fake(name) for name in "abc"]
    assert [reached(way(*engines, home=number)) for number in range(4)] == ["a", "b", "c", "a"]


@pytest.mark.parametrize("does", ["refuses", "rings"])
def test_the_next_one_is_dialled_when_home_is_gone_and_home_again_later(does: str) -> None:
    home, other, clock = Fake("home", does), Fake("other"), [100.0]
    one = way(home, other, clock=clock)
    assert reached(one) == "other"
    home.does = "takes"
    assert reached(one) == "other" and home.calls == [does], "it is not tried for a while"
    clock[0] += SHUN_S
    assert reached(one) == "home"


def test_silence_turns_to_the_next_as_a_refusal_does() -> None:
    one = way(Fake("a"), Fake("b"), Fake("c"))
    found = []
    for _ in range(4):
        found.append(reached(one))
        one.turn()
    assert found == ["a", "b", "c", "a"], "when all were silent the first is tried again"


def test_nobody_there_is_said_at_once() -> None:
    engines = [Fake("a", "refuses"), Fake("b", "rings")]
    with pytest.raises(ConnectionRefusedError):
        reached(way(*engines))
    assert [len(engine.calls) for engine in engines] == [1, 1]


def crew(*engines: Fake) -> Crew:
    """A crew of these."""
    made = Crew.__new__(Crew)
    made.engines, made.leases_lost = list(engines), 0  # type: ignore[arg-type]
    return made


def test_only_who_is_up_is_harmed() -> None:
    engines = [Fake(str(standing), standing=standing) for standing in Standing]
    one = crew(*engines)
    assert one.standings() == ["down", "starting", "up", "frozen"] and len(one) == 4
    harmed = asyncio.run(one.one_that_is_up(Random(1)))
    assert harmed is engines[2]


def test_who_comes_up_is_waited_for() -> None:
    engine = Fake("late", standing=Standing.STARTING)

    async def work() -> object:
        waiting = asyncio.create_task(crew(engine).one_that_is_up(Random(1)))
        await asyncio.sleep(0)
        assert not waiting.done()
        engine.standing = Standing.UP
        return await waiting

    assert asyncio.run(work()) is engine


def test_whoever_lost_its_lease_is_started_again_and_nobody_else() -> None:
    engines = [Fake("a"), Fake("b", lost_its_lease=True, is_gone=True)]
    one = crew(*engines)
    asyncio.run(one.look_after())
    assert ([engine.calls for engine in engines], one.leases_lost) == ([[], ["start"]], 1)
    engines[0].is_gone = True
    with pytest.raises(OurMistake):
        asyncio.run(one.look_after())


def test_all_are_stopped_also_when_one_will_not() -> None:
    engines = [Fake("a", "refuses"), Fake("b")]
    asyncio.run(crew(*engines).stop())
    assert [engine.calls for engine in engines] == [["stop"], ["stop"]]
