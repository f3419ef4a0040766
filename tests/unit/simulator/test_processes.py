"""Is an engine's process frozen, woken and ended as the demo says, and found out when it does not end by itself?"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from chongzheng.mistakes import OurMistake
from chongzheng.simulator import processes, world
from chongzheng.simulator.processes import Engine, Standing

# Stands in for the program: writes its address, and does what it is told once it is woken.
PROGRAM = """
import pathlib, signal, sys, time
on_waking, file = sys.argv[1], sys.argv[-1]
signal.signal(signal.SIGCONT, lambda *_: None if on_waking == "stays" else sys.exit(int(on_waking)))
print("said something", flush=True)
if on_waking == "3":
    sys.exit(3)
whole = pathlib.Path(file + ".tmp")
whole.write_text('{"pos": "127.0.0.1:9"}')
whole.rename(file)
while True:
    time.sleep(60)
"""


def with_engine(
    folder: Path, patch: pytest.MonkeyPatch, on_waking: str, work: Callable[[Engine], Awaitable[None]]
) -> None:
    """Run `work` with the second of two engines, not yet started."""
    patch.setattr(processes, "ENGINE", (sys.executable, "-c", PROGRAM, on_waking))
    patch.setattr(processes, "STOP_WAIT_S", 0.5)

    async def main() -> None:
        engine = Engine(world.make(folder, 7, 10, 2, 2, "postgresql://somewhere/x"), 1)
        try:
            await work(engine)
        finally:
            await engine.kill()

    asyncio.run(main())


def test_who_ends_when_it_wakes_may_be_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(engine: Engine) -> None:
        for _ in range(2):
            await engine.start()
            assert (engine.standing, engine.address) == (Standing.UP, ("127.0.0.1", 9))
            engine.freeze()
            assert engine.standing is Standing.FROZEN and engine.address is not None, "its calls ring unanswered"
            await engine.thaw()
            assert (engine.standing, engine.address) == (Standing.DOWN, None)
            engine.refuse_if_gone()

    with_engine(tmp_path, monkeypatch, str(processes.LEASE_LOST), work)


@pytest.mark.parametrize(("on_waking", "why"), [("stays", "did not end"), ("0", "ended with 0")])
def test_who_goes_on_or_ends_as_if_all_were_well_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on_waking: str, why: str
) -> None:
    async def work(engine: Engine) -> None:
        await engine.start()
        engine.freeze()
        with pytest.raises(OurMistake, match=f"engine 2 lost its lease and {why}: .*said something"):
            await engine.thaw()

    with_engine(tmp_path, monkeypatch, on_waking, work)


def test_a_frozen_one_is_stopped_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(engine: Engine) -> None:
        await engine.start()
        engine.freeze()
        assert await engine.stop() == -9
        assert engine.standing is Standing.DOWN

    with_engine(tmp_path, monkeypatch, "stays", work)


@pytest.mark.parametrize(("words", "lost"), [("the lease ran out", True), ("the disk is gone", False)])
def test_a_lease_that_ran_out_is_told_from_other_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, lost: bool
) -> None:
    async def work(engine: Engine) -> None:
        await engine.start()
        assert engine.is_up and not engine.is_gone
        with open(tmp_path / "engine-2.log", "a", encoding="utf-8") as log:
            log.write(words)
        assert engine._process is not None
        engine._process.send_signal(signal.SIGCONT)
        await engine._process.wait()
        assert (engine.is_up, engine.is_gone, engine.lost_its_lease) == (False, True, lost)

    with_engine(tmp_path, monkeypatch, str(processes.LEASE_LOST), work)


def test_who_ends_unasked_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(engine: Engine) -> None:
        with pytest.raises(OurMistake, match=r"engine 2 ended by itself with 3: .*said something"):
            await engine.start()

    with_engine(tmp_path, monkeypatch, "3", work)


def test_what_never_was_started_has_nothing_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(engine: Engine) -> None:
        engine.freeze()
        await engine.thaw()
        assert engine.standing is Standing.DOWN and await engine.stop() is None
        with pytest.raises(ConnectionRefusedError):
            await engine.dial()

    with_engine(tmp_path, monkeypatch, "stays", work)
