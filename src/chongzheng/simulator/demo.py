"""Does the engine take every payment of a bad day to a proven answer, when it is killed on the way?

One run: a bank with vices, `chongzheng up` in processes of their own, a fleet of terminals, kills under traffic, the
cut-over, the clearing files of two days, and then the comparison of every verdict with the bank's own book.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from chongzheng.journal import Reader, payment_id
from chongzheng.mistakes import OurMistake
from chongzheng.reversal import facts
from chongzheng.reversal.payment import FINAL, Payment, State
from chongzheng.simulator import scale, world
from chongzheng.simulator.books import Agreement, compare
from chongzheng.simulator.crew import Crew
from chongzheng.simulator.fleet import Fleet, Gate
from chongzheng.simulator.harm import Harm
from chongzheng.simulator.ledger import Key
from chongzheng.simulator.oracle import Book, Claim, Findings, judge
from chongzheng.simulator.planting import key_of_row, plant
from chongzheng.simulator.processes import Bank
from chongzheng.simulator.terminal import Terminal
from chongzheng.simulator.world import SHOP_TERMINALS, World

LOOK_S = 0.25
STALLED_S = 60.0
"""No payment for so long, without a pace that asks for it, is a stall."""
QUIET_WAIT_S = 120.0
"""The longest that reversals may still be driven after the last sale, and again after the cut-over."""
FILES_WAIT_S = 60.0
LIVE = frozenset({State.FORWARDED, State.DELIVERING, State.REVERSING, State.UNMATCHED})
"""States in which the engine is still waiting for a message, or about to send one."""
LATE_RULES = frozenset({"reply_late", "approval_known"})


class Doing(Protocol):
    """What is done to the engines of a run, and how often it was."""

    kills: int
    freezes: int

    async def do(self) -> None:
        """All of it."""


class Clerks(Protocol):
    """Who works the engine's cases while a run goes on."""

    async def before_the_files(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Every payment is driven to its end, no file has come; `rows`: the bank's ledger, which its help desk sees."""

    async def after_the_files(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """The files of both days are read."""


class Nobody:
    """Cases stay as the engine left them."""

    async def before_the_files(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Nothing."""

    async def after_the_files(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Nothing."""


class Show(Protocol):
    """Where a run tells how far it is."""

    def phase(self, name: str, total: int) -> None:
        """A new phase begins, of `total` steps (0: nobody knows)."""

    def advance(self, done: int) -> None:
        """So many steps of the phase are done."""

    def engines(self, standings: Sequence[str]) -> None:
        """How the engines stand now, one word each."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run; `rate` sales a second on average, 0 as fast as it goes.

    `database`: the URL of an empty one that all engines share, or "" for a journal in the folder and one engine.
    `freezes`: how often an engine is stopped for longer than its lease.
    """

    payments: int
    terminals: int
    seed: int
    rate: float
    kills: int
    folder: Path
    database: str = ""
    engines: int = 1
    freezes: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it. `planted`: payment -> kind; `cases`: payment -> why; `truths`: the bank's own count.

    `never_taken`: sales of which only the terminal knows, because the engine was killed before it had written them
    and every reversal of them was lost too; the bank never saw those.
    """

    plan: Plan
    findings: Findings
    planted: Mapping[str, str]
    cases: Mapping[str, tuple[str, ...]]
    payments: tuple[Payment, ...]
    truths: Mapping[str, tuple[int, int]]
    rules: Mapping[str, int]
    complaints: tuple[str, ...]
    bank: Mapping[str, int]
    kills: int
    freezes: int
    leases_lost: int
    sales: int
    never_taken: int
    open_cases: int
    reversals_sent: int
    late_replies: int
    seconds: int
    books: Agreement
    interesting: str = ""

    @property
    def ok(self) -> bool:
        """Whether every payment was taken to the right, proven answer, nothing was moved twice or lost, and verdicts,
        ledger and files agree."""
        found = self.findings
        bad = found.wrong or found.unproven or found.returned_twice or found.lost or self.complaints
        return not bad and set(found.excused) == set(self.planted) and self.books.holds


@dataclass(slots=True)
class Run:
    """One run in the making."""

    plan: Plan
    show: Show
    world: World
    bank: Bank
    crew: Crew
    fleet: Fleet
    harm: Doing
    planted: dict[Key, str] = field(default_factory=dict)
    cleared: tuple[Path, ...] = ()
    clerks: Clerks = field(default_factory=Nobody)


async def run(plan: Plan, show: Show) -> Report:
    """Run it. OurMistake when the world itself does not work; a wrong verdict is a finding, not an exception."""
    return await carry_out(_prepare(plan, show))


async def carry_out(one: Run) -> Report:
    """From the start of the bank to the comparison of the books; as `run`, with whatever is done to the engines."""
    started_s = time.monotonic()
    try:
        await _start(one)
        await _traffic(one)
        await _quiet(one, "reversals are driven to their end")
        await one.bank.order("cut")
        await _quiet(one, "late originals of the next day")
        await one.clerks.before_the_files((await one.bank.order("ledger"))["payments"])
        await _clear(one, (await one.bank.order("ledger"))["payments"])
        rows = (await one.bank.order("ledger"))["payments"]
        await one.clerks.after_the_files(rows)
        stats = await one.bank.order("stats")
        await one.crew.stop()
    except BaseExceptionGroup as several:
        raise mistake_in(several) or several from None
    finally:
        await asyncio.shield(_end(one))
    return _report(one, rows, stats, int(time.monotonic() - started_s))


def mistake_in(several: BaseExceptionGroup[BaseException]) -> OurMistake | None:
    """What tasks that ran side by side failed of, out of all that was cancelled with it."""
    for error in several.exceptions:
        found = mistake_in(error) if isinstance(error, BaseExceptionGroup) else error
        if isinstance(found, OurMistake):
            return found
    return None


def _prepare(plan: Plan, show: Show) -> Run:
    made = world.make(plan.folder, plan.seed, plan.payments, plan.terminals, plan.engines, plan.database)
    return in_world(plan, show, made)


def in_world(plan: Plan, show: Show, made: World) -> Run:
    """A run in this world, with nothing started yet."""
    crew = Crew(made)
    fleet = Fleet(plan.seed, Gate(plan.payments, plan.rate), terminals_of(made, crew))
    harm = Harm(crew, plan.seed, plan.kills, plan.freezes, lambda: fleet.done / plan.payments)
    return Run(plan, show, made, Bank(made), crew, fleet, harm)


def terminals_of(made: World, crew: Crew) -> list[Terminal]:
    """The terminals of a shop have the same home."""
    wait_ms = scale.TERMINAL_WAIT_MS
    terminals = []
    for number, till in enumerate(made.tills):
        way = crew.way(number // SHOP_TERMINALS)
        turn = way.turn if len(crew) > 1 else None
        terminals.append(
            Terminal(till.terminal, till.merchant, till.master_key, wait_ms, way.dial, till.restarts_traces, turn)
        )
    return terminals


async def _start(one: Run) -> None:
    one.show.phase("start bank and engine" if len(one.crew) == 1 else "start bank and engines", 0)
    await one.bank.start()
    world.write_configs(one.world, one.bank.address)
    await one.crew.start()


async def _end(one: Run) -> None:
    for terminal in one.fleet.terminals:
        await terminal.close()
    await one.crew.stop()
    await one.bank.stop()


async def _traffic(one: Run) -> None:
    """All sales, with the kills among them; whatever fails first ends the rest."""
    one.show.phase("sales", one.plan.payments)
    watch = asyncio.create_task(_watch(one))
    work = asyncio.create_task(_sell_and_harm(one))
    try:
        done, _ = await asyncio.wait((watch, work), return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in (watch, work):
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task


async def _sell_and_harm(one: Run) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(one.fleet.run(one.show.advance))
        group.create_task(one.harm.do())


async def _watch(one: Run) -> None:
    """Raise when an engine ends by itself, or when nothing is sold any more."""
    last, since_s = -1, time.monotonic()
    patience_s = STALLED_S + (4 / one.plan.rate if one.plan.rate else 0)
    while True:
        await one.crew.look_after()
        one.show.engines(one.crew.standings())
        if one.fleet.done != last:
            last, since_s = one.fleet.done, time.monotonic()
        elif time.monotonic() - since_s > patience_s:
            raise OurMistake(f"no payment for {int(patience_s)} s", "simulator")
        await asyncio.sleep(LOOK_S)


async def _quiet(one: Run, name: str) -> None:
    """Wait until no reversal is driven any more and the bank has nothing left to do."""
    one.show.phase(name, 0)

    async def is_quiet() -> bool:
        stats = await one.bank.order("stats")
        return stats["pending"] == 0 and not _live(one.world.journal)

    for _ in range(2):  # what the bank sent last may still be on its way into the journal
        await _until(one, is_quiet, QUIET_WAIT_S, "payments are still in doubt")
        await asyncio.sleep(2 * LOOK_S)
    await _until(one, is_quiet, QUIET_WAIT_S, "payments are still in doubt")


async def _until(one: Run, holds: Callable[[], Awaitable[bool]], wait_s: float, complaint: str) -> None:
    give_up_s = time.monotonic() + wait_s
    while not await holds():
        await one.crew.look_after()
        one.show.engines(one.crew.standings())
        if time.monotonic() > give_up_s:
            raise OurMistake(f"{complaint} after {int(wait_s)} s", "simulator")
        await asyncio.sleep(LOOK_S)


def _live(journal: Path | str) -> list[str]:
    reader = Reader.open(journal)
    try:
        return [payment.id for payment in reader.payments() if payment.state in LIVE]
    finally:
        reader.close()


async def _clear(one: Run, rows: list[dict[str, Any]]) -> None:
    """Plant contradictions, have the bank write the files of both days into the inbox, wait until they are read."""
    one.show.phase("clearing files of two days", 0)
    one.planted = plant(one.plan.seed, rows, one.fleet.seen)
    orders = [[*key, kind] for key, kind in one.planted.items()]
    names = (await one.bank.order("files", dir=str(one.world.inbox), plant=orders))["files"]

    async def are_read() -> bool:
        for why in (one.world.inbox / "refused").glob("*.why"):
            raise OurMistake(f"the engine refused {why.name}: {why.read_text('utf-8').strip()}", "simulator")
        return all((one.world.inbox / "done" / name).exists() for name in names)

    await _until(one, are_read, FILES_WAIT_S, "the clearing files were not read")
    one.cleared = tuple(one.world.inbox / "done" / name for name in names)


def engine_id(key: Key) -> str:
    """The engine's name for this payment."""
    return payment_id(facts.Key(*key))


def _report(one: Run, rows: Iterable[dict[str, Any]], stats: dict[str, Any], seconds: int) -> Report:
    reader = Reader.open(one.world.journal)
    try:
        payments = tuple(reader.payments())
        cases: dict[str, tuple[str, ...]] = {}
        for case in reader.cases():
            cases[case.payment] = (*cases.get(case.payment, ()), case.why)
        open_cases = sum(case.state == "open" for case in reader.cases())
        rules = reader.rules_reached()
        faults = reader.faults()
    finally:
        reader.close()
    books = [book_of(row) for row in rows]
    planted = {engine_id(key): kind for key, kind in one.planted.items()}
    claims = [claim_of(payment, payment.id in cases) for payment in payments]
    known = {payment.id for payment in payments}
    findings = judge(claims, books, planted, [engine_id(key) for key in one.fleet.seen])
    return Report(
        plan=one.plan,
        findings=findings,
        planted=planted,
        cases=cases,
        payments=payments,
        truths=_truths(payments, books),
        rules=rules,
        complaints=(*stats["complaints"], *one.fleet.faults, *map(str, faults)),
        bank=stats["counts"],
        kills=one.harm.kills,
        freezes=one.harm.freezes,
        leases_lost=one.crew.leases_lost,
        sales=one.fleet.done,
        never_taken=sum(engine_id(key) not in known for key in one.fleet.seen),
        open_cases=open_cases,
        reversals_sent=stats["counts"].get("received 0400", 0),
        late_replies=_late(rules),
        seconds=seconds,
        books=compare(one.world.journal, one.cleared, one.world.next_day, frozenset(planted)),
        interesting=_interesting(payments, planted),
    )


def book_of(row: dict[str, Any]) -> Book:
    """What the bank's ledger says of a payment, in the oracle's words."""
    payment = engine_id(key_of_row(row))
    return Book(payment, row["truth"], row["charges"], row["returns"], row["net_fen"], row["sales"])


def claim_of(payment: Payment, has_case: bool) -> Claim:
    """What the journal says of a payment, in the oracle's words."""
    return Claim(
        payment=payment.id,
        truth=str(payment.verdict.truth),
        proof=str(payment.verdict.proof),
        is_final=payment.state in FINAL and payment.state is not State.STOPPED,
        amount_fen=payment.amount_fen,
        was_in_doubt=payment.was_in_doubt,
        has_case=has_case,
    )


def _truths(payments: Iterable[Payment], books: Iterable[Book]) -> dict[str, tuple[int, int]]:
    """The bank's own word for every payment of the journal: truth -> (count, what cardholders paid in fen)."""
    booked = {book.payment: book for book in books}
    counts: dict[str, tuple[int, int]] = {}
    for payment in payments:
        book = booked.get(payment.id)
        truth, fen = (book.truth, book.net_fen) if book else ("never_charged", 0)
        count, sum_fen = counts.get(truth, (0, 0))
        counts[truth] = (count + 1, sum_fen + fen)
    return counts


def _late(rules: Mapping[str, int]) -> int:
    """Replies to sales that came after the terminal had its answer, by the rows of the table they used."""
    late = 0
    for rule, count in rules.items():
        state, _, event = rule.partition(".")
        if event in LATE_RULES or (event == "approved" and state != "FORWARDED"):
            late += count
    return late


def _interesting(payments: Iterable[Payment], planted: Mapping[str, str]) -> str:
    """A payment whose story is worth reading: the most repeated reversal that ended well."""
    stories = [p for p in payments if p.was_in_doubt and p.id not in planted and p.ack is not None]
    return max(stories, key=lambda p: (p.approval is not None, p.attempts)).id if stories else ""
