"""Who runs next, and what time is it, in a simulated world? One thread, a virtual clock, and dice for the order.

Callbacks of one lane run in the order in which they were given, as on a real event loop; lanes overtake each other as
processes and threads do. Time stands still while anybody has something to do, and then leaps to the next timer.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import hashlib
import heapq
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from random import Random
from typing import Any

from greenlet import getcurrent, greenlet

from chongzheng.mistakes import OurMistake

NS_PER_S = 1_000_000_000
STEPS_MAX = 20_000_000
"""Callbacks in one world; more is a world that runs in circles."""


READY_MAX = 1_000_000
"""Callbacks of one lane that wait; `STEPS_MAX` ends a world long before they are so many."""


class Process:
    """What lives and dies together. `wall_offset_ns`: how wrong its clock is; `asleep_until_ns`: nobody runs it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.main: Lane | None = None
        self.alive = True
        self.wall_offset_ns = 0
        self.asleep_until_ns = 0
        self.remains: list[object] = []
        """What must not be swept away when it dies: a coroutine that is collected would run its `finally`."""


class Lane:
    """A thread of a process: its callbacks run in order."""

    def __init__(self, process: Process, name: str) -> None:
        self.process = process
        self.name = f"{process.name}/{name}"
        self.ready: deque[tuple[int, asyncio.Handle]] = deque(maxlen=READY_MAX)

    def context(self) -> contextvars.Context:
        """A context in which everything that is begun belongs to this lane."""
        context = contextvars.copy_context()
        context.run(HERE.set, self)
        return context


NOWHERE = Lane(Process("world"), "loop")
HERE: contextvars.ContextVar[Lane] = contextvars.ContextVar("HERE", default=NOWHERE)


