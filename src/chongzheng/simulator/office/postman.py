"""Which letters left the house? A mail server on loopback that keeps what it is handed."""

from __future__ import annotations

import asyncio
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP

LETTERS_MAX = 10_000
NOTICES = """
[notices]
contact = "400-820-8888"
people = {{ customer = "mail:li@customer.example", "carrier desk" = "mail:desk@carrier.example" }}
[[notices.mail]]
host = "127.0.0.1"
port = {port}
tls = "none"
sender = "desk@acquirer.example"
"""
"""An engine's table, when its letters go to this house; `port`: where the mail server listens."""


class Postman:
    """A mail server of the running loop, from `start` to `stop`."""

    def __init__(self) -> None:
        self.letters: list[Message] = []
        self.port = 0
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Take letters, on a port that is free."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, loop=loop), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Take no more."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """One letter; of more than LETTERS_MAX the sender hears that there is no room."""
        if len(self.letters) >= LETTERS_MAX:
            return "452 no room"
        self.letters.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"
