"""What was read a moment ago, so that many who look at once cost what one does? Kept in this process, for a while."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

Value = TypeVar("Value")
KEPT_MAX = 256


class Fresh:
    """Values by key with the instant until which each is fresh. Whoever comes while one is made waits for it."""

    def __init__(self) -> None:
        self._kept: dict[object, tuple[int, Any]] = {}
        self._making: dict[object, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: object, now: int, for_ms: int, make: Callable[[], Value]) -> Value:
        """The value under `key`, made anew when it is older than `for_ms`; `now`: epoch ms."""
        until, value = self._kept.get(key, (0, None))
        if now < until:
            return value  # type: ignore[no-any-return]
        with self._turn(key):
            until, value = self._kept.get(key, (0, None))
            if now >= until:
                value = make()
                self._keep(key, now + for_ms, value)
        return value  # type: ignore[no-any-return]

    def _turn(self, key: object) -> threading.Lock:
        with self._lock:
            return self._making.setdefault(key, threading.Lock())

    def _keep(self, key: object, until: int, value: object) -> None:
        with self._lock:
            if len(self._kept) >= KEPT_MAX:
                self._kept.clear()
                self._making.clear()
            self._kept[key] = (until, value)


FRESH = Fresh()
"""This process's."""
