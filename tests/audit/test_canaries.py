"""Is card data written anywhere when a real engine is fed with it through every door, and hurt meanwhile?

The engine is a process of its own. Everything that it and the commands leave or say is searched afterwards: database,
WAL, backup, logs, metrics, answers, webhooks, bundles, explanations, crash output, checkpoints, the temporary folder.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from audit.canaries import (
    CHIP,
    CVN,
    EXPIRY,
    HOLDER,
    NEEDLES,
    PAN,
    PIN_BLOCK,
    TRACK_1,
    TRACK_2,
    TRACK_3,
    hits,
    hits_in,
)
from chongzheng.cli import main
from chongzheng.iso8583 import Message
from chongzheng.journal.doors import Doors
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from chongzheng.reception import wall_clock_ms
from unit.settlement.acom_lines import control, joined, line
from whole.door_room import API, EVERYTHING, report
from whole.engine_room import MERCHANT, QUICK, configure
from whole.scripted_host import Say, ScriptedHost
from whole.scripted_host import answer as pos_answer
from whole.scripted_network import ScriptedNetwork
from whole.scripted_network import answer as network_answer
from whole.scripted_terminal import ScriptedTerminal
from whole.test_import import CSV, row
from whole.test_links import host_words, with_host

DIALECTS = ("cup-pos", "cups", "iso87-ascii", "iso87-binary")
PROGRAM = "from chongzheng.cli import main; main()"
TALKATIVE = f"""
import sys
from chongzheng.gateway.desk import Desk
quiet = Desk.receive
def receive(self, turn, body):
    print("debug:", body.hex(), file=sys.stderr, flush=True)
    return quiet(self, turn, body)
