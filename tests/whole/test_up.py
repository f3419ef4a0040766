"""Does `chongzheng up` serve a client that shares no code with us, and refuse what it cannot follow?"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import iso8583
import pytest
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from iso8583.specs import default

from whole.engine_room import MASTER_KEY, MERCHANT, configure
from whole.scripted_host import ScriptedHost

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-c", "from chongzheng.cli import main; main()"]
TERMINAL = "10000001"
PAN = "6222020000001234"
STARTED_S = 60
"""With pages beside it, on a machine that runs other tests."""


def _field(kind: str, length_bytes: int, most: int, left_pad: str = "", right_pad: str = "") -> dict[str, Any]:
    binary = kind == "b"
    return {
        "data_enc": "b" if kind in ("b", "n") else "latin-1",
        "len_enc": "bcd",
        "len_type": length_bytes,
        "max_len": most,
        "len_count": "nibbles" if kind == "n" and length_bytes else "bytes",
        "left_pad": left_pad,
        "right_pad": right_pad,
        "desc": "binary" if binary else kind,
    }


SPEC = {
    **default,
    "h": {"data_enc": "b", "len_enc": "b", "len_type": 0, "max_len": 11, "desc": "TPDU and header"},
    "t": {"data_enc": "b", "len_enc": "b", "len_type": 0, "max_len": 2, "desc": "type"},
    "p": {"data_enc": "b", "len_enc": "b", "len_type": 0, "max_len": 8, "desc": "bitmap"},
    "2": _field("n", 1, 19, right_pad="0"),
    "3": _field("n", 0, 3),
    "4": _field("n", 0, 6),
    "11": _field("n", 0, 3),
    "12": _field("n", 0, 3),
    "13": _field("n", 0, 2),
    "22": _field("n", 0, 2),
    "25": _field("n", 0, 1),
    "37": _field("a", 0, 12),
    "38": _field("a", 0, 6),
    "39": _field("a", 0, 2),
    "41": _field("a", 0, 8),
    "42": _field("a", 0, 15),
    "49": _field("a", 0, 3),
    "60": _field("n", 2, 19, right_pad="0"),
    "62": _field("a", 2, 512),
    "63": _field("a", 2, 512),
    "64": _field("b", 0, 8),
}


def _des(key: bytes, data: bytes, decrypt: bool = False) -> bytes:
    cipher = Cipher(TripleDES((key * 3)[:24] if len(key) == 8 else key + key[:8]), modes.ECB())
    return (cipher.decryptor() if decrypt else cipher.encryptor()).update(data)


def _mac(key: bytes, data: bytes) -> bytes:
    """CUP ECB, written here again from its description."""
    folded = bytes(8)
    padded = data + bytes(-len(data) % 8)
    for at in range(0, len(padded), 8):
        folded = bytes(a ^ b for a, b in zip(folded, padded[at : at + 8], strict=True))
    text = folded.hex().upper().encode()
    first = _des(key, text[:8])
    return _des(key, bytes(a ^ b for a, b in zip(first, text[8:], strict=True))).hex().upper()[:8].encode()


class ForeignTerminal:
    """A terminal written with pyiso8583 and its own cryptography."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.mac_key = b""
        self.batch = "000000"

    async def ask(self, doc: dict[str, str], mac: bool = True) -> tuple[dict[str, str], bool]:
        """The answer, and whether its MAC is right."""
        doc = {"h": "6000010002603100310000", "41": TERMINAL, "42": MERCHANT, **doc}
        if mac:
            doc["64"] = "00" * 8
        raw, _ = iso8583.encode(doc, SPEC)
        if mac:
            raw = raw[:-8] + _mac(self.mac_key, bytes(raw[11:-8]))
        self.writer.write(len(raw).to_bytes(2, "big") + raw)
        async with asyncio.timeout(5):
            payload = await self.reader.readexactly(int.from_bytes(await self.reader.readexactly(2), "big"))
        answer, _ = iso8583.decode(payload, SPEC)
        return answer, payload[-8:] == _mac(self.mac_key, payload[11:-8]) if self.mac_key else False

    async def sign_in(self) -> None:
        answer, _ = await self.ask({"t": "0800", "11": "000001", "60": "00000000003", "63": "001"}, mac=False)
        assert answer["39"] == "00"
        keys = answer["62"].encode("latin-1")
        self.mac_key = _des(MASTER_KEY, keys[20:28], decrypt=True)
        assert _des(self.mac_key, bytes(8))[:4] == keys[36:40]
        self.batch = answer["60"][2:8]

    async def pay(self, stan: int, fen: int) -> tuple[dict[str, str], bool]:
        fixed = {"3": "000000", "22": "0120", "25": "00", "49": "156", "60": f"22{self.batch}000", "63": "001"}
        return await self.ask({"t": "0200", "2": PAN, "4": f"{fen:012d}", "11": f"{stan:06d}", **fixed})


