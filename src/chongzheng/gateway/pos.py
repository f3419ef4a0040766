"""How do terminals' bytes come in and answers go out, with every client that misbehaves cut off in time?

Limits (hardening rules for ISO 8583 doors): each has a name here; what goes over it is counted and closed.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import cast

from chongzheng.gateway.addresses import Addresses
from chongzheng.gateway.allowance import Allowance
from chongzheng.gateway.counts import Counts
from chongzheng.gateway.hearing import Hearing
from chongzheng.gateway.porter import Porter
from chongzheng.gateway.turnstile import Turnstile
from chongzheng.iso8583 import CupEnvelope, frame, join_cup, split_cup
from chongzheng.mistakes import OurMistake, TheirMistake

FRAME_WAIT_MS = 5_000
"""A frame that was begun must be whole by then; the same for the first frame of a connection that sent anything."""
IDLE_MS = 600_000
FIRST_WORD_MS = 60_000
"""A connection on which nobody has named a known terminal by then is cut."""
STRIKES_MAX = 8
"""Messages in a row that are no known terminal's, or carry no good MAC, until the connection is cut."""
CONNECTIONS_MAX = 4_096
"""When all are taken, a newcomer takes the place of the oldest on which no terminal has proved itself by a MAC."""
CONNECTIONS_PER_ADDRESS = 256
"""Default; many terminals share one address behind a concentrator. The configuration may say less or more."""
CONNECTIONS_PER_TERMINAL = 2
"""A terminal that dials anew has often lost its old connection without a word: the oldest one goes."""
IN_FLIGHT_PER_CONNECTION = 8
UNPROVEN_PER_S, UNPROVEN_BURST = 10, 100
"""Messages that no good MAC vouches for (sign-in, echo, junk), from all unproven connections of one address together.
Who says more is not read from for a while. A genuine message is not counted."""
PROVEN_PER_S, PROVEN_BURST = 50, 200
"""The same for one connection on which a terminal has proved itself."""
JUNK_WORDS, STRIKE_WORDS = 5, 2
"""So many words more the address loses whose connection was cut for what it sent, or whose message was nobody's."""
HELD_BYTES_MAX = 16_384
"""Of messages that wait for their turn; a client that has sent more at once is cut."""
HELD_TOTAL_BYTES_MAX = 8_388_608
"""The same for all connections together; whoever goes over it is cut."""
UNSENT_TOTAL_BYTES_MAX = 33_554_432
"""Answers that wait for clients to read them, all connections together; those with most are cut."""
SHAKES_PER_S, SHAKES_BURST = 200, 1_000
"""TLS handshakes begun, all callers together; whoever comes above that waits for his turn."""
NAMES_MAX = 4_096
"""Terminals that may speak through one connection of a concentrator."""
WRITE_BUFFER_BYTES_MAX = 65_536
HANG_UP_WAIT_MS = 1_000
HANG_UP_LOOK_MS = 10
BACKLOG = 512
SWEEP_MS, TURN_MS = 500, 100
"""How often the deadlines of all connections are looked at, and how often those that wait are called."""

ANSWER_WAIT_MS = 180_000
"""A message that has no answer by then never gets one; it no longer counts as in flight."""

Receive = Callable[["Turn", bytes], None]


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class Turn:
    """One message of a terminal, and the way its answer goes back: same connection, TPDU turned round."""

    __slots__ = ("_envelope", "begun_at", "line")

    def __init__(self, line: PosLine, envelope: CupEnvelope) -> None:
        self.line = line
        self._envelope = envelope.answered()
        self.begun_at = _now_ms()

    def begin(self) -> bool:
        """Count the message as in flight; False when its connection has too many of those."""
        if len(self.line.turns) >= IN_FLIGHT_PER_CONNECTION:
            return False
        self.line.turns[self] = None
        return True

    def end(self) -> None:
        """No answer is due any more."""
        self.line.turns.pop(self, None)

    def strike(self) -> None:
        """The message was nobody's: a connection that brings nothing else is cut."""
        self.line.strikes += 1
        self.line.fine(STRIKE_WORDS)
        if self.line.strikes >= STRIKES_MAX:
            self.line.fine(JUNK_WORDS)
            self.line.close("nothing genuine")

    def puzzles(self) -> bool:
        """The message is of a type that there is not; whether it is the connection's first, which gets an answer."""
        first, self.line.was_puzzling = not self.line.was_puzzling, True
        return first

    def forgive(self) -> None:
        """The message was genuine."""
        self.line.strikes = 0
        self.line.allowance.give_back()

    def answer(self, body: bytes) -> bool:
        """Hand the answer to the socket; False when the terminal is gone."""
        self.end()
        return self.line.send(join_cup(self._envelope, body))


