"""How are the bank and the engine started, killed on purpose, spoken to and always ended?"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path
from typing import Any

from chongzheng.mistakes import OurMistake
from chongzheng.simulator.world import World

START_WAIT_S = 30.0
STOP_WAIT_S = 20.0
LOOK_S = 0.02
REPLY_BYTES_MAX = 1 << 26
LOG_TAIL_CHARS = 300
ENGINE = (sys.executable, "-c", "from chongzheng.cli import main; main()")


async def _end(process: Process | None, wait_s: float = STOP_WAIT_S) -> int | None:
    """Ask to stop, then insist; the exit code."""
    if process is None or process.returncode is not None:
        return None if process is None else process.returncode
    process.terminate()
    try:
        async with asyncio.timeout(wait_s):
            return await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
        return None


def _tail(path: Path) -> str:
    """The end of a log, as one line."""
    text = path.read_text("utf-8", "replace") if path.exists() else ""
    return " ".join(text.split())[-LOG_TAIL_CHARS:] or "it said nothing"


class Bank:
    """The bank's process and its control port."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._log = world.folder / "bank.log"
        self._process: Process | None = None
        self._control: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.address = ""

    async def start(self) -> None:
        """Start it and learn its addresses. It ends by itself when we do: its standard input is ours."""
        words = (sys.executable, "-m", "chongzheng.simulator.bank", "--settings", str(self._world.bank_settings))
        with open(self._log, "ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *words, stdin=PIPE, stdout=PIPE, stderr=log, start_new_session=True
            )
        assert self._process.stdout is not None  # noqa: S101 - asked for above
        try:
            async with asyncio.timeout(START_WAIT_S):
                line = await self._process.stdout.readline()
            addresses = json.loads(line)
        except (TimeoutError, ValueError):
            raise OurMistake(f"the bank did not start: {_tail(self._log)}", "simulator") from None
        self.address = addresses["link"]
        host, port = addresses["control"].split(":")
        self._control = await asyncio.open_connection(host, int(port), limit=REPLY_BYTES_MAX)

    async def order(self, do: str, **more: Any) -> dict[str, Any]:
        """Give an order and take the answer. OurMistake when the bank is gone or refuses."""
        if self._control is None:
            raise OurMistake("the bank is not running", "simulator")
        reader, writer = self._control
        try:
            writer.write(json.dumps({"do": do, **more}).encode() + b"\n")
            reply: dict[str, Any] = json.loads(await reader.readline())
        except (OSError, ValueError):
            raise OurMistake(f"the bank is gone: {_tail(self._log)}", "simulator") from None
        if "error" in reply:
            raise OurMistake(f"the bank refused {do}: {reply['error']}", "simulator")
        return reply

    async def stop(self) -> None:
        """End it."""
        if self._control is not None:
            self._control[1].close()
        await _end(self._process)


class Engine:
    """The engine's process: `chongzheng up`, as a user starts it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._log = world.folder / "engine.log"
        self._addresses = world.folder / "address"
        self._process: Process | None = None
        self._is_killed = False
        self.address: tuple[str, int] | None = None

    async def start(self) -> None:
        """Start it on its journal, whatever state that is in, and learn its address."""
        self._addresses.unlink(missing_ok=True)
        words = (*ENGINE, "up", "--config", str(self._world.config), "--address-file", str(self._addresses))
        with open(self._log, "ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *words, stdin=DEVNULL, stdout=log, stderr=log, start_new_session=True, env={**os.environ}
            )
        self._is_killed = False
        async with asyncio.timeout(START_WAIT_S):
            while not self._addresses.exists():
                self.refuse_if_gone()
                await asyncio.sleep(LOOK_S)
        self.address = _pos_address(self._addresses.read_text("utf-8"))

    def refuse_if_gone(self) -> None:
        """OurMistake when it ended although nobody killed it."""
        if self._process is not None and self._process.returncode is not None and not self._is_killed:
            code = self._process.returncode
            raise OurMistake(f"the engine ended by itself with {code}: {_tail(self._log)}", "simulator")

    async def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        if self._process is not None:
            self.address, self._is_killed = None, True
            self._process.kill()
            await self._process.wait()

    async def stop(self) -> int | None:
        """Ask it to stop; its exit code, None when it had to be killed."""
        self._is_killed = True
        return await _end(self._process)

    async def dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to where it listens now; OSError while it is down."""
        if self.address is None:
            raise ConnectionRefusedError
        return await asyncio.open_connection(*self.address)


def _pos_address(text: str) -> tuple[str, int]:
    """The POS address in an address file: a line `pos HOST:PORT`, a JSON object, or the bare address."""
    words = json.loads(text)["pos"] if text.lstrip().startswith("{") else text.split()[-1]
    host, _, port = str(words).rpartition(":")
    return host, int(port)
