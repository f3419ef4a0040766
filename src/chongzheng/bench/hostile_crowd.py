"""Who behaves badly at the terminals' door? A crowd of slow, silent, greedy and lying clients that dial again when cut.

`python -m chongzheng.bench.hostile_crowd`; orders: attack, report, rest. Each client has one vice. They come from many
loopback addresses, as one address alone would be kept out by its number of connections. The process is nicer than all
others: whoever attacks a door brings processors of his own, and here there are none for him. What he says is made
before the clock starts, and the report tells how much he got to say and to dial.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections import Counter
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from chongzheng.bench.load_frames import POS, envelope_of, merchant_name, sale, terminal_name
from chongzheng.bench.load_orders import obey, run, used_s
from chongzheng.iso8583 import Message, frame, join_cup
from chongzheng.iso8583.mac import sign

PER_ADDRESS = 100
"""Clients of one address; the door's own limit is about honest concentrators, and is tested elsewhere."""
FIRST_ADDRESS = 2
ADDRESSES = 250
STRANGER = 89_999_998
"""The number of a terminal that nobody configured."""
WORD_EVERY_S = 1.0
SLOTS = 20
"""A second's words are spread over so many moments."""
REDIAL_S = 2.0
DIAL_FOR_S = 5.0
"""The first dials of a thousand clients or more are spread over so long, so that they are not cut in step either."""
DIALS_PER_S_MIN = 400
DIALS_AT_ONCE = 64
DEAF_FRAMES = 400
GARBAGE_BYTES = 600
NOISES = 64
WRONG_KEY = bytes(8)
NICENESS = 19

Words = Callable[[int], bytes | None]
"""What a client says as its n-th word, beginning at 0; b"" for nothing, None to hang up itself and dial anew."""


def _sale(number: int) -> bytes:
    return frame(join_cup(envelope_of(0), sign(POS, sale(number, "000001", 1), "cup-ecb", WRONG_KEY)))


def _echo(number: int) -> bytes:
    fields = {11: "000001", 41: terminal_name(number), 42: merchant_name(number), 60: "00000001301"}
    return frame(join_cup(envelope_of(0), POS.encode(Message("0820", fields))))


def _once(word: bytes) -> Words:
    return lambda step: b"" if step else word


def _always(word: bytes) -> Words:
    return lambda _: word


