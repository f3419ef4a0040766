"""What does a working day look like from inside? A bank, terminals, an engine with its desk, clerks half way through.

The world is the demo's, but nobody judges it and it does not end: some sales in peace, the clearing files of a day with
contradictions in them, an outage, clerks who take the cases up and leave them in all states, and then a sale every
now and then until somebody has seen enough.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from chongzheng.first import Pages, first_console
from chongzheng.journal import Journal, Reader, Vault, showroom
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.registers import Registers
from chongzheng.journal.rules import day_of
from chongzheng.journal.side import Side
from chongzheng.mistakes import OurMistake
from chongzheng.reversal.policy import Policy
from chongzheng.simulator import demo, world
from chongzheng.simulator.crew import Crew
from chongzheng.simulator.fleet import Fleet, Gate
from chongzheng.simulator.harm import Harm
from chongzheng.simulator.office.people import BOSS, CARRIER, LI, MEI, QIAN, WANG, ZHANG, now_ms
from chongzheng.simulator.office.postman import NOTICES, Postman
from chongzheng.simulator.office.unfinished import work
from chongzheng.simulator.planting import plant
from chongzheng.simulator.processes import Bank

PEACE, OUTAGE, AFTER = 36, 24, 12
"""Sales before anything happens, sales that the outage of the bank meets, sales after it."""
TERMINALS = 12
SALES_A_SECOND = 1.0
"""The pace once the day is under way; the first hours of it run at half of that."""
ENDLESS = 10**9
QUIET_S, FILES_S, LOOK_S = 60.0, 60.0, 0.25
PASSWORD_BYTES = 5
SKILLED = ("cases", "breaks", "merchants", "finance", "fault slips", "complaints", "field", "problems", "refunds")
MOST_OPEN = 40

PEOPLE: tuple[tuple[str, str, Role], ...] = (
    (LI, "李敏 Li Min", Role.CLERK),
    (MEI, "梅芳 Mei Fang", Role.CLERK),
    (ZHANG, "张强 Zhang Qiang", Role.SUPERVISOR),
    (WANG, "王丽 Wang Li", Role.FINANCE),
    ("zhou", "周宁 Zhou Ning", Role.RISK),
    (QIAN, "钱工 Qian Gong", Role.TECHNICIAN),
    (CARRIER, "运营商 Carrier's desk", Role.SUPPLIER),
    ("sun", "孙岩 Sun Yan", Role.AUDITOR),
    (BOSS, "管理员 Administrator", Role.ADMINISTRATOR),
    ("manager", "经理 Manager", Role.READ_ONLY),
)
"""(id, name, role): one account for every role, two clerks."""

PAGES = """
[api]
listen = "127.0.0.1:{door}"
open_metrics = true

[console]
listen = "127.0.0.1:0"
public = "127.0.0.1:{public}"
"""
OF_THE_CONSOLE = 'second_factor = []            # a demonstration: passwords are enough\ndemo = "accounts.json"\n'


@dataclass(frozen=True, slots=True)
class Plan:
    """The seed of the world, its folder, how many sales it begins with: in peace, during the outage, after it."""

    seed: int
    folder: Path
    sales: tuple[int, int, int] = (PEACE, OUTAGE, AFTER)


@dataclass(frozen=True, slots=True)
class Opened:
    """Addresses by their names, the accounts (id, name, role), and the one password of all of them."""

    addresses: Mapping[str, str]
    people: tuple[tuple[str, str, Role], ...]
    password: str


Tell = Callable[[Opened], None]


async def run(plan: Plan, show: demo.Show, tell: Tell) -> None:
    """Open the day, `tell` where it is, fill it, and let it go on until this is cancelled.

    OurMistake when the world itself does not work.
    """
    postman = Postman()
    await postman.start()
    first, outage, after = plan.sales
    door, public = _free_port(), _free_port()
    made = world.make(
        plan.folder, plan.seed, first + outage + after, TERMINALS, outage=(first, first + outage),
        notices=PAGES.format(door=door, public=public) + NOTICES.format(port=postman.port),
    )  # fmt: skip
    one = _in_world(plan, show, made)
    try:
        tell(await _open(one, f"127.0.0.1:{public}"))
        await _fill(one, plan)
    except BaseExceptionGroup as several:
        raise demo.mistake_in(several) or several from None
    finally:
        await asyncio.shield(_close(one, postman))


def _free_port() -> int:
    """Of this machine: the desk is told where the door will be before that opens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _in_world(plan: Plan, show: demo.Show, made: world.World) -> demo.Run:
    crew = Crew(made)
    for engine in crew.engines:
        engine.more = ("--demo",)
    fleet = Fleet(plan.seed, Gate(0, 0), demo.terminals_of(made, crew))
    words = demo.Plan(made.payments, TERMINALS, plan.seed, 0, 0, plan.folder)
    return demo.Run(words, show, made, Bank(made), crew, fleet, Harm(crew, plan.seed, 0, 0, lambda: 0.0))