@asynccontextmanager
async def up(config: Path, *more: str) -> AsyncIterator[tuple[Process, dict[str, str]]]:
    """The real program, and the addresses it printed."""
    process = await asyncio.create_subprocess_exec(
        *PROGRAM, "up", "--config", str(config), "--json", *more, stdout=PIPE, stderr=PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(STARTED_S):
            line = await process.stdout.readline()
        yield process, json.loads(line)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(15):
                await process.communicate()


def run(test: Coroutine[Any, Any, None]) -> None:
    """One test on a loop of its own."""
    asyncio.run(test)


def command(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """The program, run to its end."""
    return subprocess.run([*PROGRAM, *map(str, words)], cwd=ROOT, capture_output=True, text=True, timeout=60)


async def _ready(host: ScriptedHost) -> None:
    async with asyncio.timeout(8):
        while host.sign_ins == 0:
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)


def test_a_client_that_is_not_ours_pays_and_the_payment_shows_in_explain(tmp_path: Path) -> None:
    async def test() -> None:
        host = ScriptedHost()
        await host.start()
        address_file = tmp_path / "address.json"
        async with up(configure(tmp_path, host.port), "--address-file", str(address_file)) as (process, addresses):
            assert json.loads(address_file.read_text("utf-8")) == addresses
            await _ready(host)
            terminal = ForeignTerminal(*await asyncio.open_connection(*addresses["pos"].split(":")))
            await terminal.sign_in()
            answer, genuine = await terminal.pay(7, 1234)
            assert (answer["t"], answer["39"], answer["11"], answer["37"]) == ("0210", "00", "000007", "700000000007")
            assert genuine
            shown = await asyncio.to_thread(command, "explain", "000007", "--db", tmp_path / "journal.db", "--json")
            assert shown.returncode == 0, shown.stderr
            assert "APPROVED" in shown.stdout and PAN not in shown.stdout
            terminal.writer.close()
            process.send_signal(signal.SIGTERM)
            assert process.stderr is not None and process.stdout is not None
            out, err = await process.communicate()
            assert (process.returncode, out) == (0, b"")
            assert PAN.encode() not in err and b"Traceback" not in err
        await host.stop()

    run(test())


def test_a_kill_loses_nothing(tmp_path: Path) -> None:
    async def test() -> None:
        host = ScriptedHost(lambda message: [])
        await host.start()
        config = configure(tmp_path, host.port, policy="reply_wait_ms = 30000")
        async with up(config) as (process, addresses):
            await _ready(host)
            terminal = ForeignTerminal(*await asyncio.open_connection(*addresses["pos"].split(":")))
            await terminal.sign_in()
            asking = asyncio.create_task(terminal.pay(1, 100))
            async with asyncio.timeout(5):
                while not host.heard:
                    await asyncio.sleep(0.01)
            process.kill()
            await process.wait()
            with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
                await asking
            terminal.writer.close()
        async with up(config):
            async with asyncio.timeout(8):
                while [m.mti for m in host.heard] != ["0200", "0400"]:
                    await asyncio.sleep(0.05)
            assert host.heard[1].text(39) == "98" and host.heard[1].text(11) == "000001"
        await host.stop()

    run(test())


def test_a_second_engine_on_the_same_journal_is_refused(tmp_path: Path) -> None:
    async def test() -> None:
        config = configure(tmp_path, 9)
        async with up(config):
            second = await asyncio.to_thread(command, "up", "--config", config)
            assert second.returncode == 2
            assert second.stdout == "" and len(second.stderr.splitlines()) == 1
            assert "another engine" in second.stderr

    run(test())


def _one_line(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 2, done
    assert done.stdout == "" and len(done.stderr.splitlines()) == 1
    assert all(word in done.stderr for word in words), done.stderr


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('path = "journal.db"', "path = 7", ["config.toml", "journal.path", "str"]),
        ('address = "127.0.0.1:', 'address = "nowhere', ["host.address"]),
        ('address = "127.0.0.1:9"', 'address = "127.0.0.1:99999"', ["host.address", "65535"]),
        ("[settlement]", "[settlement]\noutbox = 1", ["settlement", "outbox"]),
        ("[policy]", "[policy]\nreply_wait_s = 1", ["policy.reply_wait_s"]),
        ("[policy]", "[policy]\nfile_due_ms = -1", ["policy.file_due_ms"]),
        ("[policy]", '[policy]\nclearing_days = "two"', ["policy.clearing_days"]),
        ("[policy]", '[policy]\nreversal_meaning = {"00" = "fine"}', ["policy.reversal_meaning", "fine"]),
        ("[policy]", "[policy", ["TOML"]),
        ('terminals_file = "terminals.csv"', "", ["terminals"]),
        ('terminals_file = "terminals.csv"', 'terminals_file = "none.csv"', ["none.csv"]),
        ('terminals_file = "terminals.csv"', 'terminals_file = "config.toml"', ["line 1"]),
        ('keys = "vault.keys"', 'keys = "none.keys"', ["none.keys"]),
        ('terminal = "90000001"', 'terminal = "90000002"', ["host.master_key", "link:90000002"]),
        ('path = "journal.db"', 'path = "vault.keys"', ["vault.keys", "not a database"]),
    ],
)
def test_a_configuration_that_cannot_be_followed_is_refused_in_one_line(
    tmp_path: Path, old: str, new: str, words: list[str]
) -> None:
    config = configure(tmp_path, 9, policy="")
    text = config.read_text("utf-8")
    assert old in text
    config.write_text(text.replace(old, new), "utf-8")
    _one_line(command("up", "--config", config), *words)


