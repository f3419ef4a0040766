"""Is the bad bank, as a process of its own, a bank to whoever speaks its protocol?"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from chongzheng.iso8583 import Deframer, Message, open_working_keys
from chongzheng.simulator.ledger import Key
from chongzheng.simulator.line import ENVELOPE, POS, is_signed, packed, unpacked
from chongzheng.simulator.vices import fate

TERMINAL, MERCHANT = "ACQ00001", "898310000000000"
MASTER_KEY = bytes(range(16))
DAY, NEXT_DAY = "20261123", "20261124"
SEED = 7
WAIT_MS = 100


def stan_of(on_sale: str, on_reversal: str = "honest", seed: int = SEED) -> str:
    """A trace number that gets these vices in this world."""
    for number in range(1, 100_000):
        drawn = fate(seed, Key("898310000000001", "10000001", "000001", f"{number:06d}"))
        if (drawn.sale.name, drawn.reversal.name) == (on_sale, on_reversal):
            return f"{number:06d}"
    raise AssertionError(f"no payment gets {on_sale} and {on_reversal}")


def sale(stan: str, fen: int = 1200) -> Message:
    """A purchase, as an engine forwards it."""
    return Message("0200", {
        2: "6222020000001234", 3: "000000", 4: f"{fen:012d}", 11: stan, 22: "012", 25: "00",
        41: "10000001", 42: "898310000000001", 49: "156", 60: "2200000100050",
    })  # fmt: skip


def reversal(stan: str) -> Message:
    """Its reversal."""
    return Message("0400", {**sale(stan).fields, 39: "98"})


@dataclass
class Client:
    """An engine's link, and the control port."""

    process: Process
    link: str
    control: str
    mak: bytes = b""
    frames: Deframer = field(default_factory=Deframer)
    waiting: list[bytes] = field(default_factory=list)

    async def dial(self) -> None:
        host, port = self.link.split(":")
        self.reader, self.writer = await asyncio.open_connection(host, int(port))
        self.frames = Deframer()

    def put(self, message: Message, mak: bytes | None = None) -> None:
        self.writer.write(packed(message, ENVELOPE, mak if mak is not None else self.mak or None))

    async def hear(self, wait_s: float = 5) -> Message:
        async with asyncio.timeout(wait_s):
            while not self.waiting:
                data = await self.reader.read(4096)
                if not data:
                    raise ConnectionResetError
                self.waiting += self.frames.feed(data)
        envelope, self.body, message = unpacked(self.waiting.pop(0))
        assert envelope == ENVELOPE.answered()
        return message

    async def sign_in(self, code: str = "003", terminal: str = TERMINAL) -> str:
        self.mak = b""
        self.put(Message("0800", {11: "000001", 41: terminal, 42: MERCHANT, 60: f"00000001{code}", 63: "001"}))
        granted = await self.hear()
        if granted.text(39) == "00":
            self.mak = open_working_keys(granted.text(62).encode("latin-1"), MASTER_KEY).mak
        return granted.text(39)

    async def order(self, do: str, **more: Any) -> dict[str, Any]:
        host, port = self.control.split(":")
        reader, writer = await asyncio.open_connection(host, int(port), limit=1 << 24)
        writer.write(json.dumps({"do": do, **more}).encode() + b"\n")
        reply: dict[str, Any] = json.loads(await reader.readline())
        writer.close()
        return reply

    @property
    def genuine(self) -> bool:
        return is_signed(POS.decode(self.body), self.body, (self.mak,))


@asynccontextmanager
async def bank(folder: Path, **more: Any) -> AsyncIterator[Client]:
    """A running bank and a client of it that is not signed in yet."""
    settings = {"seed": SEED, "day": DAY, "next_day": NEXT_DAY, "wait_ms": WAIT_MS,
                "links": [[TERMINAL, MERCHANT, MASTER_KEY.hex()]], **more}  # fmt: skip
    path = folder / "bank.json"
    path.write_text(json.dumps(settings), "utf-8")
    words = (sys.executable, "-m", "chongzheng.simulator.bank", "--settings", str(path))
    process = await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE, stderr=PIPE, env={**os.environ})
    try:
        assert process.stdout is not None
        client = Client(process, **json.loads(await process.stdout.readline()))
        await client.dial()
        yield client
        client.writer.close()
    finally:
        if process.returncode is None:
            process.terminate()
        _, errors = await process.communicate()
    assert errors == b""


