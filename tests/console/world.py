"""How does a test get a working day: a journal with payments and matters, a door, a console in a process of its own?"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from chongzheng.api.door import Ways
from chongzheng.api.reports import World
from chongzheng.api.serve import DoorSettings, Serving
from chongzheng.gateway.channel import packaged
from chongzheng.journal import Committed, Journal, Submission, Vault
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.doors import Doors
from chongzheng.journal.matters import Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from chongzheng.reversal.policy import Policy
from console import clearing
from journal.made import asked, name_of, reply, sale, undone

PASSWORD = "correct horse 27 battery"
STARTED_S = 30
STOPPED_S = 10
LOOK_S = 0.05
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
SCOPES = frozenset({"people", "check", "metrics"})
STRICT = 'second_factor = ["finance"]\n'


def now_ms() -> int:
    """The clock of this machine: the console goes by it too."""
    return time.time_ns() // 1_000_000


def actor_of(role: str) -> str:
    """The id of the person with this role alone."""
    return f"p-{role}"


@dataclass
class Day:
    """A day that is under way. `base`: where the console is; `matters`: the ids of what was opened, by name."""

    folder: Path
    base: str
    door: str
    side: Side
    keeper: Matters
    matters: dict[str, str] = field(default_factory=dict)
    serving: Any = None
    journal: Any = None

    def stop_door(self) -> None:
        """The engine's door is gone from now on."""
        self.serving.stop()

    def browser(self) -> Browser:
        """A browser that keeps cookies and follows nothing by itself."""
        return Browser(self.base)

    def signed_in(self, role: str) -> Browser:
        """The person with this role alone, signed in with the password."""
        one = self.browser()
        answer = one.sign_in(actor_of(role))
        assert answer.status_code == 302, answer.text
        return one


class Browser:
    """What a browser does with pages and forms, without its screen."""

    def __init__(self, base: str) -> None:
        self.http = httpx.Client(base_url=base, trust_env=False, timeout=20)
        self._token = ""

    def get(self, path: str) -> httpx.Response:
        """A page."""
        answer = self.http.get(path)
        if found := TOKEN.search(answer.text):
            self._token = found[1]
        return answer

    def post(self, path: str, token: str | None = None, **words: str) -> httpx.Response:
        """A form, with the token of the last page."""
        said = {"csrfmiddlewaretoken": self._token if token is None else token, **words}
        return self.http.post(path, data=said, headers={"Referer": str(self.http.base_url)})

    def sign_in(self, actor: str, password: str = PASSWORD) -> httpx.Response:
        """Name and password."""
        self.get("/sign-in")
        answer = self.post("/sign-in", actor=actor, password=password)
        if answer.status_code == 302:
            self.get("/help")
        return answer


async def _nowhere(batch: Sequence[Submission]) -> list[Committed]:
    return []


def serving_of(folder: Path, vault: Vault) -> Serving:
    world = World(lambda at: ("20260922", 0), vault.index, packaged("cup-pos").kinds)  # type: ignore[arg-type]
    ways = Ways(_nowhere, world, now_ms, clearing.parts, clearing.metrics, clearing.ways(folder))
    return Serving(DoorSettings(("127.0.0.1", 0)), folder / "journal.db", vault, ways)


def people_of(side: Side) -> None:
    people = Actors(side)
    for role in (Role.ADMINISTRATOR, *(one for one in Role if one is not Role.ADMINISTRATOR)):
        people.add(actor_of(role), f"{role.value.title()} Person", frozenset({role}), "shell:test", now_ms())
    for role in (*(one for one in Role if one is not Role.ADMINISTRATOR), Role.ADMINISTRATOR):
        people.set_password(actor_of(role), PASSWORD, "shell:test", now_ms())


def _work(keeper: Matters) -> dict[str, str]:
    """A case about a payment whose reversal failed, one without a payment, tasks, a slip."""
    why = {"source": "engine", "why": "the reversal was refused <b>twice</b>"}
    made = {"case": keeper.open("case", why, payment=name_of(1), key=f"case {name_of(1)}")}
    made["gap"] = keeper.open("case", {"source": "break", "why": "in the file only", "fen": 8_800})
    for number in range(3):
        made[f"task-{number}"] = keeper.open("task", {"what": f"send slip {number}", "team": "merchants"})
    slip = {"merchant": "898100012345678", "terminal": "10000001", "batch": "000001", "trace": "000002"}
    made["slip"] = keeper.open("slip", slip)
    made["incident"] = keeper.open("incident", {"title": "一家发卡行冲正无应答", "channel": "unionpay"})
    return {name: one.id for name, one in made.items()}


@contextmanager
def working_day(folder: Path, more: str = STRICT) -> Iterator[Day]:
    """A journal, its door and the console, until the test is done."""
    vault = Vault.create(folder / "vault.json")
    journal = Journal.open(folder / "journal.db", vault, Policy())
    journal.apply([sale(1), reply(1), asked(1), undone(1), sale(2), reply(2)])
    side = Side.open(folder / "journal.db")
    people_of(side)
    keeper = Matters(side, now_ms, Registers(side))
    made = _work(keeper)
    clearing.put(journal, side)
    token = Doors(side).make_token("console", SCOPES, frozenset(), 100_000, now_ms(), "test")
    serving = serving_of(folder, vault)
    try:
        door = serving.start()
        with console(folder, configured(folder, door, token, more)) as base:
            yield Day(folder, base, door, side, keeper, made, serving, journal)
    finally:
        serving.stop()
        side.close()
        journal.close()


def configured(folder: Path, door: str, token: str, more: str = "") -> Path:
    """The console's configuration."""
    secret = folder / "console.token"
    secret.write_text(token, "utf-8")
    secret.chmod(0o600)
    path = folder / "console.toml"
    path.write_text(f'journal = "journal.db"\ndoor = "{door}"\nlisten = "127.0.0.1:0"\n{more}', "utf-8")
    return path


@contextmanager
def console(folder: Path, config: Path) -> Iterator[str]:
    """`chongzheng console` in a process of its own; its address."""
    with pages(folder, "console", ["console", "--config", str(config)], "/sign-in") as base:
        yield base


@contextmanager
def pages(folder: Path, name: str, words: list[str], first: str) -> Iterator[str]:
    """A command of ours that serves pages; its address, once its `first` page answers."""
    told, kept = folder / f"{name}.address", folder / f"{name}.log"
    command = [sys.executable, "-c", "from chongzheng.cli import main; main()", *words, "--address-file", str(told)]
    with open(kept, "wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        base = _answering(process, told, name, first)
        assert base, f"{name} did not answer: {kept.read_text('utf-8')}"
        yield base
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOPPED_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _answering(process: subprocess.Popen[Any], told: Path, name: str, first: str) -> str:
    until = time.monotonic() + STARTED_S
    while time.monotonic() < until and process.poll() is None:
        if told.exists():
            base = str(json.loads(told.read_text("utf-8"))[name])
            try:
                if httpx.get(f"{base}{first}", trust_env=False).status_code == 200:
                    return base
            except httpx.HTTPError:
                pass
        time.sleep(LOOK_S)
    return ""
