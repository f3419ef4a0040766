"""Who answers the engine under load? The cheapest bank that still checks every MAC and signs every answer.

`python -m chongzheng.bench.load_bank LINK_KEY_HEX MAK_HEX`; orders: listen, stats. It keeps no books: the simulator's
bank is for what is right, this one for how fast.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any, cast

from chongzheng.bench.load_frames import ALGORITHM, POS
from chongzheng.bench.load_orders import obey, run, used_s
from chongzheng.iso8583 import CupEnvelope, Deframer, Message, Value, check, frame, join_cup, seal_working_keys
from chongzheng.iso8583.framing import CUP_ENVELOPE_BYTES
from chongzheng.iso8583.mac import field_mac, mac_input

REPEATED = (3, 4, 11, 25, 41, 42, 49, 60)
ANSWER_OF = {"0200": "0210", "0400": "0410"}
LOCAL_TIME, LOCAL_DATE, AUTH = "101112", "0922", "123456"
APPROVED, BAD_MAC = "00", "A0"
PIN_KEY_BYTES = 8


class Bank:
    """What all connections share: the key of the link, and what was seen."""

    def __init__(self, link_key: bytes, mak: bytes) -> None:
        self.mak = mak
        self.keys = seal_working_keys(bytes(range(PIN_KEY_BYTES)), mak, link_key, "24")
        self.counts = {"0200": 0, "0400": 0, "bad_macs": 0, "unreadable": 0}
        self.signed_in_at: list[float] = []
        self.first_reversal_at = 0.0

    def answer(self, body: bytes) -> bytes:
        """The body of the answer to a body."""
        asked = POS.decode(body)
        if asked.mti not in ANSWER_OF:
            return POS.encode(self._managed(asked))
        self.counts[asked.mti] += 1
        given = asked.fields
        code = APPROVED
        if 64 not in given or not check(body, ALGORITHM, self.mak):
            self.counts["bad_macs"] += 1
            code = BAD_MAC
        number = self.counts["0200"] + self.counts["0400"]
        fields: dict[int, Value] = {
            3: given[3], 4: given[4], 11: given[11], 12: LOCAL_TIME, 13: LOCAL_DATE, 25: given[25],
            37: f"{number:012d}", 38: AUTH, 39: code, 41: given[41], 42: given[42], 49: given[49], 60: given[60],
            64: bytes(8),
        }  # fmt: skip
        covered = mac_input(POS.encode(Message(ANSWER_OF[asked.mti], fields)))
        return covered + field_mac(ALGORITHM, self.mak, covered)

    def _managed(self, asked: Message) -> Message:
        granted: dict[int, Value] = {n: asked.fields[n] for n in (11, 41, 42, 60) if n in asked.fields}
        granted |= {12: LOCAL_TIME, 13: LOCAL_DATE, 39: APPROVED}
        if asked.mti != "0800":
            return Message("0830", granted)
        self.signed_in_at.append(time.monotonic())
        return Message("0810", {**granted, 62: self.keys.decode("latin-1")})


class Link(asyncio.Protocol):
    """One connection of an engine."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self._deframer = Deframer()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """An engine dialled."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Answer everything that came, in one write."""
        bank, answers, begun_at = self._bank, [], time.monotonic()
        for payload in self._deframer.feed(data):
            tpdu, header = payload[:5], payload[5:CUP_ENVELOPE_BYTES]
            envelope = CupEnvelope(tpdu[:1] + tpdu[3:5] + tpdu[1:3], header)
            answers.append(frame(join_cup(envelope, bank.answer(payload[CUP_ENVELOPE_BYTES:]))))
        if not bank.first_reversal_at and bank.counts["0400"]:
            bank.first_reversal_at = begun_at
        if self._transport is not None:
            self._transport.write(b"".join(answers))


async def main() -> None:
    """Listen on a free port and obey."""
    bank = Bank(bytes.fromhex(sys.argv[1]), bytes.fromhex(sys.argv[2]))
    servers: list[asyncio.Server] = []

    async def listen(order: dict[str, Any]) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Link(bank), "127.0.0.1", 0)
        servers.append(server)
        address = server.sockets[0].getsockname()
        return {"address": f"{address[0]}:{address[1]}"}

    async def stats(order: dict[str, Any]) -> dict[str, Any]:
        seen = {"signed_in_at": bank.signed_in_at, "first_reversal_at": bank.first_reversal_at}
        return {**bank.counts, **seen, "used_s": used_s(), "now": time.monotonic()}

    await obey({"listen": listen, "stats": stats})


if __name__ == "__main__":
    run(main)
