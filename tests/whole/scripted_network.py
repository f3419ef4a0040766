"""What does a network do when a test tells it word for word, in a dialect of its own?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from chongzheng.gateway.profile import mac_of, sealed
from chongzheng.iso8583 import CupsHeader, Message, dialect, field_mac, frame, join_cups, kcv, split_cups
from chongzheng.iso8583.keys import ecb_encrypt
from whole.kept_port import kept_port

MASTER_KEY = bytes(range(16))
KEEP = (2, 3, 4, 7, 11, 12, 13, 25, 32, 33, 37, 41, 42, 49, 100)
PIN_KEY = bytes(range(50, 66))
ANSWERS = {"0200": "0210", "0400": "0410", "0401": "0410", "0420": "0430", "0421": "0430"}


def answer(request: Message, code: str, **fields: str) -> Message:
    """An answer that repeats what it must; `F38="…"` sets more."""
    kept = {number: value for number, value in request.fields.items() if number in KEEP}
    more = {int(name[1:]): value for name, value in fields.items()}
    return Message(ANSWERS[request.mti], {**kept, 39: code, **more})


def approving(request: Message) -> list[Message]:
    """00 for everything."""
    return [answer(request, "00", F38="123456")]


Script = Callable[[Message], list[Message]]


@dataclass
class ScriptedNetwork:
    """A network on a loopback port. `heard` holds payments' messages, `genuine` the checks of their MACs."""

    name: str = "cups"
    script: Script = approving
    offers_keys: bool = True  # keys come in a message of the network's own; else in the answer
    answers_keys: bool = True
    algorithm: str = "x9.9"
    heard: list[Message] = field(default_factory=list)
    genuine: list[str] = field(default_factory=list)
    management: list[Message] = field(default_factory=list)
    mac_keys: list[bytes] = field(default_factory=list)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    reject: str = "00000"
    port: int = 0

    async def start(self) -> None:
        self.dialect = dialect(self.name)
        self.code_at = 24 if self.name == "iso87-binary" else 70
        self.port = self.port or kept_port(self)
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

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
                self._take(payload)
        except (asyncio.IncompleteReadError, ConnectionError):
            return

    def _take(self, payload: bytes) -> None:
        body = split_cups(payload)[1] if self.name == "cups" else payload
        message = self.dialect.decode(body)
        if message.mti in ("0800", "0820") and self.code_at in message.fields:
            self._manage(message)
        elif message.mti == "0810":
            self.management.append(message)
        else:
            self.heard.append(message)
            self.genuine.append(mac_of(self.dialect, message, body, self._check))
            for said in self.script(message):
                self.say(said)

    def _check(self, covered: bytes, value: bytes) -> bool:
        return bool(self.mac_keys) and field_mac(self.algorithm, self.mac_keys[-1], covered) == value

    def _manage(self, message: Message) -> None:
        self.management.append(message)
        mti = "0830" if message.mti == "0820" else "0810"
        asks_keys = message.text(self.code_at) in ("101", "161")
        if asks_keys and not self.answers_keys:
            return
        kept = {number: message.text(number) for number in (7, 11, self.code_at)}
        said = Message(mti, {**kept, 39: "00"})
        if asks_keys and not self.offers_keys:
            said = said.with_fields({48: self.fresh_keys()})
        self.say(said, "none")
        if asks_keys and self.offers_keys:
            self.offer_keys()

    def fresh_keys(self) -> str:
        """New working keys, as F48 brings them; from now on ours are the new ones."""
        self.mac_keys.append(bytes([len(self.mac_keys) + 1] * 15 + [9]))
        parts = [ecb_encrypt(MASTER_KEY, key) + kcv(key) for key in (PIN_KEY, self.mac_keys[-1])]
        return "NK" + b"".join(parts).hex().upper()

    def offer_keys(self) -> None:
        """New keys in a message of our own."""
        code = "101" if self.name == "cups" else "161"
        self.say(Message("0800", {7: "0101000000", 11: "900001", 48: self.fresh_keys(), self.code_at: code}), "none")

    def say(self, message: Message, mac: str = "good", key: int = -1) -> None:
        """One message on the newest connection; `key`: which of our MAC keys makes its MAC."""

        def make(data: bytes) -> bytes:
            made = field_mac(self.algorithm, self.mac_keys[key], data)
            return made if mac == "good" else bytes(8)

        body = sealed(self.dialect, message, None if mac == "none" else make)
        if self.name == "cups":
            body = join_cups(CupsHeader("48021000", "01020000", reject_code=self.reject), body)
        if self.writers:
            self.writers[-1].write(frame(body))