def test_rows_of_a_terminals_file_are_checked(tmp_path: Path) -> None:
    config = configure(tmp_path, 9)
    rows = tmp_path / "terminals.csv"
    good = rows.read_text("utf-8")
    rows.write_text(good + good.splitlines()[1] + "\n", "utf-8")
    _one_line(command("up", "--config", config), "twice")
    rows.write_text(good + "123456789,M,00\n", "utf-8")
    _one_line(command("up", "--config", config), "terminals.csv", "line 4")


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    config = configure(tmp_path, 9)
    os.chmod(tmp_path / "vault.keys", 0o644)
    _one_line(command("up", "--config", config), "chmod 600")


def test_an_address_in_use_and_a_missing_config_are_refused(tmp_path: Path) -> None:
    _one_line(command("up"), "--config", "--init")
    _one_line(command("up", "--config", tmp_path / "none.toml"), "none.toml")
    config = configure(tmp_path, 9, more='[pos]\nlisten = "203.0.113.1:1"')
    _one_line(command("up", "--config", config), "pos.listen")


def test_init_makes_a_configuration_that_works_with_the_example(tmp_path: Path) -> None:
    folder = tmp_path / "first"
    made = command("up", "--init", folder, "--json")
    assert made.returncode == 0, made.stderr
    files = json.loads(made.stdout)
    assert {os.stat(files[name]).st_mode & 0o777 for name in ("vault", "terminal key", "host key")} == {0o600}
    _one_line(command("up", "--init", folder), "there already")

    async def test() -> None:
        host = ScriptedHost(master_key=bytes.fromhex(Path(files["host key"]).read_text("utf-8")))
        await host.start()
        config = Path(files["configuration"])
        text = (
            config.read_text("utf-8")
            .replace("127.0.0.1:8583", "127.0.0.1:0")
            .replace(":8580", ":0")
            .replace(":8600", ":0")
        )
        config.write_text(text.replace("127.0.0.1:9000", f"127.0.0.1:{host.port}"), "utf-8")
        async with up(config) as (_, addresses):
            await _ready(host)
            example = await asyncio.create_subprocess_exec(
                sys.executable, str(ROOT / "examples/terminal_that_pays.py"), addresses["pos"], files["terminal key"],
                stdout=PIPE, stderr=PIPE,
            )  # fmt: skip
            out, err = await example.communicate()
            assert example.returncode == 0, err.decode()
            assert b"MAC right" in out
        await host.stop()

    run(test())
