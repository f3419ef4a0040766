"""Who sells under load? A fleet of terminals on one connection each, whose frames are ready before the clock starts.

`python -m chongzheng.bench.load_terminals`; orders: dial, load, flood, pace. They look at nothing but the code (F39)
and the trace number (F11) of an answer.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Any, cast

from chongzheng.bench.load_frames import POS, envelope_of, merchant_name, offset_of, sale_frames, terminal_name
from chongzheng.bench.load_orders import obey, run
from chongzheng.iso8583 import Deframer, Message, frame, join_cup, open_working_keys
from chongzheng.iso8583.framing import CUP_ENVELOPE_BYTES
from chongzheng.mistakes import OurMistake

SIGN_IN = "001"
SHAPE_BYTES = 10
STAN, CODE = 11, 39
ANSWER_WAIT_S = 30.0
PARTS = (50, 99, 99.9)
DIALS_AT_ONCE = 64
FRAMES_MAX = 1_000_000
"""Sales that one terminal holds ready; trace numbers have six digits."""

Heard = Callable[["Till", bytes, float], None]


class Till(asyncio.Protocol):
    """One terminal. `heard(till, body, now)` takes each answer."""

    def __init__(self, number: int, heard: Heard) -> None:
        self.number = number
        self.heard = heard
        self.batch, self.mak = "000001", b""
        self.frames: deque[bytes] = deque(maxlen=FRAMES_MAX)
        self.sent_at: dict[bytes, float] = {}
        self._deframer = Deframer()
        self._transport: asyncio.Transport | None = None
        self._keys: asyncio.Future[Message] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The engine took the call."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more will come."""
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Hand on every answer."""
        now = time.perf_counter()
        for payload in self._deframer.feed(data):
            body = payload[CUP_ENVELOPE_BYTES:]
            if self._keys is not None:
                self._keys.set_result(POS.decode(body))
            else:
                self.heard(self, body, now)

    async def sign_in(self, master_key: bytes) -> None:
        """Get a batch and a MAC key."""
        self._keys = asyncio.get_running_loop().create_future()
        fields = {11: "000000", 41: terminal_name(self.number), 42: merchant_name(self.number), 63: "001"}
        asked = Message("0800", {**fields, 60: f"00000001{SIGN_IN}"})
        self.write(frame(join_cup(envelope_of(self.number), POS.encode(asked))))
        async with asyncio.timeout(ANSWER_WAIT_S):
            answer = await self._keys
        self._keys = None
        if answer.text(39) != "00":
            raise OurMistake(f"sign-in refused with {answer.text(39)}", "terminal")
        self.batch = answer.text(60)[2:8]
        self.mak = open_working_keys(answer.text(62).encode("latin-1"), master_key).mak

    def write(self, data: bytes) -> None:
        """Send a frame."""
        if self._transport is None:
            raise OurMistake("the connection of a terminal was lost", terminal_name(self.number))
        self._transport.write(data)

    def hang_up(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()


class Fleet:
    """All terminals, and what the present run has seen."""

    def __init__(self) -> None:
        self.tills: list[Till] = []
        self._places: dict[bytes, tuple[int, int]] = {}
        self._codes: Counter[bytes] = Counter()
        self._late_s: list[float] = []
        self._expected = 0
        self._done = asyncio.Event()
        self._refill = False

    async def dial(self, order: dict[str, Any]) -> dict[str, Any]:
        """Connect the terminals; with master keys they sign in, else `mak` is the key of all."""
        for till in self.tills:
            till.hang_up()
        host, _, port = order["address"].rpartition(":")
        loop = asyncio.get_running_loop()
        self.tills = []
        for number in range(order["terminals"]):
            _, till = await loop.create_connection(lambda number=number: Till(number, self._heard), host, int(port))  # type: ignore[misc]
            self.tills.append(till)
        keys = order.get("master_keys", ())
        for till in self.tills:
            till.mak = bytes.fromhex(order.get("mak", ""))
        for at in range(0, len(keys), DIALS_AT_ONCE):
            group = self.tills[at : at + DIALS_AT_ONCE]
            await asyncio.gather(*(till.sign_in(bytes.fromhex(keys[till.number])) for till in group))
        return {"terminals": len(self.tills)}

    async def load(self, order: dict[str, Any]) -> dict[str, Any]:
        """Make each terminal's frames ready; one order a connection, for trace numbers begin at 1."""
        for till in self.tills:
            wanted = min(order["sales_each"], FRAMES_MAX)
            till.frames = deque(sale_frames(till.number, till.batch, till.mak, wanted), maxlen=FRAMES_MAX)
        return {"frames": sum(len(till.frames) for till in self.tills)}

    async def flood(self, order: dict[str, Any]) -> dict[str, Any]:
        """Sell `sales` as fast as answers come, so many in flight for each terminal."""
        self._begin(order["sales"])
        self._refill, self._left = True, order["sales"]
        begun = time.perf_counter()
        for _ in range(order["in_flight"]):
            for till in self.tills:
                self._send_next(till, time.perf_counter())
        return await self._finished(begun)

    async def pace(self, order: dict[str, Any]) -> dict[str, Any]:
        """Sell at `rate` a second for `seconds`, whatever the answers do; lateness counts from when a sale was due."""
        rate, count = order["rate"], int(order["rate"] * order["seconds"])
        self._begin(count)
        self._refill = False
        begun, sent = time.perf_counter(), 0
        while sent < count:
            now = time.perf_counter()
            while sent < count and begun + sent / rate <= now:
                till = self.tills[sent % len(self.tills)]
                self._send(till, till.frames.popleft(), begun + sent / rate)
                sent += 1
            await asyncio.sleep(max(0.0, begun + sent / rate - time.perf_counter()))
        return await self._finished(begun)

    def _begin(self, count: int) -> None:
        self._codes.clear()
        self._late_s = []
        self._expected = count
        self._done.clear()
        if sum(len(till.frames) for till in self.tills) < count:
            raise OurMistake("fewer frames are ready than are to be sent", "bench")

    async def _finished(self, begun: float) -> dict[str, Any]:
        async with asyncio.timeout(ANSWER_WAIT_S + self._expected / 100):
            await self._done.wait()
        seconds = time.perf_counter() - begun
        late = sorted(self._late_s)
        parts = {f"p{part:g}_ms": _part(late, part) * 1e3 for part in PARTS}
        codes = {code.decode("latin-1"): count for code, count in self._codes.items()}
        return {"seconds": seconds, "answers": len(late), "codes": codes, **parts, "max_ms": late[-1] * 1e3}

    def _send_next(self, till: Till, now: float) -> None:
        if self._left > 0 and till.frames:
            self._left -= 1
            self._send(till, till.frames.popleft(), now)

    def _send(self, till: Till, data: bytes, due: float) -> None:
        at = 2 + CUP_ENVELOPE_BYTES + SALE_STAN_AT
        till.sent_at[data[at : at + 3]] = due
        till.write(data)

    def _heard(self, till: Till, body: bytes, now: float) -> None:
        shape = body[:SHAPE_BYTES]
        place = self._places.get(shape)
        if place is None:
            place = self._places[shape] = (offset_of(body, STAN), offset_of(body, CODE))
        stan, code = place
        due = till.sent_at.pop(body[stan : stan + 3], None)
        if due is None:
            self._codes[b"unasked"] += 1
            return
        self._late_s.append(now - due)
        self._codes[body[code : code + 2]] += 1
        if self._refill:
            self._send_next(till, now)
        if len(self._late_s) >= self._expected:
            self._done.set()


def _part(values: list[float], percent: float) -> float:
    """The value below which so many of the sorted values lie."""
    return values[min(len(values) - 1, int(len(values) * percent / 100))]


SALE_STAN_AT = SHAPE_BYTES + 1 + 10 + 3 + 6
"""Where F11 begins in a sale: behind the length and the ten bytes of F2, F3 and F4."""


async def main() -> None:
    """Obey."""
    fleet = Fleet()
    await obey({"dial": fleet.dial, "load": fleet.load, "flood": fleet.flood, "pace": fleet.pace})


if __name__ == "__main__":
    run(main)
