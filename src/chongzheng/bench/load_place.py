"""Where does a measurement take place? A folder with keys and a configuration, a bank, engines as users start them."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import socket
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from chongzheng.bench.load_frames import merchant_name, terminal_name
from chongzheng.bench.load_orders import Helper, ended, tail
from chongzheng.journal import Vault
from chongzheng.mistakes import OurMistake

LINK_TERMINAL, LINK_MERCHANT = "90000001", "898310000000000"
KEY_BYTES, MAK_BYTES = 16, 8
START_WAIT_S = 120.0
LOOK_S = 0.01
ENGINE = ("-c", "from chongzheng.cli import main; main()", "up")
MODULE = "chongzheng.bench"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of our own, the keys of everybody in it, and the database that the engines share."""

    folder: Path
    terminals: int
    database: str
    link_key: bytes
    mak: bytes
    master_keys: tuple[bytes, ...]

    @property
    def journal(self) -> str:
        """What to open as the journal."""
        return self.database or str(self.folder / "journal.db")

    @property
    def vault(self) -> Vault:
        """The vault that sealed the configuration's keys."""
        return Vault.from_file(self.folder / "vault.json")


def make(folder: Path, terminals: int, database: str) -> Place:
    """Keys for a bank and so many terminals; `database` empty: SQLite in the folder."""
    dice = Random(0)  # noqa: S311 - keys of a measurement, the same in every run
    Vault.create(folder / "vault.json")
    keys = tuple(dice.randbytes(KEY_BYTES) for _ in range(terminals))
    return Place(folder, terminals, database, dice.randbytes(KEY_BYTES), dice.randbytes(MAK_BYTES), keys)


def configure(place: Place, bank: str, day: str = "") -> Path:
    """Write the engine's configuration: the shipped policy, one fixed day, so that no run crosses a cut-over."""
    vault = place.vault
    with open(place.folder / "terminals.csv", "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("terminal", "merchant", "master_key"))
        for number, key in enumerate(place.master_keys):
            name, merchant = terminal_name(number), merchant_name(number)
            rows.writerow((name, merchant, vault.seal(key, f"tmk:{merchant}:{name}").hex()))
    link_key = vault.seal(place.link_key, f"link:{LINK_TERMINAL}").hex()
    path = place.folder / "config.toml"
    path.write_text(
        f"""terminals_file = "terminals.csv"
[journal]
path = "{place.database or "journal.db"}"
keys = "vault.json"
[pos]
listen = "127.0.0.1:0"
connections_per_address = 4096
[host]
address = "{bank}"
terminal = "{LINK_TERMINAL}"
merchant = "{LINK_MERCHANT}"
master_key = "{link_key}"
[calendar]
fixed_day = "{day or f"{datetime.now(UTC):%Y%m%d}"}"
""",
        encoding="utf-8",
    )
    return path


async def start_bank(place: Place) -> tuple[Helper, str]:
    """The bank's process and where it listens."""
    bank = Helper(place.folder / "bank.log", "-m", f"{MODULE}.load_bank", place.link_key.hex(), place.mak.hex())
    await bank.start()
    return bank, str((await bank.order("listen"))["address"])


def wait_for_port(port: int, wait_s: float, is_gone: Callable[[], bool]) -> None:
    """Wait until somebody listens there. OurMistake when that takes too long or the process is gone."""
    give_up_at = time.monotonic() + wait_s
    while time.monotonic() < give_up_at and not is_gone():
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(LOOK_S)
    raise OurMistake("a server did not start", str(port))


class Engine:
    """One engine: `chongzheng up`, as a user starts it."""

    def __init__(self, place: Place, number: int = 0) -> None:
        self._place = place
        self._log = place.folder / f"engine{number}.log"
        self._addresses = place.folder / f"address{number}"
        self._process: Process | None = None
        self.address = ""

    async def start(self) -> None:
        """Start it without waiting; `started` waits."""
        words = (*ENGINE, "--config", str(self._place.folder / "config.toml"), "--address-file", str(self._addresses))
        with open(self._log, "ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, *words, stdin=DEVNULL, stdout=log, stderr=log, env={**os.environ}
            )

    async def started(self) -> None:
        """Wait until it takes sales. OurMistake with the end of its log when it does not."""
        give_up_at = time.monotonic() + START_WAIT_S
        while not self._addresses.exists():
            self.refuse_if_gone()
            if time.monotonic() > give_up_at:
                raise OurMistake(f"the engine did not start: {tail(self._log)}", "bench")
            await asyncio.sleep(LOOK_S)
        self.address = str(json.loads(self._addresses.read_text("utf-8"))["pos"])

    def refuse_if_gone(self) -> None:
        """OurMistake when it ended by itself."""
        if self._process is not None and self._process.returncode is not None:
            raise OurMistake(f"the engine ended with {self._process.returncode}: {tail(self._log)}", "bench")

    def used_s(self) -> float:
        """Seconds of processor time it has used; 0 where the system does not tell."""
        try:
            text = Path(f"/proc/{self._process.pid}/stat").read_text("ascii") if self._process else ""
        except OSError:
            return 0.0
        ticks = text.rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    async def stop(self) -> None:
        """Ask it to stop and wait."""
        if self._process is not None:
            if self._process.returncode is None:
                self._process.terminate()
            await ended(self._process)