class PosLine(asyncio.Protocol):
    """One terminal connection."""

    def __init__(self, door: PosDoor) -> None:
        self._door = door
        self._transport: asyncio.Transport | None = None
        self._hearing = Hearing()
        self.address = ""
        self.turns: dict[Turn, None] = {}  # in order, bounded by IN_FLIGHT_PER_CONNECTION, in Turn.begin
        self.strikes = 0
        self.names: set[tuple[str, str]] = set()  # bounded by NAMES_MAX, in call
        self.opened_at = self.heard_at = _now_ms()
        self.allowance = door.unknown
        self.was_puzzling = False
        self._waits_at: Allowance | None = None
        self._held_bytes = 0  # bounded by HELD_BYTES_MAX, in _wait
        self._is_called = False

    @property
    def is_open(self) -> bool:
        """Whether bytes may still reach the terminal."""
        return self._transport is not None and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A terminal dialled: admit it or hang up."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one without being derived from it
        if not self.address:  # else the porter has admitted it
            peer = transport.get_extra_info("peername")
            self.address = str(peer[0]) if isinstance(peer, tuple) else "local"
            if not self._door.admit(self):
                self._transport.abort()
            elif self.allowance.is_dry(self.opened_at):
                self._wait()  # its address has said too much, or junk: not even read from
                asyncio.get_running_loop().call_soon(self._stop_reading)  # uvloop begins to read after this returns

    def data_received(self, data: bytes) -> None:
        """Hear what came, as long as this client may speak."""
        self.heard_at = _now_ms()
        self._hearing.take_in(data)
        if self._waits_at is None:
            self._go_on()
        else:  # TLS, or the loop, had it when reading stopped
            self._stop_reading()
            self._hold()

    @property
    def unsent_bytes(self) -> int:
        """Answers that the client has not taken yet."""
        return self._transport.get_write_buffer_size() if self._transport is not None else 0

    def call(self, name: tuple[str, str]) -> None:
        """Somebody spoke in the name of a known terminal; the first word in each name costs nothing, so that a whole
        fleet may sign in at once."""
        if name not in self.names and len(self.names) < NAMES_MAX:
            self.names.add(name)
            self.allowance.give_back()

    def _go_on(self) -> None:
        """Hear one message after the other, until all is heard or the client has to wait."""
        try:
            while (payload := self._hearing.next(self.heard_at)) is not None:
                if not self._may_speak():
                    self._hearing.put_back(payload)
                    self._wait()
                    return
                self._take(payload)
                if not self.is_open:
                    return
        except TheirMistake:
            self._junk("bad length")

    def _may_speak(self) -> bool:
        if self._is_called:
            self._is_called = False
            return True
        return self.allowance.take(self.heard_at)

    def _wait(self) -> None:
        """Nothing is read until it is this client's turn. What was read already waits, if it is not too much."""
        if self.is_open:
            self._door.counts.note("rests: too many words", self.address)
            self._hearing.begun_at = None
            self.wait_for(self.allowance)
            self._stop_reading()
            self._hold()

    def wait_for(self, allowance: Allowance) -> None:
        """Wait for a word, or for a handshake."""
        self._waits_at = allowance
        self._door.turnstile.wait(self, allowance)

    def called(self) -> None:
        """It is this client's turn."""
        allowance = self._waits_at
        self.stop_waiting()
        if self._transport is None:
            self._door.shake(self, is_paid=allowance is self._door.shakes)
        elif self.is_open:
            self._is_called = True
            self.heard_at = _now_ms()
            self._go_on()
            if self._waits_at is None and self.is_open:
                self._transport.resume_reading()

    def stop_waiting(self) -> None:
        """It is called, or gone."""
        if self._waits_at is not None:
            self._door.turnstile.leave(self, self._waits_at)
        self._waits_at = None
        self._door.hold(-self._held_bytes)
        self._held_bytes = 0
        if self._is_called:  # and gone without the word that was paid for
            self._is_called = False
            self.allowance.give_back()

    def _hold(self) -> None:
        """What waits is counted; with too much of it the connection ends. None of it was looked at, so no fine."""
        more = self._hearing.held_bytes - self._held_bytes
        if self._held_bytes + more > HELD_BYTES_MAX or not self._door.hold(more):
            self._hearing.forget()
            self.cut("flood")
        else:
            self._held_bytes += more

    def _stop_reading(self) -> None:
        if self._waits_at is not None and self._transport is not None and self.is_open:
            self._transport.pause_reading()

    def _take(self, payload: bytes) -> None:
        if not self.is_open or self._door.is_shut:
            return
        try:
            envelope, body = split_cup(payload)
            self._door.receive(Turn(self, envelope), body)
        except TheirMistake:
            self._junk("not a message")
        except OurMistake as mistake:
            self._door.counts.note("our mistake at the door", str(mistake))
            self.cut("our mistake")

    def connection_lost(self, exc: Exception | None) -> None:
        """The terminal hung up, or we did."""
        self._door.dismiss(self)

    def send(self, payload: bytes) -> bool:
        """Hand one frame to the socket; False when the terminal is gone or does not read."""
        if self._transport is None or self._transport.is_closing():
            return False
        if self._transport.get_write_buffer_size() > WRITE_BUFFER_BYTES_MAX:
            self.cut("does not read")
            return False
        self._transport.write(frame(payload))
        return True

    def fine(self, words: int) -> None:
        """Its address has to wait for so many words longer."""
        self._door.addresses.fine(self.address, words, _now_ms())

    def _junk(self, why: str) -> None:
        self.fine(JUNK_WORDS)
        self.cut(why)

    def cut(self, why: str) -> None:
        """End the connection at once and count why."""
        if self._transport is None:
            self._door.counts.note(f"cut: {why}", self.address)
            self._door.turn_out(self)
        elif self.is_open:
            self._door.counts.note(f"cut: {why}", self.address)
            self._transport.abort()

    def close(self, why: str = "") -> None:
        """End the connection after what was written has left; `why` is counted."""
        if why and self.is_open:
            self._door.counts.note(f"cut: {why}", self.address)
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """End the connection now."""
        if self._transport is not None:
            self._transport.abort()

    def sweep(self, now_ms: int) -> None:
        """Cut a client that is slower, or quieter, than the limits allow."""
        begun_at = self._hearing.begun_at
        if begun_at is not None and now_ms - begun_at > FRAME_WAIT_MS:
            self._junk("slow")
        elif not self.names and now_ms - self.opened_at > FIRST_WORD_MS:
            self.cut("nobody's")
        elif not self.turns and now_ms - self.heard_at > IDLE_MS:
            self.cut("idle")
        for turn in [turn for turn in self.turns if now_ms - turn.begun_at > ANSWER_WAIT_MS]:
            turn.end()


