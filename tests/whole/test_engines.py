"""Do several engines and doors on one database share terminals and work, and does nobody act who has lost its lease?"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from chongzheng.app import Engine, engine_of
from chongzheng.cli import main
from chongzheng.gateway import terminals as keys_of_terminals
from chongzheng.journal import Reader
from chongzheng.journal.doors import Doors
from chongzheng.journal.side import Side
from chongzheng.reception import wall_clock_ms
from chongzheng.reversal.payment import Payment
from whole.door_room import EVERYTHING, REPLY, report, run
from whole.engine_room import configure
from whole.scripted_host import Say, ScriptedHost, answer, honest
from whole.scripted_terminal import PAN, ScriptedTerminal

PROGRAM = [sys.executable, "-c", "from chongzheng.cli import main; main()"]
LEASE_MS = 3_000
PATIENT = """
reply_wait_ms = 30000
terminal_wait_ms = 40000
deliver_wait_ms = 10000
repeat_after_ms = [300, 600]
not_found_after_ms = [200]
urgent_after_ms = 100
"""


def silent(request: Any) -> list[Say]:
    """A host that answers nothing."""
    return []


def config_of(folder: Path, url: str, host: ScriptedHost, name: str, door: bool = False) -> Path:
    """The configuration of one of several engines: a host and a port of its own, everything else shared."""
    text = configure(folder, host.port, policy=PATIENT).read_text("utf-8")
    text = text.replace('path = "journal.db"', f'path = "{url}"\nlease_ms = {LEASE_MS}')
    no_files = '[settlement]\ninbox = "inbox"\narchives = ["elsewhere"]\n'
    text = text.replace(no_files, '[api]\nlisten = "127.0.0.1:0"\n' if door else "")
    path = folder / f"{name}.toml"
    path.write_text(text, "utf-8")
    return path


class Crew:
    """Engines in this process, or in others, on one database."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.hosts: list[ScriptedHost] = []
        self.engines: list[Engine] = []
        self.processes: list[Process] = []
        self.addresses: list[str] = []

    async def engine(self, script: Callable[[Any], list[Say]] = honest) -> Engine:
        """One more, here."""
        engine = engine_of(await self._config(script))
        await engine.start()
        self.engines.append(engine)
        await self.until(lambda: engine.host_ready)
        return engine

    async def process(self, script: Callable[[Any], list[Say]] = honest) -> Process:
        """One more, as an operator starts it."""
        config = await self._config(script)
        return await self._start("up", "--config", str(config), name="pos")

    async def door(self) -> Process:
        """A door that stands alone."""
        config = await self._config(honest, door=True)
        return await self._start("api", "serve", "--config", str(config), name="api")

    async def _start(self, *words: str, name: str) -> Process:
        file = self.folder / f"address{len(self.processes)}"
        process = await asyncio.create_subprocess_exec(
            *PROGRAM, *words, "--address-file", str(file), stdout=PIPE, stderr=PIPE, env={**os.environ}
        )
        self.processes.append(process)
        await self.until(lambda: file.exists() or process.returncode is not None, 20)
        assert file.exists(), (await process.communicate())[1].decode()
        self.addresses.append(json.loads(file.read_text("utf-8"))[name])
        return process

    async def _config(self, script: Callable[[Any], list[Say]], door: bool = False) -> Path:
        host = ScriptedHost(script)
        await host.start()
        self.hosts.append(host)
        return config_of(self.folder, self.url, host, f"engine{len(self.hosts)}", door)

    async def terminal(self, address: str, like: ScriptedTerminal | None = None) -> ScriptedTerminal:
        """A terminal that signs in at an address; or one that goes on there with the keys it has."""
        one = ScriptedTerminal(address)
        if like is not None:
            one.mac_key, one.batch, one.stan = like.mac_key, like.batch, like.stan
        await one.dial()
        if like is None:
            assert (await one.sign_in()).text(39) == "00"
        return one

    def payments(self) -> list[Payment]:
        """All of them."""
        reader = Reader.open(self.url)
        try:
            return list(reader.payments())
        finally:
            reader.close()

    def state(self) -> list[str]:
        """Where they stand."""
        return [str(payment.state) for payment in self.payments()]

    def facts(self) -> dict[str, list[str]]:
        """What happened to each."""
        reader = Reader.open(self.url)
        try:
            assert reader.faults() == []
            return {p.id: [fact.kind for fact in reader.facts_of(p.id)] for p in reader.payments()}
        finally:
            reader.close()

    def owners(self) -> list[int]:
        """Who wrote each last."""
        with psycopg.connect(self.url) as connection:
            return [owner for (owner,) in connection.execute("SELECT owner FROM payment ORDER BY place").fetchall()]

    async def until(self, what: Callable[[], bool], wait_s: float = 15) -> None:
        """Wait until it is so."""
        async with asyncio.timeout(wait_s):
            while not what():
                await asyncio.sleep(0.02)

    async def end(self) -> None:
        """Everything is gone afterwards."""
        for process in self.processes:
            if process.returncode is None:
                process.kill()
            await process.wait()
        for engine in self.engines:
            await engine.stop()
        for host in self.hosts:
            await host.stop()


