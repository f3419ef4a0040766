"""Which files does a simulated world consist of: keys, the engine's configuration, the bank's settings?"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from chongzheng.journal import Vault
from chongzheng.simulator import scale

LINK_TERMINAL, LINK_MERCHANT = "ACQ00001", "898310000000000"
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
class World:
    """A folder with everything in it, fixed by `seed` but for the engine's own vault key."""

    folder: Path
    seed: int
    payments: int
    day: str
    next_day: str
    tills: tuple[Till, ...]
    link_key: bytes

    @property
    def journal(self) -> Path:
        """The engine's journal."""
        return self.folder / "journal.db"

    @property
    def config(self) -> Path:
        """The engine's configuration file."""
        return self.folder / "config.toml"

    @property
    def bank_settings(self) -> Path:
        """The bank's settings file."""
        return self.folder / "bank.json"

    @property
    def inbox(self) -> Path:
        """Where clearing files are dropped."""
        return self.folder / "inbox"


def make(folder: Path, seed: int, payments: int, terminals: int) -> World:
    """A world in an empty folder, all but the engine's configuration, which needs the bank's address."""
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
        link_key=dice.randbytes(KEY_BYTES),
    )
    world.inbox.mkdir()
    _write_bank_settings(world, dice)
    return world


def _write_bank_settings(world: World, dice: Random) -> None:
    downs = sorted(dice.randint(world.payments // 5, world.payments * 4 // 5) for _ in range(DOWNS))
    settings = {
        "seed": world.seed,
        "day": world.day,
        "next_day": world.next_day,
        "wait_ms": scale.SCALED["reply_wait_ms"],
        "links": [[LINK_TERMINAL, LINK_MERCHANT, world.link_key.hex()]],
        "downs": downs,
        "utc_offset_h": UTC_OFFSET_H,
        "tied": True,
    }
    _write_private(world.bank_settings, json.dumps(settings, indent=1))


def write_config(world: World, bank_address: str) -> None:
    """The engine's configuration, with every key sealed by a new vault."""
    vault = Vault.create(world.folder / "vault.json")

    def sealed(key: bytes, place: str) -> str:
        return vault.seal(key, place).hex()

    with open(world.folder / "terminals.csv", "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("terminal", "merchant", "master_key"))
        for till in world.tills:
            place = f"tmk:{till.merchant}:{till.terminal}"
            rows.writerow((till.terminal, till.merchant, sealed(till.master_key, place)))
    world.config.write_text(
        f"""# Written by chongzheng demo, seed {world.seed}.
terminals_file = "terminals.csv"

[journal]
path = "{world.journal.name}"
keys = "vault.json"

[pos]
listen = "127.0.0.1:0"
connections_per_address = {min(4096, 256 + 4 * len(world.tills))}

[host]
address = "{bank_address}"
terminal = "{LINK_TERMINAL}"
merchant = "{LINK_MERCHANT}"
master_key = "{sealed(world.link_key, f"link:{LINK_TERMINAL}")}"

[calendar]
utc_offset_h = {UTC_OFFSET_H}
fixed_day = "{world.day}"

[settlement]
inbox = "{world.inbox.name}"

{scale.as_toml()}""",
        encoding="utf-8",
    )


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
