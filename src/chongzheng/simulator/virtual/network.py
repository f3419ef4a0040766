"""How do bytes travel between the processes of a simulated world? In-memory TCP, as bad as its weather.

A connection is two ends; each direction keeps its order, as TCP does, and nothing else is promised: bytes come late,
in other pieces, after a reset, or never. What a box in the middle swallows or repeats is whole writes.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, cast

from chongzheng.simulator.virtual.events import Events
from chongzheng.simulator.virtual.loop import NS_PER_S, Lane, Process, VirtualLoop, main_lane
from chongzheng.simulator.virtual.weather import PER_MILLE, Weather

NS_PER_MS = 1_000_000
HIGH_WATER_BYTES = 65_536
"""So much unread, and a writer is asked to pause."""
SOON_MS = 0.05
"""What the shortest way takes."""
CONNECT_GIVE_UP_MS = 4_000
"""How long a connection attempt lasts to where nothing answers."""
COMING_MAX = 100_000
"""Pieces on their way in one direction: far more than flow control lets be unread."""
FIRST_PORT = 20_000
PIECES_MAX = 5
TILL = "till "
"""So begins the name of a terminal's task."""

Factory = Callable[[], asyncio.BaseProtocol]
Address = tuple[str, int]

HARMS = {
    "tail": "came much later than the others",
    "swallowed": "was swallowed on its way",
    "replayed": "arrived twice",
    "fragmented": "arrived in pieces",
    "reset": "was followed by a reset of the connection",
}


@dataclass(frozen=True, slots=True)
class Luck:
    """The dice of one use of a connection: its own, so that leaving out a harm elsewhere changes nothing here.

    `name`: from whom to whom, which connection between them, and the how-manieth use of it.
    """

    dice: Random
    name: str


@dataclass(frozen=True, slots=True)
class Journey:
    """What of one write sets out, each piece with its delay, and whether a reset follows."""

    pieces: list[tuple[bytes, float]]
    struck: bool = False


