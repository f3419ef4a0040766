"""Do backup, restore and config do for an operator what they say, against an engine that goes on working?"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chongzheng import app
from chongzheng.config import _File
from chongzheng.journal import Reader
from chongzheng.journal.backup import Mark, Point
from whole.engine_room import Room, configure, room
from whole.scripted_host import Say, ScriptedHost, honest

PROGRAM = [sys.executable, "-m", "chongzheng.cli"]


def command(*words: Any) -> subprocess.CompletedProcess[str]:
    """The program with these words."""
    code = "import sys; from chongzheng.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, words)], capture_output=True, text=True, timeout=60, check=False
    )


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """One line that names these words, exit 2."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    for word in words:
        assert word in done.stderr, done.stderr


async def sell(here: Room, sales: int) -> None:
    """So many sales that go well."""
    terminal = await here.terminal()
    for _ in range(sales):
        assert (await terminal.ask(terminal.sale())).text(39) == "00"
    await terminal.hang_up()


def count(path: Path) -> int:
    """How many payments a journal holds; it must be sound."""
    reader = Reader.open(path)
    try:
        assert reader.faults() == []
        return len(list(reader.payments()))
    finally:
        reader.close()


async def backed_up(here: Room) -> dict[str, Any]:
    """A backup of the running engine's journal."""
    done = await asyncio.to_thread(
        command, "backup", "--config", here.config, "--into", here.folder / "copies", "--json"
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_backup_of_a_running_engine_is_whole_and_restores(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            await sell(here, 3)
            copy = await backed_up(here)
        path = Path(copy["file"])
        assert count(path) == 3
        assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}
        assert sorted(file.name for file in path.parent.iterdir()) == [path.name, f"{path.name}.json"]
        # Nothing newer than the copy is known, but for the facts of the engine's stop.
        (tmp_path / "journal.db.mark").unlink()
        for file in tmp_path.glob("journal.db*"):
            file.unlink()
        done = command("restore", path, "--config", here.config, "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == {
            "journal": str(tmp_path / "journal.db"), "commit": copy["commit"], "given_up": 0, "aside": []
        }  # fmt: skip
        assert count(tmp_path / "journal.db") == 3

    asyncio.run(test())


def test_an_old_backup_over_a_newer_history_is_time_travel(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            await sell(here, 1)
            copy = await backed_up(here)
            refused(await asyncio.to_thread(command, "restore", copy["file"], "--config", here.config), "stop it first")
            await sell(here, 2)
        refused(command("restore", copy["file"], "--config", here.config), "time travel")
        assert count(tmp_path / "journal.db") == 3
        # The disk with the journal is gone; the mark, elsewhere, still knows.
        for file in tmp_path.glob("journal.db*"):
            if not file.name.endswith(".mark"):
                file.unlink()
        known = Mark(tmp_path / "journal.db.mark").read()
        assert known is not None and known.no > copy["commit"]
        refused(command("restore", copy["file"], "--config", here.config), "time travel", f"--give-up {known.no}")
        refused(command("restore", copy["file"], "--config", here.config, "--give-up", known.no - 1), "time travel")
        done = command("restore", copy["file"], "--config", here.config, "--give-up", known.no)
        assert done.returncode == 0, done.stderr
        assert "reconcile them by hand" in done.stdout
        assert count(tmp_path / "journal.db") == 1
        reader = Reader.open(tmp_path / "journal.db")
        [(proof, why)] = [(proof, why) for proof, why in reader.strays() if proof.kind == "restore"]
        reader.close()
        assert str(known.no) in why and json.loads(proof.body)["given_up"] == known.no

    asyncio.run(test())


def test_numbers_that_were_given_out_in_a_lost_history_are_not_given_again(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            await sell(here, 1)
            copy = await backed_up(here)
            lost = [(await here.terminal()).batch for _ in range(3)]
        mark = Mark(tmp_path / "journal.db.mark")
        mark.note(Point(copy["commit"] + 5, bytes(32)))  # what came after the copy is lost
        for file in tmp_path.glob("journal.db*"):
            if not file.name.endswith(".mark"):
                file.unlink()
        done = command("restore", copy["file"], "--config", here.config, "--give-up", copy["commit"] + 5)
        assert done.returncode == 0, done.stderr
        async with room(tmp_path) as here:
            assert (await here.terminal()).batch > max(lost)

    asyncio.run(test())


def test_an_engine_does_not_start_on_an_older_journal(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            await sell(here, 1)
            copy = await backed_up(here)
            await sell(here, 1)
        (tmp_path / "journal.db").write_bytes(Path(copy["file"]).read_bytes())  # by hand, past `restore`
        refused(command("up", "--config", here.config), "older or another journal")
        (tmp_path / "journal.db").unlink()
        refused(command("up", "--config", here.config), "older or another journal")
        assert not (tmp_path / "journal.db").exists(), "no empty journal was made in its place"

    asyncio.run(test())


def test_a_backup_that_was_changed_is_refused(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            await sell(here, 1)
            copy = await backed_up(here)
        path = Path(copy["file"])
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        refused(command("restore", path, "--config", here.config), "digest")
        path.write_bytes(whole)
        path.with_name(f"{path.name}.json").write_text("{}")
        refused(command("restore", path, "--config", here.config), "manifest")
        path.with_name(f"{path.name}.json").unlink()
        refused(command("restore", path, "--config", here.config), ".json")

    asyncio.run(test())


def test_backup_and_restore_refuse_what_they_cannot_do(tmp_path: Path) -> None:
    refused(command("backup", "--into", tmp_path), "--config")
    refused(command("backup", "--db", tmp_path / "none.db", "--into", tmp_path), "no journal")
    refused(command("backup", "--db", "postgresql://somewhere/x", "--into", tmp_path), "pg_basebackup")
    (tmp_path / "file").write_text("")
    config = configure(tmp_path, 9)
    refused(command("backup", "--config", config, "--into", tmp_path / "file"), "no journal")
    (tmp_path / "journal.db.mark").write_text("?")
    refused(command("up", "--config", config), "is not the mark")


@pytest.mark.parametrize("suffix", ["-wal", ""])
def test_what_lay_there_is_kept_aside(tmp_path: Path, suffix: str) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            await sell(here, 1)
        done = command("backup", "--config", here.config, "--into", tmp_path / "copies", "--json")
        (tmp_path / f"journal.db{suffix}").write_bytes(b"damaged")
        done = command("restore", json.loads(done.stdout)["file"], "--config", here.config, "--json")
        assert done.returncode == 0, done.stderr
        aside = [Path(name) for name in json.loads(done.stdout)["aside"]]
        assert b"damaged" in [path.read_bytes() for path in aside]
        assert count(tmp_path / "journal.db") == 1

    asyncio.run(test())


# Configuration


def table_of(config: Path) -> dict[str, dict[str, Any]]:
    """What `config --json` says, by setting."""
    done = command("config", "--config", config, "--json")
    assert done.returncode == 0, done.stderr
    return {one["name"]: one for one in json.loads(done.stdout)}


def test_every_setting_is_explained_and_says_where_it_comes_from(tmp_path: Path) -> None:
    found = table_of(configure(tmp_path, 9000, policy="reply_wait_ms = 1234\nterminal_wait_ms = 2000"))
    mute = [name for name, one in found.items() if not one["says"]]
    assert mute == [], "give them says(…) in config.py, or a line in settings.POLICY_SAYS"
    assert found["host.address"]["came_from"] == "file" and found["host.address"]["value"] == "127.0.0.1:9000"
    assert found["host.mac"]["came_from"] == "default" and "x9.19" in found["host.mac"]["limits"]
    assert found["pos.tls.key"]["came_from"] == "not set"
    assert found["policy.reply_wait_ms"]["value"] == 1234 and found["policy.reply_wait_ms"]["came_from"] == "file"
    assert found["policy.case_due_ms"]["came_from"] == "default"
    assert found["pos.connections_per_address"]["limits"] == "1 to 4096"
    sections = {name.partition(".")[0].rstrip("[]") for name in found}
    assert sections >= set(_File.__struct_fields__) - {"policy"}


def test_the_table_shows_which_rule_of_retention_counts(tmp_path: Path) -> None:
    rule = '[[retention]]\nkind = "evidence"\nkeep_days = 5000\nsince = "2026-01-01"\nwhy = "a contract"'
    config = configure(tmp_path, 9000)
    config.write_text(config.read_text("utf-8") + rule, "utf-8")
    found = table_of(config)
    assert found["retention"]["value"] == "1 of them"
    told = found["retention.evidence"]
    assert (told["value"], told["came_from"]) == ("5000 days, since 2026-01-01", "file")
    assert "a contract" in told["says"]
    assert found["retention.card"]["came_from"] == "default"
    config.write_text(config.read_text("utf-8").replace('"evidence"', '"evidences"'), "utf-8")
    refused(command("config", "--config", config), "retention.kind", "evidences")
    refused(command("up", "--config", config), "retention.kind", "evidences")


def test_the_table_shows_no_key_and_fits_people(tmp_path: Path) -> None:
    config = configure(tmp_path, 9000)
    sealed = config.read_text("utf-8").partition('master_key = "')[2].partition('"')[0]
    for words in ((), ("--json",)):
        done = command("config", "--config", config, *words)
        assert done.returncode == 0
        assert sealed not in done.stdout and sealed[:24] not in done.stdout
    assert "sealed, " in done.stdout
    os.environ["COLUMNS"] = "200"
    assert "pos.listen" in command("config", "--config", config).stdout


def test_a_configuration_that_would_be_refused_is_refused_here_too(tmp_path: Path) -> None:
    config = configure(tmp_path, 9000, more="[pos]\nconnections_per_address = 0")
    refused(command("config", "--config", config), "pos.connections_per_address")


# Stopping


def test_a_stop_waits_for_the_answers_that_are_under_way(tmp_path: Path) -> None:
    async def test() -> None:
        host = ScriptedHost(lambda m: [Say(one.message, one.mac, 400) for one in honest(m)])
        async with room(tmp_path, host) as here:
            terminal = await here.terminal()
            terminal.send(terminal.sale())
            await here.until(lambda: len(host.heard) == 1)
            stopping = asyncio.ensure_future(here.engine.stop())
            assert (await terminal.hear()).text(39) == "00"
            await stopping
            [payment] = here.payments()
            assert (payment.state, payment.told) == ("APPROVED", "approved")
            await here.engine.start()

    asyncio.run(test())


def test_a_stop_does_not_wait_for_a_silent_bank_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "DRAIN_WAIT_MS", 50)

    async def test() -> None:
        async with room(tmp_path, ScriptedHost(lambda _: [])) as here:
            terminal = await here.terminal()
            terminal.send(terminal.sale())
            await here.until_state("FORWARDED")
            await here.restart()
            await here.until_state("REVERSING")

    asyncio.run(test())
