"""Who plays the bank? A process of its own: links for engines, a desk that decides, a port to control it.

`python -m chongzheng.simulator.bank --settings FILE` prints one JSON line {"link": ADDRESS, "control": ADDRESS} and
runs until it is told to stop, or until its standard input ends when the settings say `tied`.
Control takes JSON lines: {"do": "ledger" | "cut" | "late" | "files" | "stats" | "stop"}; each gets one JSON line back.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, cast

from chongzheng.iso8583 import CupEnvelope, Deframer, Message, Value, open_working_keys, seal_working_keys
from chongzheng.mistakes import TheirMistake
from chongzheng.simulator.clearing import GHOST, PLANTS, write_day
from chongzheng.simulator.desk import BAD, NONE, Act, Answer, Desk, Later
from chongzheng.simulator.ledger import Key
from chongzheng.simulator.line import ENVELOPE, is_signed, packed, unpacked

CONTROL_LINE_BYTES_MAX = 1 << 20
LAYOUT_OF_SIGN_IN = {"001": "24", "003": "40", "004": "60"}
SLOW_EVERY = 700
"""One stretch of slowness in so many messages."""
SLOW_FOR = 40
"""How many messages a stretch of slowness lasts."""
DOWN_MS = (500, 1_200)


@dataclass(frozen=True, slots=True)
class Settings:
    """The world as the bank must know it. `links`: [terminal, merchant, master key in hex]; days are yyyymmdd.

    `downs`: at how many sales seen the bank closes all its links for a while; `outage`: between which numbers of
    payments it loses answers and reversals.
    """

    seed: int
    day: str
    next_day: str
    wait_ms: int
    links: tuple[tuple[str, str, str], ...]
    downs: tuple[int, ...] = ()
    utc_offset_h: int = 8
    tied: bool = False
    outage: tuple[int, int] = (0, 0)

    @classmethod
    def read(cls, path: Path) -> Settings:
        """From a JSON file; TheirMistake names what is wrong with it."""
        try:
            document = json.loads(path.read_bytes())
            links = tuple((str(a), str(b), str(c)) for a, b, c in document.pop("links"))
            first, last = document.pop("outage", (0, 0))
            return cls(links=links, downs=tuple(document.pop("downs", ())), outage=(first, last), **document)
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise TheirMistake(f"is not a bank's settings file ({type(problem).__name__})", str(path)) from None


@dataclass(slots=True)
class Owner:
    """An engine's end of the wire: its master key, the keys of its last two sign-ins, its newest connection.

    Several engines are several owners with one book behind them: an answer goes to whoever asked, and to nobody else.
    """

    master_key: bytes
    maks: tuple[bytes, ...] = ()
    sign_ins: int = 0
    connection: Connection | None = None


def clock_of(day: str, utc_offset_h: int) -> Callable[[], str]:
    """The bank's clock as MMDDhhmmss: the time of the wall, the date of the business day whatever the wall says."""

    def moment() -> str:
        now = datetime.fromtimestamp(time.time(), UTC) + timedelta(hours=utc_offset_h)
        return f"{day[4:]}{now:%H%M%S}"

    return moment


