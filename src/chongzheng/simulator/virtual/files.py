"""Of which files does a simulated world consist, and what does each of its parts know of the others?

Keys and settings are fixed by the seed; the engine's configuration is the one that `chongzheng up` would read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random

from chongzheng.journal import Vault
from chongzheng.simulator import scale
from chongzheng.simulator.world import KEY_BYTES, LINK_MERCHANT, SHOP_TERMINALS, Till, write_terminals

DAY, NEXT_DAY = "20260922", "20260923"
EPOCH_NS = 1_790_042_400 * 1_000_000_000
"""2026-09-22 10:00 on the shops' clock."""
LINK_TERMINAL = "ACQ00001"
POS_ADDRESS = ("10.1.0.1", 9_001)
BANK_ADDRESS = ("10.2.0.1", 9_002)
PAYMENTS_OF_A_TERMINAL = 6
TERMINALS = (2, 12)


@dataclass(frozen=True, slots=True)
class Home:
    """A folder that survives everything: keys, configuration, inbox. The journal lies on a disk that may not."""

    folder: Path
    tills: tuple[Till, ...]
    link_key: bytes

    @property
    def config(self) -> Path:
        """The engine's configuration."""
        return self.folder / "config.toml"

    @property
    def inbox(self) -> Path:
        """Where clearing files are dropped."""
        return self.folder / "inbox"

    @property
    def outbox(self) -> Path:
        """Where the bank keeps its files until they set out."""
        return self.folder / "bank"


def make(folder: Path, journal: Path, seed: int, payments: int) -> Home:
    """The files of a world in an empty folder; the journal lies elsewhere."""
    dice = Random(f"files {seed}")
    low, high = TERMINALS
    count = max(low, min(high, payments // PAYMENTS_OF_A_TERMINAL))
    tills = tuple(
        Till(f"{10_000_001 + n}", f"8983100{n // SHOP_TERMINALS + 1:08d}", dice.randbytes(KEY_BYTES), n % 2 == 0)
        for n in range(count)
    )
    home = Home(folder, tills, dice.randbytes(KEY_BYTES))
    home.inbox.mkdir()
    home.outbox.mkdir()
    vault = Vault.create(folder / "vault.json")
    write_terminals(folder / "terminals.csv", tills, vault)
    home.config.touch(mode=0o600)
    home.config.write_text(_config(home, vault, journal), encoding="utf-8")
    return home


def _config(home: Home, vault: Vault, journal: Path) -> str:
    link_key = vault.seal(home.link_key, f"link:{LINK_TERMINAL}").hex()
    return f"""terminals_file = "terminals.csv"

[journal]
path = {json.dumps(str(journal))}
keys = "vault.json"

[pos]
listen = "{POS_ADDRESS[0]}:{POS_ADDRESS[1]}"
connections_per_address = 256

[host]
address = "{BANK_ADDRESS[0]}:{BANK_ADDRESS[1]}"
terminal = "{LINK_TERMINAL}"
merchant = "{LINK_MERCHANT}"
master_key = {json.dumps(link_key)}

[calendar]
utc_offset_h = 8
fixed_day = "{DAY}"

[settlement]
inbox = "{home.inbox.name}"

{scale.as_toml()}"""