class VirtualLoop(asyncio.BaseEventLoop):
    """`dice` choose among lanes that could run; `hasty`: of a thousand choices, how many are the oldest callback's.

    `before_step(step)` is called before each callback, outside of it. `fabric` carries connections.
    """

    fabric: Any

    def __init__(self, dice: Random, hasty: int = 500, epoch_ns: int = 0) -> None:
        super().__init__()
        self._dice = dice
        self._hasty = hasty
        self.now_ns = 0
        self.epoch_ns = epoch_ns
        self.steps = 0
        self.before_step: Callable[[int], None] | None = None
        self.failures: list[str] = []
        self._count = 0
        self._timers: list[tuple[int, int, asyncio.TimerHandle]] = []
        self._lanes: dict[Lane, None] = {}  # those with something to do, in the order in which they got it
        self._digest = hashlib.blake2b(digest_size=16)
        self._threads: dict[Process, Lane] = {}
        self.set_exception_handler(lambda _, context: self._note(context))
        self.set_task_factory(_task)

    @property
    def trace(self) -> str:
        """A digest of every step that was made: when, by whom, what."""
        return self._digest.hexdigest()

    def mark(self, what: bytes) -> None:
        """Something that was said or kept, which the trace tells as well."""
        self._digest.update(what)

    def time(self) -> float:
        """Seconds since the world began."""
        return self.now_ns / NS_PER_S

    def true_ms(self) -> int:
        """Epoch milliseconds, whatever anybody's clock says."""
        return (self.epoch_ns + self.now_ns) // 1_000_000

    def wall_ns(self) -> int:
        """What the clock on the wall of the process that asks says."""
        return self.epoch_ns + self.now_ns + HERE.get().process.wall_offset_ns

    def call_soon(self, callback: Any, *args: Any, context: contextvars.Context | None = None) -> asyncio.Handle:
        """As on any loop, in the lane of the context."""
        handle = asyncio.Handle(callback, args, self, context)
        self._put(handle)
        return handle

    def call_soon_threadsafe(
        self, callback: Any, *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        """From a thread of a process, to its loop."""
        return self.call_soon(callback, *args, context=context or main_lane().context())

    def call_at(
        self, when: float, callback: Any, *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.TimerHandle:
        """As on any loop."""
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        self._count += 1
        heapq.heappush(self._timers, (max(self.now_ns, round(when * NS_PER_S)), self._count, handle))
        return handle

    def call_later(
        self, delay_s: float, callback: Any, *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.TimerHandle:
        """As on any loop."""
        return self.call_at(self.time() + max(0.0, delay_s), callback, *args, context=context)

    def run_in_executor(self, executor: object, func: Any, *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        """On the process's other thread, which is one more lane; it may wait for the loop as a thread may."""
        home = HERE.get()
        future: asyncio.Future[Any] = self.create_future()

        def work() -> None:
            try:
                result = func(*args)
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits
                self.call_soon_threadsafe(_fail, future, error, context=home.context())
            else:
                self.call_soon_threadsafe(_finish, future, result, context=home.context())

        self.call_soon(strand, work, context=self.thread_of(home.process).context())
        return future

    def thread_of(self, process: Process) -> Lane:
        """The lane of whatever a process does beside its loop."""
        return self._threads.setdefault(process, Lane(process, "thread"))

    def kill(self, process: Process) -> None:
        """Nothing of this process ever runs again; what it was about to do is kept, unrun."""
        process.alive = False
        for lane in [lane for lane in self._lanes if lane.process is process]:
            process.remains.extend(lane.ready)
            lane.ready.clear()
            del self._lanes[lane]

    def _put(self, handle: asyncio.Handle) -> None:
        lane = _lane_of(handle)
        if not lane.process.alive:
            lane.process.remains.append(handle)
            return
        self._count += 1
        lane.ready.append((self._count, handle))
        self._lanes[lane] = None

    def _run_once(self) -> None:
        lane = self._choose()
        if lane is None:
            self._leap()
            return
        _, handle = lane.ready.popleft()
        if not lane.ready:
            del self._lanes[lane]
        if handle.cancelled():
            return
        self.steps += 1
        if self.steps > STEPS_MAX:
            raise OurMistake(f"the world made {STEPS_MAX} steps and goes on", "simulator")
        if self.before_step is not None:
            self.before_step(self.steps)
            if not lane.process.alive:
                lane.process.remains.append(handle)
                return
        self._digest.update(b"%d %s %s\n" % (self.now_ns, lane.name.encode(), _name_of(handle)))
        handle._run()

    def _choose(self) -> Lane | None:
        able = [lane for lane in self._lanes if lane.process.asleep_until_ns <= self.now_ns]
        if len(able) < 2:
            return able[0] if able else None
        if self._dice.randrange(1000) < self._hasty:
            return min(able, key=lambda lane: lane.ready[0][0])
        return able[self._dice.randrange(len(able))]

    def _leap(self) -> None:
        """To the next timer, or to when a sleeper wakes."""
        at = min((lane.process.asleep_until_ns for lane in self._lanes), default=None)
        while self._timers and (self._timers[0][2].cancelled() or not _lane_of(self._timers[0][2]).process.alive):
            _, _, gone = heapq.heappop(self._timers)
            if not gone.cancelled():
                _lane_of(gone).process.remains.append(gone)
        if self._timers and (at is None or self._timers[0][0] <= at):
            at = self._timers[0][0]
        if at is None:
            raise OurMistake("nobody has anything to do any more, and somebody waits", "simulator")
        self.now_ns = max(self.now_ns, at)
        while self._timers and self._timers[0][0] <= self.now_ns:
            _, _, handle = heapq.heappop(self._timers)
            if not handle.cancelled():
                self._put(handle)

    def _note(self, context: dict[str, Any]) -> None:
        lane = HERE.get()
        error = context.get("exception")
        self.failures.append(f"{lane.name}: {context.get('message')}: {error!r}")

    # What the base class needs of a loop that has a selector

    def _process_events(self, event_list: object) -> None:
        """There is no selector."""

    def _write_to_self(self) -> None:
        """Nobody sleeps in a selector."""

    def _timer_handle_cancelled(self, handle: object) -> None:
        """It is passed over when its time comes."""

    # Connections

    async def create_connection(self, protocol_factory: Any, host: Any = None, port: Any = None, **more: Any) -> Any:  # type: ignore[override]
        """Through the fabric."""
        if more.get("ssl") is not None:
            raise OurMistake("there is no TLS in the simulated world", "simulator")
        return await self.fabric.connect(protocol_factory, str(host), int(port))

    async def create_server(self, protocol_factory: Any, host: Any = None, port: Any = None, **more: Any) -> Any:  # type: ignore[override]
        """Through the fabric."""
        return self.fabric.listen(protocol_factory, str(host), int(port), bool(more.get("start_serving", True)))


def main_lane() -> Lane:
    """The loop of the process that runs now, whichever of its threads asks."""
    process = HERE.get().process
    return process.main or NOWHERE


def process_of(name: str) -> Lane:
    """A new process; the lane of its loop."""
    process = Process(name)
    process.main = Lane(process, "loop")
    return process.main


def sweep(process: Process) -> None:
    """End what a dead process was in the middle of; whatever it still tries to do fails, and nobody hears of it."""
    for one in process.remains:
        with suppress(BaseException):
            if isinstance(one, asyncio.Task) and not one.done():
                one.get_coro().close()  # type: ignore[union-attr]
            elif isinstance(one, _Strand):
                one.throw()
    process.remains.clear()


def _lane_of(handle: asyncio.Handle) -> Lane:
    context: contextvars.Context = handle._context  # type: ignore[attr-defined]
    return context.get(HERE, NOWHERE)


def _name_of(handle: asyncio.Handle) -> bytes:
    callback = handle._callback  # type: ignore[attr-defined]
    return str(getattr(callback, "__qualname__", type(callback).__name__)).encode()


def _task(loop: asyncio.AbstractEventLoop, coro: Any, **more: Any) -> asyncio.Task[Any]:
    """A task that its process remembers: a dead one must not be collected, nor complain."""
    task: asyncio.Task[Any] = asyncio.Task(coro, loop=loop, **more)
    task._log_destroy_pending = False  # type: ignore[attr-defined]
    context = more.get("context")
    lane = context.get(HERE, NOWHERE) if context is not None else HERE.get()
    if lane is not NOWHERE:
        lane.process.remains.append(task)
    return task


def _finish(future: asyncio.Future[Any], result: Any) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[Any], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)


# Threads that wait

_Result = concurrent.futures.Future.result


class _Strand(greenlet):
    """A thread of the simulated world: it may stop in the middle and wait for the loop."""


def strand(work: Callable[[], None]) -> None:
    """Run `work` as a thread would: a concurrent future that it waits for lets the others go on meanwhile."""
    one = _Strand(work)
    one.gr_context = contextvars.copy_context()
    one.switch()


def _patient_result(future: concurrent.futures.Future[Any], timeout_s: float | None = None) -> Any:
    me = getcurrent()
    if isinstance(me, _Strand) and not future.done():
        lane = HERE.get()
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: loop.call_soon(me.switch, context=lane.context()))
        lane.process.remains.append(me)
        assert me.parent is not None  # noqa: S101 - a strand is begun by the loop
        me.parent.switch()
    return _Result(future, timeout_s)


@contextmanager
def threads_that_wait() -> Iterator[None]:
    """While it lasts, waiting for a concurrent future in a strand lets the world go on."""
    concurrent.futures.Future.result = _patient_result  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        concurrent.futures.Future.result = _Result  # type: ignore[method-assign]
