"""How is an answer lost after its request was carried out? A relay that now and then swallows it and hangs up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

READ_BYTES = 65_536

Place = tuple[str, int] | Path
"""Host and port, or a Unix socket."""


class Relay:
    """Stands before a server. `swallowed`: answers that were lost.

    `where()` names the server at each call; `may(answer)` says whether these bytes of the server may be lost; of
    those, `share` are: the client sees its connection end and cannot know what was done.
    """

    def __init__(self, where: Callable[[], Place], may: Callable[[bytes], bool], share: float, dice: Random) -> None:
        self.swallowed = 0
        self.calm = False
        self.address = ("", 0)
        self._where = where
        self._may = may
        self._share = share
        self._dice = dice
        self._server: asyncio.Server | None = None
        self._calls: set[asyncio.Task[None]] = set()  # bounded by what this machine's own client opens

    async def start(self) -> tuple[str, int]:
        """Listen on loopback; where, which `address` tells too."""
        self._server = await asyncio.start_server(self._call, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()[:2]
        self.address = host, port
        return host, port

    async def stop(self) -> None:
        """Hang up on everybody."""
        if self._server is not None:
            self._server.close()
        for call in list(self._calls):
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._calls.add(task)
            task.add_done_callback(self._calls.discard)
        try:
            there, to_server = await _dialled(self._where())
        except OSError:
            writer.transport.abort()
            return
        ways = (asyncio.ensure_future(_pass(reader, to_server)), asyncio.ensure_future(self._answer(there, writer)))
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            for one in (writer, to_server):
                one.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The server's bytes to the client, until they are swallowed."""
        with suppress(OSError):
            while data := await reader.read(READ_BYTES):
                if not self.calm and self._may(data) and self._dice.random() < self._share:
                    self.swallowed += 1
                    return
                writer.write(data)
                await writer.drain()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(READ_BYTES):
            writer.write(data)
            await writer.drain()


async def _dialled(place: Place) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if isinstance(place, Path):
        return await asyncio.open_unix_connection(str(place))
    return await asyncio.open_connection(*place)