def with_bank(folder: Path, work: Callable[[Client], Awaitable[None]], **more: Any) -> None:
    """Run `work` against a bank."""

    async def main() -> None:
        async with bank(folder, **more) as client:
            await work(client)

    asyncio.run(main())


def test_it_signs_in_sells_and_returns(tmp_path: Path) -> None:
    async def work(client: Client) -> None:
        assert await client.sign_in() == "00"
        stan = stan_of("honest")
        client.put(sale(stan))
        approval = await client.hear()
        assert (approval.mti, approval.text(39), client.genuine) == ("0210", "00", True)
        assert all(approval.text(number) == sale(stan).text(number) for number in (3, 4, 11, 41, 42, 60))
        client.put(reversal(stan))
        ack = await client.hear()
        assert (ack.mti, ack.text(39), ack.text(37), client.genuine) == ("0410", "00", approval.text(37), True)
        (row,) = (await client.order("ledger"))["payments"]
        assert (row["truth"], row["charges"], row["returns"], row["net_fen"]) == ("charged_returned", 1, 1, 0)

    with_bank(tmp_path, work)


@pytest.mark.parametrize("code", ["001", "003", "004"])
def test_every_sign_in_gives_fresh_keys_and_the_one_before_stays_good(tmp_path: Path, code: str) -> None:
    async def work(client: Client) -> None:
        assert await client.sign_in(code) == "00"
        old = client.mak
        assert await client.sign_in(code) == "00"
        assert client.mak != old
        for mak, expected in ((client.mak, "00"), (old, "00"), (bytes(8), "A0")):
            client.put(sale(stan_of("honest", "blind-00") if mak == old else stan_of("honest")), mak)
            assert (await client.hear()).text(39) == expected

    with_bank(tmp_path, work)


def test_strangers_and_echo(tmp_path: Path) -> None:
    async def work(client: Client) -> None:
        assert await client.sign_in(terminal="STRANGER") == "97"
        client.put(sale(stan_of("honest")), bytes(8))
        assert (await client.hear()).text(39) == "A0", "nobody signed in on this connection"
        client.put(Message("0820", {11: "000002", 41: TERMINAL, 42: MERCHANT, 60: "00000001301"}))
        assert (await client.hear()).mti == "0830"
        assert (await client.order("ledger"))["payments"] == []

    with_bank(tmp_path, work)


def test_a_forged_answer_is_not_signed_by_the_bank(tmp_path: Path) -> None:
    async def work(client: Client) -> None:
        await client.sign_in()
        client.put(sale(stan_of("forged")))
        assert (await client.hear()).text(39) == "00" and not client.genuine
        (row,) = (await client.order("ledger"))["payments"]
        assert row["truth"] == "never_charged"

    with_bank(tmp_path, work)


def test_a_late_answer_goes_to_the_newest_connection(tmp_path: Path) -> None:
    async def work(client: Client) -> None:
        await client.sign_in()
        client.put(sale(stan_of("slow-original")))
        await client.writer.drain()
        client.writer.close()
        await client.dial()
        await client.sign_in()
        assert (await client.hear()).text(39) == "00" and client.genuine

    with_bank(tmp_path, work, wait_ms=400)


def test_held_sales_are_cleared_on_the_next_day_and_the_files_say_so(tmp_path: Path) -> None:
    async def work(client: Client) -> None:
        await client.sign_in()
        held, kept = stan_of("original-next-day"), stan_of("honest")
        client.put(sale(held))
        client.put(sale(kept))
        await client.hear()
        assert (await client.order("stats"))["held"] == 1
        assert await client.order("cut") == {"held": 1}
        assert (await client.hear()).text(11) == held
        folder = tmp_path / "files"
        folder.mkdir()
        names = (await client.order("files", dir=str(folder), plant=[]))["files"]
        assert names == ["IND26112301ACOM", "IND26112401ACOM"]
        stans = [(folder / name).read_bytes()[24:30].decode() for name in names]
        assert stans == [kept, held]
        assert sorted(path.name for path in folder.iterdir()) == sorted([*names, *(f"{name}.ctl" for name in names)])

    with_bank(tmp_path, work)