@asynccontextmanager
async def crew(folder: Path, url: str) -> AsyncIterator[Crew]:
    """A crew that goes home."""
    here = Crew(folder, url)
    try:
        yield here
    finally:
        await here.end()


def late(request: Any) -> list[Say]:
    """Approves, but only after a while."""
    return [Say(answer(request, "00", F37="712345678901", F38="123456"), after_ms=1_500)]


# Killed and frozen


def test_a_frozen_engine_is_taken_over_and_when_it_wakes_it_sends_and_changes_nothing(
    tmp_path: Path, postgres_url: str
) -> None:
    async def test() -> None:
        async with crew(tmp_path, postgres_url) as here:
            frozen = await here.process(late)
            terminal = await here.terminal(here.addresses[0])
            terminal.send(terminal.sale())
            await here.until(lambda: len(here.hosts[0].heard) == 1)
            frozen.send_signal(signal.SIGSTOP)  # its host's approval comes while it is frozen
            terminal.send(terminal.sale())  # and so does another sale
            await here.engine()
            await here.until(lambda: here.state() == ["RETURNED"])
            assert [m.mti for m in here.hosts[1].heard] == ["0400"]
            before = here.facts()
            frozen.send_signal(signal.SIGCONT)
            _, told = await asyncio.wait_for(frozen.communicate(), 15)
            assert frozen.returncode == 1, told
            last = told.decode().strip().splitlines()[-1]
            assert last.startswith("chongzheng: ") and "lease" in last and "others go on with its work" in last, told
            assert [m.mti for m in here.hosts[0].heard] == ["0200"], "nothing left it after it woke"
            assert here.facts() == before
            assert before[here.payments()[0].id][:2] == ["RequestTaken", "SendUncertain"]
            await terminal.hang_up()

    run(test())


def test_a_killed_engines_terminal_and_payments_go_on_at_another(tmp_path: Path, postgres_url: str) -> None:
    async def test() -> None:
        async with crew(tmp_path, postgres_url) as here:
            killed = await here.process(silent)
            first = await here.terminal(here.addresses[0])
            sale = first.sale()
            first.send(sale)
            await here.until(lambda: len(here.hosts[0].heard) == 1)
            survivor = await here.engine()
            killed.kill()
            await killed.wait()
            again = await here.terminal(survivor.addresses["pos"], like=first)
            assert (await again.ask(again.sale())).text(39) == "00", "its keys are known here too"
            await here.until(lambda: sorted(here.state()) == ["APPROVED", "RETURNED"])
            owned = await again.ask(again.reversal_of(sale))
            assert owned.text(39) == "00"
            assert [m.mti for m in here.hosts[1].heard].count("0400") == 1, "given back once"
            assert set(here.owners()) == {1}
            here.facts()
            await again.hang_up()

    run(test())


def test_an_engine_that_starts_again_first_takes_over_what_may_be_on_its_way(tmp_path: Path, postgres_url: str) -> None:
    async def test() -> None:
        async with crew(tmp_path, postgres_url) as here:
            first = await here.engine(silent)
            terminal = await here.terminal(first.addresses["pos"])
            terminal.send(terminal.sale())
            await here.until(lambda: len(here.hosts[0].heard) == 1)
            here.engines.remove(first)
            await first.stop()
            assert here.state() == ["FORWARDED"]
            second = engine_of(await here._config(honest))
            await second.start()
            here.engines.append(second)
            assert here.state() != ["FORWARDED"], "before anybody was let in"
            await here.until(lambda: here.state() == ["RETURNED"])

    run(test())


