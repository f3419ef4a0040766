"""What does a host do when a test tells it word for word?"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field

from chongzheng.iso8583 import Message, check, dialect, frame, join_cup, mac_input, seal_working_keys, sign, split_cup
from whole.kept_port import kept_port

POS = dialect("cup-pos")
KEEP = (3, 4, 11, 25, 41, 42, 49, 60)


@dataclass(frozen=True)
class Say:
    """One message of the host, after `after_ms`; `mac`: good, bad or none."""

    message: Message
    mac: str = "good"
    after_ms: int = 0


def answer(request: Message, code: str, **fields: str) -> Message:
    """An answer that repeats what it must; `F37="…"` sets more."""
    kept = {number: value for number, value in request.fields.items() if number in KEEP}
    more = {int(name[1:]): value for name, value in fields.items()}
    return Message(f"{request.mti[:2]}10", {**kept, 39: code, **more})


def honest(request: Message) -> list[Say]:
    """00 with an RRN; declines nothing."""
    return [Say(answer(request, "00", F37=f"7{int(request.text(11)):011d}", F38="123456"))]


Script = Callable[[Message], list[Say]]


@dataclass
class ScriptedHost:
    """A host on a loopback port. `heard` holds every message but sign-ins and echoes; `genuine` their MAC checks."""

    script: Script = honest
    master_key: bytes = bytes(range(16))
    heard: list[Message] = field(default_factory=list)
    genuine: list[bool] = field(default_factory=list)
    sign_ins: int = 0  # a `sign_in_code` of "" is silence
    sign_in_code: str = "00"
    sign_in_after_ms: int = 0  # the keys are ours at once, the answer comes later
    answers_echoes: bool = True
    echoes: int = 0
    mac_key: bytes = b""
    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    port: int = 0
    tls: ssl.SSLContext | None = None

    async def start(self) -> None:
        self.port = self.port or kept_port(self)
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self.tls)

    async def stop(self) -> None:
        self._server.close()
        self.hang_up()

    def hang_up(self) -> None:
        """Drop every connection at once."""
        for writer in self.writers:
            writer.transport.abort()
        self.writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        try:
            while True:
                payload = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
                envelope, body = split_cup(payload)
                self._envelope = envelope.answered()
                self._take(POS.decode(body), body, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return

    def _take(self, message: Message, body: bytes, writer: asyncio.StreamWriter) -> None:
        if message.mti == "0800":
            self._sign_in(message, writer)
        elif message.mti == "0820":
            self.echoes += 1
            if self.answers_echoes:
                self._put(writer, POS.encode(Message("0830", {**message.fields, 39: "00"})))
        else:
            self.heard.append(message)
            self.genuine.append(check(body, "cup-ecb", self.mac_key))
            for say in self.script(message):
                asyncio.get_running_loop().call_later(say.after_ms / 1000, self._say, writer, say)

    def _sign_in(self, message: Message, writer: asyncio.StreamWriter) -> None:
        self.sign_ins += 1
        if not self.sign_in_code:
            return
        granted = Message("0810", {11: message.fields[11], 39: self.sign_in_code, 60: message.fields[60]})
        if self.sign_in_code == "00":
            self.mac_key = bytes([self.sign_ins] * 7 + [1])
            keys = seal_working_keys(bytes(range(16)), self.mac_key, self.master_key, "40")
            granted.fields[62] = keys.decode("latin-1")
        asyncio.get_running_loop().call_later(self.sign_in_after_ms / 1000, self._put, writer, POS.encode(granted))

    def _say(self, writer: asyncio.StreamWriter, say: Say) -> None:
        plain = say.mac == "none"
        body = POS.encode(say.message) if plain else sign(POS, say.message, "cup-ecb", self.mac_key)
        if say.mac == "bad":
            body = mac_input(body) + b"00000000"
        self._put(writer, body)

    def _put(self, writer: asyncio.StreamWriter, body: bytes) -> None:
        if not writer.is_closing():
            writer.write(frame(join_cup(self._envelope, body)))

    def offer_unasked_keys(self) -> None:
        """An answer to a sign-in that nobody sent, with good keys of its own."""
        keys = seal_working_keys(bytes(range(16)), bytes([99] * 7 + [1]), self.master_key, "40").decode("latin-1")
        granted = Message("0810", {11: "999999", 39: "00", 60: "00000001003", 62: keys})
        self._put(self.writers[-1], POS.encode(granted))

    def put_raw(self, payload: bytes) -> None:
        """Bytes as they are, on the newest connection."""
        self.writers[-1].write(payload)
