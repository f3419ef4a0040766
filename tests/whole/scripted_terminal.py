"""What does a terminal do when a test tells it word for word?"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from chongzheng.iso8583 import CupEnvelope, Message, check, dialect, frame, join_cup, open_working_keys, sign, split_cup

POS = dialect("cup-pos")
ENVELOPE = CupEnvelope(bytes.fromhex("6000010002"), bytes.fromhex("603100310000"))
PAN = "6222020000001234"


@dataclass
class ScriptedTerminal:
    """One terminal connection that signs in and speaks when told."""

    address: str
    terminal: str = "10000001"
    merchant: str = "898100000000001"
    master_key: bytes = bytes(range(16))
    mac_key: bytes = b""
    batch: str = "000000"
    stan: int = 0

    async def dial(self) -> None:
        host, _, port = self.address.rpartition(":")
        self.reader, self.writer = await asyncio.open_connection(host, int(port))

    async def hang_up(self) -> None:
        self.writer.close()

    def put(self, body: bytes) -> None:
        """One frame with this body."""
        self.writer.write(frame(join_cup(ENVELOPE, body)))

    async def hear(self, wait_s: float = 5) -> Message:
        """The next answer; its TPDU must be ours turned round."""
        self.body = await self.hear_body(wait_s)
        return POS.decode(self.body)

    async def hear_body(self, wait_s: float = 5) -> bytes:
        async with asyncio.timeout(wait_s):
            payload = await self.reader.readexactly(int.from_bytes(await self.reader.readexactly(2), "big"))
        envelope, body = split_cup(payload)
        assert envelope.tpdu.hex() == "6000020001"
        return body

    @property
    def genuine(self) -> bool:
        """Whether the last answer carried our MAC."""
        return check(self.body, "cup-ecb", self.mac_key)

    async def sign_in(self, code: str = "003") -> Message:
        """Ask for keys and take them."""
        names = {41: self.terminal, 42: self.merchant}
        self.put(POS.encode(Message("0800", {11: "000001", **names, 60: f"00000000{code}", 63: "001"})))
        granted = await self.hear()
        if granted.text(39) == "00":
            self.batch = granted.text(60)[2:8]
            self.mac_key = open_working_keys(granted.text(62).encode("latin-1"), self.master_key).mak
        return granted

    def sale(self, amount_fen: int = 1000, **fields: str) -> Message:
        """The next sale; `F52="…"` sets more, an empty text leaves a field out."""
        self.stan += 1
        return self._message("0200", {4: f"{amount_fen:012d}", 11: f"{self.stan:06d}", 63: "001", 35: f"{PAN}D2512"},
                             fields)  # fmt: skip

    def reversal_of(self, sale: Message, reason: str = "98", **fields: str) -> Message:
        """The reversal of a sale."""
        return self._message("0400", {4: sale.fields[4], 11: sale.fields[11], 39: reason}, fields)

    def _message(self, mti: str, own: dict[int, str], more: dict[str, str]) -> Message:
        fixed = {3: "000000", 22: "021", 25: "00", 49: "156", 60: f"22{self.batch}000"}
        named = {41: self.terminal, 42: self.merchant}
        given = {int(name[1:]): value for name, value in more.items()}
        fields = {**fixed, **named, **own, **given}
        return Message(mti, {number: value for number, value in fields.items() if value})

    def send(self, message: Message) -> None:
        """The message under our MAC."""
        self.put(sign(POS, message, "cup-ecb", self.mac_key or bytes(8)))

    async def ask(self, message: Message, wait_s: float = 5) -> Message:
        """Send and hear."""
        self.send(message)
        return await self.hear(wait_s)
