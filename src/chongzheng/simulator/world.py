"""Which files does a simulated world consist of: keys, the engine's configuration, the bank's settings?"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from chongzheng.journal import Vault
from chongzheng.simulator import scale

LINK_MERCHANT = "898310000000000"
SHOP_TERMINALS = 5
"""How many terminals one merchant has."""
UTC_OFFSET_H = 8
DOWNS = 2
KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class Till:
    """One terminal of the world: F41, F42, its master key in the clear, and whether it restarts its trace numbers."""

    terminal: str
    merchant: str
    master_key: bytes
    restarts_traces: bool


@dataclass(frozen=True, slots=True)
class Link:
    """Who one engine is to the bank: F41, F42, and the master key of its link in the clear."""

    terminal: str
    merchant: str
    master_key: bytes


@dataclass(frozen=True, slots=True)
class World:
    """A folder with everything in it, fixed by `seed` but for the engines' own vault key.

    `links` has one for each engine; `database` is the URL of an empty one, or "" for a journal in the folder;
    `notices`: that table of the configuration, "" where nobody is told anything.
    """

    folder: Path
    seed: int
    payments: int
    day: str
    next_day: str
    tills: tuple[Till, ...]
    links: tuple[Link, ...]
    database: str = ""
    scaled: Mapping[str, int | tuple[int, ...]] = field(default_factory=lambda: scale.SCALED)
    notices: str = ""

    @property
    def journal(self) -> Path | str:
        """The journal of all engines: a file, or a URL."""
        return self.database or self.folder / "journal.db"

    def file(self, name: str, engine: int) -> Path:
        """A file of one engine, `engine` counted from 0; where there is only one it bears no number."""
        stem, dot, ending = name.partition(".")
        number = f"-{engine + 1}" if len(self.links) > 1 else ""
        return self.folder / f"{stem}{number}{dot}{ending}"

    @property
    def bank_settings(self) -> Path:
        """The bank's settings file."""
        return self.folder / "bank.json"

    @property
    def inbox(self) -> Path:
        """Where clearing files are dropped."""
        return self.folder / "inbox"


def make(
    folder: Path,
    seed: int,
    payments: int,
    terminals: int,
    engines: int = 1,
    database: str = "",
    outage: tuple[int, int] = (0, 0),
    notices: str = "",
) -> World:
    """A world in an empty folder, all but the engines' configurations, which need the bank's address."""
    dice = Random(seed)
    today = datetime.now(UTC) + timedelta(hours=UTC_OFFSET_H)
    tills = tuple(
        Till(
            terminal=f"{10_000_001 + number}",
            merchant=f"8983100{number // SHOP_TERMINALS + 1:08d}",
            master_key=dice.randbytes(KEY_BYTES),
            restarts_traces=dice.random() < 0.5,
        )
        for number in range(terminals)
    )
    world = World(
        folder=folder,
        seed=seed,
        payments=payments,
        day=f"{today:%Y%m%d}",
        next_day=f"{today + timedelta(days=1):%Y%m%d}",
        tills=tills,
        links=tuple(
            Link(f"ACQ{number + 1:05d}", LINK_MERCHANT, dice.randbytes(KEY_BYTES)) for number in range(engines)
        ),
        database=database,
        notices=notices,
    )
    world.inbox.mkdir()
    _write_bank_settings(world, dice, outage)
    return world


def _write_bank_settings(world: World, dice: Random, outage: tuple[int, int]) -> None:
    downs = sorted(dice.randint(world.payments // 5, world.payments * 4 // 5) for _ in range(DOWNS))
    settings = {
        "seed": world.seed,
        "day": world.day,
        "next_day": world.next_day,
        "wait_ms": scale.REPLY_WAIT_MS,
        "links": [[link.terminal, link.merchant, link.master_key.hex()] for link in world.links],
        "downs": downs,
        "utc_offset_h": UTC_OFFSET_H,
        "tied": True,
        "outage": outage,
    }
    write_private(world.bank_settings, json.dumps(settings, indent=1))


def write_configs(world: World, bank_address: str) -> None:
    """The configuration of each engine, with every key sealed by the one new vault of them all."""
    vault = Vault.create(world.folder / "vault.json")
    write_terminals(world.folder / "terminals.csv", world.tills, vault)
    for number in range(len(world.links)):
        write_private(world.file("config.toml", number), _config(world, number, vault, bank_address))


def write_terminals(path: Path, tills: Iterable[Till], vault: Vault) -> None:
    """The list of terminals that the engine reads, each with its master key sealed."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("terminal", "merchant", "master_key"))
        for till in tills:
            place = f"tmk:{till.merchant}:{till.terminal}"
            rows.writerow((till.terminal, till.merchant, vault.seal(till.master_key, place).hex()))


def _config(world: World, engine: int, vault: Vault, bank_address: str) -> str:
    """Only the first engine is handed clearing files: a file is read once, whoever reads it."""
    link = world.links[engine]
    return f"""# Written by chongzheng demo, seed {world.seed}.
terminals_file = "terminals.csv"

[journal]
path = {json.dumps(world.database or "journal.db")}
keys = "vault.json"
lease_ms = {scale.LEASE_MS}

[pos]
listen = "127.0.0.1:0"
connections_per_address = {min(4096, 256 + 4 * len(world.tills))}

[host]
address = "{bank_address}"
terminal = "{link.terminal}"
merchant = "{link.merchant}"
master_key = "{vault.seal(link.master_key, f"link:{link.terminal}").hex()}"

[calendar]
utc_offset_h = {UTC_OFFSET_H}
fixed_day = "{world.day}"

[settlement]
inbox = "{world.inbox.name if engine == 0 else ""}"

{scale.as_toml(world.scaled)}
{world.notices}"""


def write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
