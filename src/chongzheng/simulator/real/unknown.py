"""Is anything done twice, or never, when a call was carried out and its answer was lost?

Each foreign call of the real program is made to fail after it was done, at a rate: commits (an error after COMMIT on
SQLite; on PostgreSQL the answer to COMMIT is swallowed and the connection cut), sends to the bank, calls at the HTTP
door, deliveries of webhooks, the handing over of clearing files. Engines that end are started again, as a supervisor
does. Then everything is healed, the day ends as in the demo, and the books are compared.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit, urlunsplit

from chongzheng.api.events import event_id
from chongzheng.journal import Reader
from chongzheng.journal.doors import Doors
from chongzheng.journal.outbox import Outbox
from chongzheng.journal.side import Side
from chongzheng.journal.vault import Vault
from chongzheng.mistakes import OurMistake
from chongzheng.simulator import demo, scale, world
from chongzheng.simulator.crew import Crew
from chongzheng.simulator.demo import Plan, Report, Run
from chongzheng.simulator.fleet import Fleet
from chongzheng.simulator.processes import Bank
from chongzheng.simulator.real import callers, kills
from chongzheng.simulator.real.callers import Client, Receiver
from chongzheng.simulator.real.executed import BLINDLY, COMMIT, FILE
from chongzheng.simulator.real.relay import Place, Relay
from chongzheng.simulator.real.stopwatch import Timed
from chongzheng.simulator.world import World

COMMITS = 0.01
SENDS = 0.03
DOOR = 0.3
WEBHOOKS = 0.3
FILES = 0.75
"""The share of each kind of call whose answer is lost."""
STARTS_MAX = 20
"""A start may meet a lost answer too; so often in a row is no accident."""
STRIKE_WAIT_S = 30.0
ANSWER_WAIT_S = 1.0
"""For each answer that is to be lost; what takes longer has come to a stop, and the end says where."""
TOLD_WAIT_S = 60.0
LOOK_S = 0.1
IDLE = b"Z\x00\x00\x00\x05I"
"""A PostgreSQL server's last word when nothing is open any more: what was asked is committed."""
SOCKET = ".s.PGSQL"
POSTGRESQL_PORT = 5432
ONCE = ("RequestTaken", "ReplyArrived")
"""Facts of a reported payment that must be there once."""
EXECUTED = "from chongzheng.simulator.real.executed import prepare; prepare();from chongzheng.cli import main; main()"


@dataclass(frozen=True, slots=True)
class Campaign:
    """What to do for how long: `seconds`, and until `answers` were lost. `blind`: with a program that sends again
    blindly, which must be found."""

    seconds: float
    folder: Path
    database: str = ""
    seed: int = 1
    blind: bool = False
    answers: int = 0


class Doubtful(Timed):
    """An engine whose calls are carried out and then fail. `ended`: how often it gave up, as it must."""

    def __init__(self, world: World, number: int, edit: Callable[[str], str], words: tuple[str, ...]) -> None:
        super().__init__(world, number)
        self.ended = 0
        self._edit = edit
        self._words = words

    def program(self) -> tuple[str, ...]:
        """The program with its wrappers."""
        return (sys.executable, "-c", EXECUTED, *self._words)

    async def start(self) -> None:
        """With a configuration that leads through the relays; again when the start itself met a lost answer."""
        text = self._config.read_text("utf-8")
        self._config.write_text(self._edit(text), "utf-8")
        for _ in range(STARTS_MAX):
            try:
                return await super().start()
            except OurMistake:
                self.ended += 1
                await self.kill()
        raise OurMistake(f"{self.name} did not start {STARTS_MAX} times: {self._last_words()}", "simulator")

    def api(self) -> Place:
        """Where its HTTP door is now; nowhere while it is down."""
        try:
            url = urlsplit(json.loads(self._addresses.read_text("utf-8"))["api"])
        except (OSError, ValueError, KeyError):
            return ("127.0.0.1", 0)
        return (url.hostname or "", url.port or 0)


class Tended(Crew):
    """Somebody starts again whoever ends."""

    async def look_after(self) -> None:
        """Now and then."""
        for engine in self.engines:
            if engine.is_gone and isinstance(engine, Doubtful):
                engine.ended += 1
                await engine.start()