def test_engines_have_links_of_their_own_and_the_bank_has_one_book(tmp_path: Path) -> None:
    other_terminal = "ACQ00002"
    links = [[name, MERCHANT, MASTER_KEY.hex()] for name in (TERMINAL, other_terminal)]

    async def work(one: Client) -> None:
        other = Client(one.process, one.link, one.control)
        await other.dial()
        assert (await one.sign_in(), await other.sign_in(terminal=other_terminal)) == ("00", "00")
        stan, held = stan_of("honest"), stan_of("original-next-day")
        one.put(sale(stan))
        approval = await one.hear()
        other.put(reversal(stan), one.mak)
        assert (await other.hear()).text(39) == "A0", "keys belong to one link"
        other.put(reversal(stan))
        ack = await other.hear()
        assert (ack.text(39), ack.text(37), other.genuine) == ("00", approval.text(37), True)
        one.put(sale(held))
        while (await one.order("stats"))["held"] == 0:
            await asyncio.sleep(0.01)
        other.put(Message("0820", {11: "000002", 41: other_terminal, 42: MERCHANT, 60: "00000001301"}))
        assert (await other.hear()).mti == "0830"
        assert await one.order("cut") == {"held": 1}
        assert (await one.hear()).text(11) == held and one.genuine, "whoever asked is answered, nobody else"
        rows = (await one.order("ledger"))["payments"]
        assert {row["stan"]: row["truth"] for row in rows} == {stan: "charged_returned", held: "charged_kept"}
        other.writer.close()

    with_bank(tmp_path, work, links=links)


def test_it_goes_down_and_comes_back(tmp_path: Path) -> None:
    async def work(client: Client) -> None:
        await client.sign_in()
        client.put(sale(stan_of("honest")))
        with pytest.raises((ConnectionError, TimeoutError)):
            while True:
                await client.hear(2)
        async with asyncio.timeout(5):
            while True:
                await client.dial()
                try:
                    assert await client.sign_in() == "00"
                    break
                except ConnectionError:
                    await asyncio.sleep(0.05)
        assert (await client.order("stats"))["counts"]["times down"] == 1

    with_bank(tmp_path, work, downs=[1])


def test_garbage_is_counted_and_hung_up_on(tmp_path: Path) -> None:
    async def work(client: Client) -> None:
        client.writer.write(b"\x00\x14" + b"\xff" * 20 + b"\x00\x00")
        async with asyncio.timeout(5):
            assert await client.reader.read(10) == b""
        assert (await client.order("stats"))["counts"] == {"unreadable received": 1}
        assert "error" in await client.order("dance")
        assert "error" in await client.order("files", dir=str(tmp_path), plant=[["m", "t", "b", "s", "nonsense"]])

    with_bank(tmp_path, work)


def test_it_stops_when_told_and_when_its_owner_is_gone(tmp_path: Path) -> None:
    async def told(client: Client) -> None:
        assert await client.order("stop") == {}
        assert await client.process.wait() == 0

    async def orphaned(client: Client) -> None:
        assert client.process.stdin is not None
        client.process.stdin.close()
        assert await client.process.wait() == 0

    with_bank(tmp_path, told)
    with_bank(tmp_path, orphaned, tied=True)


@pytest.mark.parametrize("text", ["", "[]", '{"seed": 1}', '{"links": [["a"]]}', '{"links": [], "colour": "blue"}'])
def test_bad_settings_are_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bank.json"
    path.write_text(text, "utf-8")

    async def run(*words: str) -> tuple[int | None, bytes]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "chongzheng.simulator.bank", *words, stdout=PIPE, stderr=PIPE
        )
        _, errors = await process.communicate()
        return process.returncode, errors

    for words in (("--settings", str(path)), ("--settings", str(tmp_path / "none.json")), ("nonsense",)):
        code, errors = asyncio.run(run(*words))
        assert code == 2 and errors.count(b"\n") == 1 and errors.startswith(b"bank: ")