def test_an_engine_whose_database_hangs_up_ends_and_another_goes_on(tmp_path: Path, postgres_url: str) -> None:
    async def test() -> None:
        async with crew(tmp_path, postgres_url) as here:
            cut_off = await here.process(silent)
            terminal = await here.terminal(here.addresses[0])
            terminal.send(terminal.sale())
            await here.until(lambda: len(here.hosts[0].heard) == 1)
            with psycopg.connect(here.url, autocommit=True) as connection:
                writers = "SELECT pid FROM pg_stat_activity WHERE application_name = 'chongzheng engine'"
                connection.execute(f"SELECT pg_terminate_backend(pid) FROM ({writers}) AS w")
            _, told = await asyncio.wait_for(cut_off.communicate(), 15)
            assert cut_off.returncode == 1
            assert "the journal failed" in told.decode().strip().splitlines()[-1]
            await here.engine()
            await here.until(lambda: here.state() == ["RETURNED"])
            await terminal.hang_up()

    run(test())


# Two at once


def test_the_terminals_reversal_at_another_engine_and_the_late_reply_at_the_first_make_one_story(
    tmp_path: Path, postgres_url: str
) -> None:
    async def test() -> None:
        async with crew(tmp_path, postgres_url) as here:
            one, two = await here.engine(late), await here.engine()
            first = await here.terminal(one.addresses["pos"])
            sale = first.sale()
            first.send(sale)
            await here.until(lambda: len(here.hosts[0].heard) == 1)
            second = await here.terminal(two.addresses["pos"], like=first)
            assert (await second.ask(second.reversal_of(sale))).text(39) == "00"
            await here.until(lambda: here.state() == ["RETURNED"])
            [name] = here.facts()
            await here.until(lambda: "ReplyArrived" in here.facts()[name])
            await here.until(lambda: here.state() == ["RETURNED"])
            assert not any(payment.owes == "person" for payment in here.payments())
            assert {m.mti for m in here.hosts[1].heard} == {"0400"}
            await first.hang_up()
            await second.hang_up()

    run(test())


def test_a_sign_in_at_one_engine_counts_at_the_others(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys_of_terminals, "LOOK_EVERY_MS", 300)

    async def test() -> None:
        async with crew(tmp_path, postgres_url) as here:
            one, two = await here.engine(), await here.engine()
            terminal = await here.terminal(one.addresses["pos"])
            at_two = await here.terminal(two.addresses["pos"], like=terminal)
            assert (await at_two.ask(at_two.sale())).text(39) == "00", "never seen here, and its key is found"
            old = terminal.mac_key
            terminal.stan = at_two.stan
            assert (await terminal.sign_in()).text(39) == "00"
            assert terminal.mac_key != old
            assert (await terminal.ask(terminal.sale())).text(39) == "00"
            at_two.mac_key, at_two.batch, at_two.stan = terminal.mac_key, terminal.batch, terminal.stan
            await asyncio.sleep(0.35)
            assert (await at_two.ask(at_two.sale())).text(39) == "00", "the new key is found, the old one was cached"
            good, at_two.mac_key = at_two.mac_key, bytes(8)
            assert (await at_two.ask(at_two.sale())).text(39) == "A0"
            at_two.mac_key = good
            assert (await at_two.ask(at_two.sale())).text(39) == "00", "the right one is not forgotten over it"
            await terminal.hang_up()
            await at_two.hang_up()

    run(test())


# A door alone


def token(url: str) -> str:
    """May do everything."""
    side = Side.open(url)
    try:
        return Doors(side).make_token("switch", EVERYTHING, frozenset(), 100_000, wall_clock_ms(), "test")
    finally:
        side.close()


def test_facts_at_a_door_alone_are_committed_and_acted_upon_by_an_engine(tmp_path: Path, postgres_url: str) -> None:
    async def test() -> None:
        async with crew(tmp_path, postgres_url) as here:
            engine = await here.engine()
            doors = [await here.door() for _ in range(2)]
            headers = {"Authorization": f"Bearer {token(here.url)}"}
            clients = [httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) for url in here.addresses]
            first, second = clients
            assert (await first.get("/readyz")).json()["parts"] == {"journal": True, "engines": True}
            said = report(1)
            made = await first.post("/payments", json=said, headers={"Idempotency-Key": "k1"})
            assert made.status_code == 200, made.text
            again = await second.post("/payments", json=said, headers={"Idempotency-Key": "k1"})
            assert again.json() == made.json()
            name = made.json()["payment"]
            asked = {"kind": "reversal_asked", "reason": "98", "at": wall_clock_ms()}
            undone = await second.post(f"/payments/{name}/evidence", json=asked, headers={"Idempotency-Key": "k2"})
            assert undone.status_code == 200, undone.text
            await here.until(lambda: here.state() == ["RETURNED"])
            [sent] = here.hosts[0].heard
            assert (sent.mti, sent.text(2)) == ("0400", PAN), "the card number went with it"
            batch = await first.post("/payments/batch", json=[report(n, reply=REPLY) for n in range(2, 30)])
            assert {one["result"] for one in batch.json()["outcomes"]} == {"taken"}
            assert set(here.owners()) == {0}, "a door owns nothing"
            here.engines.remove(engine)
            await engine.stop()
            assert (await first.get("/readyz")).status_code == 503
            for one in clients:
                await one.aclose()
            for process in doors:
                process.terminate()
                assert await process.wait() == 0
            with psycopg.connect(here.url) as connection:
                assert connection.execute("SELECT count(*) FROM letter").fetchone() == (0,)

    run(test())


