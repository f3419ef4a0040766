"""Does a running engine give its cases to people, ring their clocks, and say how far behind it is with that?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chongzheng.journal.matters import Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from whole.engine_room import QUICK, room
from whole.scripted_host import ScriptedHost

BRIEF = QUICK + "reverse_for_ms = 600\n"
"""So short that a reversal which is never answered becomes a person's case within a second."""


@contextmanager
def keeper(folder: Path) -> Iterator[Matters]:
    """The desk beside the engine."""
    side = Side.open(folder / "journal.db")
    yield Matters(side, lambda: 0, Registers(side))
    side.close()


def test_a_payment_that_machines_cannot_finish_becomes_a_case_by_itself(tmp_path: Path) -> None:
    async def play() -> None:
        async with room(tmp_path, ScriptedHost(lambda message: []), policy=BRIEF) as here:
            terminal = await here.terminal()
            assert (await terminal.ask(terminal.sale())).text(39) == "98"
            with keeper(tmp_path) as matters:
                await here.until(lambda: bool(matters.page("case")), wait_s=15)
                (case,) = matters.page("case")
                assert case.payment == here.payments()[0].id
                assert case.body["sources"][0]["source"] == "engine"
                await here.until(lambda: not matters.behind())
            await here.until(lambda: here.engine.casework["facts"] >= 1)
            standing = here.engine.casework
            assert standing["leads"] == 1 and standing["set_aside"] == 0 and standing["behind_seconds"] < 5

    asyncio.run(play())
