"""How does a test get a whole town: a bank with a book, a terminal, `chongzheng up`, its desk and cardholders' page?

Nothing in it stands in for the product: the bank is the simulator's, in a process of its own; it executes a sale and
loses the answer, refuses the reversal, and, once it is told, works that off after all and says so in its files.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.doors import Doors
from chongzheng.journal.matters import Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from chongzheng.simulator import scale, world
from chongzheng.simulator.demo import engine_id
from chongzheng.simulator.office.postman import Postman
from chongzheng.simulator.processes import Bank, Engine
from chongzheng.simulator.terminal import Seen, Terminal
from chongzheng.simulator.troubles import Sale, Trouble
from console import site
from console.world import LOOK_S, PASSWORD, SCOPES, actor_of, configured, console, now_ms

WHO = (Role.CLERK, Role.SUPERVISOR, Role.FINANCE, Role.AUDITOR)
FEN = 8_800
PAN = "6222020031415926535"
DONE_S = 60
"""The longest that anything here takes on a machine that is busy with other things."""
SECTIONS = """
[api]
listen = "127.0.0.1:0"

[notices]
contact = "400-820-8888"
people = {{ customer = "mail:wu@customer.example" }}
[[notices.mail]]
host = "127.0.0.1"
port = {port}
tls = "none"
sender = "desk@acquirer.example"
"""
DESK = """second_factor = []
step_up_min = 60
[public]
address = "{public}"
"""


class Loop:
    """A loop in a thread of its own: a browser that is driven needs this one."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, what: Coroutine[Any, Any, Any]) -> Any:
        """Wait for it."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(DONE_S)

    def close(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(DONE_S)
        self._loop.close()


@dataclass
class Town:
    """What there is. `base`: the desk; `public`: cardholders' page."""

    made: world.World
    loop: Loop
    bank: Bank
    engine: Engine
    side: Side
    keeper: Matters
    postman: Postman
    base: str
    public: str

    def sell(self) -> Seen:
        """A sale that the bank executes without a word; its terminal tries to undo it, in vain."""
        return self.loop.run(self._sold())

    async def _sold(self) -> Seen:
        till = self.made.tills[0]
        terminal = Terminal(till.terminal, till.merchant, till.master_key, scale.TERMINAL_WAIT_MS, self.engine.dial)
        seen = await terminal.sell(Sale(Trouble.NONE, FEN, PAN, "051", False, 0))
        await terminal.undo()
        await terminal.close()
        return seen

    def handed_over(self, seen: Seen) -> str:
        """The id of the case that the engine opened, once it has."""
        payment = engine_id(seen.key)
        self.until(lambda: bool(self.about(payment, "case")), "no case")
        return self.about(payment, "case")

    def about(self, payment: str, kind: str) -> str:
        """The last matter of this kind about a payment; "" none."""
        found = [one.id for one in self.keeper.of_payment(payment) if one.kind == kind]
        return found[-1] if found else ""

    def reversal_works_late(self, seen: Seen) -> None:
        """The bank works the reversal off after all; the files of both days say so, and the engine reads them."""
        done = self.loop.run(self.bank.order("late", payments=[list(seen.key)]))
        assert done == {"returned": 1}, done
        names = self.loop.run(self.bank.order("files", dir=str(self.made.inbox)))["files"]
        read = self.made.inbox / "done"
        self.until(lambda: all((read / name).exists() for name in names), "the files were not read")
        self.until(lambda: not self.keeper.behind(), "nobody was told")

    def until(self, holds: Callable[[], bool], else_what: str) -> None:
        """Wait for the engine."""
        give_up_s = time.monotonic() + DONE_S
        while not holds():
            assert time.monotonic() < give_up_s, else_what
            time.sleep(LOOK_S)


@contextmanager
def town(folder: Path) -> Iterator[Town]:
    """All of it, until the test is done."""
    loop = Loop()
    postman = Postman()
    try:
        loop.run(postman.start())
        made = world.make(folder, 7, 5, 1, outage=(0, 1), notices=SECTIONS.format(port=postman.port))
        bank, engine = Bank(made), Engine(made)
        try:
            loop.run(bank.start())
            world.write_configs(made, bank.address)
            loop.run(engine.start())
            with _opened(made, loop, bank, engine, postman) as one:
                yield one
        finally:
            loop.run(engine.stop())
            loop.run(bank.stop())
            loop.run(postman.stop())
    finally:
        loop.close()


@contextmanager
def _opened(made: world.World, loop: Loop, bank: Bank, engine: Engine, postman: Postman) -> Iterator[Town]:
    side, door = Side.open(made.folder / "journal.db"), engine.addresses["api"]
    try:
        _people(side)
        doors, at = Doors(side), now_ms()
        outside = doors.make_token("public", frozenset({"public"}), frozenset(), 100_000, at, "test")
        inside = doors.make_token("console", SCOPES, frozenset(), 100_000, at, "test")
        with site.served(made.folder, door, outside) as public:
            desk = configured(made.folder, door, inside, DESK.format(public=public))
            with console(made.folder, desk) as base:
                keeper = Matters(side, now_ms, Registers(side))
                yield Town(made, loop, bank, engine, side, keeper, postman, base, public)
    finally:
        side.close()


def _people(side: Side) -> None:
    """Whom the story needs; an administrator hires them."""
    people, boss = Actors(side), actor_of("administrator")
    people.add(boss, "Administrator", frozenset({Role.ADMINISTRATOR}), "shell:test", now_ms())
    for role in WHO:
        people.add(actor_of(role), f"{role.value.title()} Person", frozenset({role}), boss, now_ms())
        people.set_password(actor_of(role), PASSWORD, boss, now_ms())