def test_a_door_alone_without_an_engine_takes_nothing_and_says_so(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chongzheng import reception

    monkeypatch.setattr(reception, "TAKEN_WAIT_MS", 200)

    async def test() -> None:
        async with crew(tmp_path, postgres_url) as here:
            engine = await here.engine()
            here.engines.remove(engine)
            await engine.stop()
            door = reception.Reception(await here._config(honest, door=True))
            address = await asyncio.to_thread(door.start)
            try:
                headers = {"Authorization": f"Bearer {token(here.url)}", "Idempotency-Key": "k1"}
                async with httpx.AsyncClient(base_url=address, headers=headers, trust_env=False) as client:
                    said = report(1)
                    refused = await client.post("/payments", json=said)
                    assert refused.status_code == 503
                    assert "no engine" in refused.json()["what"]
                    assert int(refused.headers["retry-after"]) > 0
                    await here.engine()
                    assert (await client.post("/payments", json=said)).status_code == 200, "the same key again"
                assert door.well()
            finally:
                await asyncio.to_thread(door.stop)

    run(test())


# Commands on a database


@dataclass
class Ended:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def command(*words: Any) -> Ended:
    """The program with these words, in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main.main(list(map(str, words)))
    code = ended.value.code
    return Ended(code if isinstance(code, int) else 0, out.getvalue(), err.getvalue())


def test_commands_follow_the_configuration_to_a_database_or_say_in_a_line_that_they_are_for_files(
    tmp_path: Path, postgres_url: str
) -> None:
    async def test() -> Path:
        async with crew(tmp_path, postgres_url) as here:
            engine = await here.engine()
            terminal = await here.terminal(engine.addresses["pos"])
            assert (await terminal.ask(terminal.sale())).text(39) == "00"
            await here.until(lambda: here.state() == ["APPROVED"])
            await terminal.hang_up()
            lines = tmp_path / "switch.jsonl"
            lines.write_text(json.dumps(report(7, reply=REPLY)) + "\n", "utf-8")
            config = tmp_path / "engine1.toml"
            brought = await asyncio.to_thread(command, "import", lines, "--format", "jsonl", "--config", config)
            assert brought.returncode == 0, brought.stderr
            assert "1 taken" in brought.stdout
            assert len(here.payments()) == 2
            return config

    found: list[Path] = []

    async def kept() -> None:
        found.append(await test())

    run(kept())
    [config] = found
    told = command("explain", "000001", "--db", postgres_url, "--json")
    assert told.returncode in (0, 2), told.stderr
    payment = Reader.open(postgres_url).find("77000001")[0].id
    assert command("explain", payment, "--db", postgres_url).returncode == 0
    for words in (
        ("proof", payment, "--db", postgres_url),
        ("backup", "--into", tmp_path, "--config", config),
        ("restore", tmp_path / "x.db", "--config", config),
        ("backup", "--into", tmp_path, "--db", postgres_url),
    ):
        refused = command(*words)
        assert refused.returncode == 2, refused.stderr
        assert len(refused.stderr.strip().splitlines()) == 1
        assert "PostgreSQL" in refused.stderr
    signed = command("proof", payment, "--db", postgres_url, "--sign-key", tmp_path / "k", "--out", tmp_path / "p.json")
    assert signed.returncode == 0, signed.stderr
    shown = command("config", "--config", config, "--json")
    place = next(one for one in json.loads(shown.stdout) if one["name"] == "journal.path")["value"]
    assert place.startswith("postgresql://") and "options" not in place and ":" not in place[len("postgresql://") :]
    file = tmp_path / "file.toml"
    file.write_text(config.read_text("utf-8").replace(postgres_url, "journal.db"), "utf-8")
    alone = command("api", "serve", "--config", file)
    assert (alone.returncode, len(alone.stderr.strip().splitlines())) == (2, 1)
