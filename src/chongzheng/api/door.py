"""What does each call of the HTTP door do? Facts in, answers out; nothing here decides about money."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from chongzheng.api import reports
from chongzheng.api.answers import standing, taken
from chongzheng.api.clearing_ways import ClearingWays
from chongzheng.api.intake import Commit, Intake, Readers
from chongzheng.api.refusals import refusal
from chongzheng.api.shapes import (
    PAGE_MAX,
    Arrived,
    Done,
    Health,
    MadeWebhook,
    Outcomes,
    Page,
    Report,
    Standing,
    Taken,
    Webhooks,
    WebhookStanding,
)
from chongzheng.gateway.receiving import OtherWaits, TooLarge
from chongzheng.journal import Reader, Submission, Vault
from chongzheng.journal.actors import Actor, Actors
from chongzheng.journal.bank import Bank
from chongzheng.journal.breaks import Breaks
from chongzheng.journal.doors import Doors, Token
from chongzheng.journal.hand_booking import HandBooking
from chongzheng.journal.ledger import Ledger
from chongzheng.journal.matters import Matters
from chongzheng.journal.outbox import Outbox
from chongzheng.journal.post import Post
from chongzheng.journal.registers import Registers
from chongzheng.journal.rules import Rules
from chongzheng.journal.side import Side
from chongzheng.mistakes import OurMistake, TheirMistake
from chongzheng.reports import story
from chongzheng.reversal import facts
from chongzheng.reversal.payment import FINAL, Payment

CURSOR_MARK = "~"
NO_CLEARING = ClearingWays()

@dataclass(frozen=True, slots=True)
class Ways:
    """What the door needs of the engine beside the journal.

    `commit`: all submissions in one commit, acted upon, durable when it returns (Unavailable, JournalFull);
    `world`: what reports rest on; `clock`: epoch ms; `ready`: each part that must be well, by name; `metrics`: the
    engine's own, as Prometheus text; `clearing`: the part that reads clearing files; `overdue`: clearing files that
    should be here by now; `casework`: how far the engine is with the cases of people.
    """

    commit: Commit
    world: reports.World
    clock: Callable[[], int]
    ready: Callable[[], dict[str, bool]]
    metrics: Callable[[], bytes]
    clearing: ClearingWays = NO_CLEARING
    overdue: Callable[[], list[str]] = list
    casework: Callable[[], dict[str, int]] = dict


@dataclass(frozen=True, slots=True)
class Call:
    """One request, understood. `said`: the body as it came; `key`: the idempotency key, "" where none is needed;
    `person`: who showed who they are, with which `session`; `pieces`: the body of a file, as it comes."""

    token: Token | None
    path: dict[str, str]
    query: dict[str, str]
    body: Any
    said: bytes
    key: str
    person: Actor | None = None
    session: str = ""
    pieces: AsyncIterator[bytes] | None = None

    @property
    def who(self) -> Token:
        """The client; endpoints without a scope have none and do not ask."""
        if self.token is None:
            raise refusal("no_token")
        return self.token

    @property
    def actor(self) -> Actor:
        """The person who makes this call."""
        if self.person is None:
            raise refusal("no_person", where="Person")
        return self.person


class Turns:
    """One at a time under the same name, within this process."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[asyncio.Lock, int]] = {}  # bounded by the requests that the server lets in

    @asynccontextmanager
    async def of(self, name: str) -> AsyncIterator[None]:
        """Wait for the turn."""
        lock, count = self._waiting.get(name, (asyncio.Lock(), 0))
        self._waiting[name] = (lock, count + 1)
        try:
            async with lock:
                yield
        finally:
            lock, count = self._waiting.pop(name)
            if count > 1:
                self._waiting[name] = (lock, count - 1)


