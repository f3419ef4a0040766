"""On which thread is the journal written, and how does a result come back to the loop?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def outcome(work: Callable[[], Any]) -> Any:
    """What `work` gives, or the exception that it raised."""
    try:
        return work()
    except BaseException as error:  # noqa: BLE001 - whoever gave the work decides what it means
        return error


class Writer:
    """The one thread that writes the journal; results come back to the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")

    def execute(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Run `work` on the thread, then `done` on the loop with its result or the exception it raised."""
        self._pool.submit(self._run, work, done)

    def _run(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._loop.call_soon_threadsafe(done, outcome(work))

    def stop(self) -> None:
        """Finish what was given, then end the thread."""
        self._pool.shutdown(wait=True)
