"""Does a running engine sign and hand over its checkpoints, never at the cost of money, and does the command see?"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import apsw
import pytest
from click.testing import CliRunner, Result

from chongzheng.cli import main
from whole.engine_room import Room, room

POST_PATH = "/checkpoints"


class Receiver:
    """Somebody elsewhere who takes checkpoints, or does not."""

    def __init__(self, status: int = 204) -> None:
        self.status, self.heard, self.port, self.asked = status, list[bytes](), 0, 0

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        body = await reader.readexactly(int(head.partition("content-length: ")[2].split("\r\n")[0]))
        self.asked += 1
        if self.status < 300 and head.startswith(f"post {POST_PATH}"):
            self.heard.append(body)
        writer.write(f"HTTP/1.1 {self.status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        writer.close()


def audit(**words: Any) -> str:
    """The table [audit] of a configuration."""
    rows = {"every_commits": 1, **words}
    return "[audit]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in rows.items())


def verify(*words: object) -> Result:
    return CliRunner().invoke(main, ["audit", "verify", *map(str, words)])


def said(done: Result, code: int) -> Any:
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


async def pay(here: Room, times: int) -> None:
    terminal = await here.terminal(len(here.terminals) + 1)
    for _ in range(times):
        assert (await terminal.ask(terminal.sale())).text(39) == "00"
    await here.until(lambda: all(p.state == "APPROVED" for p in here.payments()))


def test_an_engine_signs_and_hands_over_until_it_is_accepted(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    async def test() -> None:
        receiver = Receiver(status=503)
        await receiver.start()
        url = f"http://127.0.0.1:{receiver.port}{POST_PATH}"
        more = audit(checkpoints=str(elsewhere / "checkpoints"), post=url)
        async with room(tmp_path, more=more) as here:
            await pay(here, 3)
            await here.until(lambda: here.engine.counts.of["chore failed: checkpoint post"] > 0)
            assert not receiver.heard
            receiver.status = 204
            await here.until(lambda: bool(receiver.heard))
            figures = here.engine._house.figures().decode()
            assert 'chongzheng_events_total{event="chore failed: checkpoint post"}' in figures
            at_s = [line for line in figures.splitlines() if line.startswith("chongzheng_checkpoint_seconds ")]
            assert float(at_s[0].split()[1]) > 1e9
        await receiver.stop()
        written = (elsewhere / "checkpoints").read_bytes().splitlines()
        assert receiver.heard == written[: len(receiver.heard)]

    asyncio.run(test())
    document = said(verify("--config", tmp_path / "config.toml", "--json"), 0)
    assert (document["holds"], document["payments"], document["uncovered"]) == (True, 3, {"0": 0})
    assert document["fitting"] == document["checkpoints"] > 0
    assert "all of it holds" in verify("--config", tmp_path / "config.toml").stdout
    tampering(tmp_path, elsewhere / "checkpoints")


def tampering(folder: Path, file: Path) -> None:
    """What the command says of an engine's own journal when somebody has been there."""
    keyed = ("--db", folder / "journal.db", "--checkpoints", file, "--key", folder / "proof.pub", "--json")
    assert said(verify(*keyed), 0)["holds"]
    connection = apsw.Connection(str(folder / "journal.db"))
    connection.execute("UPDATE fact SET at = at + 1 WHERE rowid = 2")
    (payment,) = connection.execute("SELECT payment FROM fact WHERE rowid = 2").fetchall()[0]
    fault = said(verify(*keyed), 1)["faults"][0]
    assert fault["payment"] == payment and fault["fact"] >= 1
    connection.execute("UPDATE fact SET at = at - 1 WHERE rowid = 2")
    assert said(verify(*keyed), 0)["holds"]
    connection.execute("UPDATE commits SET hash = zeroblob(32) WHERE no = (SELECT max(no) FROM commits)")
    connection.close()
    found = said(verify(*keyed, "--chains"), 1)["faults"]
    assert any("checkpoint" in fault and fault["after"] < fault["commit"] for fault in found)
    shown = verify(*keyed[:-1])
    assert shown.exit_code == 1 and "IT DOES NOT HOLD" in shown.stdout


def test_a_disk_elsewhere_that_is_gone_alarms_and_costs_no_sale(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path, more=audit(checkpoints="nowhere/checkpoints")) as here:
            await pay(here, 3)
            await here.until(lambda: here.engine.counts.of["chore failed: checkpoint"] > 0)
            await pay(here, 3)
            (tmp_path / "nowhere").mkdir()
            await here.until(lambda: (tmp_path / "nowhere" / "checkpoints").exists())

    asyncio.run(test())
    assert said(verify("--config", tmp_path / "config.toml", "--json"), 0)["payments"] == 6


def test_an_engine_that_finds_commits_lost_says_so(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path, more=audit()) as here:
            await pay(here, 1)
            await here.engine.stop()
            connection = apsw.Connection(str(tmp_path / "journal.db"))
            connection.execute("UPDATE commits SET hash = zeroblob(32)")
            connection.close()
            (tmp_path / "journal.db.mark").unlink()
            from chongzheng.app import engine_of

            here.engine = engine_of(here.config)
            await here.engine.start()
            await here.until(lambda: here.engine.host_ready)
            await pay(here, 1)
            await here.until(lambda: here.engine.counts.of["checkpoint: commits were lost"] > 0)

    asyncio.run(test())
    assert not said(verify("--config", tmp_path / "config.toml", "--json"), 1)["holds"]


@pytest.fixture
def signed_place(tmp_path: Path) -> Path:
    async def test() -> None:
        async with room(tmp_path, more=audit()) as here:
            await pay(here, 1)

    asyncio.run(test())
    return tmp_path


def test_bad_input_is_one_line(signed_place: Path) -> None:
    db, file, key = (signed_place / name for name in ("journal.db", "journal.db.checkpoints", "proof.pub"))
    without = verify("--db", db)
    assert without.exit_code == 0 and "without checkpoints" in without.stdout
    for words, what in (
        ((), "--config: is missing"),
        (("--db", signed_place / "nowhere"), "there is no journal here"),
        (("--db", db, "--checkpoints", file), "--key: is missing"),
        (("--db", db, "--checkpoints", file, "--key", signed_place / "nowhere"), "cannot be read"),
        (("--db", db, "--checkpoints", file, "--key", signed_place / "config.toml"), "is not a public key"),
        (("--db", db, "--checkpoints", signed_place / "nowhere", "--key", key), "cannot be read"),
        (("--db", db, "--given-up", "5"), "is not two commits"),
        (("--db", db, "--given-up", "5..4"), "is not two commits"),
    ):
        done = verify(*words)
        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1), words
        assert what in done.stderr, done.stderr