class Door:
    """All operations. They are called on the door's own loop; what waits for the database waits in a thread."""

    def __init__(self, ways: Ways, readers: Readers, side: Side, outbox: Outbox, vault: Vault) -> None:
        self.ways = ways
        self.vault = vault
        self.doors = Doors(side)
        self.outbox = outbox
        self.actors = Actors(side)
        self.breaks = Breaks(side, ways.clock)
        self.rules = Rules(side)
        self.by_hand = HandBooking(side, ways.clock)
        self.bank = Bank(side, ways.clock)
        self._readers = readers
        self.registers = Registers(side)
        self.matters = Matters(side, ways.clock, self.registers)
        self.post = Post(side)
        self.side = self._side = side
        self._turns = Turns()
        self._intake = Intake(ways.commit, ways.world, ways.clock, readers)

    # Facts in

    async def report(self, call: Call) -> Taken:
        """Another switch sent a payment to its bank."""
        report: Report = call.body
        if not call.who.sees(report.merchant):
            raise refusal("not_allowed", "this token may not speak for this merchant", "merchant")
        source = f"api:{call.who.name}"
        reports.check(report, self.ways.clock(), self.ways.world.kinds)
        saying = reports.opening(report, source, self.ways.world)
        return await self._said(call, reports.payment_of(report), saying)

    async def evidence(self, call: Call) -> Taken:
        """Something was heard about a payment."""
        payment = await self._payment(call)
        reports.check_time(call.body.at, self.ways.clock())
        saying = [reports.heard(payment, call.body, f"api:{call.who.name}", call.key)]
        return await self._said(call, payment.id, saying)

    async def check(self, call: Call) -> Standing:
        """Ask the bank now, where it can be asked."""
        payment = await self._payment(call)
        if payment.state not in FINAL:
            actor = f"person:{call.person.id}" if call.person is not None else f"token:{call.who.name}"
            asked = facts.CheckAsked(payment.id, self.ways.clock(), actor)
            await self._intake.commit([Submission(asked)])
        return standing(await self._payment(call))

    async def batch(self, call: Call) -> Outcomes:
        """Many reports in one commit; the same report again is known, without any key."""
        async with self._turns.of("batch"):
            return Outcomes(outcomes=await self._intake.take(call.body, call.who, f"api:{call.who.name}"))

    async def _said(self, call: Call, payment: str, saying: list[Submission]) -> Taken:
        """Once under one key: note what is about to be said, say it, and give the answer of the fact it became."""
        who, now = call.who, self.ways.clock()
        fingerprint = self.ways.world.index(f"{payment}\x1f{reports.same_words(call.said)}")
        async with self._turns.of(f"{who.id}\x1f{call.key}"):
            key = self.ways.world.index(call.key)  # a careless client makes its keys of card numbers
            spoken = await asyncio.to_thread(self.doors.say, who.id, key, fingerprint, payment, now)
            if spoken.fingerprint != fingerprint:
                note = (now, who.name, "key reused", spoken.payment, f"{key}: now for {payment}")
                await asyncio.to_thread(self.doors.note, *note)
                raise refusal("key_reused", where="Idempotency-Key")
            answer = await asyncio.to_thread(self._taken, payment, saying)
            if answer is None:
                await self._intake.commit(saying)
                answer = await asyncio.to_thread(self._taken, payment, saying)
        if answer is None:
            raise OurMistake("a fact was committed and is not there", payment)
        return answer

    def _taken(self, payment: str, saying: list[Submission]) -> Taken | None:
        with self._readers.one() as reader:
            answer = taken(reader, payment, saying[0].evidence[0].id)
            known = reader.payment(payment) if answer is None else None
        if known is not None and reports.contradicts(known, saying[0].fact):
            raise refusal("payment_conflict")
        return answer

    # Answers out

    async def standing(self, call: Call) -> Standing:
        """Where a payment stands, and the verdict."""
        return standing(await self._payment(call))

    async def story(self, call: Call) -> dict[str, Any]:
        """Everything that happened to a payment."""
        payment = await self._payment(call)

        def tell() -> dict[str, Any]:
            with self._readers.one() as reader:
                return story.document(reader, payment)

        return await asyncio.to_thread(tell)

    async def find(self, call: Call) -> Page:
        """Payments of a terminal, or of a day."""
        query = call.query
        most = int(query.get("limit", PAGE_MAX))
        at, name = _cursor(query.get("after", ""))
        where = {"at": at, "id": name, "most": most}
        match query:
            case {"terminal": terminal}:
                rows = await asyncio.to_thread(self._side.ask, "list_by_terminal", terminal=terminal, **where)
            case {"day": day, "state": state}:
                rows = await asyncio.to_thread(self._side.ask, "list_by_state", day=day, state=state, **where)
            case {"day": day}:
                rows = await asyncio.to_thread(self._side.ask, "list_by_day", day=day, **where)
            case _:
                raise refusal("bad_field", "say whose payments: terminal, or day (and state)", "query")
        found = [reports.stored(bytes(body)) for (body,) in rows]
        after = f"{found[-1].opened_at}{CURSOR_MARK}{found[-1].id}" if len(found) == most else ""
        mine = [one for one in found if call.who.sees(one.key.merchant) and query.get("state", one.state) == one.state]
        return Page(payments=[standing(one) for one in mine], after=after)

    def in_turn(self, name: str) -> AbstractAsyncContextManager[None]:
        """One at a time of this name, within this process."""
        return self._turns.of(name)

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """A connection that only reads, for what takes long."""
        with self._readers.one() as reader:
            yield reader

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """The books. What takes long is asked on a connection that only reads: others wait for the door's own."""
        with self._readers.one() as reader:
            yield Ledger(self._side, self.ways.clock, reader)

    async def _payment(self, call: Call) -> Payment:
        def look() -> Payment | None:
            with self._readers.one() as reader:
                return reader.payment(call.path["payment"])

        found = await asyncio.to_thread(look)
        if found is None or not call.who.sees(found.key.merchant):
            raise refusal("not_found", "there is no such payment", "payment")
        return found

    # Webhooks

    async def add_webhook(self, call: Call) -> MadeWebhook:
        """Tell somebody from now on."""
        add = (call.body.url, frozenset(call.body.kinds), call.who.merchants, self.ways.clock())
        name, secret = await asyncio.to_thread(self.outbox.add, *add)
        await asyncio.to_thread(self.doors.note, add[-1], call.who.name, "webhook added", name, call.body.url)
        return MadeWebhook(webhook=name, secret=secret)

    async def webhooks(self, call: Call) -> Webhooks:
        """Who is told, and how that goes."""
        hooks = await asyncio.to_thread(self.outbox.webhooks)
        counts = await asyncio.to_thread(self.outbox.counts)
        return Webhooks(webhooks=[
            WebhookStanding(
                webhook=hook.id,
                url=hook.url,
                kinds=sorted(hook.kinds),
                made_at=hook.made_at,
                stopped_at=hook.stopped_at,
                waiting=counts.get(hook.id, {}).get("waiting", 0),
                done=counts.get(hook.id, {}).get("done", 0),
                given_up=counts.get(hook.id, {}).get("given up", 0),
            )
            for hook in hooks
            if _manages(call.who, hook.merchants)
        ])

    async def remove_webhook(self, call: Call) -> Done:
        """Tell it nothing more."""
        name, now = await self._managed(call), self.ways.clock()
        if not await asyncio.to_thread(self.outbox.stop, name, now):
            raise refusal("not_found", "it was removed already", "webhook")
        await asyncio.to_thread(self.doors.note, now, call.who.name, "webhook removed", name, "")
        return Done()

    async def replay(self, call: Call) -> Done:
        """Tell it again what happened between two instants."""
        name = await self._managed(call)
        try:
            await asyncio.to_thread(self.outbox.replay, name, call.body.since, call.body.until)
        except TheirMistake as mistake:
            raise refusal("not_found", mistake.what, "webhook") from None
        return Done()

    async def _managed(self, call: Call) -> str:
        name = call.path["webhook"]
        hooks = await asyncio.to_thread(self.outbox.webhooks)
        if not any(hook.id == name and _manages(call.who, hook.merchants) for hook in hooks):
            raise refusal("not_found", "there is no such webhook", "webhook")
        return name

    # Files

    async def upload(self, call: Call) -> Arrived:
        """A clearing file for the inbox."""
        receiving = self.ways.clearing.receiving
        if receiving is None or call.pieces is None:
            raise refusal("not_found", "there is no inbox here; settlement.inbox in the configuration names one")
        try:
            got = await receiving.take(call.path["file"], call.pieces)
        except TooLarge as mistake:
            raise refusal("too_large", str(mistake), connection="close") from None
        except OtherWaits:
            raise refusal("not_yet", "another file of this name waits to be read", "file") from None
        except OSError:
            raise refusal("busy", "the inbox cannot be written; nothing was taken", connection="close") from None
        return Arrived(name=got.name, size_bytes=got.size_bytes, sha256=got.sha256, again=got.again)

    # Health

    async def alive(self, call: Call) -> Health:
        """The process answers."""
        return Health(ok=True)

    async def ready(self, call: Call) -> Health:
        """Whether it can take facts and act on them."""
        parts = self.ways.ready()
        return Health(ok=all(parts.values()), parts=parts, overdue=self.ways.overdue(), casework=self.ways.casework())


def _manages(who: Token, merchants: frozenset[str]) -> bool:
    """A token for some merchants manages the webhooks that tell of no others."""
    return not who.merchants or (bool(merchants) and merchants <= who.merchants)


def _cursor(text: str) -> tuple[int, str]:
    at, _, name = text.partition(CURSOR_MARK)
    return (int(at), name) if name else (-1, "")
