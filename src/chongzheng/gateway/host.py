"""How is the link to the host kept alive, signed in and drained, and what is sent or heard on it?"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from typing import cast

from chongzheng.gateway import translate
from chongzheng.gateway.counts import Counts
from chongzheng.gateway.translate import HostWord, Said
from chongzheng.iso8583 import (
    CupEnvelope,
    Deframer,
    Message,
    check,
    frame,
    join_cup,
    open_working_keys,
    sign,
    split_cup,
)
from chongzheng.mistakes import TheirMistake

FRAME_BYTES_MAX = 4_096
IN_FLIGHT_MAX = 2_048
"""Sales sent to the host that have no answer yet; beyond it the host is not drained and new ones are refused."""
WRITE_BUFFER_BYTES_MAX = 262_144
CONNECT_WAIT_MS = 5_000
SIGN_IN_WAIT_MS = 10_000
SIGN_IN_EVERY_MS = 2_000
"""A host that asks for sign-in with every answer gets one at most this often."""
ECHO_AFTER_MS = 30_000
ECHO_WAIT_MS = 10_000
BACKOFF_MS = (100, 200, 500, 1_000, 2_000, 5_000)
TICK_MS = 200
STAN_MAX = 999_999
LINK_BATCH = "000001"
SIGN_IN_CODE, ECHO_CODE = "003", "301"


@dataclass(frozen=True, slots=True, repr=False)
class LinkSettings:
    """Where the host is, who we are to it, and how its MACs are made. `master_key` is in the clear, memory only."""

    host: str
    port: int
    terminal: str
    merchant: str
    master_key: bytes
    mac: str
    envelope: CupEnvelope

    def __repr__(self) -> str:
        """Where, never the key."""
        return f"LinkSettings({self.host}:{self.port})"


def link_settings(address: tuple[str, int], terminal: str, merchant: str, master_key: bytes, mac: str,
                  tpdu: bytes, header: bytes) -> LinkSettings:  # fmt: skip
    """The settings of a link, its names filled up with blanks as they stand on the wire."""
    return LinkSettings(*address, terminal.ljust(8), merchant.ljust(15), master_key, mac, CupEnvelope(tpdu, header))


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class HostLink(asyncio.Protocol):
    """One link. `receive(word)` takes every message that answers something; `puzzled(payload)` what cannot be read."""

    def __init__(
        self,
        settings: LinkSettings,
        counts: Counts,
        receive: Callable[[HostWord], None],
        puzzled: Callable[[bytes], None],
    ) -> None:
        self._settings = settings
        self._counts = counts
        self._receive = receive
        self._puzzled = puzzled
        self._stans = cycle(range(1, STAN_MAX + 1))
        self._in_flight: OrderedDict[str, None] = OrderedDict()
        self._transport: asyncio.Transport | None = None
        self._deframer = Deframer(FRAME_BYTES_MAX)
        self._mac_key: bytes | None = None
        self._ready = False
        self._sign_in_at: int | None = None
        self._signed_at: int | None = None
        self._echo_at: int | None = None
        self._heard_at = 0
        self._lost = asyncio.Event()
        self._runner: asyncio.Task[None] | None = None

    # Alive

    def start(self) -> None:
        """Connect, sign in, and do so again whenever the link is lost."""
        self._runner = asyncio.get_running_loop().create_task(self._keep_alive())

    async def stop(self) -> None:
        """Hang up and stay so."""
        if self._runner is not None:
            self._runner.cancel()
            await asyncio.gather(self._runner, return_exceptions=True)
        if self._transport is not None:
            self._transport.close()

    @property
    def ready(self) -> bool:
        """Connected and signed in."""
        return self._ready

    async def _keep_alive(self) -> None:
        failures = 0
        while True:
            if await self._connect():
                await self._stay()
                failures = 0 if self._signed_at is not None else failures + 1
            else:
                failures += 1
            await asyncio.sleep(BACKOFF_MS[min(failures, len(BACKOFF_MS) - 1)] / 1000)

    async def _connect(self) -> bool:
        self._lost.clear()
        self._signed_at = None
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_WAIT_MS / 1000):
                await loop.create_connection(lambda: self, self._settings.host, self._settings.port)
        except (OSError, TimeoutError) as error:
            self._counts.note("host cannot be reached", f"{self._settings.host}:{self._settings.port} {error}")
            return False
        self._ask_sign_in()
        return True

    async def _stay(self) -> None:
        """Until the link is lost: sign-in that is not answered, silence, echo tests."""
        while not self._lost.is_set():
            self._tick(_now_ms())
            try:
                async with asyncio.timeout(TICK_MS / 1000):
                    await self._lost.wait()
            except TimeoutError:
                continue

    def _tick(self, now: int) -> None:
        if not self._ready and self._sign_in_at is not None and now - self._sign_in_at > SIGN_IN_WAIT_MS:
            self._drop("host does not answer the sign-in")
        elif self._echo_at is not None and now - self._echo_at > ECHO_WAIT_MS:
            self._drop("host is silent")
        elif self._ready and self._echo_at is None and now - self._heard_at > ECHO_AFTER_MS:
            self._echo_at = now
            self._write_plain(self._own(ECHO_CODE))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The host took the call."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one without being derived from it
        self._deframer = Deframer(FRAME_BYTES_MAX)
        self._heard_at = _now_ms()
        self._echo_at = None

    def connection_lost(self, exc: Exception | None) -> None:
        """The link is gone; what was sent may or may not have arrived."""
        self._transport = None
        self._ready = False
        self._sign_in_at = None
        self._in_flight.clear()
        self._counts.note("host link lost")
        self._lost.set()

    def _drop(self, why: str) -> None:
        self._counts.note(why)
        if self._transport is not None:
            self._transport.abort()

    # Out

    def send_sale(self, payment: str, message: Message) -> str:
        """Hand a sale to the socket; "" when that was done, else why nothing of it has left or will."""
        if len(self._in_flight) >= IN_FLIGHT_MAX:
            return "too many sales wait for the host"
        why = self.send(message)
        if not why:
            self._in_flight[payment] = None
        return why

    def answered(self, payment: str) -> None:
        """This sale no longer waits for the host."""
        self._in_flight.pop(payment, None)

    def send(self, message: Message) -> str:
        """Hand a message, with the link's MAC, to the socket; "" or why not."""
        if self._transport is None or self._transport.is_closing():
            return "the host is not connected"
        if not self._ready or self._mac_key is None:
            return "the link is not signed in"
        if self._transport.get_write_buffer_size() > WRITE_BUFFER_BYTES_MAX:
            return "the host does not read"
        try:
            body = sign(translate.POS, message, self._settings.mac, self._mac_key)
        except TheirMistake as mistake:
            return f"cannot be encoded: {mistake.where}"
        self._transport.write(frame(join_cup(self._settings.envelope, body)))
        return ""

    def sign_in_again(self) -> None:
        """The host says that keys disagree: ask for new ones, but not in a flood."""
        if self._ready and (self._sign_in_at is None or _now_ms() - self._sign_in_at >= SIGN_IN_EVERY_MS):
            self._ask_sign_in()

    def _ask_sign_in(self) -> None:
        self._sign_in_at = _now_ms()
        self._write_plain(self._own(SIGN_IN_CODE))

    def _own(self, code: str) -> Message:
        stan = f"{next(self._stans):06d}"
        return translate.management(stan, self._settings.terminal, self._settings.merchant, LINK_BATCH, code)

    def _write_plain(self, message: Message) -> None:
        if self._transport is not None and not self._transport.is_closing():
            body = translate.POS.encode(message)
            self._transport.write(frame(join_cup(self._settings.envelope, body)))

    # In

    def data_received(self, data: bytes) -> None:
        """Cut frames out of the stream; a length that cannot be right ends the link: nothing after it can be read."""
        self._heard_at = _now_ms()
        self._echo_at = None
        try:
            payloads = self._deframer.feed(data)
        except TheirMistake:
            self._drop("host sent a bad length")
            return
        for payload in payloads:
            self._take(payload)

    def _take(self, payload: bytes) -> None:
        try:
            _, body = split_cup(payload)
            word = translate.understand(body, self._is_genuine)
        except TheirMistake as mistake:
            self._counts.note("host sent what is no message", mistake.where)
            self._puzzled(payload)
            return
        if word.said is Said.SIGNED_IN:
            self._take_keys(word)
        elif word.said is not Said.ECHOED:
            self._receive(word)

    def _is_genuine(self, body: bytes) -> bool:
        return self._mac_key is not None and check(body, self._settings.mac, self._mac_key)

    def _take_keys(self, word: HostWord) -> None:
        code = word.message.text(39)
        try:
            if code != "00":
                raise TheirMistake(f"refused with {code[:2]!r}", "sign-in")
            sealed = word.message.text(62).encode("latin-1")
            self._mac_key = open_working_keys(sealed, self._settings.master_key).mak
        except TheirMistake as mistake:
            self._counts.note("sign-in at the host failed", str(mistake))
            if not self._ready:
                self._drop("sign-in at the host failed")
            return
        self._signed_at = _now_ms()
        self._ready = True
