"""Who wants to be told what happens, what are they still to be told, and when is it tried again?

The outbox itself is filled by a trigger of the database, in the very transaction that writes a fact (door.sql).
From there each row is handed out to the webhooks that want it, and each of those deliveries lives until its
receiver has said that it has it, or for RETRY_FOR_MS.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from chongzheng.journal.side import Side
from chongzheng.journal.vault import Vault
from chongzheng.mistakes import TheirMistake

HAND_OUT_MAX = 500
"""Rows of the outbox handed out in one transaction."""
WEBHOOKS_MAX = 50
URL_CHARS_MAX = 2_000
SECRET_BYTES = 32
ID_BYTES = 6
LEASE_MS = 60_000
"""Whoever claimed a delivery and was never heard of again loses it after this long."""
RETRY_AFTER_MS = (1_000, 5_000, 30_000, 120_000, 600_000, 3_600_000)
"""Waits between attempts, the last one repeated."""
RETRY_FOR_MS = 72 * 3_600_000
"""After this long a delivery is given up and shown as such; `replay` brings it back."""
LAST_CHARS_MAX = 200


@dataclass(frozen=True, slots=True)
class Webhook:
    """Somebody to tell. `kinds` and `merchants` empty: all. The secret stays sealed until something is signed."""

    id: str
    url: str
    kinds: frozenset[str]
    merchants: frozenset[str]
    sealed: str
    made_at: int
    stopped_at: int | None

    def wants(self, kinds: tuple[str, ...], merchant: str) -> bool:
        """Whether an event that is of these kinds, about this merchant's payment, is for them."""
        wanted = not self.kinds or not self.kinds.isdisjoint(kinds)
        return self.stopped_at is None and wanted and (not self.merchants or merchant in self.merchants)


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is ours to try until its lease ends. `attempt` counts from 1."""

    webhook: str
    payment: str
    seq: int
    kind: str
    first_at: int
    attempt: int
    record: bytes


class Outbox:
    """Webhooks and their deliveries. Every method is one short transaction."""

    def __init__(self, side: Side, vault: Vault) -> None:
        self._side = side
        self._vault = vault

    # Who

    def add(self, url: str, kinds: frozenset[str], merchants: frozenset[str], at: int) -> tuple[str, str]:
        """A new webhook: its id and the secret that its receiver checks signatures with, shown once."""
        _check_url(url)
        name, secret = f"W{secrets.token_hex(ID_BYTES)}", secrets.token_urlsafe(SECRET_BYTES)
        sealed = self._vault.seal(secret.encode(), _place(name)).hex()
        with self._side.together():
            if sum(hook.stopped_at is None for hook in self.webhooks()) >= WEBHOOKS_MAX:
                raise TheirMistake(f"there are {WEBHOOKS_MAX} already; remove one first", "webhook")
            self._side.ask(
                "put_webhook",
                id=name,
                url=url,
                kinds=" ".join(sorted(kinds)),
                merchants=" ".join(sorted(merchants)),
                sealed=sealed,
                made_at=at,
            )
            self._side.write_in_dialect("announce")
        return name, secret

    def stop(self, name: str, at: int) -> bool:
        """Tell this webhook nothing more, not even what is waiting for it."""
        with self._side.together():
            if not self._side.ask("stop_webhook", id=name, at=at):
                return False
            self._side.ask("drop_waiting", id=name)
            if all(hook.stopped_at is not None for hook in self.webhooks()):
                self._side.write_in_dialect("hush")
                self._side.ask("empty_outbox")
        return True

    def webhooks(self) -> list[Webhook]:
        """All of them, stopped ones too, oldest first."""
        return [
            Webhook(name, url, frozenset(kinds.split()), frozenset(merchants.split()), sealed, made_at, stopped_at)
            for name, url, kinds, merchants, sealed, made_at, stopped_at in self._side.ask("all_webhooks")
        ]

    def secret(self, webhook: Webhook) -> bytes:
        """What signatures for it are made with."""
        return self._vault.open(bytes.fromhex(webhook.sealed), _place(webhook.id))

    # What

    def replay(self, webhook: str, since: int, until: int) -> None:
        """Tell it again everything between two instants (epoch ms, the first included), under the same ids."""
        if not any(hook.id == webhook and hook.stopped_at is None for hook in self.webhooks()):
            raise TheirMistake("there is no such webhook, or it was removed", webhook)
        self._side.ask("replay", webhook=webhook, since=since, until=until)

    def hand_out(self, kinds_of: Callable[[bytes, bytes | None], tuple[str, ...]], now: int) -> int:
        """Turn rows of the outbox into deliveries; how many rows were taken.

        `kinds_of` gives the kinds of event that a fact's record is, seen with the record before it: none for one
        that nobody need hear of.
        """
        with self._side.together():
            rows = self._side.ask("waiting_to_be_told", most=HAND_OUT_MAX)
            hooks = self.webhooks() if rows else []
            for payment, seq, only, merchant, record, before in rows:
                kinds = kinds_of(bytes(record), bytes(before) if before is not None else None)
                for hook in hooks:
                    if kinds and only in ("", hook.id) and hook.wants(kinds, merchant):
                        statement = "deliver_again" if only else "put_delivery"
                        self._side.ask(statement, webhook=hook.id, payment=payment, seq=seq, kind=kinds[0], at=now)
                self._side.ask("told", payment=payment, seq=seq, webhook=only)
        return len(rows)

    def claim(self, webhook: str, now: int, most: int) -> list[Claim]:
        """Deliveries to this webhook that are due, for us to try."""
        with self._side.together():
            values = {"webhook": webhook, "now": now, "lease_until": now + LEASE_MS, "most": most}
            rows = self._side.ask_in_dialect("claim", **values)
            return [Claim(*(*row, self._record(row[1], row[2]))) for row in rows]

    def settle(self, tried: Iterable[tuple[Claim, bool, str]], now: int) -> None:
        """What became of claims: (claim, accepted, what the receiver said)."""
        with self._side.together():
            for claim, accepted, said in tried:
                self._side.ask(
                    "delivered",
                    webhook=claim.webhook,
                    payment=claim.payment,
                    seq=claim.seq,
                    last=said[:LAST_CHARS_MAX],
                    **_next(claim, accepted, now),
                )

    def counts(self) -> dict[str, dict[str, int]]:
        """Deliveries of each webhook by their state: waiting, done, given up."""
        found: dict[str, dict[str, int]] = {}
        for webhook, state, count in self._side.ask("delivery_counts"):
            found.setdefault(webhook, {})[state] = count
        return found

    def _record(self, payment: str, seq: int) -> bytes:
        return bytes(self._side.ask("fact_record", payment=payment, seq=seq)[0][0])


def _next(claim: Claim, accepted: bool, now: int) -> dict[str, Any]:
    if accepted:
        return {"state": "done", "next_at": now}
    if now - claim.first_at >= RETRY_FOR_MS:
        return {"state": "given up", "next_at": now}
    return {"state": "waiting", "next_at": now + RETRY_AFTER_MS[min(claim.attempt, len(RETRY_AFTER_MS)) - 1]}


def _place(webhook: str) -> str:
    return f"webhook.sealed:{webhook}"


def _check_url(url: str) -> None:
    whole = url.isprintable() and url.isascii() and " " not in url and len(url) <= URL_CHARS_MAX
    if not whole or not url.startswith(("https://", "http://")) or not url.partition("://")[2]:
        raise TheirMistake("an address begins with https:// (http:// on this machine only)", "webhook url")
    if url.startswith("http://") and _host(url) not in ("127.0.0.1", "localhost", "[::1]"):
        raise TheirMistake("payments are not told in the clear: use https://", "webhook url")
    if "@" in url.partition("://")[2].partition("/")[0]:
        raise TheirMistake("no user or password in an address; the signature says who we are", "webhook url")


def _host(url: str) -> str:
    place = url.partition("://")[2].partition("/")[0].partition("?")[0]
    return place.rpartition(":")[0] if not place.endswith("]") and ":" in place else place
