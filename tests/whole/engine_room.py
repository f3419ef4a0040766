"""How does a test get an engine of its own, between a scripted host and scripted terminals?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from chongzheng.app import Engine, engine_of
from chongzheng.gateway.terminals import master_key_place
from chongzheng.journal import Reader, Vault
from chongzheng.reversal.payment import Payment
from chongzheng.uplink import link_place
from whole.scripted_host import ScriptedHost
from whole.scripted_terminal import ScriptedTerminal

MASTER_KEY = bytes(range(16))
MERCHANT = "898100000000001"
QUICK = """
reply_wait_ms = 1000
terminal_wait_ms = 2000
deliver_wait_ms = 1000
repeat_after_ms = [150, 300]
not_found_after_ms = [200]
urgent_after_ms = 100
"""


def configure(folder: Path, port: int, terminals: int = 2, more: str = "", policy: str = QUICK) -> Path:
    """A configuration with keys, for a host on `port`; `more` is put at its top."""
    keys = folder / "vault.keys"
    vault = Vault.from_file(keys) if keys.exists() else Vault.create(keys)
    rows = ["terminal,merchant,master_key"]
    for number in range(1, terminals + 1):
        name = f"1{number:07d}"
        rows.append(f"{name},{MERCHANT},{vault.seal(MASTER_KEY, master_key_place(MERCHANT, name)).hex()}")
    (folder / "terminals.csv").write_text("\n".join(rows) + "\n", "utf-8")
    path = folder / "config.toml"
    path.write_text(
        f"""
terminals_file = "terminals.csv"
{more}
[journal]
path = "journal.db"
keys = "vault.keys"
[host]
address = "127.0.0.1:{port}"
terminal = "90000001"
merchant = "{MERCHANT}"
master_key = "{vault.seal(MASTER_KEY, link_place("90000001")).hex()}"
[settlement]
inbox = "inbox"
archives = ["elsewhere"]
[policy]
{policy}
""",
        "utf-8",
    )
    return path


@dataclass
class Room:
    """An engine, its host and its journal."""

    folder: Path
    config: Path
    host: ScriptedHost
    engine: Engine
    terminals: list[ScriptedTerminal] = field(default_factory=list)

    async def terminal(self, number: int = 1, sign_in: bool = True) -> ScriptedTerminal:
        """A terminal that has dialled in."""
        one = ScriptedTerminal(self.engine.addresses["pos"], terminal=f"1{number:07d}")
        await one.dial()
        if sign_in:
            assert (await one.sign_in()).text(39) == "00"
        self.terminals.append(one)
        return one

    def payments(self) -> list[Payment]:
        """All payments of the journal, oldest first."""
        reader = Reader.open(self.folder / "journal.db")
        try:
            return list(reader.payments())
        finally:
            reader.close()

    async def until(self, what: Callable[[], bool], wait_s: float = 8) -> None:
        """Wait until it is so."""
        async with asyncio.timeout(wait_s):
            while not what():
                await asyncio.sleep(0.01)

    async def until_state(self, *states: str) -> list[Payment]:
        """Wait until the payments stand in these states, in any order."""
        await self.until(lambda: sorted(p.state for p in self.payments()) == sorted(states))
        return self.payments()

    async def restart(self) -> None:
        """Stop the engine and start another one on the same journal."""
        await self.engine.stop()
        self.engine = engine_of(self.config)
        await self.engine.start()
        await self.until(lambda: self.engine.host_ready)


@asynccontextmanager
async def room(folder: Path, host: ScriptedHost | None = None, more: str = "", policy: str = QUICK,
               wait_for_host: bool = True) -> AsyncIterator[Room]:  # fmt: skip
    """An engine that runs and is signed in at its host."""
    host = host or ScriptedHost()
    await host.start()
    config = configure(folder, host.port, more=more, policy=policy)
    engine = engine_of(config)
    await engine.start()
    here = Room(folder, config, host, engine)
    try:
        if wait_for_host:
            await here.until(lambda: here.engine.host_ready)
        yield here
    finally:
        for one in here.terminals:
            await one.hang_up()
        await here.engine.stop()
        await host.stop()