async def _open(one: demo.Run, public: str) -> Opened:
    """Bank, journal with its people, engine, door, desk and cardholders' page: everything that can be looked at."""
    one.show.phase("bank, engine and desk", 0)
    await one.bank.start()
    world.write_configs(one.world, one.bank.address)
    password = f"demo-{secrets.token_hex(PASSWORD_BYTES)}"
    _furnish(one.world, password, public)
    hiring = asyncio.create_task(asyncio.to_thread(_hire, one.world.folder / "journal.db", password))
    await one.crew.start()
    await hiring
    return Opened(one.crew.engines[0].addresses, PEOPLE, password)


def _furnish(made: world.World, password: str, public: str) -> None:
    """The journal with its mark, the accounts for the sign-in, and the configuration of the pages."""
    folder, journal = made.folder, made.folder / "journal.db"
    Journal.open(journal, Vault.from_file(folder / "vault.json"), Policy()).close()
    side = Side.open(journal)
    try:
        showroom.declare(side, "shell:demo", now_ms())
    finally:
        side.close()
    pages = Pages("127.0.0.1:0", public, f"http://{public}")
    first_console(folder / "console.toml", journal, pages, OF_THE_CONSOLE)
    told = {"password": password, "people": [[who, name, str(role)] for who, name, role in PEOPLE]}
    world.write_private(folder / "accounts.json", json.dumps(told, ensure_ascii=False))


def _hire(journal: Path, password: str) -> None:
    """Everybody, and what they can: while the engine starts, for each password takes a fifth of a second."""
    side = Side.open(journal)
    try:
        actors, at = Actors(side), now_ms()
        for who, name, role in sorted(PEOPLE, key=lambda one: one[2] is not Role.ADMINISTRATOR):
            actors.add(who, name, frozenset({role}), "shell:demo" if who == BOSS else BOSS, at)
            actors.set_password(who, password, "shell:demo" if who == BOSS else BOSS, at)
        for who, _, _ in PEOPLE[:6]:
            row = {"skills": list(SKILLED), "most": MOST_OPEN}
            Registers(side).propose("skills", who, day_of(at), row, "a demonstration", BOSS, at)
    finally:
        side.close()


async def _close(one: demo.Run, postman: Postman) -> None:
    for terminal in one.fleet.terminals:
        await terminal.close()
    await one.crew.stop()
    await one.bank.stop()
    await postman.stop()


async def _fill(one: demo.Run, plan: Plan) -> None:
    """The day so far, and then as slowly as days go."""
    watch = asyncio.create_task(_watch(one))
    day = asyncio.create_task(_day(one, plan))
    try:
        done, _ = await asyncio.wait((watch, day), return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in (watch, day):
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task


async def _day(one: demo.Run, plan: Plan) -> None:
    first, outage, after = plan.sales
    await _sell(one, "sales of the morning", first)
    await _quiet(one)
    await one.bank.order("cut")
    await _files(one)
    await _sell(one, "sales, and the bank goes away", outage + after)
    await _quiet(one)
    rows = (await one.bank.order("ledger"))["payments"]
    await work(one, rows)
    one.show.phase("the day goes on; Ctrl-C ends it", 0)
    one.fleet.gate = Gate(ENDLESS, SALES_A_SECOND)
    await one.fleet.run(one.show.advance)


async def _watch(one: demo.Run) -> None:
    while True:
        await one.crew.look_after()
        await asyncio.sleep(LOOK_S)


async def _sell(one: demo.Run, name: str, count: int) -> None:
    one.show.phase(name, one.fleet.done + count)
    one.fleet.gate = Gate(count, 0)
    await one.fleet.run(one.show.advance)


async def _quiet(one: demo.Run) -> None:
    """Until no reversal is driven any more, or long enough: a day does not wait for the last one."""
    one.show.phase("reversals are driven to their end", 0)
    await _until(lambda: not _live(one.world.journal), QUIET_S)


async def _files(one: demo.Run) -> None:
    """The clearing files of two days, with contradictions planted into them."""
    one.show.phase("clearing files", 0)
    rows = (await one.bank.order("ledger"))["payments"]
    planted = plant(one.plan.seed, rows, one.fleet.seen)
    orders = [[*key, kind] for key, kind in planted.items()]
    names = (await one.bank.order("files", dir=str(one.world.inbox), plant=orders))["files"]
    done = one.world.inbox / "done"
    if not await _until(lambda: all((done / name).exists() for name in names), FILES_S):
        raise OurMistake("the clearing files were not read", "simulator")


async def _until(holds: Callable[[], bool], wait_s: float) -> bool:
    give_up_s = time.monotonic() + wait_s
    while not await asyncio.to_thread(holds):
        if time.monotonic() > give_up_s:
            return False
        await asyncio.sleep(LOOK_S)
    return True


def _live(journal: Path | str) -> bool:
    reader = Reader.open(journal)
    try:
        return any(payment.state in demo.LIVE for payment in reader.payments())
    finally:
        reader.close()
