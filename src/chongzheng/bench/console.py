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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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
from chongzheng.journal.rules import day_of
from chongzheng.journal.side import Side

PAGES = (
    "queues/my", "queues/team", "queues/unassigned", "queues/due-today", "queues/at-risk", "queues/approvals",
    "queues/suspense", "queues/breaks", "queues/all", "areas/confirm", "areas/diagnose", "matters/case-{n}",
    "search?q=000123", "search?q=10000777", "search?q=7919", "search?q=1048.29", "live", "live/figures", "money",
    "money/suspense", "registers",
)  # fmt: skip
PROGRAM = (sys.executable, "-c", "from chongzheng.cli import main; main()")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
WAIT_S, STOP_S = 120, 10
NAME_BYTES, PASSWORD_BYTES = 4, 12


def measure(place: Path | str, keys: Path, times: int) -> list[dict[str, Any]]:
    """Each page so often: page, status, and milliseconds: first, median, worst. A supervisor is hired for it."""
    who, password = f"bench-{secrets.token_hex(NAME_BYTES)}", secrets.token_urlsafe(PASSWORD_BYTES)
    side = Side.open(place)
    try:
        cases = _hire(side, who, password)
    finally:
        side.close()
    with (
        tempfile.TemporaryDirectory(prefix="chongzheng-bench-") as folder,
        _desk(place, keys, Path(folder)) as base,
        httpx.Client(base_url=base, trust_env=False, timeout=WAIT_S) as browser,
    ):
        found = TOKEN.search(browser.get("/sign-in").text)
        said = {"actor": who, "password": password, "csrfmiddlewaretoken": found[1] if found else ""}
        browser.post("/sign-in", data=said, headers={"Referer": base})
        return [_page(browser, page, cases, times) for page in PAGES]


def _page(browser: httpx.Client, page: str, cases: Sequence[int], times: int) -> dict[str, Any]:
    took, status = [], 0
    for number in range(times):
        began = time.perf_counter_ns()
        status = browser.get("/" + page.format(n=cases[number % len(cases)])).status_code
        took.append((time.perf_counter_ns() - began) // 1_000_000)
    row = sorted(took)
    return {"page": page, "status": status, "first_ms": took[0], "p50_ms": row[len(row) // 2], "p99_ms": row[-1]}


def _hire(side: Side, who: str, password: str) -> list[int]:
    """A supervisor, by whoever manages the register; and the numbers of some cases."""
    actors, at = Actors(side), time.time_ns() // 1_000_000
    boss = next(one.id for one in actors.all() if Role.ADMINISTRATOR in one.roles and one.active)
    actors.add(who, "Bench", frozenset({Role.SUPERVISOR}), boss, at)
    actors.set_password(who, password, boss, at)
    cases = [int(row[0]) for row in side.ask("list_open_matters", kind="case", after=0, most=200)]
    return cases[:: max(1, len(cases) // 10)] or [1]


@contextmanager
def _desk(place: Path | str, keys: Path, folder: Path) -> Iterator[str]:
    """The desk's address, until it is over."""
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
        yield base
    finally:
        desk.terminate()
        desk.wait(STOP_S)
        door.stop()


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