@dataclass(slots=True)
class Bank:
    """Carries out what the desk decides."""

    settings: Settings
    desk: Desk = field(init=False)
    owners: dict[tuple[str, str], Owner] = field(init=False)
    connections: dict[Connection, None] = field(default_factory=dict)
    clients: set[asyncio.StreamWriter] = field(default_factory=set)
    held: list[tuple[Key, Owner]] = field(default_factory=list)
    pending: int = 0
    received: int = 0
    is_down: bool = False
    _dice: Random = field(init=False)

    def __post_init__(self) -> None:
        given = self.settings
        moment = clock_of(given.day, given.utc_offset_h)
        self.desk = Desk(given.seed, given.day, given.next_day, given.wait_ms, moment, outage=given.outage)
        self.owners = {(terminal, merchant): Owner(bytes.fromhex(key)) for terminal, merchant, key in given.links}
        self._dice = Random(given.seed)

    def hear(self, connection: Connection, payload: bytes) -> None:
        """A frame arrived. What cannot be read is counted and forgotten."""
        self.received += 1
        try:
            envelope, body, message = unpacked(payload)
        except TheirMistake:
            self._count("unreadable received")
            return
        self._count(f"received {message.mti}")
        connection.envelope = envelope
        if message.mti in ("0800", "0820"):
            self._manage(connection, envelope, message)
        elif message.mti in ("0200", "0400"):
            self._work(connection, envelope, body, message)

    def _manage(self, connection: Connection, envelope: CupEnvelope, asked: Message) -> None:
        granted: dict[int, Value] = {n: asked.fields[n] for n in (11, 41, 42, 60) if n in asked.fields}
        moment = self.desk.moment()
        mti = "0810" if asked.mti == "0800" else "0830"
        reply = Message(mti, {**granted, 12: moment[4:], 13: moment[:4], 39: "00"})
        owner = self.owners.get((asked.text(41), asked.text(42)))
        layout = LAYOUT_OF_SIGN_IN.get(asked.text(60)[8:11], "")
        if owner is None:
            reply = reply.with_fields({39: "97"})
        elif asked.mti == "0800" and layout:
            reply = self._signed_in(owner, connection, reply, layout)
        connection.send(packed(reply, envelope.answered(), None))

    def _signed_in(self, owner: Owner, connection: Connection, reply: Message, layout: str) -> Message:
        """Fresh keys; those of the sign-in before stay good, for what is under way."""
        pik, tdk = os.urandom(8 if layout == "24" else 16), os.urandom(16)
        mak = os.urandom(8)
        long_mak = mak if layout in ("24", "40") else mak + mak
        sealed = seal_working_keys(pik, long_mak, owner.master_key, layout, tdk if layout == "60" else None)
        owner.maks = (open_working_keys(sealed, owner.master_key).mak, *owner.maks[:1])
        owner.sign_ins += 1
        owner.connection = connection
        connection.owner = owner
        batch = f"{owner.sign_ins:06d}"
        code = reply.text(60)
        return reply.with_fields({60: f"00{batch}{code[8:]}", 62: sealed.decode("latin-1")})

    def _work(self, connection: Connection, envelope: CupEnvelope, body: bytes, asked: Message) -> None:
        owner = connection.owner
        if owner is None or not is_signed(asked, body, owner.maks):
            for act in self.desk.unsigned(asked):
                self._schedule(act, owner or Owner(b"", connection=connection), envelope)
            return
        sale = asked.mti == "0200"
        for act in self.desk.sale(asked) if sale else self.desk.reversal(asked, owner.sign_ins):
            self._schedule(act, owner, envelope)
        if sale:
            self._count("sales")
            if self.desk.counts["sales"] in self.settings.downs:
                self._go_down()

    def _schedule(self, act: Act, owner: Owner, envelope: CupEnvelope) -> None:
        if isinstance(act, Later) and act.after_ms is None:
            self.held.append((act.key, owner))
            return
        self.pending += 1
        after_ms = (act.after_ms or 0) + self._slowness_ms()
        asyncio.get_running_loop().call_later(after_ms / 1000, self._perform, act, owner, envelope)

    def _perform(self, act: Act, owner: Owner, envelope: CupEnvelope) -> None:
        self.pending -= 1
        if isinstance(act, Later):
            for more in self.desk.processed_late(act.key):
                self._schedule(more, owner, envelope)
        else:
            self._send(act, owner, envelope)

    def _send(self, answer: Answer, owner: Owner, envelope: CupEnvelope) -> None:
        """To the engine's newest connection, also when it asked on an older one; lost when there is none."""
        if owner.connection is None:
            self._count("answers lost with the link")
            return
        mak = None if answer.mac == NONE or not owner.maks else owner.maks[0]
        owner.connection.send(packed(answer.message, envelope.answered(), mak, answer.mac == BAD))

    def _slowness_ms(self) -> int:
        slow = self.received % SLOW_EVERY < SLOW_FOR and self.received >= SLOW_EVERY
        return self._dice.randint(0, self.settings.wait_ms * 3 // 2) if slow else 0

    def _go_down(self) -> None:
        self.is_down = True
        self._count("times down")
        for connection in list(self.connections):
            connection.cut()
        asyncio.get_running_loop().call_later(self._dice.randint(*DOWN_MS) / 1000, self._come_up)

    def _come_up(self) -> None:
        self.is_down = False

    def gone(self, connection: Connection) -> None:
        """A connection ended."""
        self.connections.pop(connection, None)
        if connection.owner is not None and connection.owner.connection is connection:
            connection.owner.connection = None

    def _count(self, what: str) -> None:
        self.desk.counts[what] = self.desk.counts.get(what, 0) + 1

    # control

    def obey(self, order: dict[str, Any]) -> dict[str, Any]:
        """Carry out one order; {"error": ...} when there is no such order."""
        orders = {
            "ledger": self._tell_ledger, "cut": self._cut, "late": self._work_off, "files": self._write_files,
            "stats": self._tell_stats,
        }  # fmt: skip
        do = orders.get(str(order.get("do")))
        return do(order) if do else {"error": f"there are: {', '.join(orders)}, stop"}

    def _tell_ledger(self, order: dict[str, Any]) -> dict[str, Any]:
        rows = []
        for key, dossier in self.desk.dossiers.items():
            account = self.desk.ledger.account(key)
            rows.append({
                **key._asdict(),
                "charges": account.charges,
                "returns": account.returns,
                "net_fen": account.net_fen,
                "truth": account.truth,
                "sales": dossier.sales,
                "reversals": dossier.reversals,
                "refused": dossier.refused,
                "on_sale": dossier.fate.sale.name,
                "on_reversal": dossier.fate.reversal.name,
            })  # fmt: skip
        return {"payments": rows}

    def _cut(self, order: dict[str, Any]) -> dict[str, Any]:
        """Close the day: what was held is processed now, and everything from here on belongs to the next day."""
        self.desk.is_cut = True
        held, self.held = self.held, []
        for key, owner in held:
            self._schedule(Later(self._dice.randint(0, self.settings.wait_ms), key), owner, newest_envelope(owner))
        return {"held": len(held)}

    def _work_off(self, order: dict[str, Any]) -> dict[str, Any]:
        """Reversals of these payments that nobody got an answer to take effect."""
        return {"returned": sum(self.desk.work_off(Key(*map(str, where))) for where in order.get("payments", ()))}

    def _write_files(self, order: dict[str, Any]) -> dict[str, Any]:
        plants = {Key(*map(str, where)): str(kind) for *where, kind in order.get("plant", ())}
        wrong = sorted(set(plants.values()) - set(PLANTS))
        if wrong:
            return {"error": f"no such plants: {', '.join(wrong)}"}
        folder = Path(str(order["dir"]))
        ghosts = {key: refusal for key, refusal in self.desk.refusals.items() if plants.get(key) == GHOST}
        first = write_day(folder, self.settings.day, self.desk.ledger, plants, ghosts)
        second = write_day(folder, self.settings.next_day, self.desk.ledger, plants, {})
        return {"files": [first.name, second.name]}

    def _tell_stats(self, order: dict[str, Any]) -> dict[str, Any]:
        return {
            "pending": self.pending,
            "held": len(self.held),
            "links": len(self.connections),
            "counts": self.desk.counts,
            "complaints": self.desk.complaints,
        }


def newest_envelope(owner: Owner) -> CupEnvelope:
    """The envelope of the last frame of an engine's connection, for answers that nobody waits for any more."""
    return owner.connection.envelope if owner.connection else ENVELOPE


class Connection(asyncio.Protocol):
    """One TCP connection of an engine."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        self.owner: Owner | None = None
        self.envelope = ENVELOPE
        self._frames = Deframer()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Welcome, unless the bank is down."""
        self._transport = cast(asyncio.Transport, transport)  # what asyncio promises for a stream
        if self.bank.is_down:
            self.cut()
        else:
            self.bank.connections[self] = None

    def data_received(self, data: bytes) -> None:
        """Frames, whole or in part; a stream that makes no sense is closed."""
        try:
            for payload in self._frames.feed(data):
                self.bank.hear(self, payload)
            self._frames.feed(b"")  # refuses a bad length that came right behind good frames
        except TheirMistake:
            self.cut()

    def connection_lost(self, exc: Exception | None) -> None:
        """Answers that are still to come go to the engine's next connection."""
        self.bank.gone(self)

    def send(self, data: bytes) -> None:
        """Write, unless it is gone."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def cut(self) -> None:
        """End it at once."""
        if self._transport is not None:
            self._transport.abort()


async def _control(bank: Bank, stop: asyncio.Event, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take orders from one client until it leaves or the bank hangs up."""
    bank.clients.add(writer)
    try:
        while line := await reader.readline():
            order = json.loads(line)
            is_stop = order.get("do") == "stop"
            writer.write(json.dumps({} if is_stop else bank.obey(order)).encode() + b"\n")
            await writer.drain()
            if is_stop:
                stop.set()
    except (ValueError, ConnectionError, KeyError, TypeError):
        bank.desk.counts["orders not understood"] = bank.desk.counts.get("orders not understood", 0) + 1
    finally:
        writer.close()
        bank.clients.discard(writer)


async def _watch_stdin(stop: asyncio.Event) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.read(CONTROL_LINE_BYTES_MAX):
        pass
    stop.set()


async def serve(settings: Settings, announce: Callable[[dict[str, str]], None]) -> None:
    """Run the bank until it is told to stop; `announce` gets its two addresses."""
    loop = asyncio.get_running_loop()
    bank, stop = Bank(settings), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    links = await loop.create_server(lambda: Connection(bank), "127.0.0.1", 0)
    control = await asyncio.start_server(
        lambda r, w: _control(bank, stop, r, w), "127.0.0.1", 0, limit=CONTROL_LINE_BYTES_MAX
    )
    tied = asyncio.ensure_future(_watch_stdin(stop)) if settings.tied else None
    announce({"link": _address(links), "control": _address(control)})
    await stop.wait()
    if tied:
        tied.cancel()
    links.close()
    control.close()
    for connection in list(bank.connections):
        connection.cut()
    for client in list(bank.clients):
        client.close()
    while bank.clients:
        await asyncio.sleep(0)


def _address(server: asyncio.Server) -> str:
    host, port = server.sockets[0].getsockname()[:2]
    return f"{host}:{port}"


def main(words: list[str]) -> int:
    """The program: exit 0 when it was told to stop, 2 when the settings are wrong."""
    if len(words) != 2 or words[0] != "--settings":
        print("bank: say --settings FILE", file=sys.stderr)
        return 2
    try:
        settings = Settings.read(Path(words[1]))
    except TheirMistake as mistake:
        print(f"bank: {mistake}", file=sys.stderr)
        return 2
    asyncio.run(serve(settings, lambda addresses: print(json.dumps(addresses), flush=True)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