def _vices() -> Mapping[str, Words]:
    dice = Random(0)  # noqa: S311 - noise of a measurement, the same in every run
    noises = [frame(dice.randbytes(GARBAGE_BYTES)) for _ in range(NOISES)]
    echo, lie = _echo(0), _sale(0)
    return {
        "silent": _once(b""),
        "dribbling": lambda step: echo[step : step + 1],  # a good frame, one byte a second
        "half a frame": _once(lie[: len(lie) // 2]),
        "oversized": _once(b"\xff\xff" + bytes(GARBAGE_BYTES)),  # a length that no message has
        "babbling": lambda step: noises[step % NOISES],  # good frames around noise
        "strange": _always(_sale(STRANGER)),  # sales of a terminal that there is not
        "lying": _always(lie),  # sales in the name of an honest terminal, with a MAC that is not its
        "restless": lambda step: None if step else lie,  # never waits for what becomes of it
        "deaf": _always(echo * DEAF_FRAMES),  # questions without end whose answers it never reads
    }


VICES = _vices()


class _Client(asyncio.Protocol):
    """One of the crowd, connected or not; a deaf one never reads."""

    def __init__(self, crowd: Crowd, number: int) -> None:
        self._crowd = crowd
        self.number = number
        self.vice = list(VICES)[number % len(VICES)]
        self.source = f"127.0.0.{FIRST_ADDRESS + number // PER_ADDRESS % ADDRESSES}"
        self._words = VICES[self.vice]
        self._step = 0
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The door took the call."""
        self.transport = transport
        self._step = 0
        self._crowd.came(self)
        if self.vice == "deaf":
            self.transport.pause_reading()
        self.speak()

    def connection_lost(self, exc: Exception | None) -> None:
        """The door hung up."""
        self.transport = None
        self._crowd.went(self)

    def speak(self) -> None:
        """The next word."""
        if self.transport is None or self.transport.is_closing():
            return
        word = self._words(self._step)
        self._step += 1
        if word is None:
            self.transport.abort()
        elif word:
            self._crowd.words += 1
            self.transport.write(word)


class Crowd:
    """So many clients, their vices shared out evenly."""

    def __init__(self, seed: int = 0) -> None:
        self._dice = Random(seed)  # noqa: S311 - pauses of a measurement
        self._tasks: set[asyncio.Task[None]] = set()
        self._speaking: list[dict[_Client, None]] = [{} for _ in range(SLOTS)]
        self._slot = 0
        self._gate = asyncio.Semaphore(DIALS_AT_ONCE)
        self._door: tuple[str, int] = ("", 0)
        self._active = False
        self._ticking: asyncio.TimerHandle | None = None
        self.connected: Counter[str] = Counter()
        self.cut: Counter[str] = Counter()
        self.dials = 0
        self.words = 0

    async def attack(self, order: dict[str, Any]) -> dict[str, Any]:
        """Dial `address` with so many `clients` and keep at it; back once all have dialled."""
        host, _, port = order["address"].rpartition(":")
        self._door, self._active = (host, int(port)), True
        clients = order["clients"]
        pause_s = min(DIAL_FOR_S / clients, 1 / DIALS_PER_S_MIN)
        wanted = self.dials + clients
        loop = asyncio.get_running_loop()
        for number in range(clients):
            loop.call_later(number * pause_s, self._send_out, _Client(self, number))
        self._tick()
        while self.dials < wanted:
            await asyncio.sleep(0.05)
        return await self.report(order)

    async def report(self, _: dict[str, Any]) -> dict[str, Any]:
        """How many are connected now, how often one was cut, by vice, and what was said and dialled so far."""
        connected = {vice: count for vice, count in self.connected.items() if count}
        said = {"dials": self.dials, "words": self.words, "used_s": used_s()}
        return {"connected": connected, "cut": dict(self.cut), **said}

    async def rest(self, order: dict[str, Any]) -> dict[str, Any]:
        """Everybody hangs up and stays at home until the next attack."""
        await self.disperse()
        return await self.report(order)

    async def disperse(self) -> None:
        """Everybody goes home."""
        self._active = False
        if self._ticking is not None:
            self._ticking.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for client in [client for slot in self._speaking for client in slot]:
            client.transport.abort()

    def came(self, client: _Client) -> None:
        """A client is connected."""
        if not self._active:  # it dialled just before all were called home
            client.transport.abort()
        self.connected[client.vice] += 1
        self._speaking[client.number % SLOTS][client] = None

    def went(self, client: _Client) -> None:
        """A client was cut; it dials again after a while."""
        self.connected[client.vice] -= 1
        self._speaking[client.number % SLOTS].pop(client, None)
        if self._active:
            self.cut[client.vice] += 1
            self._redial(client)

    def _redial(self, client: _Client) -> None:
        wait_s = REDIAL_S * (0.5 + self._dice.random())
        asyncio.get_running_loop().call_later(wait_s, self._send_out, client)

    def _send_out(self, client: _Client) -> None:
        if self._active:
            task = asyncio.get_running_loop().create_task(self._dial(client))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _dial(self, client: _Client) -> None:
        async with self._gate:
            self.dials += 1
            try:
                await asyncio.get_running_loop().create_connection(
                    lambda: client, *self._door, local_addr=(client.source, 0), family=socket.AF_INET
                )
            except OSError:
                self._redial(client)

    def _tick(self) -> None:
        """One timer for the whole crowd."""
        for client in list(self._speaking[self._slot]):
            client.speak()
        self._slot = (self._slot + 1) % SLOTS
        self._ticking = asyncio.get_running_loop().call_later(WORD_EVERY_S / SLOTS, self._tick)


async def main() -> None:
    """Obey."""
    os.nice(NICENESS)
    crowd = Crowd()
    await obey({"attack": crowd.attack, "report": crowd.report, "rest": crowd.rest})


if __name__ == "__main__":
    run(main)
