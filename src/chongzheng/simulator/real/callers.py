"""Who reports payments over HTTP and is told of them, when answers are lost both ways?

The client says a report again, under the same key, until it has an answer. The receiver takes every event and now
and then hangs up instead of saying so.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from chongzheng.simulator.real.relay import Relay

MERCHANT = "898310099999999"
TERMINAL = "77000001"
SCOPES = frozenset({"report", "read"})
PER_MINUTE = 10_000
PAUSE_S = 0.25
AGAIN_S = 0.1
ANSWER_WAIT_S = 15.0
TRIES_MAX = 400
HEAD_END = b"\r\n\r\n"


@dataclass(slots=True)
class Client:
    """Another switch. `answers`: report -> every answer it got; `lost`: requests without an answer."""

    relay: Relay
    token: str
    clock: Callable[[], int]
    answers: dict[int, list[str]] = field(default_factory=dict)
    lost: int = 0
    refusals: list[str] = field(default_factory=list)

    async def report(self, wanted: Callable[[], bool]) -> None:
        """One report after another while they are wanted."""
        number = 0
        while wanted():
            number += 1
            await self._say(number)
            await asyncio.sleep(PAUSE_S)

    async def _say(self, number: int) -> None:
        host, port = self.relay.address
        body, headers = _report(number, self.clock()), {"Authorization": f"Bearer {self.token}"}
        headers |= {"Idempotency-Key": f"report-{number}"}
        for _ in range(TRIES_MAX):
            try:
                async with httpx.AsyncClient(timeout=ANSWER_WAIT_S, trust_env=False) as http:
                    answer = await http.post(f"http://{host}:{port}/payments", json=body, headers=headers)
            except httpx.HTTPError:
                self.lost += 1
            else:
                if answer.status_code == httpx.codes.OK:
                    self.answers.setdefault(number, []).append(str(answer.json()["payment"]))
                    return
                if answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                    self.refusals.append(f"report {number}: {answer.status_code} {answer.text[:200]}")
                    return
            await asyncio.sleep(AGAIN_S)
        self.refusals.append(f"report {number}: no answer in {TRIES_MAX} tries")


def _report(number: int, at: int) -> dict[str, Any]:
    return {
        "merchant": MERCHANT,
        "terminal": TERMINAL,
        "batch": "000001",
        "stan": f"{number:06d}",
        "amount_fen": 100 + number,
        "at": at,
        "card": "622202******0123",
        "fields": {"22": "021"},
        "reply": {"code": "00", "mac": "good", "rrn": f"{number:012d}"},
    }


@dataclass(slots=True)
class Receiver:
    """Somebody who is told. `heard`: event id -> its bodies, one for each time; `lost`: taken without an answer."""

    share: float
    dice: Random
    calm: bool = False
    heard: dict[str, set[bytes]] = field(default_factory=dict)
    times: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    _server: asyncio.Server | None = None

    async def start(self) -> str:
        """Its address."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/told"

    async def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(HEAD_END)).decode().lower()
                size = int(head.partition("content-length: ")[2].partition("\r\n")[0])
                self._take(await reader.readexactly(size))
                if not self.calm and self.dice.random() < self.share:
                    self.lost += 1
                    writer.transport.abort()
                    return
                writer.write(b"HTTP/1.1 204 taken\r\n\r\n")
        except (asyncio.IncompleteReadError, OSError):
            return
        finally:
            writer.close()

    def _take(self, body: bytes) -> None:
        name = str(json.loads(body)["id"])
        self.heard.setdefault(name, set()).add(body)
        self.times[name] += 1