class PosDoor:
    """The listening socket and the connections behind it. `receive(turn, body)` takes each message."""

    def __init__(
        self,
        receive: Receive,
        counts: Counts,
        per_address: int = CONNECTIONS_PER_ADDRESS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.receive = receive
        self.counts = counts
        self._porter = Porter(tls, self._greet, self._take_turn, self._not_shaken) if tls is not None else None
        self._per_address = per_address
        self._lines: dict[PosLine, None] = {}  # in the order in which they came
        self._nameless: OrderedDict[PosLine, None] = OrderedDict()
        self._by_terminal: dict[tuple[str, str], list[PosLine]] = {}
        self.unknown = Allowance(UNPROVEN_PER_S, UNPROVEN_BURST, _now_ms())
        self.addresses = Addresses(lambda now_ms: Allowance(UNPROVEN_PER_S, UNPROVEN_BURST, now_ms))
        self.shakes = Allowance(SHAKES_PER_S, SHAKES_BURST, _now_ms())
        self.turnstile = Turnstile()
        self._held_bytes = 0
        self._named: dict[PosLine, set[tuple[str, str]]] = {}
        self._server: asyncio.Server | None = None
        self._timers: dict[Callable[[], None], asyncio.TimerHandle] = {}
        self.is_shut = False

    def __len__(self) -> int:
        return len(self._lines)

    async def take_address(self, host: str, port: int) -> str:
        """Claim the address, given back as `host:port`; nobody gets in yet. TheirMistake when it cannot be had."""
        loop = asyncio.get_running_loop()
        try:
            if self._porter is not None:
                return await self._porter.take_address(host, port, BACKLOG)
            self._server = await loop.create_server(
                lambda: PosLine(self), host, port, backlog=BACKLOG, start_serving=False
            )
        except OSError as error:
            raise TheirMistake(f"cannot listen on {host}:{port} ({error.strerror})", "pos.listen") from None
        address = self._server.sockets[0].getsockname()
        return f"{address[0]}:{address[1]}"

    async def open(self) -> None:
        """Let terminals in."""
        if self._porter is not None:
            self._porter.open()
        if self._server is not None:
            await self._server.start_serving()
        self._sweep()
        self._turn()

    async def shut(self) -> None:
        """Stop accepting: nobody new, and nothing new from those who are there."""
        self.is_shut = True
        for timer in self._timers.values():
            timer.cancel()
        if self._porter is not None:
            self._porter.close()
        if self._server is not None:
            self._server.close()

    async def hang_up(self) -> None:
        """Close every connection once its answers have left; who does not take them in time is cut."""
        for line in list(self._lines):
            line.close()
        give_up_at = _now_ms() + HANG_UP_WAIT_MS
        while self._lines and _now_ms() < give_up_at:
            await asyncio.sleep(HANG_UP_LOOK_MS / 1000)
        for line in list(self._lines):
            line.abort()
        if self._server is not None:
            await self._server.wait_closed()

    def admit(self, line: PosLine) -> bool:
        """Whether there is room for another connection from that address."""
        self._lines[line] = None
        self._nameless[line] = None
        line.allowance = self.addresses.allowance(line.address, line.opened_at)
        if self.addresses.come(line.address) > self._per_address:
            self.counts.note("cut: too many connections", line.address)
            return False
        if len(self._lines) > CONNECTIONS_MAX:
            oldest = next(iter(self._nameless))
            self.counts.note("cut: too many connections", oldest.address)
            oldest.abort()
            self.turn_out(oldest)
            return oldest is not line
        return True

    def turn_out(self, line: PosLine) -> None:
        """Forget a connection, and its handshake if that is still to come or going on."""
        self.dismiss(line)
        if self._porter is not None:
            self._porter.drop(line)

    def hold(self, more: int) -> bool:
        """Whether there is room for so many bytes more that have to wait; if so they are counted. Below 0: less."""
        if self._held_bytes + more > HELD_TOTAL_BYTES_MAX:
            return False
        self._held_bytes += more
        return True

    def shake(self, line: PosLine, is_paid: bool) -> None:
        """Begin the handshake of a caller whose address has paid for it, now or when all handshakes allow it."""
        if self._porter is None:
            return
        if is_paid or self.shakes.take(_now_ms()):
            self._porter.shake(line)
        else:
            line.wait_for(self.shakes)

    def _greet(self, address: str) -> PosLine | None:
        """A caller who has not shaken hands yet: counted like all others."""
        line = PosLine(self)
        line.address = address
        if self.admit(line):
            return line
        self.dismiss(line)
        return None

    def _take_turn(self, line: PosLine) -> None:
        """A handshake costs one word; a caller whose address has none left waits unshaken."""
        if line.allowance.take(line.opened_at):
            self.shake(line, is_paid=False)
        else:
            self.counts.note("rests: too many handshakes", line.address)
            line.wait_for(line.allowance)

    def _not_shaken(self, line: PosLine, why: str) -> None:
        if line in self._lines:
            self.counts.note("cut: TLS", f"{line.address} {why}")
            line.fine(JUNK_WORDS)
            self.dismiss(line)

    def dismiss(self, line: PosLine) -> None:
        """The connection is gone."""
        if line not in self._lines:
            return
        self._lines.pop(line)
        self._nameless.pop(line, None)
        self.addresses.go(line.address)
        line.stop_waiting()
        if line in self._named:
            self.addresses.leave(line.address, _now_ms())
        for name in self._named.pop(line, set()):
            lines = self._by_terminal[name]
            lines.remove(line)
            if not lines:
                del self._by_terminal[name]

    def name(self, line: PosLine, terminal: tuple[str, str]) -> None:
        """A terminal has proved itself on this connection; its oldest one goes when it now has too many."""
        if line not in self._lines or terminal in self._named.setdefault(line, set()):
            return
        if not self._named[line]:
            line.allowance = Allowance(PROVEN_PER_S, PROVEN_BURST, _now_ms())
            self.addresses.prove(line.address)
        self._named[line].add(terminal)
        self._nameless.pop(line, None)
        lines = self._by_terminal.setdefault(terminal, [])
        lines.append(line)
        if len(lines) > CONNECTIONS_PER_TERMINAL:
            lines[0].cut("too many of one terminal")

    def _sweep(self) -> None:
        now = _now_ms()
        unsent = {line: size for line in self._lines if (size := line.unsent_bytes)}
        for line in list(self._lines):
            line.sweep(now)
        too_much = sum(unsent.values()) - UNSENT_TOTAL_BYTES_MAX
        for line in sorted(unsent, key=lambda one: -unsent[one]):
            if too_much <= 0:
                break
            line.cut("does not read")
            too_much -= unsent[line]
        self._again(self._sweep, SWEEP_MS)

    def _turn(self) -> None:
        self.turnstile.turn(_now_ms())
        self._again(self._turn, TURN_MS)

    def _again(self, look: Callable[[], None], in_ms: int) -> None:
        self._timers[look] = asyncio.get_running_loop().call_later(in_ms / 1000, look)
