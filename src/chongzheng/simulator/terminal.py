"""How does a terminal of the field behave: sign in, sell, and undo a sale whose outcome it does not know?

It keeps one pending reversal, written down before the sale is sent, and sends it before its next sale: up to three
times, then it deletes its record and goes on (facts/operations, real terminals). It knows the engine only as a wire.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from chongzheng.iso8583 import Deframer, Message, Value, open_working_keys
from chongzheng.mistakes import TheirMistake
from chongzheng.simulator.ledger import Key
from chongzheng.simulator.line import ENVELOPE, is_signed, key_of, packed, unpacked
from chongzheng.simulator.troubles import REASON, Sale, Trouble

TRIES_MAX = 3
"""How often a terminal sends a pending reversal before it deletes it."""

READ_BYTES = 65_536
REDIAL_MS = 60
SIGN_IN_AGAIN = frozenset({"A0", "99", "77"})
DONE = frozenset({"00", "25", "12"})
"""Answers to a reversal after which a terminal deletes its record."""

NOT_TAKEN = frozenset({"13", "30", "40", "96", "97", "99", "A0"})
"""Refusals at the door: such a request never became a payment, and the cashier starts over."""

TRACES = 1_000_000
CHIP = bytes.fromhex("950508800470009F1E0831323334353637389F101307010103A02010010A010000050000000000009F360200479C0100")


@dataclass(slots=True)
class Seen:
    """What a terminal saw of one sale, for the judge. `told`: approved, declined, nothing, undone, forgotten."""

    key: Key
    fen: int
    trouble: str
    told: str = "nothing"
    code: str = ""
    was_approved: bool = False
    reason: str = ""
    reversals: int = 0
    reversal_code: str = ""


@dataclass(slots=True)
class Pending:
    """The one reversal record."""

    reversal: Message
    seen: Seen


class Silence(Exception):
    """No answer in time, or the line is gone."""


@dataclass(slots=True)
class Terminal:
    """One terminal. `dial` opens a connection to wherever an engine listens now.

    `turn` is there when it has several addresses: after silence to a reversal it hangs up and dials another.
    """

    terminal: str
    merchant: str
    master_key: bytes = field(repr=False)
    wait_ms: int
    dial: Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]
    restarts_traces: bool = False
    turn: Callable[[], None] | None = None
    batch: str = "000001"
    trace: int = 0
    mak: bytes | None = field(default=None, repr=False)
    pending: Pending | None = None
    sign_ins: int = 0
    faults: list[str] = field(default_factory=list)
    _line: Line | None = None

    async def sell(self, sale: Sale) -> Seen:
        """One sale, from signing in if need be to its outcome here; its reversal, if any, is left pending."""
        line = await self._ready(sale.signs_in_anew)
        request = self._request(sale)
        seen = Seen(key_of(request), sale.fen, sale.trouble.name.lower())
        self.pending = Pending(_reversal_of(request), seen)
        if sale.trouble is Trouble.OVERTAKEN:
            await self._overtaken(request, seen)
            return seen
        try:
            answer = await self._exchange(line, request, sale.trouble)
        except Silence:
            if sale.trouble is Trouble.WIPED and not line.is_gone:
                self._forget("forgotten")
            return seen
        self._judge(sale, seen, answer)
        if sale.trouble is Trouble.SAME_TRACE and seen.told == "approved":
            await self._slip(line, request)
        return seen

    async def undo(self) -> None:
        """Send the pending reversal, up to three times; then delete its record whatever came of it."""
        for _ in range(TRIES_MAX):
            if self.pending is None:
                return
            line = await self._ready(False)
            self.pending.seen.reversals += 1
            self.pending.seen.reason = self.pending.reversal.text(39)
            try:
                answer = await self._exchange(line, self.pending.reversal)
            except Silence:
                await self._turn_away()
                continue
            self.pending.seen.reversal_code = answer.text(39)
            if answer.text(39) in SIGN_IN_AGAIN:
                self.mak = None
            elif answer.text(39) in DONE:
                self._forget("undone")
        if self.pending is not None:
            self._forget("forgotten")

    def skip(self) -> None:
        """A sale that is not made: its trace number is used all the same."""
        self._next_trace()

    async def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.drop()
            self._line = None

    async def _turn_away(self) -> None:
        """Whoever says nothing may be gone for long: the next try goes to another address, if there is one."""
        if self.turn is not None:
            self.turn()
            await self.close()

    def _judge(self, sale: Sale, seen: Seen, answer: Message) -> None:
        seen.code = answer.text(39)
        if seen.code != "00":
            seen.told = "declined"
            self.pending = None
            if seen.code in SIGN_IN_AGAIN:
                self.mak = None
            return
        seen.was_approved = True
        reason = REASON.get(sale.trouble, "")
        if int(answer.text(4, "0")) != sale.fen:
            self.faults.append(f"approved another amount: {seen.key}")
        if reason and self.pending is not None:
            self.pending.reversal = self.pending.reversal.with_fields({39: reason})
            return
        seen.told = "approved"
        self.pending = None

    def _forget(self, told: str) -> None:
        if self.pending is not None:
            self.pending.seen.told = told
            self.pending = None

    async def _overtaken(self, request: Message, seen: Seen) -> None:
        """The request hangs in a modem bank; its reversal goes first, and only then does the request arrive."""
        await self.undo()
        if seen.told != "undone":
            return
        try:
            other = Line(*await self.dial())
        except OSError:
            return
        try:
            answer = await self._exchange(other, request)
            seen.code = answer.text(39)
            if seen.code == "00":
                self.faults.append(f"approved after its reversal: {seen.key}")
        except Silence:
            pass
        finally:
            other.drop()

    async def _slip(self, line: Line, request: Message) -> None:
        """The same trace number again, for another amount."""
        try:
            answer = await self._exchange(line, request.with_fields({4: f"{int(request.text(4)) + 100:012d}"}))
            if answer.text(39) == "00":
                self.faults.append(f"approved two sales under one trace number: {key_of(request)}")
        except Silence:
            pass

    async def _exchange(self, line: Line, request: Message, trouble: Trouble = Trouble.NONE) -> Message:
        """Send and wait for the answer that fits; Silence when none comes. A wrong MAC is no answer."""
        copies = 2 if trouble is Trouble.STUTTERS else 1
        line.write(packed(request, ENVELOPE, self.mak) * copies)
        if trouble is Trouble.HANGS_UP:
            line.drop(politely=True)
            raise Silence
        deaf = trouble in (Trouble.DEAF, Trouble.WIPED)
        try:
            async with asyncio.timeout(self.wait_ms / 1000):
                while True:
                    body, answer = await line.read()
                    if not deaf and self._fits(request, body, answer):
                        return answer
        except TimeoutError:
            raise Silence from None

    def _fits(self, request: Message, body: bytes, answer: Message) -> bool:
        if int(answer.mti) != int(request.mti) + 10 or answer.text(11) != request.text(11):
            return False
        if request.mti in ("0800", "0820") or answer.text(39) != "00":
            return True
        if self.mak is None or not is_signed(answer, body, (self.mak,)):
            self.faults.append(f"{answer.mti} 00 without a good MAC: {key_of(request)}")
            return False
        return True

    async def _ready(self, signs_in_anew: bool) -> Line:
        """A connection, and keys; keeps dialling until the engine is there."""
        while True:
            fresh = self._line is None or self._line.is_gone
            try:
                if self._line is None or self._line.is_gone:
                    self._line = Line(*await self.dial())
                if self.mak is None or (fresh and signs_in_anew):
                    await self._sign_in(self._line)
                return self._line
            except (OSError, Silence, TheirMistake):
                await self._turn_away()
                await self.close()
                await asyncio.sleep(REDIAL_MS / 1000)

    async def _sign_in(self, line: Line) -> None:
        fields: dict[int, Value] = {11: self._next_trace(), 41: self.terminal, 42: self.merchant, 63: "001"}
        code = ("003", "004", "001")[self.sign_ins % 3]
        answer = await self._exchange(line, Message("0800", {**fields, 60: f"00{self.batch}{code}"}))
        if answer.text(39) != "00":
            raise Silence
        self.mak = open_working_keys(answer.text(62).encode("latin-1"), self.master_key).mak
        self.batch = answer.text(60)[2:8]
        self.sign_ins += 1
        if self.restarts_traces:
            self.trace = 0

    def _next_trace(self) -> str:
        self.trace = self.trace % (TRACES - 1) + 1
        return f"{self.trace:06d}"

    def _request(self, sale: Sale) -> Message:
        track = f"{sale.pan}D3012201000000000"[:37]
        fields: dict[int, Value] = {
            3: "000000",
            4: f"{sale.fen:012d}",
            11: self._next_trace(),
            22: sale.entry,
            25: "00",
            41: self.terminal,
            42: self.merchant,
            49: "156",
            60: f"22{self.batch}00050",
            63: "001",
        }
        if sale.entry != "021":
            fields |= {2: sale.pan, 14: "3012"}
        if sale.entry != "012":
            fields[35] = track
        if sale.entry == "051":
            fields |= {23: "001", 55: CHIP}
        return Message("0200", dict(sorted(fields.items())))


def _reversal_of(request: Message) -> Message:
    """The reversal of a request, no answer being the reason until something else is seen."""
    dropped = {35: None, 63: None, 39: "98"}
    return Message("0400", dict(sorted(request.with_fields(dropped).fields.items())))


class Line:
    """One connection to the engine; any failure of it is Silence."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._frames = Deframer()
        self._waiting: list[bytes] = []
        self.is_gone = False

    def write(self, data: bytes) -> None:
        """Hand to the socket; a send that was started counts as sent."""
        if self.is_gone:
            raise Silence
        self._writer.write(data)

    async def read(self) -> tuple[bytes, Message]:
        """The body and message of the next frame."""
        try:
            while not self._waiting:
                data = await self._reader.read(READ_BYTES)
                if not data:
                    self.drop()
                    raise Silence
                self._waiting += self._frames.feed(data)
            _, body, message = unpacked(self._waiting.pop(0))
            return body, message
        except (OSError, TheirMistake):
            self.drop()
            raise Silence from None

    def drop(self, politely: bool = False) -> None:
        """Hang up at once, or after what was written has left."""
        self.is_gone = True
        if politely:
            self._writer.close()
        else:
            self._writer.transport.abort()
