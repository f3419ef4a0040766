"""Who behaves badly at the terminals' door? A crowd of slow, silent, greedy and lying clients that dial again when cut.

`python -m chongzheng.bench.hostile_crowd`; orders: attack, report. Each client has one vice. They come from many
loopback addresses, as one address alone would be kept out by its number of connections.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable
from random import Random
from typing import Any

from chongzheng.bench.load_frames import POS, envelope_of, merchant_name, sale, terminal_name
from chongzheng.bench.load_orders import obey, run
from chongzheng.iso8583 import Message, frame, join_cup
from chongzheng.iso8583.mac import sign

PER_ADDRESS = 100
"""Clients of one address; the door's own limit is about honest concentrators, and is tested elsewhere."""
FIRST_ADDRESS = 2
STRANGER = 89_999_998
"""The number of a terminal that nobody configured."""
WORD_EVERY_S = 1.0
REDIAL_S = 2.0
DIALS_AT_ONCE = 64
DEAF_FRAMES = 400
GARBAGE_BYTES = 600
WRONG_KEY = bytes(8)

Say = Callable[[bytes], None]


async def _silent(dice: Random) -> AsyncIterator[bytes]:
    """Says nothing at all."""
    await asyncio.Event().wait()
    yield b""


async def _dribbling(dice: Random) -> AsyncIterator[bytes]:
    """A good frame, one byte a second."""
    for at in range(len(_echo(0))):
        yield _echo(0)[at : at + 1]
        await asyncio.sleep(WORD_EVERY_S)


async def _half(dice: Random) -> AsyncIterator[bytes]:
    """Half a frame, and no more."""
    whole = _sale(0)
    yield whole[: len(whole) // 2]
    await asyncio.Event().wait()


async def _oversized(dice: Random) -> AsyncIterator[bytes]:
    """A length that no message has, and what it can send of that."""
    yield b"\xff\xff" + bytes(GARBAGE_BYTES)
    await asyncio.Event().wait()


async def _babbling(dice: Random) -> AsyncIterator[bytes]:
    """Good frames around noise."""
    while True:
        yield frame(dice.randbytes(GARBAGE_BYTES))
        await asyncio.sleep(WORD_EVERY_S)


async def _strange(dice: Random) -> AsyncIterator[bytes]:
    """Sales of a terminal that there is not."""
    while True:
        yield _sale(STRANGER)
        await asyncio.sleep(WORD_EVERY_S)


async def _lying(dice: Random) -> AsyncIterator[bytes]:
    """Sales in the name of an honest terminal, with a MAC that is not its."""
    while True:
        yield _sale(0)
        await asyncio.sleep(WORD_EVERY_S)


async def _deaf(dice: Random) -> AsyncIterator[bytes]:
    """Questions without end whose answers it never reads."""
    while True:
        yield _echo(0) * DEAF_FRAMES
        await asyncio.sleep(WORD_EVERY_S)


VICES: dict[str, Callable[[Random], AsyncIterator[bytes]]] = {
    "silent": _silent,
    "dribbling": _dribbling,
    "half a frame": _half,
    "oversized": _oversized,
    "babbling": _babbling,
    "strange": _strange,
    "lying": _lying,
    "deaf": _deaf,
}


def _sale(number: int) -> bytes:
    return frame(join_cup(envelope_of(0), sign(POS, sale(number, "000001", 1), "cup-ecb", WRONG_KEY)))


def _echo(number: int) -> bytes:
    fields = {11: "000001", 41: terminal_name(number), 42: merchant_name(number), 60: "00000001301"}
    return frame(join_cup(envelope_of(0), POS.encode(Message("0820", fields))))


class _Client(asyncio.Protocol):
    """One connection; a deaf one never reads."""

    def __init__(self, deaf: bool) -> None:
        self._deaf = deaf
        self.gone = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The door took the call."""
        if self._deaf:
            transport.pause_reading()  # type: ignore[attr-defined]

    def connection_lost(self, exc: Exception | None) -> None:
        """The door hung up."""
        self.gone.set()


class Crowd:
    """So many clients, their vices shared out evenly."""

    def __init__(self, seed: int = 0) -> None:
        self._dice = Random(seed)  # noqa: S311 - noise of a measurement, the same in every run
        self._tasks: set[asyncio.Task[None]] = set()
        self.connected: Counter[str] = Counter()
        self.cut: Counter[str] = Counter()
        self.dials = 0

    async def attack(self, order: dict[str, Any]) -> dict[str, Any]:
        """Dial `address` with so many `clients` and keep at it; back once all have dialled."""
        host, _, port = order["address"].rpartition(":")
        vices = list(VICES)
        tasks = []
        gate = asyncio.Semaphore(DIALS_AT_ONCE)
        for number in range(order["clients"]):
            source = f"127.0.0.{FIRST_ADDRESS + number // PER_ADDRESS % 250}"
            one = self._misbehave(vices[number % len(vices)], (host, int(port)), source, gate)
            tasks.append(asyncio.get_running_loop().create_task(one))
        self._tasks.update(tasks)
        while self.dials < order["clients"]:
            await asyncio.sleep(0.05)
        return await self.report(order)

    async def report(self, _: dict[str, Any]) -> dict[str, Any]:
        """How many are connected now, and how often one was cut, by vice."""
        connected = {vice: count for vice, count in self.connected.items() if count}
        return {"connected": connected, "cut": dict(self.cut), "dials": self.dials}

    async def disperse(self) -> None:
        """Everybody goes home."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _misbehave(self, vice: str, door: tuple[str, int], source: str, gate: asyncio.Semaphore) -> None:
        while True:
            async with gate:
                self.dials += 1
                dialled = await self._dial(vice, door, source)
            if dialled is not None:
                transport, client = dialled
                self.connected[vice] += 1
                try:
                    await self._speak(vice, transport, client)
                finally:
                    self.connected[vice] -= 1
                    transport.abort()
                self.cut[vice] += 1
            await asyncio.sleep(REDIAL_S * (0.5 + self._dice.random()))

    async def _dial(
        self, vice: str, door: tuple[str, int], source: str
    ) -> tuple[asyncio.Transport, _Client] | None:
        try:
            return await asyncio.get_running_loop().create_connection(
                lambda: _Client(vice == "deaf"), *door, local_addr=(source, 0), family=socket.AF_INET
            )
        except OSError:
            return None

    async def _speak(self, vice: str, transport: asyncio.Transport, client: _Client) -> None:
        """Until the door hangs up."""
        loop = asyncio.get_running_loop()
        gone = loop.create_task(client.gone.wait())
        talk = loop.create_task(self._talk(VICES[vice](self._dice), transport))
        try:
            await asyncio.wait({gone, talk}, return_when=asyncio.FIRST_COMPLETED)
            if talk.done():
                talk.result()  # who has said all waits for the end; a mistake of ours must not look like patience
            await gone
        finally:
            talk.cancel()
            gone.cancel()

    async def _talk(self, words: AsyncIterator[bytes], transport: asyncio.Transport) -> None:
        async for word in words:
            if transport.is_closing():
                return
            transport.write(word)


async def main() -> None:
    """Obey."""
    crowd = Crowd()
    await obey({"attack": crowd.attack, "report": crowd.report})


if __name__ == "__main__":
    run(main)