@dataclass(slots=True)
class Site:
    """Everything that stands around the engine, and what goes on beside the sales: reports over HTTP, and the end."""

    campaign: Campaign
    made: World
    bank: Bank
    shift: kills.Shift
    receiver: Receiver
    relays: dict[str, Relay] = field(default_factory=dict)
    engine: Doubtful = field(init=False)
    client: Client = field(init=False)
    kills: int = 0
    freezes: int = 0

    async def do(self) -> None:
        """For the time there is, and until each kind of call has failed; then whoever waits for an event gets it."""
        began_s, answers = time.monotonic(), self.campaign.answers
        longest_s = STRIKE_WAIT_S + answers * ANSWER_WAIT_S

        def wanted() -> bool:
            for_s = time.monotonic() - began_s
            if for_s < self.campaign.seconds:
                return True
            struck = self.struck()
            return for_s < longest_s and (sum(struck.values()) < answers or not all(struck.values()))

        self.client = Client(self.relays["api"], await self._introduced(await self.receiver.start()), _now_ms)
        await self.client.report(wanted)
        for relay in self.relays.values():
            relay.calm = True
        self.receiver.calm = True
        await self._until_told()
        self.shift.is_open = False

    async def _introduced(self, url: str) -> str:
        """The token of the client, once the receiver's address is known too."""
        now = _now_ms()
        side = await asyncio.to_thread(Side.open, self.made.journal)
        try:
            vault = Vault.from_file(self.made.folder / "vault.json")
            Outbox(side, vault).add(url, frozenset(), frozenset({callers.MERCHANT}), now)
            return Doors(side).make_token("switch", callers.SCOPES, frozenset(), callers.PER_MINUTE, now, "simulator")
        finally:
            side.close()

    async def _until_told(self) -> None:
        give_up_s = time.monotonic() + TOLD_WAIT_S
        while untold := sorted(self.events() - self.receiver.heard.keys()):
            if time.monotonic() > give_up_s:
                raise OurMistake(f"nobody was told of {len(untold)} events, {untold[0]} among them", "simulator")
            await asyncio.sleep(LOOK_S)

    def struck(self) -> dict[str, int]:
        """How often each kind of call was done and its answer lost; clearing files come at the end only."""
        commits = self.relays["database"].swallowed if "database" in self.relays else tally(self.campaign)[COMMIT]
        lost = {"commit": commits, "host": self.relays["host"].swallowed, "api": self.relays["api"].swallowed}
        return {**lost, "webhook": self.receiver.lost}

    def reported(self) -> set[str]:
        """The payments that were reported over HTTP and taken."""
        return {payment for answers in self.client.answers.values() for payment in answers}

    def events(self) -> set[str]:
        """What the receiver must hear of: each fact of such a payment that changed its state."""
        reader = Reader.open(self.made.journal)
        try:
            facts = [(payment, row) for payment in self.reported() for row in reader.facts_of(payment)]
        finally:
            reader.close()
        return {event_id(payment, row.seq) for payment, row in facts if _moved(row.record)}

    def twice(self) -> list[str]:
        """Calls at the door, and events, that had two effects."""
        found = [
            f"report {number} became {sorted(set(payments))}"
            for number, payments in self.client.answers.items()
            if len(set(payments)) != 1
        ]
        reader = Reader.open(self.made.journal)
        try:
            there = [payment.id for payment in reader.payments() if payment.key.merchant == callers.MERCHANT]
            kinds = {payment: Counter(row.kind for row in reader.facts_of(payment)) for payment in there}
        finally:
            reader.close()
        found += [f"{payment} was taken {of}" for payment, of in kinds.items() if max(of[k] for k in ONCE) > 1]
        found += [f"{name} was told in different words" for name, told in self.receiver.heard.items() if len(told) > 1]
        if len(there) > len(self.client.answers) + len(self.client.refusals):
            found.append(f"{len(self.client.answers)} reports became {len(there)} payments")
        return found


def _moved(record: bytes) -> bool:
    told = json.loads(record)
    return bool(told["from"] != told["to"])


async def run(campaign: Campaign, say: kills.Say) -> dict[str, Any]:
    """Carry it out; OurMistake when the world itself does not work, or when something stands still.

    The figures: `unknown` counts, by kind, the calls whose answer was lost after they were done.
    """
    site, one = _prepare(campaign, say)
    for relay in site.relays.values():
        await relay.start()
    try:
        report = await demo.carry_out(one)
    finally:
        await site.receiver.stop()
        await asyncio.gather(*(relay.stop() for relay in site.relays.values()))
    acks, lost = kills.compare(one.fleet.seen.values(), report.payments)
    beside = site.reported()
    lost = [line for line in [*lost, *kills.lost_of(report)] if line.partition(":")[0] not in beside]
    return _figures(site, report, acks, [*lost, *site.client.refusals], [*kills.twice_of(report), *site.twice()])


