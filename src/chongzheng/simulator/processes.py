"""How are the bank and an engine started, killed or frozen on purpose, spoken to and always ended?"""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import shutil
import signal
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from chongzheng.mistakes import OurMistake
from chongzheng.simulator.world import World

START_WAIT_S = 30.0
STOP_WAIT_S = 20.0
LOOK_S = 0.02
REPLY_BYTES_MAX = 1 << 26
LOG_TAIL_CHARS = 300
LEASE_LOST = 1
"""The exit code of an engine whose lease has run out."""
UNKEPT = "PYTHONDONTWRITEBYTECODE"
ENGINE = (sys.executable, "-c", "from chongzheng.cli import main; main()")


@cache
def _bytecode() -> str:
    """Where programs that we start keep what they compiled: a folder that goes when we do."""
    folder = tempfile.mkdtemp(prefix="chongzheng-bytecode-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def surroundings() -> dict[str, str]:
    """The environment of what we start: ours, and bytecode may be kept, as where the product is installed. Otherwise a
    start would show how long compiling takes, and a campaign of kills would do little else."""
    ours = {name: value for name, value in os.environ.items() if name != UNKEPT}
    return {**ours, "PYTHONPYCACHEPREFIX": _bytecode()}


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


def _tail(path: Path, since: int = 0) -> str:
    """The end of a log, as one line, without the bytes that were there before `since`."""
    text = path.read_bytes()[since:].decode("utf-8", "replace") if path.exists() else ""
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
                *words, stdin=PIPE, stdout=PIPE, stderr=log, start_new_session=True, env=surroundings()
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


class Standing(StrEnum):
    """How an engine stands."""

    DOWN = "down"
    STARTING = "starting"
    UP = "up"
    FROZEN = "frozen"


class Engine:
    """An engine's process: `chongzheng up`, as a user starts it. `number` counts from 0."""

    def __init__(self, world: World, number: int = 0) -> None:
        self._config = world.file("config.toml", number)
        self._log = world.file("engine.log", number)
        self._addresses = world.file("address", number)
        self._process: Process | None = None
        self._may_end = False
        self._logged_before = 0
        self.name = f"engine {number + 1}" if len(world.links) > 1 else "the engine"
        self.standing = Standing.DOWN
        self.address: tuple[str, int] | None = None
        self.more: tuple[str, ...] = ()

    async def start(self) -> None:
        """Start it on its journal, whatever state that is in, and learn its address."""
        self._addresses.unlink(missing_ok=True)
        words = (*self.program(), "up", "--config", str(self._config), "--address-file", str(self._addresses))
        words += self.more
        self.standing = Standing.STARTING
        with open(self._log, "ab") as log:
            self._logged_before = log.tell()
            self._process = await asyncio.create_subprocess_exec(
                *words, stdin=DEVNULL, stdout=log, stderr=log, start_new_session=True, env=surroundings()
            )
        self._may_end = False
        try:
            async with asyncio.timeout(START_WAIT_S):
                while not self._addresses.exists():
                    self.refuse_if_gone()
                    await asyncio.sleep(LOOK_S)
        except TimeoutError:
            raise OurMistake(f"{self.name} did not start: {self._last_words()}", "simulator") from None
        self.address = _pos_address(self._addresses.read_text("utf-8"))
        self.standing = Standing.UP

    @property
    def addresses(self) -> dict[str, str]:
        """Where it can be reached, name by name, once it has started."""
        return dict(json.loads(self._addresses.read_text("utf-8")))

    def program(self) -> tuple[str, ...]:
        """What is started, before the words `up` and so on."""
        return ENGINE

    @property
    def is_up(self) -> bool:
        """Whether it takes sales now, as far as can be known."""
        return self.standing is Standing.UP and self._process is not None and self._process.returncode is None

    @property
    def is_gone(self) -> bool:
        """Whether it ended although nobody made it."""
        return self._process is not None and self._process.returncode is not None and not self._may_end

    @property
    def lost_its_lease(self) -> bool:
        """Whether it ended because its machine stalled for longer than its lease, as it must then."""
        ended_so = self._process is not None and self._process.returncode == LEASE_LOST
        return self.is_gone and ended_so and "lease" in self._last_words()

    def refuse_if_gone(self) -> None:
        """OurMistake when it ended although nobody made it."""
        if self._process is not None and self.is_gone:
            code = self._process.returncode
            raise OurMistake(f"{self.name} ended by itself with {code}: {self._last_words()}", "simulator")

    async def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        if self._process is not None:
            self.address, self._may_end, self.standing = None, True, Standing.DOWN
            if self._process.returncode is None:
                self._process.kill()
            await self._process.wait()

    def freeze(self) -> None:
        """SIGSTOP, as a stalled machine would: its sockets stay open, and nobody answers on them."""
        if self._process is not None:
            self.standing = Standing.FROZEN
            self._process.send_signal(signal.SIGSTOP)

    async def thaw(self) -> None:
        """SIGCONT after its lease has run out: it must find out and end by itself, saying so; OurMistake otherwise."""
        if self._process is None:
            return
        self._may_end = True
        self._process.send_signal(signal.SIGCONT)
        try:
            async with asyncio.timeout(STOP_WAIT_S):
                code = await self._process.wait()
        except TimeoutError:
            raise OurMistake(f"{self.name} lost its lease and did not end: {self._last_words()}", "simulator") from None
        self.address, self.standing = None, Standing.DOWN
        if code != LEASE_LOST:
            raise OurMistake(f"{self.name} lost its lease and ended with {code}: {self._last_words()}", "simulator")

    async def stop(self) -> int | None:
        """Ask it to stop; its exit code, None when it had to be killed. A frozen one is killed: it cannot hear."""
        self._may_end = True
        if self.standing is Standing.FROZEN:
            await self.kill()
        self.standing = Standing.DOWN
        return await _end(self._process)

    def _last_words(self) -> str:
        """What it said since it was started last."""
        return _tail(self._log, self._logged_before)

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
