"""What is the most that a relay in this language can do? Frames from terminals to the bank and back, and nothing else.

`python -m chongzheng.bench.relay_bare`; order: listen. No journal, no MAC, no decoding: an answer finds its way back
by the destination of its TPDU, as in a concentrator. This is the limit that the engine is measured against.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from chongzheng.bench.load_orders import obey, run
from chongzheng.iso8583 import Deframer, frame

SOURCE, DESTINATION = slice(3, 5), slice(1, 3)


class Side(asyncio.Protocol):
    """One connection, of either side: `lines` knows the terminals by the source of their TPDU, b"" is the bank."""

    def __init__(self, lines: dict[bytes, Side], is_bank: bool) -> None:
        self._lines = lines
        self._is_bank = is_bank
        self._deframer = Deframer()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Up."""
        self.transport = cast(asyncio.Transport, transport)
        if self._is_bank:
            self._lines[b""] = self

    def data_received(self, data: bytes) -> None:
        """Pass every frame on."""
        for payload in self._deframer.feed(data):
            if self._is_bank:
                there = self._lines[payload[DESTINATION]]
            else:
                self._lines[payload[SOURCE]] = self
                there = self._lines[b""]
            if there.transport is not None:
                there.transport.write(frame(payload))


async def main() -> None:
    """Connect to the bank, listen for terminals, and obey."""
    lines: dict[bytes, Side] = {}
    servers: list[asyncio.Server] = []

    async def listen(order: dict[str, Any]) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        host, _, port = order["bank"].rpartition(":")
        await loop.create_connection(lambda: Side(lines, True), host, int(port))
        server = await loop.create_server(lambda: Side(lines, False), "127.0.0.1", 0, backlog=1024)
        servers.append(server)
        address = server.sockets[0].getsockname()
        return {"address": f"{address[0]}:{address[1]}"}

    await obey({"listen": listen})


if __name__ == "__main__":
    run(main)
