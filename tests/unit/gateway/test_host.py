"""Does what is written on a link leave together, and does the host wait for no more than a few messages?"""

import asyncio
from types import SimpleNamespace
from typing import Any

from chongzheng.gateway.counts import Counts
from chongzheng.gateway.host import LET_OUT_BYTES, Ears, HostLink


class Wire:
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> None:
        """One write."""
        self.written.append(data)

    def is_closing(self) -> bool:
        """Never."""
        return False


def _link(wire: Any) -> HostLink:
    settings: Any = SimpleNamespace(name="main", profile=None)
    nothing: Any = None
    link = HostLink(settings, nothing, Counts(), Ears(nothing, nothing, nothing), lambda: "")
    link.connection_made(wire)
    return link


def test_what_one_turn_of_the_loop_writes_leaves_together() -> None:
    wire = Wire()

    async def turn() -> None:
        link = _link(wire)
        link._put_out(b"one")
        link._put_out(b"two")
        assert wire.written == []
        await asyncio.sleep(0)

    asyncio.run(turn())
    assert wire.written == [b"onetwo"]


def test_a_long_turn_keeps_the_host_waiting_for_a_few_messages_only() -> None:
    wire = Wire()
    half = bytes(LET_OUT_BYTES // 2)

    async def turn() -> None:
        link = _link(wire)
        for _ in range(5):
            link._put_out(half)
        assert [len(data) for data in wire.written] == [LET_OUT_BYTES, LET_OUT_BYTES]
        await asyncio.sleep(0)

    asyncio.run(turn())
    assert b"".join(wire.written) == half * 5
