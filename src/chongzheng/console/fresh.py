"""What was read a moment ago, so that many who look at once cost what one does? Kept in this process, for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from typing import Any, TypeVar

Value = TypeVar("Value")
KEPT_MAX = 256
PATIENCE_S = 0.2
"""So long a page waits for what is made anew beside it, before it shows what there was."""
DEAR = 25
"""What took long is kept at least so many times as long: nobody's looking takes more than this part of a processor."""


class Fresh:
    """Values by key with the instant when each was made, and until which it is fresh. Whoever comes while one is made
    waits for it; with `soon` only for a moment."""

    def __init__(self) -> None:
        self._kept: dict[object, tuple[int, int, Any]] = {}
        self._making: dict[object, threading.Lock] = {}
        self._coming: dict[object, Future[Any]] = {}
        self._lock = threading.Lock()

    def get(self, key: object, now: int, for_ms: int, make: Callable[[], Value]) -> Value:
        """The value under `key`, made anew when it is older than `for_ms`; `now`: epoch ms."""
        _, until, value = self._kept.get(key, (0, 0, None))
        if now < until:
            return value  # type: ignore[no-any-return]
        with self._turn(key):
            _, until, value = self._kept.get(key, (0, 0, None))
            if now >= until:
                value = make()
                self._keep(key, now, now + for_ms, value)
        return value  # type: ignore[no-any-return]

    def soon(self, key: object, now: int, for_ms: int, old_ms: int, make: Callable[[], Value]) -> Value | None:
        """As `get`, made in a thread of its own. While that takes: the value before, if it is not older than `old_ms`,
        else None. `make` must bring what it needs: nothing of the asking thread is there."""
        made_at, until, value = self._kept.get(key, (0, 0, None))
        if now < until:
            return value  # type: ignore[no-any-return]
        try:
            return self._started(key, now, for_ms, make).result(PATIENCE_S)  # type: ignore[no-any-return]
        except NotYet:
            return value if now - made_at <= old_ms else None

    def awaited(self, key: object, now: int, for_ms: int, make: Callable[[], Value]) -> Value:
        """As `soon`, for whoever can do nothing without it: however long it takes."""
        _, until, value = self._kept.get(key, (0, 0, None))
        return value if now < until else self._started(key, now, for_ms, make).result()

    def _started(self, key: object, now: int, for_ms: int, make: Callable[[], Any]) -> Future[Any]:
        with self._lock:
            coming = self._coming.get(key)
            if coming is None:
                coming = self._coming[key] = Future()
                words = (coming, key, now, for_ms, make)
                threading.Thread(target=self._make, args=words, daemon=True, name="fresh").start()
            return coming

    def _make(self, coming: Future[Any], key: object, now: int, for_ms: int, make: Callable[[], Any]) -> None:
        began = time.monotonic()
        try:
            value = make()
        except BaseException as error:  # noqa: BLE001 - whoever waits for it is told, and the next one tries again
            with self._lock:
                del self._coming[key]
            coming.set_exception(error)
            return
        took_ms = int((time.monotonic() - began) * 1_000)
        self._keep(key, now, now + max(for_ms, DEAR * took_ms), value)
        with self._lock:
            del self._coming[key]
        coming.set_result(value)

    def _turn(self, key: object) -> threading.Lock:
        with self._lock:
            return self._making.setdefault(key, threading.Lock())

    def _keep(self, key: object, made_at: int, until: int, value: object) -> None:
        with self._lock:
            if len(self._kept) >= KEPT_MAX:
                self._kept.clear()
                self._making.clear()
            self._kept[key] = (made_at, until, value)


FRESH = Fresh()
"""This process's."""
