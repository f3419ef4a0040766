"""Do bytes arrive in order and whole in good weather, and badly in bad weather, as TCP may?"""

import asyncio
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any

import pytest

from chongzheng.simulator.virtual.loop import VirtualLoop, process_of
from chongzheng.simulator.virtual.nature import laws_of
from chongzheng.simulator.virtual.network import Fabric
from chongzheng.simulator.virtual.weather import PER_MILLE, Weather

ADDRESS = ("10.9.9.9", 7)
WORDS = [f"word {n};".encode() for n in range(40)]


class Server(asyncio.Protocol):
    """Hears everything, echoes it, and remembers how connections end."""

    def __init__(self, heard: list[bytes], ends: list[BaseException | None]) -> None:
        self.heard, self.ends = heard, ends

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.heard.append(data)
        self.transport.write(data)  # type: ignore[attr-defined]

    def connection_lost(self, exc: BaseException | None) -> None:
        self.ends.append(exc)


class Net:
    """A world with a server in one process and a client in another."""

    def __init__(self, weather: Weather, seed: int = 1) -> None:
        self.loop = VirtualLoop(Random(seed))
        self.fabric = Fabric(self.loop, Random(seed), weather)
        self.heard: list[bytes] = []
        self.ends: list[BaseException | None] = []
        self.server = process_of("server")
        self.client = process_of("client")

    def run(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """`work` in the client's process, against the listening server."""

        async def world() -> Any:
            factory = lambda: Server(self.heard, self.ends)  # noqa: E731
            self.loop.call_soon(self.fabric.listen, factory, *ADDRESS, True, context=self.server.context())
            await asyncio.sleep(0.01)
            return await self.loop.create_task(work(), context=self.client.context())

        with laws_of(self.loop, Random(0)):
            try:
                return self.loop.run_until_complete(world())
            finally:
                self.loop.close()


async def talk() -> bytes:
    """Say all words, hear what comes back until the line ends or nothing comes for long."""
    reader, writer = await asyncio.open_connection(*ADDRESS)
    for word in WORDS:
        writer.write(word)
        await asyncio.sleep(0.01)
    back = b""
    try:
        async with asyncio.timeout(60):
            while len(back) < len(b"".join(WORDS)) and (data := await reader.read(999)):
                back += data
    except (TimeoutError, ConnectionError):
        pass
    writer.close()
    await asyncio.sleep(5)
    return back


def test_in_good_weather_everything_arrives_in_order() -> None:
    net = Net(Weather())
    assert net.run(talk) == b"".join(WORDS)
    assert b"".join(net.heard) == b"".join(WORDS)
    assert net.ends == [None]


def test_pieces_are_other_pieces_of_the_same_stream() -> None:
    net = Net(Weather(fragment_per_mille=PER_MILLE, delay_ms=50, tail_per_mille=300, tail_ms=900))
    assert net.run(talk) == b"".join(WORDS)
    assert len(net.heard) > len(WORDS)


def test_whole_writes_are_swallowed_or_repeated() -> None:
    net = Net(Weather(swallow_per_mille=200, replay_per_mille=200))
    net.run(talk)
    counts = [b"".join(net.heard).count(word) for word in WORDS]
    assert {0, 1, 2} == set(counts)
    assert net.fabric.happened.keys() == {"swallowed", "replayed"}


def test_who_must_not_be_repeated_is_not() -> None:
    net = Net(Weather(replay_per_mille=PER_MILLE))
    net.fabric.unrepeated = frozenset({"client"})
    net.run(talk)
    assert b"".join(net.heard) == b"".join(WORDS)


def test_a_reset_ends_both_sides() -> None:
    net = Net(Weather(reset_per_mille=PER_MILLE))
    assert net.run(talk) == b""
    assert [type(end) for end in net.ends] == [ConnectionResetError]


def test_one_direction_is_blocked_and_the_other_is_not() -> None:
    net = Net(Weather())

    async def work() -> tuple[float, float]:
        reader, writer = await asyncio.open_connection(*ADDRESS)
        net.fabric.block("server", "client", 5_000)
        writer.write(b"hello")
        await asyncio.sleep(1)
        heard_by_then = len(net.heard)
        await reader.read(9)
        return heard_by_then, net.loop.time()

    heard, at = net.run(work)
    assert heard == 1
    assert 5 <= at < 5.1


@pytest.mark.parametrize("silently", [True, False])
def test_a_killed_peer_is_heard_of_or_not(silently: bool) -> None:
    net = Net(Weather())

    async def work() -> str:
        reader, writer = await asyncio.open_connection(*ADDRESS)
        net.loop.kill(net.server.process)
        net.fabric.end_of(net.server.process, silently)
        try:
            async with asyncio.timeout(30):
                writer.write(b"are you there?")
                await reader.read(1)
                return "end"
        except TimeoutError:
            return "silence"
        except ConnectionError:
            return "reset"

    assert net.run(work) == ("silence" if silently else "reset")


def test_where_nobody_listens_there_is_no_connection() -> None:
    net = Net(Weather())

    async def work() -> None:
        await asyncio.open_connection("10.9.9.9", 8)

    with pytest.raises(ConnectionRefusedError):
        net.run(work)


def test_who_does_not_read_slows_down_who_writes() -> None:
    net = Net(Weather())

    async def work() -> float:
        _, writer = await asyncio.open_connection(*ADDRESS)
        net.fabric.block("client", "server", 3_000)
        writer.write(b"x" * 200_000)
        await writer.drain()
        return net.loop.time()

    assert net.run(work) >= 3
