"""How does a test get an engine with a door, and a client who may do everything?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from chongzheng.journal.doors import Doors
from chongzheng.journal.side import Side
from chongzheng.reception import wall_clock_ms
from whole.engine_room import MERCHANT, QUICK, Room, room
from whole.scripted_host import ScriptedHost
from whole.scripted_terminal import PAN

API = '[api]\nlisten = "127.0.0.1:0"\nopen_metrics = true\n'
EVERYTHING = frozenset({"report", "read", "check", "webhooks", "metrics"})


def run(test: Coroutine[Any, Any, None]) -> None:
    """One test on a loop of its own."""
    asyncio.run(test)


@dataclass
class Client:
    """A client with a token, and the engine behind the door."""

    room: Room
    http: httpx.AsyncClient
    keys: int = 0

    async def post(self, path: str, body: Any = None, key: str | None = None, **headers: str) -> httpx.Response:
        """POST JSON; a fresh idempotency key unless one is given."""
        self.keys += 1
        headers = {"Idempotency-Key": f"k{self.keys}" if key is None else key, **headers}
        return await self.http.post(path, json={} if body is None else body, headers=headers)

    async def get(self, path: str, **query: str) -> Any:
        """GET, which must succeed."""
        answer = await self.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def report(self, stan: int, **changed: Any) -> str:
        """Report a payment; its id."""
        answer = await self.post("/payments", report(stan, **changed))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["payment"])

    async def until(self, payment: str, *states: str) -> Any:
        """Wait until the payment stands in one of these states."""
        async with asyncio.timeout(10):
            while (found := await self.get(f"/payments/{payment}"))["state"] not in states:
                await asyncio.sleep(0.02)
        return found


def report(stan: int, /, **changed: Any) -> dict[str, Any]:
    """What another switch says of a payment."""
    said = {
        "merchant": MERCHANT,
        "terminal": "77000001",
        "batch": "000001",
        "stan": f"{stan:06d}",
        "amount_fen": 12_300,
        "at": wall_clock_ms(),
        "card": PAN,
        "fields": {"22": "021"},
    }
    return {**said, **changed}


REPLY = {"code": "00", "mac": "good", "rrn": "123456789012"}


def token_of(here: Room, scopes: frozenset[str] = EVERYTHING, merchants: frozenset[str] = frozenset(),
             per_minute: int = 100_000, name: str = "switch") -> str:  # fmt: skip
    """A new token's text."""
    side = Side.open(here.folder / "journal.db")
    try:
        return Doors(side).make_token(name, scopes, merchants, per_minute, wall_clock_ms(), "test")
    finally:
        side.close()


@asynccontextmanager
async def client(folder: Path, host: ScriptedHost | None = None, policy: str = QUICK) -> AsyncIterator[Client]:
    """An engine with a door, and somebody who may do everything."""
    async with room(folder, host, more=API, policy=policy) as here, calling(here, token_of(here)) as one:
        yield one


@asynccontextmanager
async def calling(here: Room, token: str) -> AsyncIterator[Client]:
    """A client with this token."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(base_url=here.engine.addresses["api"], headers=headers, trust_env=False) as http:
        yield Client(here, http)


def problem(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, code and place of a refusal; its shape is always the same."""
    said = answer.json()
    assert set(said) <= {"code", "what", "where"} and said["what"] and "\n" not in said["what"]
    assert answer.headers["content-type"] == "application/json"
    return answer.status_code, said["code"], said.get("where", "")
