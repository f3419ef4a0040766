"""Does a world of several engines give each its own configuration, and one engine the world it always had?"""

from __future__ import annotations

import json
from pathlib import Path

from chongzheng import config
from chongzheng.journal import Vault
from chongzheng.simulator import scale, world
from chongzheng.simulator.processes import Engine

URL = "postgresql://user:word@db.example/demo?options=-csearch_path%3Done"
BANK = "127.0.0.1:4711"


def test_engines_share_vault_terminals_and_journal_and_nothing_towards_the_bank(tmp_path: Path) -> None:
    made = world.make(tmp_path, 7, 100, 12, 3, URL)
    world.write_configs(made, BANK)
    files = [made.file("config.toml", number) for number in range(3)]
    assert [file.name for file in files] == ["config-1.toml", "config-2.toml", "config-3.toml"]
    assert {file.stat().st_mode & 0o077 for file in files} == {0}, "a URL may hold a password"
    read = [config.load(file) for file in files]
    assert {str(one.journal) for one in read} == {URL}
    assert {one.lease_ms for one in read} == {scale.LEASE_MS}
    assert len({one.keys for one in read}) == 1 and len({one.terminals for one in read}) == 1
    assert [one.host.terminal for one in read] == ["ACQ00001", "ACQ00002", "ACQ00003"]
    vault = Vault.from_file(read[0].keys)
    opened = [vault.open(bytes.fromhex(one.host.master_key), f"link:{one.host.terminal}") for one in read]
    bank = json.loads(made.bank_settings.read_text("utf-8"))
    assert [(link[0], link[2]) for link in bank["links"]] == [
        (one.host.terminal, key.hex()) for one, key in zip(read, opened, strict=True)
    ]
    assert len(set(opened)) == 3
    assert [one.settlement.inbox for one in read] == [str(made.inbox), "", ""], "a clearing file is read once"


def test_one_engine_has_the_names_and_the_keys_it_always_had(tmp_path: Path) -> None:
    alone, many = tmp_path / "alone", tmp_path / "many"
    for folder in (alone, many):
        folder.mkdir()
    one, three = world.make(alone, 7, 100, 12), world.make(many, 7, 100, 12, 3, URL)
    assert one.journal == alone / "journal.db" and three.journal == URL
    assert one.file("config.toml", 0).name == "config.toml" and one.file("address", 0).name == "address"
    assert one.links[0] == three.links[0] and one.tills == three.tills
    assert (Engine(one).name, Engine(three, 1).name) == ("the engine", "engine 2")
