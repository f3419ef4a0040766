"""How is one link to the host kept alive, signed on and under fresh keys, and what is sent or heard on it?"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import cycle
from typing import cast

from chongzheng.gateway.counts import Counts
from chongzheng.gateway.keybox import Key, KeyBox, Working, is_mac, take_working_keys
from chongzheng.gateway.profile import ABSENT, GOOD, Mac, Meaning, Profile, Spoken
from chongzheng.iso8583 import Deframer, Message, frame
from chongzheng.mistakes import OurMistake, TheirMistake

FRAME_BYTES_MAX = 4_096
IN_FLIGHT_MAX = 2_048
"""Sales sent to the host that have no answer yet; beyond it the host is not drained and new ones are refused."""
WRITE_BUFFER_BYTES_MAX = 262_144
LET_OUT_BYTES = 8_192
"""What has gathered to so much leaves before the turn of the loop is over."""
CONNECT_WAIT_MS = 5_000
SIGN_IN_WAIT_MS = 10_000
SIGN_IN_EVERY_MS = 2_000
"""A host that asks for sign-in with every answer gets one at most this often."""
KEY_CHANGE_WAIT_MS = 2_000
"""How long sales are held back while new keys are asked for: under the old ones the host may refuse them already."""
ECHO_AFTER_MS = 30_000
ECHO_WAIT_MS = 10_000
BACKOFF_MS = (100, 200, 500, 1_000, 2_000, 5_000)
TICK_MS = 200
STAN_MAX = 999_999
LINE = "line"
"""Instead of a MAC algorithm: the line itself is authenticated (mutual TLS, a private line), messages carry none."""
DONE = "00"
PIN_BLOCK = 52


@dataclass(frozen=True, slots=True, repr=False)
class LinkSettings:
    """Where the host is, how it is spoken to, and under which master key its working keys come."""

    name: str
    host: str
    port: int
    profile: Profile
    master: Key
    mac: str
    in_flight_max: int = IN_FLIGHT_MAX
    new_keys_every_ms: int = 0
    tls: ssl.SSLContext | None = None
    tls_name: str = ""

    def __repr__(self) -> str:
        """Where, never the key."""
        return f"LinkSettings({self.name} {self.host}:{self.port})"


@dataclass(frozen=True, slots=True)
class Ears:
    """Who hears of what a link brings: messages that answer something, bytes that cannot be read, sales that were
    held back and will never leave (payment, why)."""

    receive: Callable[[Spoken, Profile], None]
    puzzled: Callable[[bytes], None]
    not_sent: Callable[[str, str], None]


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class HostLink(asyncio.Protocol):
    """One link. `moment()` gives the time of transmission, MMDDhhmmss."""

    def __init__(
        self, settings: LinkSettings, box: KeyBox, counts: Counts, ears: Ears, moment: Callable[[], str]
    ) -> None:
        self.settings = settings
        self.name = settings.name
        self._profile = settings.profile
        self._box = box
        self._counts = counts
        self._ears = ears
        self._moment = moment
        self._stans = cycle(range(1, STAN_MAX + 1))
        self._asked_stan = ""
        self._in_flight: OrderedDict[str, None] = OrderedDict()
        self._held: OrderedDict[str, tuple[Message, Key | None]] = OrderedDict()
        self._transport: asyncio.Transport | None = None
        self._deframer = Deframer(FRAME_BYTES_MAX)
        self._keys: Working | None = None
        self._old: Working | None = None
        self._mac: Mac | None = None
        self._ready = False
        self._sign_in_at: int | None = None
        self._changing_at: int | None = None
        self._signed_at: int | None = None
        self._echo_at: int | None = None
        self._heard_at = 0
        self._lost = asyncio.Event()
        self._runner: asyncio.Task[None] | None = None
        self._out: list[bytes] = []  # of this turn of the loop; bounded by WRITE_BUFFER_BYTES_MAX
        self._out_bytes = 0

    # Alive

    def start(self) -> None:
        """Connect, sign on, and do so again whenever the link is lost."""
        self._runner = asyncio.get_running_loop().create_task(self._keep_alive())

    async def stop(self) -> None:
        """Hang up and stay so."""
        if self._runner is not None:
            self._runner.cancel()
            await asyncio.gather(self._runner, return_exceptions=True)
        self._let_out()
        if self._transport is not None:
            self._transport.close()

    @property
    def ready(self) -> bool:
        """Connected, signed on, and holding keys where the line needs them."""
        return self._ready

    @property
    def waiting(self) -> int:
        """Sales on this link that have no answer yet."""
        return len(self._in_flight)

    @property
    def pin_key(self) -> Key | None:
        """The key under which the host expects PIN blocks."""
        return self._keys.pin if self._keys is not None else None

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
        to = self.settings
        name = (to.tls_name or to.host) if to.tls is not None else None
        try:
            async with asyncio.timeout(CONNECT_WAIT_MS / 1000):
                await loop.create_connection(lambda: self, to.host, to.port, ssl=to.tls, server_hostname=name)
        except (OSError, TimeoutError) as error:
            self._counts.note("host cannot be reached", f"{to.name} {to.host}:{to.port} {error}")
            return False
        self._sign_on()
        return True

    async def _stay(self) -> None:
        """Until the link is lost: sign-on that is not answered, silence, echo tests."""
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
            self._write(self._profile.echo(self._stan(), self._moment()))
        if self._changing_at is not None and now - self._changing_at > KEY_CHANGE_WAIT_MS:
            self._counts.note("host does not answer the request for keys")
            self._let_go()
        if self._ready and self._are_keys_old(now):
            self.sign_in_again()

    def _are_keys_old(self, now: int) -> bool:
        every_ms = self.settings.new_keys_every_ms
        return every_ms > 0 and self._signed_at is not None and now - self._signed_at >= every_ms

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The host took the call."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one without being derived from it
        self._deframer = Deframer(FRAME_BYTES_MAX)
        self._heard_at = _now_ms()
        self._echo_at = None

    def connection_lost(self, exc: Exception | None) -> None:
        """The link is gone; what was sent may or may not have arrived, what was held back has not left."""
        self._transport = None
        self._out.clear()
        self._ready = False
        self._sign_in_at = None
        self._in_flight.clear()
        self._let_go()
        self._counts.note("host link lost", self.name)
        self._lost.set()

    def _drop(self, why: str) -> None:
        self._counts.note(why, self.name)
        if self._transport is not None:
            self._transport.abort()

    # Out

    def send_sale(self, payment: str, message: Message, pin: Key | None = None) -> str:
        """Hand a sale to the socket, or hold it until the keys are changed; "" when that was done, else why nothing
        of it has left or will. `pin`: the key under which its PIN block came, if that must become ours."""
        if len(self._in_flight) >= self.settings.in_flight_max:
            return "too many sales wait for the host"
        if self._changing_at is not None and self._ready:
            self._held[payment] = (message, pin)
            self._in_flight[payment] = None
            return ""
        why = self.send(message, pin)
        if not why:
            self._in_flight[payment] = None
        return why

    def answered(self, payment: str) -> None:
        """This sale no longer waits for the host; if it was held back it never leaves."""
        self._in_flight.pop(payment, None)
        self._held.pop(payment, None)

    def send(self, message: Message, pin: Key | None = None, bare: bool = False) -> str:
        """Hand a message, with the link's MAC unless it goes `bare`, to the socket; "" or why not."""
        if self._transport is None or self._transport.is_closing():
            return "the host is not connected"
        if not self._ready:
            return "the link is not signed in"
        if self._transport.get_write_buffer_size() + self._out_bytes > WRITE_BUFFER_BYTES_MAX:
            return "the host does not read"
        try:
            payload = self._profile.seal(self._with_our_pin(message, pin), None if bare else self._mac)
        except TheirMistake as mistake:
            return f"cannot be encoded: {mistake.where}"
        except OurMistake as mistake:
            return mistake.what
        self._put_out(frame(payload))
        return ""

    def _put_out(self, data: bytes) -> None:
        """To the socket with everything else of this turn of the loop, for one write costs as much as many; but a
        turn may be long, and the host need not wait for its end."""
        if not self._out:
            self._out_bytes = 0
            asyncio.get_running_loop().call_soon(self._let_out)
        self._out.append(data)
        self._out_bytes += len(data)
        if self._out_bytes >= LET_OUT_BYTES:
            self._let_out()

    def _let_out(self) -> None:
        data = b"".join(self._out)
        self._out.clear()
        self._out_bytes = 0
        if data and self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _with_our_pin(self, message: Message, pin: Key | None) -> Message:
        if pin is None or PIN_BLOCK not in message.fields:
            return message
        ours, block = self.pin_key, message.fields[PIN_BLOCK]
        if ours is None or not isinstance(block, bytes):
            raise TheirMistake("cannot be carried over: the link has no PIN key", f"F{PIN_BLOCK}")
        return message.with_fields({PIN_BLOCK: self._box.translate(pin, ours, block)})

    def sign_in_again(self) -> None:
        """The host says that keys disagree: ask for new ones, but not in a flood, and hold sales back meanwhile."""
        now = _now_ms()
        if not self._ready or (self._sign_in_at is not None and now - self._sign_in_at < SIGN_IN_EVERY_MS):
            return
        self._sign_in_at = now
        self._changing_at = now
        self._ask_keys()

    def _let_go(self) -> None:
        """What was held back leaves under the keys there are, or is reported as never sent."""
        self._changing_at = None
        held, self._held = self._held, OrderedDict()
        for payment, (message, pin) in held.items():
            why = self.send(message, pin)
            if why:
                self._in_flight.pop(payment, None)
                self._ears.not_sent(payment, why)

    def _sign_on(self) -> None:
        self._sign_in_at = _now_ms()
        self._asked_stan = self._stan()
        self._write(self._profile.sign_on(self._asked_stan, self._moment()))

    def _ask_keys(self) -> None:
        self._asked_stan = self._stan()
        self._write(self._profile.ask_keys(self._asked_stan, self._moment()))

    def _stan(self) -> str:
        return f"{next(self._stans):06d}"

    def _write(self, message: Message) -> None:
        """A management message: it carries no MAC."""
        if self._transport is None or self._transport.is_closing():
            return
        try:
            self._put_out(frame(self._profile.seal(message, None)))
        except TheirMistake as mistake:
            self._drop(f"management message cannot be encoded: {mistake.where}")

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
            spoken = self._profile.read(payload, self._is_genuine)
        except TheirMistake as mistake:
            self._counts.note("host sent what is no message", mistake.where)
            self._ears.puzzled(payload)
            return
        match spoken.meaning:
            case Meaning.SIGNED_ON | Meaning.ECHOED if not self._is_ours(spoken.message):
                self._ears.receive(spoken, self._profile)
            case Meaning.SIGNED_ON | Meaning.KEYS_ANSWERED if spoken.message.text(11) != self._asked_stan:
                self._counts.note("host answered a sign-in that nobody sent", self.name)
            case Meaning.SIGNED_ON | Meaning.KEYS_ANSWERED | Meaning.KEYS_OFFERED:
                self._manage(spoken)
            case Meaning.ECHO_ASKED:
                self._write(self._profile.answer_theirs(spoken))
            case Meaning.ECHOED:
                pass
            case _:
                by_line = self.settings.mac == LINE and spoken.mac == ABSENT
                self._ears.receive(replace(spoken, mac=GOOD) if by_line else spoken, self._profile)

    def _is_ours(self, message: Message) -> bool:
        """Whether it answers the link itself, and not a terminal whose message went through."""
        return message.text(41).strip() in ("", self._profile.terminal.strip())

    def _is_genuine(self, covered: bytes, value: bytes) -> bool:
        """Under our keys, or under those before until the first message under the new ones has come."""
        if self._keys is None:
            return False
        try:
            if is_mac(self._box, self._keys.mac, self.settings.mac, covered, value):
                self._old = None
                return True
            return self._old is not None and is_mac(self._box, self._old.mac, self.settings.mac, covered, value)
        except OurMistake as mistake:  # what nobody could check proves nothing
            self._counts.note(mistake.what)
            return False

    def _manage(self, spoken: Spoken) -> None:
        code = spoken.message.text(39)
        try:
            if spoken.meaning is not Meaning.KEYS_OFFERED and code != DONE:
                raise TheirMistake(f"refused with {code[:2]!r}", "sign-in")
            self._go_on(spoken)
        except (TheirMistake, OurMistake) as mistake:
            self._counts.note("sign-in at the host failed", f"{self.name} {mistake}")
            if not self._ready:
                self._drop("sign-in at the host failed")
            elif self._changing_at is not None:
                self._let_go()

    def _go_on(self, spoken: Spoken) -> None:
        """The next step: ask for keys, wait for them, take them."""
        if self.settings.mac == LINE:
            self._be_ready()
        elif spoken.keys or (spoken.meaning is Meaning.SIGNED_ON and self._profile.signs_in_for_keys):
            self._take_keys(spoken)
        elif spoken.meaning is Meaning.SIGNED_ON:
            self._ask_keys()
        # else: they come in a message of the network's own

    def _take_keys(self, spoken: Spoken) -> None:
        taken = take_working_keys(self._box, self.settings.master, spoken.keys)
        self._old = self._keys
        self._keys = taken
        self._mac = partial(self._box.mac, taken.mac, self.settings.mac)
        if spoken.meaning is Meaning.KEYS_OFFERED:
            self._write(self._profile.answer_theirs(spoken))
        self._be_ready()

    def _be_ready(self) -> None:
        self._signed_at = _now_ms()
        self._ready = True
        self._let_go()