class Fabric:
    """All connections of a world. `calm` ends the bad weather: nothing is lost or late from then on."""

    def __init__(self, loop: VirtualLoop, dice: Random, weather: Weather) -> None:
        self._loop = loop
        self._weather = weather
        self._calm = False
        self._listening: dict[Address, Listener] = {}
        self._ends: dict[Process, dict[End, None]] = {}
        self._ports = FIRST_PORT
        self._calls: dict[str, int] = {}
        self._salt = dice.getrandbits(64)
        self.events = Events(lambda: loop.now_ns // NS_PER_MS)
        self.blocked: dict[tuple[str, str], int] = {}
        """(from, to) by process name: until when nothing arrives, ns."""
        self.happened: dict[str, int] = {}
        self.unrepeated: frozenset[str] = frozenset()
        """Processes whose writes no box in the middle repeats."""
        loop.fabric = self

    def calm(self) -> None:
        """From here on the network is as good as it can be."""
        self._calm = True
        self._weather = Weather()
        self.blocked.clear()
        for ends in self._ends.values():
            for end in list(ends):
                end.hurry()

    def block(self, source: str, target: str, for_ms: int) -> None:
        """Nothing from one process arrives at the other for a while; the other way is open."""
        self.blocked[source, target] = self._loop.now_ns + for_ms * NS_PER_MS
        self._count("clog")

    def listen(self, factory: Factory, host: str, port: int, serving: bool) -> Listener:
        """A listening socket of the process that asks; port 0 takes a free one."""
        if port == 0:
            self._ports += 1
            port = self._ports
        address = (host, port)
        old = self._listening.get(address)
        if old is not None and old.lane.process.alive and not old.closed:
            raise OSError(98, "address in use")
        listener = Listener(self, factory, address, main_lane(), serving)
        self._listening[address] = listener
        return listener

    async def connect(self, factory: Factory, host: str, port: int) -> tuple[asyncio.Transport, asyncio.BaseProtocol]:
        """A connection from the process that asks. OSError when nobody listens there, or nothing answers."""
        lane, caller = main_lane(), _caller()
        number = self._calls[caller] = self._calls.get(caller, 0) + 1
        await asyncio.sleep(self.delay_ms(self.luck(f"{caller} calling, {number}.0")) / 1000)
        listener = self._listening.get((host, port))
        if listener is None or listener.closed or not listener.serving or not listener.lane.process.alive:
            if listener is not None and listener.dark:
                await asyncio.sleep(CONNECT_GIVE_UP_MS / 1000)
            raise ConnectionRefusedError(111, "connection refused")
        if self.is_blocked(lane.process.name, listener.lane.process.name):
            await asyncio.sleep(CONNECT_GIVE_UP_MS / 1000)
            raise TimeoutError("nothing answers")
        self._ports += 1
        here, there = (f"10.0.0.{len(lane.process.name)}", self._ports), (host, port)
        called = listener.lane.process.name
        ours = End(self, lane, here, there, f"{caller}>{called} {number}")
        theirs = End(self, listener.lane, there, here, f"{called}>{caller} {number}")
        ours.peer, theirs.peer = theirs, ours
        for end in (ours, theirs):
            self._ends.setdefault(end.lane.process, {})[end] = None
        protocol = factory()
        ours.begin(protocol)
        self._loop.call_soon(theirs.accept, listener.factory, context=listener.lane.context())
        return ours, protocol

    def luck(self, name: str) -> Luck:
        """The dice of this use."""
        return Luck(Random(f"{self._salt} {name}"), name)

    def delay_ms(self, luck: Luck) -> float:
        """How long this piece travels."""
        weather = self._weather
        if self._calm:
            return 0.2
        late, share = luck.dice.randrange(PER_MILLE) < weather.tail_per_mille, luck.dice.random()
        if late and self._allow("tail", luck):
            return weather.delay_ms + share * (weather.tail_ms - weather.delay_ms)
        return SOON_MS + share * (weather.delay_ms - SOON_MS)

    def is_blocked(self, source: str, target: str) -> bool:
        """Whether nothing arrives there from here now."""
        return self.blocked.get((source, target), 0) > self._loop.now_ns

    def journey(self, end: End, data: bytes) -> Journey:
        """What becomes of one write. All dice are thrown whatever they say."""
        self._loop.mark(data)
        luck = end.luck()
        if self._calm:
            return Journey([(data, self.delay_ms(luck))])
        dice, weather = luck.dice, self._weather
        swallowed = dice.randrange(PER_MILLE) < weather.swallow_per_mille
        replayed = dice.randrange(PER_MILLE) < weather.replay_per_mille
        fragmented = dice.randrange(PER_MILLE) < weather.fragment_per_mille
        struck = dice.randrange(PER_MILLE) < weather.reset_per_mille
        knife = Random(dice.getrandbits(64))
        pieces = [data]
        if swallowed and self._allow("swallowed", luck):
            pieces = []
        elif replayed and end.lane.process.name not in self.unrepeated and self._allow("replayed", luck):
            pieces = [data, data]
        if pieces and fragmented and len(data) > 1 and self._allow("fragmented", luck):
            pieces = [part for piece in pieces for part in _cut(piece, knife)]
        struck = struck and self._allow("reset", luck)
        return Journey([(piece, self.delay_ms(luck)) for piece in pieces], struck)

    def end_of(self, process: Process, silently: bool) -> None:
        """A process is gone: its peers hear a reset, or nothing at all."""
        for listener in self._listening.values():
            if listener.lane.process is process:
                listener.dark = silently
        for end in list(self._ends.pop(process, {})):
            end.gone = True
            process.remains.append(end)
            if end.peer is not None and not silently:
                delay_s = self.delay_ms(end.luck()) / 1000
                self._loop.call_later(delay_s, end.peer.lose, reset(), context=end.peer.lane.context())

    def is_dark(self, end: End) -> bool:
        """Whether the machine of an end that is gone says nothing at all, because nothing runs on it again yet."""
        listener = self._listening.get(end.get_extra_info("sockname"))
        return listener is not None and listener.dark

    def drop(self, end: End) -> None:
        """This end is closed for good."""
        self._ends.get(end.lane.process, {}).pop(end, None)

    def _allow(self, harm: str, luck: Luck) -> bool:
        if not self.events.allow(f"{harm} {luck.name}", f"{_spoken(luck.name)} {HARMS[harm]}"):
            return False
        self._count(harm)
        return True

    def _count(self, what: str) -> None:
        self.happened[what] = self.happened.get(what, 0) + 1


def _spoken(name: str) -> str:
    """What the name of a use says, in words."""
    who, _, place = name.rpartition(" ")
    connection, _, use = place.partition(".")
    source, _, target = who.partition(">")
    if not target:
        return f"call {connection} of {who.removesuffix(' calling,')}"
    return f"write {use} from {source} to {target}, connection {connection},"


def _caller() -> str:
    """Who asks for a connection: the terminal whose task this is, or else the process."""
    task = asyncio.current_task()
    name = task.get_name() if task is not None else ""
    return name if name.startswith(TILL) else main_lane().process.name


def _cut(data: bytes, knife: Random) -> list[bytes]:
    count = knife.randint(2, min(PIECES_MAX, len(data)))
    marks = sorted(knife.sample(range(1, len(data)), count - 1))
    return [data[a:b] for a, b in zip([0, *marks], [*marks, len(data)], strict=True)]


def reset() -> ConnectionResetError:
    """What a peer hears of a connection that was cut."""
    return ConnectionResetError(104, "connection reset by peer")


class _Name:
    """The only thing anybody asks of a listening socket."""

    def __init__(self, address: Address) -> None:
        self._address = address

    def getsockname(self) -> Address:
        """Host and port."""
        return self._address


class Listener:
    """What `create_server` gives."""

    def __init__(self, fabric: Fabric, factory: Factory, address: Address, lane: Lane, serving: bool) -> None:
        self.fabric = fabric
        self.factory = factory
        self.lane = lane
        self.serving = serving
        self.closed = False
        self.dark = False
        self.sockets = (_Name(address),)

    async def start_serving(self) -> None:
        """Let callers in."""
        self.serving = True

    def close(self) -> None:
        """Nobody new."""
        self.closed = True

    async def wait_closed(self) -> None:
        """It is at once."""


class End(asyncio.Transport):
    """One end of a connection; the peer's end is `peer`."""

    def __init__(self, fabric: Fabric, lane: Lane, here: Address, there: Address, name: str) -> None:
        super().__init__({"sockname": here, "peername": there})
        self._name = name
        self._uses = 0
        self._fabric = fabric
        self._loop = cast(VirtualLoop, asyncio.get_running_loop())
        self.lane = lane
        self.peer: End | None = None
        self.gone = False
        self._protocol: Any = None
        self._closing = False
        self._lost = False
        self._coming: deque[tuple[int, bytes | BaseException | None]] = deque(maxlen=COMING_MAX)
        self._pumping = False
        self._paused = False
        self._unread = 0  # bytes that we wrote and the peer has not taken
        self._asked_to_pause = False

    # As asyncio knows it

    def begin(self, protocol: asyncio.BaseProtocol) -> None:
        """Tell the protocol that it is connected."""
        self._protocol = protocol
        protocol.connection_made(self)

    def accept(self, factory: Factory) -> None:
        """The listening side takes the call."""
        if not self.gone:
            self.begin(factory())
            self._pump_soon()

    def write(self, data: Any) -> None:
        """Send it on its way."""
        if self._closing or self._lost or not data:
            return
        peer, data = self.peer, bytes(data)
        if peer is None or peer.gone:
            self._hear_of_it(peer)
            return
        journey = self._fabric.journey(self, data)
        for piece, delay_ms in journey.pieces:
            self._unread += len(piece)
            peer.expect(piece, delay_ms)
        if journey.struck:
            self._end(reset())
        elif self._unread > HIGH_WATER_BYTES and not self._asked_to_pause:
            self._asked_to_pause = True
            self._protocol.pause_writing()

    def writelines(self, list_of_data: Any) -> None:
        """All of them."""
        self.write(b"".join(list_of_data))

    def close(self) -> None:
        """No more is written; the peer hears so after what was."""
        if self._closing:
            return
        self._closing = True
        if self.peer is not None and not self.peer.gone:
            self.peer.expect(None, self._fabric.delay_ms(self.luck()))
        self._loop.call_soon(self.lose, None, context=self.lane.context())

    def abort(self) -> None:
        """Now, whatever is on its way."""
        if not self._lost:
            self._end(None)

    def is_closing(self) -> bool:
        """Whether it was closed on this side."""
        return self._closing or self._lost

    def get_write_buffer_size(self) -> int:
        """What the peer has not taken yet."""
        return self._unread

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """There is one limit for everybody."""

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Who reads here."""
        return cast(asyncio.BaseProtocol, self._protocol)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Somebody else reads here now."""
        self._protocol = protocol

    def can_write_eof(self) -> bool:
        """Nobody asks for half-closed connections."""
        return False

    def is_reading(self) -> bool:
        """Whether what arrives is handed over."""
        return not self._paused

    def pause_reading(self) -> None:
        """Hold what arrives."""
        self._paused = True

    def resume_reading(self) -> None:
        """Hand it over again."""
        self._paused = False
        self._pump_soon()

    # As the fabric knows it

    def luck(self) -> Luck:
        """The dice of the next use of this end."""
        self._uses += 1
        return self._fabric.luck(f"{self._name}.{self._uses}")

    def expect(self, what: bytes | BaseException | None, delay_ms: float) -> None:
        """Something is on its way here: bytes, the end (None), or a reset. Never before what set out earlier."""
        at = self._loop.now_ns + round(delay_ms * NS_PER_MS)
        if self._coming:
            at = max(at, self._coming[-1][0])
        self._coming.append((at, what))
        self._pump_soon()

    def hurry(self) -> None:
        """The network is good again: what is on its way arrives now."""
        self._coming = deque(((self._loop.now_ns, what) for _, what in self._coming), maxlen=COMING_MAX)
        self._pump()

    def lose(self, error: BaseException | None) -> None:
        """The connection is over on this side."""
        if self._lost or self.gone:
            return
        self._lost = self._closing = True
        self._fabric.drop(self)
        if self._protocol is not None:
            self._protocol.connection_lost(error)

    def _end(self, why: BaseException | None) -> None:
        """Over at once; the peer hears of a reset after what is on its way to it."""
        self._closing = True
        if self.peer is not None and not self.peer.gone:
            self.peer.expect(reset(), self._fabric.delay_ms(self.luck()))
        self._loop.call_soon(self.lose, why, context=self.lane.context())

    def _hear_of_it(self, peer: End | None) -> None:
        """Nobody is there: a machine that is up says so, one that is dark says nothing."""
        if peer is None or self._fabric.is_dark(peer):
            return
        delay_s = self._fabric.delay_ms(self.luck()) / 1000
        self._loop.call_later(delay_s, self.lose, reset(), context=self.lane.context())

    def _pump_soon(self) -> None:
        if self._pumping or not self._coming or self._paused or self._protocol is None:
            return
        self._pumping = True
        at = max(self._coming[0][0], self._loop.now_ns)
        self._loop.call_at(at / NS_PER_S, self._arrive, context=self.lane.context())

    def _pump(self) -> None:
        self._pumping = False
        self._pump_soon()

    def _arrive(self) -> None:
        self._pumping = False
        if self._lost or self._paused or not self._coming:
            return
        source = self.peer.lane.process.name if self.peer is not None else ""
        until = self._fabric.blocked.get((source, self.lane.process.name), 0)
        at, what = self._coming[0]
        if until > self._loop.now_ns:
            self._coming[0] = (until, what)
        elif at <= self._loop.now_ns:
            self._coming.popleft()
            self._take(what)
        self._pump_soon()

    def _take(self, what: bytes | BaseException | None) -> None:
        if isinstance(what, BaseException):
            self.lose(what)
        elif what is None:
            if not self._protocol.eof_received():
                self.close()
        else:
            if self.peer is not None:
                self.peer.taken(len(what))
            self._protocol.data_received(what)

    def taken(self, count: int) -> None:
        """The peer has read so much of what we wrote."""
        self._unread -= count
        if self._asked_to_pause and self._unread <= HIGH_WATER_BYTES // 4 and not self._lost:
            self._asked_to_pause = False
            self._loop.call_soon(self._go_on, context=self.lane.context())

    def _go_on(self) -> None:
        if not self._lost and not self.gone:
            self._protocol.resume_writing()
