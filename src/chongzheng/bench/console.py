"""How long do the pages of the desk take in a journal that is full? A person's pages, one after another, by a clock.

The desk is the real one in a process of its own; the door stands without an engine, for reading needs none. What is
measured is what a browser waits for: the whole answer over loopback.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from chongzheng.api.door import Ways
from chongzheng.api.reports import World
from chongzheng.api.serve import DoorSettings, Serving
from chongzheng.console.place import DOOR_ENV
from chongzheng.first import Pages, first_console
from chongzheng.gateway.channel import packaged
from chongzheng.journal import Committed, Submission, Vault
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.reader import Reader
from chongzheng.journal.rules import day_of
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.payment import Payment

PAGES = (
    "queues/my", "queues/team", "queues/unassigned", "queues/due-today", "queues/at-risk", "queues/approvals",
    "queues/suspense", "queues/breaks", "queues/all", "queues/all?state=OPEN&owner=li", "queues/unassigned?state=OPEN",
    "areas/confirm", "areas/diagnose", "areas/improve", "matters/case-{n}", "payments/{payment}", "search?q={trace}",
    "search?q={rrn}", "search?q={four}", "search?q={yuan}", "search?q={terminal}", "search?q=冲正", "live",
    "live/figures", "money", "money/suspense", "money/breaks", "registers",
)  # fmt: skip
"""What stands in braces is of one case after the other: its number, and what people know of its payment."""
CASES = 10
PROGRAM = (sys.executable, "-c", "from chongzheng.cli import main; main()")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
WAIT_S, STOP_S = 120, 10
NAME_BYTES, PASSWORD_BYTES = 4, 12
PERCENTILES = (50, 95, 99)


def measure(place: Path | str, keys: Path, times: int) -> list[dict[str, Any]]:
    """Each page so often: page, status, and milliseconds: first, percentiles, worst, and what it took of the desk's
    processor, which does not depend on what else runs. A percentile is None where there are too few times for it to be
    another than the worst. A supervisor is hired for it."""
    who, password = f"bench-{secrets.token_hex(NAME_BYTES)}", secrets.token_urlsafe(PASSWORD_BYTES)
    side = Side.open(place)
    try:
        _hire(side, who, password)
        cases = _known(side, place)
    finally:
        side.close()
    with (
        tempfile.TemporaryDirectory(prefix="chongzheng-bench-") as folder,
        _desk(place, keys, Path(folder)) as (base, processor),
        httpx.Client(base_url=base, trust_env=False, timeout=WAIT_S) as browser,
    ):
        found = TOKEN.search(browser.get("/sign-in").text)
        said = {"actor": who, "password": password, "csrfmiddlewaretoken": found[1] if found else ""}
        browser.post("/sign-in", data=said, headers={"Referer": base})
        return [_page(browser, page, cases, times, processor) for page in PAGES]


def _page(
    browser: httpx.Client, page: str, cases: Sequence[dict[str, Any]], times: int, processor: Callable[[], float]
) -> dict[str, Any]:
    took, status, before = [], 0, processor()
    for number in range(times):
        began = time.perf_counter_ns()
        status = browser.get("/" + page.format(**cases[number % len(cases)])).status_code
        took.append((time.perf_counter_ns() - began) // 1_000_000)
    words: dict[str, Any] = {"page": page, "status": status, "first_ms": took[0]}
    words |= {f"p{share}_ms": percentile(took, share) for share in PERCENTILES}
    return {**words, "max_ms": max(took), "processor_ms": round((processor() - before) / times)}


def percentile(took: Sequence[int], share: int) -> int | None:
    """The smallest that so many per cent do not exceed; None where that is only the largest of a few."""
    place = -(-len(took) * share // 100)
    return sorted(took)[place - 1] if place < len(took) or share == 100 else None


def _hire(side: Side, who: str, password: str) -> None:
    """A supervisor, by whoever manages the register."""
    actors, at = Actors(side), time.time_ns() // 1_000_000
    boss = next(one.id for one in actors.all() if Role.ADMINISTRATOR in one.roles and one.active)
    actors.add(who, "Bench", frozenset({Role.SUPERVISOR}), boss, at)
    actors.set_password(who, password, boss, at)


def _known(side: Side, place: Path | str) -> list[dict[str, Any]]:
    """Of some cases what an address may hold: the number, and of the payment what people look it up by."""
    rows = side.ask("list_open_matters", kind="case", after=0, most=200)
    reader = Reader.open(place)
    try:
        some = [(int(row[0]), reader.payment(row[9])) for row in rows[:: max(1, len(rows) // CASES)]]
    finally:
        reader.close()
    found = [_words(no, payment) for no, payment in some if payment is not None]
    if not found:
        raise TheirMistake("holds no open case of a payment; fill it with simulate --fill", str(place))
    return found


def _words(no: int, payment: Payment) -> dict[str, Any]:
    seen = payment.ack or payment.approval
    return {
        "n": no,
        "payment": payment.id,
        "trace": payment.key.stan,
        "terminal": payment.key.terminal,
        "rrn": seen.rrn if seen is not None else "",
        "four": payment.masked_pan[-4:],
        "yuan": f"{payment.amount_fen // 100}.{payment.amount_fen % 100:02d}",
    }


@contextmanager
def _desk(place: Path | str, keys: Path, folder: Path) -> Iterator[tuple[str, Callable[[], float]]]:
    """The desk's address, until it is over, and what its processes have taken of the processor so far (ms)."""
    vault = Vault.from_file(keys)
    world = World(lambda at: (day_of(at), 0), vault.index, packaged("cup-pos").kinds)
    ways = Ways(_nowhere, world, lambda: time.time_ns() // 1_000_000, lambda: {"journal": True}, lambda: b"")
    door = Serving(DoorSettings(("127.0.0.1", 0)), place, vault, ways)
    first_console(folder / "console.toml", place, Pages("127.0.0.1:0"), "second_factor = []\n")
    words = (*PROGRAM, "console", "--config", str(folder / "console.toml"), "--json", "--with-parent")
    address = door.start()
    desk = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, DOOR_ENV: address})
    try:
        assert desk.stdout is not None  # noqa: S101 - asked for above
        base = str(json.loads(desk.stdout.readline())["console"])
        _wait(base)
        yield base, lambda: _processor_ms(desk.pid)
    finally:
        desk.terminate()
        desk.wait(STOP_S)
        door.stop()


def _processor_ms(parent: int) -> float:
    """Of this process and all that it has started; 0 where the system does not tell."""
    took: dict[int, float] = {}
    above: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            words = stat.read_text("ascii", "replace").rpartition(")")[2].split()
            number = int(stat.parent.name)
            above[number] = int(words[1])
            took[number] = sum(map(int, words[11:15])) * 1_000 / os.sysconf("SC_CLK_TCK")
    wanted, found = {parent}, 0
    while len(wanted) > found:
        found = len(wanted)
        wanted |= {one for one, over in above.items() if over in wanted}
    return sum(took.get(one, 0.0) for one in wanted)


def _wait(base: str) -> None:
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        try:
            httpx.get(f"{base}/sign-in", trust_env=False, timeout=WAIT_S)
            return
        except httpx.TransportError:
            time.sleep(0.1)


async def _nowhere(batch: Sequence[Submission]) -> list[Committed]:
    return []