Desk.receive = receive
{PROGRAM}
"""
"""The same program with one line for debugging that somebody forgot."""
SALES, SALES_OF_A_SOAK = 18, 1_500
ANSWER_WAIT_S = 0.15
Endings = tuple[signal.Signals | None, ...]
ENDINGS: Endings = (signal.SIGKILL, signal.SIGABRT, None)
OURS = frozenset({"inbox", "given"})
"""Folders with what others brought: the bank's clearing file, a switch's journal."""

Fields = dict[int, str | bytes]
SECRETS: Fields = {
    2: PAN, 14: EXPIRY, 35: TRACK_2, 36: TRACK_3, 45: TRACK_1, 48: CVN, 52: PIN_BLOCK, 55: CHIP, 61: CVN, 62: TRACK_2,
    63: f"{CVN}{PAN}", 54: PAN, 59: TRACK_2, 34: PAN, 46: TRACK_2, 47: CVN, 57: TRACK_1, 58: PAN, 102: PAN, 103: PAN,
}  # fmt: skip
"""What a careless counterpart may put where."""


@dataclass
class World:
    """One engine after another on one journal, its counterparts, and everything that was said aloud."""

    folder: Path
    dialect: str
    program: str
    dice: random.Random
    host: Any = None
    heard: list[bytes] = field(default_factory=list)
    addresses: dict[str, str] = field(default_factory=dict)
    encoded: int = 0

    def __post_init__(self) -> None:
        for name in ("tmp", "given", "inbox", "backup"):
            (self.folder / name).mkdir()
        self.env = {**os.environ, "TMPDIR": str(self.folder / "tmp"), "PYTHONFAULTHANDLER": "1"}

    def counterpart(self) -> Any:
        """A bank that answers with everything it knows, late, wrongly, or not at all."""
        if self.dialect == "cup-pos":
            return ScriptedHost(self._as_host)
        return ScriptedNetwork(self.dialect, self._as_network)

    def _as_host(self, request: Message) -> list[Say]:
        said = self._with_secrets(pos_answer(request, "00", F37=f"7{int(request.text(11)):011d}"), "cup-pos")
        mood = self.dice.choice(("good", "good", "bad", "none", "late", "silent"))
        if mood == "silent":
            return []
        return [Say(said, "good" if mood == "late" else mood, 1_200 if mood == "late" else 0)]

    def _as_network(self, request: Message) -> list[Message]:
        return [self._with_secrets(network_answer(request, "00"), self.dialect)] if self.dice.random() < 0.7 else []

    def _with_secrets(self, message: Message, dialect: str) -> Message:
        """With as many of the secrets as this dialect has fields for."""
        for number, value in self.dice.sample(sorted(SECRETS.items()), 8):
            if number not in message.fields:
                more = message.with_fields({number: value})
                if _encodes(dialect, more):
                    message, self.encoded = more, self.encoded + 1
        return message

    def configure(self) -> Path:
        pin = '[pos]\npin = "pass"\n' if self.dialect == "cup-pos" else ""
        audit = f'[audit]\nevery_commits = 5\n[log]\nform = "{self.dice.choice(("text", "json"))}"\n'
        config = configure(self.folder, self.host.port, more=f"{API}{pin}{audit}", policy=QUICK)
        if self.dialect != "cup-pos":
            with_host(config, host_words(self.dialect))
        return config

    @asynccontextmanager
    async def engine(self, config: Path) -> AsyncIterator[asyncio.subprocess.Process]:
        """The program; what it says goes into files."""
        address = self.folder / "address.json"
        address.unlink(missing_ok=True)
        with open(self.folder / "engine.log", "ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", self.program, "up", "--config", str(config), "--address-file", str(address),
                stdout=log, stderr=log, env=self.env,
            )  # fmt: skip
            try:
                async with asyncio.timeout(15):
                    while not address.exists():
                        await asyncio.sleep(0.02)
                self.addresses = json.loads(address.read_text("utf-8"))
                yield process
            finally:
                if process.returncode is None:
                    process.terminate()
                async with asyncio.timeout(20):
                    await process.wait()

    def command(self, *words: object) -> Result:
        """Another command of the program; what it says is kept."""
        done = CliRunner().invoke(main, list(map(str, words)))
        self.heard += [done.stdout_bytes, done.stderr_bytes]
        return done

    # The doors

    async def sell(self, sales: int) -> None:
        """A terminal that puts card data into every field that takes it, and then some junk."""
        for number in (1, 2):
            terminal = ScriptedTerminal(self.addresses["pos"], terminal=f"1{number:07d}")
            await terminal.dial()
            with contextlib.suppress(TimeoutError, asyncio.IncompleteReadError, ConnectionError, AssertionError):
                await terminal.sign_in()
                for _ in range(sales // 2):
                    await self._one_sale(terminal)
            self._junk(terminal)
            await asyncio.sleep(0.05)
            await terminal.hang_up()

    async def _one_sale(self, terminal: ScriptedTerminal) -> None:
        plain = terminal.sale(self.dice.randint(1, 99_999), F35=TRACK_2)
        sale = self._with_secrets(plain, "cup-pos")
        terminal.send(sale)
        if self.dice.random() < 0.4:
            terminal.send(self._with_secrets(terminal.reversal_of(plain, F14=EXPIRY), "cup-pos"))
        with contextlib.suppress(TimeoutError):
            await terminal.hear_body(ANSWER_WAIT_S)  # what goes back to where it came from is not searched

    def _junk(self, terminal: ScriptedTerminal) -> None:
        secret = TRACK_2.encode() + PIN_BLOCK + CVN.encode() + CHIP
        for body in (secret, b"\x02\x00" + secret, bytes(8) + PAN.encode(), secret * 20):
            terminal.put(body)

    async def report(self, token: str) -> None:
        """The HTTP door, by somebody who does not read its documentation."""
        headers = {"Authorization": f"Bearer {token}"}
        everywhere = {"14": EXPIRY, "35": TRACK_2, "45": TRACK_1, "48": CVN, "52": PIN_BLOCK.hex(), "55": CHIP.hex()}
        bodies: list[Any] = [
            report(1, card=PAN, reply={"code": "00", "mac": "good", "rrn": "123456789012"}),
            report(2, card=PAN),
            *(report(10 + n, card=PAN, fields={name: said}) for n, (name, said) in enumerate(everywhere.items())),
            report(30, card=TRACK_2), report(31, card=PAN, cvn=CVN), report(32, card=PAN, terminal=PAN),
            report(33, **{"card": PAN, TRACK_2: "x"}), report(34, card={"pan": PAN}), [PAN], PAN,
            report(35, card=PAN, merchant=TRACK_2, amount_fen=f"{PAN}"),
        ]  # fmt: skip
        async with httpx.AsyncClient(base_url=self.addresses["api"], headers=headers, trust_env=False) as http:
            accepted = 0
            for number, body in enumerate(bodies):
                answer = await http.post("/payments", json=body, headers={"Idempotency-Key": f"{PAN}-{number}"})
                self.heard.append(answer.content)
                accepted += answer.is_success
            assert accepted >= 2, "the door takes no payments, so nothing was tried"
            raw = await http.post("/payments", content=f'{{"card":"{PAN}'.encode(), headers={"Idempotency-Key": "raw"})
            for path in (f"/payments/{PAN}", f"/payments?terminal={PAN}", "/metrics", "/openapi.json", f"/{TRACK_2}"):
                self.heard.append((await http.get(path)).content)
            day = (await http.get("/payments", params={"terminal": "10000001"})).json()
            for payment in day["payments"][:10]:
                for part in ("", "/story", "/proof"):
                    self.heard.append((await http.get(f"/payments/{payment['payment']}{part}")).content)
            self.heard.append(raw.content)

    def bring(self, config: Path) -> None:
        """A switch's journal, with more columns than anybody asked for."""
        now = str(wall_clock_ms())
        extra = CSV.rstrip() + ",track2,cvn\n"
        lines = [row(n, now, card=PAN).rstrip() + f",{TRACK_2},{CVN}\n" for n in (70, 71)]
        lines += [row(72, now, card=TRACK_2), row(73, now, card=PAN, amount=PAN), row(74, PAN, card=PAN), f"{PAN}\n"]
        (self.folder / "given" / "switch.csv").write_text(extra + "".join(lines), "utf-8")
        listed = [json.dumps(report(80, card=PAN)), json.dumps(report(81, card=PAN, pin=PIN_BLOCK.hex())), TRACK_2]
        (self.folder / "given" / "switch.jsonl").write_text("\n".join(listed), "utf-8")
        for form in ("csv", "jsonl"):
            file, problems = self.folder / "given" / f"switch.{form}", self.folder / f"problems.{form}"
            words = ("--format", form, "--config", config, "--problems", problems, "--json")
            taken = json.loads(self.command("import", file, *words).stdout)
            assert taken["taken"] >= 1, taken

    def clear(self, config: Path) -> None:
        """The bank's file of the day, with the number in full, as it comes; one sound, one not."""
        for name, day in (("IND26112201ACOM", "20261122"), ("IND26112301ACOM", "20261123")):
            data = joined(*(line(stan=f"{n:06d}", sent=f"{day[4:]}100000", pan=PAN, rrn=f"R{n}") for n in range(1, 9)))
            (self.folder / "given" / name).write_bytes(data)
            (self.folder / "given" / f"{name}.ctl").write_bytes(control(data, 8, 800, day))
            cut = ("--format", "acom", "--date", f"{day[:4]}-{day[4:6]}-{day[6:]}", "--config", config)
            done = self.command("settle", self.folder / "given" / name, *cut)
            assert done.exit_code == 0, done.output
        broken = self.folder / "given" / "IND26112401ACOM"
        broken.write_bytes(PAN.encode() * 30 + b"\n")
        assert self.command("settle", broken, "--format", "acom", "--config", config).exit_code == 2

    def look(self, config: Path) -> None:
        """Every command that shows, copies or proves."""
        db = self.folder / "journal.db"
        self.command("explain", "10000001", "--db", db, "--json")
        self.command("explain", "000001", "--db", db)
        self.command("explain", PAN[:12], "--db", db)
        (self.folder / "bundles").mkdir()
        assert self.command("proof", "--all", "--db", db, "--out", self.folder / "bundles").exit_code == 0
        assert self.command("backup", "--config", config, "--into", self.folder / "backup").exit_code == 0
        audited = self.command("audit", "verify", "--config", config, "--json")
        assert json.loads(audited.stdout)["holds"], audited.stdout
        self.command("config", "--config", config, "--json")


