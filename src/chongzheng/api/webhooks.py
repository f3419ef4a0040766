"""How does a change reach those who want to be told, at least once, however long they are away?

Each webhook has a lane of its own, so that one receiver that is slow or gone delays no other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import httpx
import structlog
from prometheus_client import CollectorRegistry, Counter

from chongzheng.api import events
from chongzheng.journal.outbox import HAND_OUT_MAX, Claim, Outbox, Webhook

LOOK_EVERY_S = 0.25
AT_ONCE_MAX = 16
"""Deliveries under way to one webhook."""
CONNECTIONS_MAX = 200
ANSWER_WAIT_S = 10
"""Shorter than the lease of a claim, so that nobody else tries meanwhile."""
SAID_BYTES_MAX = 200
FIRST_BAD_STATUS = 300

log = structlog.get_logger("webhooks")


class Teller:
    """Hands out the outbox and delivers. `clock`: epoch ms. Lives on the door's loop."""

    def __init__(self, outbox: Outbox, clock: Callable[[], int], registry: CollectorRegistry) -> None:
        self._outbox = outbox
        self._clock = clock
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._count = Counter(
            "chongzheng_webhook_deliveries", "Attempts to tell somebody, by outcome", ["outcome"], registry=registry
        )

    async def run(self) -> None:
        """Until cancelled."""
        limits = httpx.Limits(max_connections=CONNECTIONS_MAX)
        # No redirects, no proxy of the environment: a signed body goes to the address that was named, nowhere else.
        client = httpx.AsyncClient(timeout=ANSWER_WAIT_S, limits=limits, follow_redirects=False, trust_env=False)
        async with client:
            try:
                while True:
                    await self._look_without_falling(client)
                    await asyncio.sleep(LOOK_EVERY_S)
            finally:
                await self._stop()

    async def _look_without_falling(self, client: httpx.AsyncClient) -> None:
        try:
            await self._look(client)
        except Exception as error:  # noqa: BLE001 - a full or busy disk now is no reason never to tell again
            log.error("webhooks wait", why=type(error).__name__)

    async def _look(self, client: httpx.AsyncClient) -> None:
        hooks = [hook for hook in await asyncio.to_thread(self._outbox.webhooks) if hook.stopped_at is None]
        if hooks:
            while await asyncio.to_thread(self._outbox.hand_out, events.kinds_of, self._clock()) == HAND_OUT_MAX:
                pass
        for hook in hooks:
            lane = self._lanes.get(hook.id)
            if lane is None or lane.done():
                self._lanes[hook.id] = asyncio.create_task(self._tell(hook, client))

    async def _tell(self, hook: Webhook, client: httpx.AsyncClient) -> None:
        """Everything that is due for one webhook, a few at once."""
        try:
            secret = self._outbox.secret(hook)
            while claims := await asyncio.to_thread(self._outbox.claim, hook.id, self._clock(), AT_ONCE_MAX):
                tried = await asyncio.gather(*(self._try(claim, hook, secret, client) for claim in claims))
                await asyncio.to_thread(self._outbox.settle, tried, self._clock())
        except Exception as error:  # noqa: BLE001 - what was claimed comes back when its lease ends
            log.error("webhook lane fell", webhook=hook.id, why=type(error).__name__)

    async def _try(
        self, claim: Claim, hook: Webhook, secret: bytes, client: httpx.AsyncClient
    ) -> tuple[Claim, bool, str]:
        body = events.cloud_event(claim.record, claim.kind)
        name, at_s = events.event_id(claim.payment, claim.seq), self._clock() // 1000
        headers = {
            "content-type": events.MEDIA,
            "webhook-id": name,
            "webhook-timestamp": str(at_s),
            "webhook-signature": events.signature(secret, name, at_s, body),
        }
        accepted, said = await _post(client, hook.url, body, headers)
        self._count.labels("accepted" if accepted else "failed").inc()
        return claim, accepted, said

    async def _stop(self) -> None:
        for lane in self._lanes.values():
            lane.cancel()
        for lane in self._lanes.values():
            with suppress(asyncio.CancelledError):
                await lane


async def _post(client: httpx.AsyncClient, url: str, body: bytes, headers: dict[str, str]) -> tuple[bool, str]:
    """Whether it was accepted (2xx), and what was said, shortened; whoever answers without end is cut off."""
    try:
        async with asyncio.timeout(ANSWER_WAIT_S), client.stream("POST", url, content=body, headers=headers) as answer:
            said = b""
            async for piece in answer.aiter_raw():
                said += piece
                if len(said) >= SAID_BYTES_MAX:
                    break
            words = "".join(c if c.isprintable() else " " for c in said[:SAID_BYTES_MAX].decode("utf-8", "replace"))
            return answer.status_code < FIRST_BAD_STATUS, f"{answer.status_code} {words}".strip()
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        return False, type(error).__name__