def _prepare(campaign: Campaign, say: kills.Say) -> tuple[Site, Run]:
    dice = Random(campaign.seed)
    made = world.make(campaign.folder, campaign.seed, kills.SALES_MAX, kills.TERMINALS, 1, campaign.database)
    made = replace(made, scaled={**scale.SCALED, **kills.BRIEF})
    shift = kills.Shift(kills.SALES_MAX, 0)
    site = Site(campaign, made, Bank(made), shift, Receiver(WEBHOOKS, Random(dice.random())))
    shares = (str(0.0 if campaign.database else COMMITS), str(FILES), str(int(campaign.blind)))
    words = (str(_tally(campaign)), str(campaign.seed), *shares)
    site.engine = Doubtful(made, 0, lambda text: _led(site, text), words)
    site.relays = _relays(site, dice)
    crew = Tended(made)
    crew.engines[:] = [site.engine]
    fleet = Fleet(campaign.seed, shift, kills.terminals_of(made, [site.engine]))
    plan = Plan(kills.SALES_MAX, len(made.tills), campaign.seed, 0, 0, campaign.folder, campaign.database)
    return site, Run(plan, kills.Quiet(say), made, site.bank, crew, fleet, site)


def _relays(site: Site, dice: Random) -> dict[str, Relay]:
    def relay(where: Callable[[], Place], may: Callable[[bytes], bool], share: float) -> Relay:
        return Relay(where, may, share, Random(dice.random()))

    relays = {
        "host": relay(lambda: _place(site.bank.address), lambda data: True, SENDS),
        "api": relay(site.engine.api, lambda data: data.startswith(b"HTTP/"), DOOR),
    }
    if site.campaign.database:
        place = database_place(site.campaign.database)
        relays["database"] = relay(lambda: place, lambda data: data.endswith(IDLE), COMMITS)
    return relays


def _led(site: Site, text: str) -> str:
    """The configuration, through the relays and with a door."""
    text = text.replace(f'address = "{site.bank.address}"', f'address = "{_name(site.relays["host"].address)}"')
    if "database" in site.relays:
        url = site.campaign.database
        text = text.replace(json.dumps(url), json.dumps(through(url, site.relays["database"].address)))
    return text if "[api]" in text else text.replace("[policy]", '[api]\nlisten = "127.0.0.1:0"\n\n[policy]')


def database_place(url: str) -> Place:
    """Where a PostgreSQL server listens: the socket in the folder that the URL names, or its host and port."""
    parts = urlsplit(url)
    port = parts.port or POSTGRESQL_PORT
    folder = parse_qs(parts.query).get("host", [""])[0]
    return Path(folder, f"{SOCKET}.{port}") if folder.startswith("/") else (parts.hostname or folder, port)


def through(url: str, address: tuple[str, int]) -> str:
    """The same database, dialled at another address, without encryption that would hide its words."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items() if name not in ("host", "port")}
    query |= {"sslmode": "disable", "gssencmode": "disable"}
    user, at, _ = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user}{at}{_name(address)}", query=urlencode(query, quote_via=quote)))


def _figures(site: Site, report: Report, acks: int, lost: Sequence[str], twice: Sequence[str]) -> dict[str, Any]:
    noted = tally(site.campaign)
    return {
        "unknown": {**site.struck(), "file": noted[FILE]},
        "sent_blindly": noted[BLINDLY],
        "engines_ended": site.engine.ended,
        "sales": report.sales,
        "reports": len(site.client.answers),
        "events": len(site.receiver.heard),
        "acks": acks,
        "stuck": len(lost),
        "duplicated": len(twice),
        "found": [*lost, *twice][: kills.TALES_MAX],
        "db": "postgresql" if site.campaign.database else "sqlite",
        "seed": site.campaign.seed,
        "seconds": report.seconds,
    }


def tally(campaign: Campaign) -> Counter[str]:
    """What the wrapped program noted so far."""
    file = _tally(campaign)
    return Counter(file.read_text("utf-8").split("\n") if file.exists() else ())


def _tally(campaign: Campaign) -> Path:
    return campaign.folder / "unknown.tally"


def _place(address: str) -> Place:
    host, _, port = address.rpartition(":")
    return host, int(port)


def _name(address: tuple[str, int]) -> str:
    return f"{address[0]}:{address[1]}"


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