def _encodes(dialect: str, message: Message) -> bool:
    from chongzheng.iso8583 import dialect as named

    try:
        named(dialect).encode(message)
    except (TheirMistake, ValueError, TypeError, KeyError, AttributeError):
        return False
    return True


class Listener:
    """A webhook's receiver that keeps every byte."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                size = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
                self.heard.append(head + await reader.readexactly(size))
                writer.write(b"HTTP/1.1 204 x\r\nContent-Length: 0\r\n\r\n")
        writer.close()


async def lived(folder: Path, dialect: str, program: str, sales: int, endings: Endings = ENDINGS[-1:]) -> World:
    """The lives of an engine: one ends by a kill, one by a crash that is told, one well; then every command.

    `endings`: how each life ends, None for well. Towards a network one is enough: the other doors are the same.
    """
    world = World(folder, dialect, program, random.Random(dialect))
    world.host = world.counterpart()
    await world.host.start()
    listener = Listener()
    server = await asyncio.start_server(listener.serve, "127.0.0.1", 0)
    config = world.configure()
    for life, ending in enumerate(endings):
        async with world.engine(config) as process:
            side = Side.open(folder / "journal.db")
            token = Doors(side).make_token(f"t{life}", EVERYTHING, frozenset(), 100_000, wall_clock_ms(), "test")
            side.close()
            async with httpx.AsyncClient(base_url=world.addresses["api"], trust_env=False) as http:
                url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
                headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"hook-{life}"}
                if life == 0:
                    made = await http.post("/webhooks", json={"url": url}, headers=headers)
                    assert made.is_success, made.text
            await world.sell(sales // len(endings))
            if ending is None:
                await world.report(token)
            world.heard += [path.read_bytes() for path in folder.glob("journal.db*") if path.suffix != ".lock"]
            if ending is not None:
                process.send_signal(ending)
                await process.wait()
    server.close()
    await world.host.stop()
    world.heard += listener.heard
    assert listener.heard, "nobody was told anything"
    crashed = b"Fatal Python error: Aborted" in (folder / "engine.log").read_bytes()
    assert crashed is (signal.SIGABRT in endings), "there is no crash output to search"
    await asyncio.to_thread(world.bring, config)
    await asyncio.to_thread(world.clear, config)
    await asyncio.to_thread(world.look, config)
    return world


def searched(world: World) -> list[str]:
    """Everything that was written or said, and what stands in it."""
    found = hits_in(world.folder, OURS)
    return found + [f"said aloud: {hit} in {said[:200]!r}" for said in world.heard for hit in hits(said)]


def was_worth_it(world: World) -> None:
    """There were payments with this card, in the database, the log, the bundles and the answers."""
    shown = f"{PAN[:6]}*********{PAN[-4:]}".encode()
    assert shown in (world.folder / "journal.db").read_bytes()
    assert any(shown in path.read_bytes() for path in (world.folder / "bundles").iterdir())
    assert any(shown in said for said in world.heard)
    assert any((world.folder / "backup").glob("*.db"))
    assert (world.folder / "journal.db.checkpoints").stat().st_size
    assert (world.folder / "engine.log").stat().st_size
    assert world.encoded > SALES


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_card_data_is_written_anywhere(tmp_path: Path, dialect: str) -> None:
    world = asyncio.run(lived(tmp_path, dialect, PROGRAM, SALES, ENDINGS if dialect == "cup-pos" else ENDINGS[-1:]))
    assert searched(world) == []
    was_worth_it(world)


@pytest.mark.soak
@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_card_data_is_written_anywhere_in_a_long_run(tmp_path: Path, dialect: str) -> None:
    world = asyncio.run(lived(tmp_path, dialect, PROGRAM, SALES_OF_A_SOAK, ENDINGS))
    assert searched(world) == []
    was_worth_it(world)


def test_one_forgotten_line_for_debugging_is_found(tmp_path: Path) -> None:
    world = asyncio.run(lived(tmp_path, "cup-pos", TALKATIVE, SALES // 2))
    found = searched(world)
    assert found and all(hit.startswith("engine.log: ") for hit in found)


@pytest.mark.parametrize("secret", ["PAN", "the middle of the PAN", "track data", "holder", "CVN", "PIN block"])
def test_every_form_of_every_secret_is_found(secret: str) -> None:
    forms = [needle for needle, name in NEEDLES.items() if name == secret]
    assert len(forms) >= 8
    for form in forms:
        assert any(hit.startswith(secret) for hit in hits(b"before" + form + b"after"))
    assert hits(b'{"F14":"0007"}') and hits(HOLDER.encode())
    assert not hits(b'{"F11":"000007","F37":"700000000007","mac":"D0007A"}')
    assert MERCHANT not in NEEDLES
