"""What is the job that every alternative carries out? One reversal: encode, MAC, TCP to the bank, check the answer.

Runs in the alternatives' own environments, so it needs nothing but our codec and `cryptography`.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import time
from typing import Any, cast

from chongzheng.bench.load_frames import ALGORITHM, POS, envelope_of, sale
from chongzheng.iso8583 import Deframer, Message, check, frame, join_cup, sign
from chongzheng.iso8583.framing import CUP_ENVELOPE_BYTES
from chongzheng.iso8583.tlv import keep
from chongzheng.mistakes import OurMistake

TERMINALS = 2_000
ANSWERS = "CREATE TABLE answer (number bigint PRIMARY KEY, code text NOT NULL)"
"""Where a job keeps the bank's answer, in the same database, when its system keeps no results."""
WRITERS = 16
"""Connections that write answers."""
BANK, MAK, STORE = "CHONGZHENG_BENCH_BANK", "CHONGZHENG_BENCH_MAK", "CHONGZHENG_BENCH_STORE"
NOT_REPEATED = (14, 35, 53)
REASON, APPROVED = "98", "00"
GIVE_UP_S = 240.0
READ_BYTES = 65_536
AT_ONCE = 256
"""Jobs that an asynchronous worker may have at the bank at the same time; as wide as our own window becomes."""


def reversal(number: int) -> Message:
    """The reversal of the made-up sale of this number, as our engine sends it."""
    fields = sale(number % TERMINALS, "000001", number // TERMINALS + 1).fields
    kept = {n: value for n, value in fields.items() if n not in NOT_REPEATED}
    chip = fields[55]
    return Message("0400", {**kept, 39: REASON, 55: keep(chip) if isinstance(chip, bytes) else b""})


def packed(number: int) -> bytes:
    """Its frame, with the MAC."""
    return frame(join_cup(envelope_of(0), sign(POS, reversal(number), ALGORITHM, _mak())))


def read(payload: bytes) -> tuple[tuple[str, str], str]:
    """Whose answer a payload is (F41 and F11), and its code; OurMistake when the MAC is wrong."""
    body = payload[CUP_ENVELOPE_BYTES:]
    answer = POS.decode(body)
    if not check(body, ALGORITHM, _mak()):
        raise OurMistake("the bank's MAC is wrong", "alternative")
    return (answer.text(41), answer.text(11)), answer.text(39)


def _mak() -> bytes:
    return bytes.fromhex(os.environ[MAK])


def bank() -> tuple[str, int]:
    """Where the bank is."""
    host, _, port = os.environ[BANK].rpartition(":")
    return host, int(port)


def store() -> str:
    """Where the alternative keeps its state: a URL or a path."""
    return os.environ[STORE]


def jobs() -> int:
    """How many jobs to do."""
    return int(sys.argv[1])


class Watch:
    """The rate from the first result on, so that the start of a worker is not held against it."""

    def __init__(self) -> None:
        self._first: tuple[int, float] | None = None
        self._give_up_at = time.perf_counter() + GIVE_UP_S

    def is_done(self, done: int) -> bool:
        """Look at how many jobs are done now; SystemExit when that takes too long."""
        now = time.perf_counter()
        if self._first is None and done:
            self._first = (done, now)
        if now > self._give_up_at:
            raise SystemExit(f"only {done} of {jobs()} jobs were done after {GIVE_UP_S:.0f} s")
        return done >= jobs()

    def report(self, **more: object) -> None:
        """What was seen, once all are done."""
        first, at = self._first or (0, 0.0)
        report(time.perf_counter() - at, max(1, jobs() - first), **more)


def report(seconds: float, done: int | None = None, **more: object) -> None:
    """The line that is read: `done` jobs (all, if not given) took `seconds`."""
    rate = (jobs() if done is None else done) / seconds
    print(json.dumps({"jobs": jobs(), "per_s": round(rate, 1), **more}), flush=True)


class Wire(asyncio.Protocol):
    """One connection to the bank for any number of reversals at the same time."""

    def __init__(self) -> None:
        self._deframer = Deframer()
        self._transport: asyncio.Transport | None = None
        self._waiting: dict[tuple[str, str], asyncio.Future[str]] = {}

    @classmethod
    async def dial(cls) -> Wire:
        """Connected."""
        _, wire = await asyncio.get_running_loop().create_connection(cls, *bank())
        return wire

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Up."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Wake whoever waits."""
        for payload in self._deframer.feed(data):
            key, code = read(payload)
            self._waiting.pop(key).set_result(code)

    async def reverse(self, number: int) -> str:
        """Send one reversal and give the code of its answer."""
        done: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        asked = reversal(number)
        self._waiting[asked.text(41), asked.text(11)] = done
        if self._transport is not None:
            self._transport.write(packed(number))
        return await done


class PlainWire:
    """One connection for one reversal after the other, for workers that know no event loop."""

    def __init__(self) -> None:
        self._socket = socket.create_connection(bank())
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._deframer = Deframer()

    def reverse(self, number: int) -> str:
        """Send one reversal and give the code of its answer."""
        self._socket.sendall(packed(number))
        while True:
            payloads = self._deframer.feed(self._socket.recv(READ_BYTES))
            if payloads:
                return read(payloads[0])[1]


def approved(code: str) -> str:
    """The code, when it is the one that ends a reversal."""
    if code != APPROVED:
        raise OurMistake(f"answered {code}", "alternative")
    return code


def loop_factory() -> Any:
    """uvloop, as for us."""
    import uvloop

    return uvloop.new_event_loop
