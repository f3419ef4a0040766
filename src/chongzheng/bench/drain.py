"""How many reversals a second come to an end after an outage: claimed, sent with MAC, answered, committed?

The journal is filled with sales that the bank never answered, each with its first reversal sent in vain and due again.
Then bank and engines start, and the clock runs from the first reversal at the bank to the last commit.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chongzheng.app import journal_and_policy
from chongzheng.bench import load_place
from chongzheng.bench.load_frames import sale
from chongzheng.bench.load_orders import Helper
from chongzheng.bench.load_place import Engine, Place
from chongzheng.gateway import translate
from chongzheng.journal import Journal, Reader, Submission, evidence, payment_id
from chongzheng.mistakes import OurMistake
from chongzheng.reversal import facts
from chongzheng.reversal.payment import Owes

TERMINALS_MAX = 2_000
BATCH = 500
OUTAGE_MS = 600_000
"""Over so long the sales were made, evenly: an outage is no instant."""
OVER_MS = 120_000
"""How long ago the last one was made: the first reversal of each was sent in vain, and is due again."""
DAY_MS = 86_400_000
LOOK_S = 0.02
PACE_PER_S_MIN = 100
"""A drain slower than this is given up."""

Say = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Drained:
    """What a run has shown. `seconds`: from the bank's first reversal to the journal's last commit."""

    seconds: float
    engine_cpu_s: float
    bank: dict[str, Any]


async def measure(folder: Path, pending: int, engines: int, database: str, say: Say) -> dict[str, Any]:
    """The figures. `database` empty: SQLite in `folder`. `say(phase, done, of)` hears of the progress."""
    place = load_place.make(folder, min(pending, TERMINALS_MAX), database)
    bank, address = await load_place.start_bank(place)
    try:
        config = load_place.configure(place, address)
        await asyncio.to_thread(_plant, place, config, pending, say)
        drained = await _drain(place, bank, pending, engines, say)
    finally:
        await bank.stop()
    return _figures(pending, engines, database, drained)


def _plant(place: Place, config: Path, pending: int, say: Say) -> None:
    """Sales that were sent and never answered, until each owes its reversal and has sent it once."""
    _, policy = journal_and_policy(config)
    journal = Journal.open(place.journal, place.vault, policy)
    try:
        begun_at = time.time_ns() // 1_000_000 - OUTAGE_MS - OVER_MS
        for first in range(0, pending, BATCH):
            numbers = range(first, min(first + BATCH, pending))
            sales = list(_sales(place, ((n, begun_at + n * OUTAGE_MS // pending) for n in numbers)))
            journal.apply(sales)
            late = [_silence(sale.fact, policy.reply_wait_ms) for sale in sales]
            if any(one.payment.owes is not Owes.REVERSAL for one in journal.apply(late)):
                raise OurMistake("a planted sale owes no reversal", "bench drain")
            say("making sales that were never answered", numbers.stop, pending)
        journal.tidy()
    finally:
        journal.close()


def _silence(sale: facts.Fact, wait_ms: int) -> Submission:
    return Submission(facts.DeadlinePassed(sale.payment, sale.at + wait_ms, sale.at + wait_ms))


def _sales(place: Place, numbered: Iterable[tuple[int, int]]) -> Iterator[Submission]:
    """Of each number a sale that began at this instant (epoch ms)."""
    index = place.vault.index
    day = f"{datetime.now(UTC):%Y%m%d}"
    for n, at in numbered:
        message = sale(n % place.terminals, "000001", n // place.terminals + 1)
        heard = translate.Heard(translate.Wants.TRANSACTION, message)
        request = translate.request(heard, day, at + DAY_MS, index)
        proof = evidence("pos-0200", "pos", at, translate.evidence_body(message))
        fact = facts.RequestTaken(payment_id(request.key), at, proof.id, request)
        yield Submission(fact, (proof,), translate.card(heard))


async def _drain(place: Place, bank: Helper, pending: int, engines: int, say: Say) -> Drained:
    reader = Reader.open(place.journal)
    crew = [Engine(place, number) for number in range(engines)]
    try:
        for engine in crew:
            await engine.start()
        for engine in crew:
            await engine.started()
        ended_at = await _until_empty(crew, bank, reader, pending, say)
        stats = await bank.order("stats")
        used = sum(engine.used_s() for engine in crew)
        return Drained(ended_at - stats["first_reversal_at"], used, stats)
    finally:
        for engine in crew:
            await engine.stop()
        reader.close()


async def _until_empty(crew: list[Engine], bank: Helper, reader: Reader, pending: int, say: Say) -> float:
    """Wait until the journal owes no reversal; the bank is asked first, for counting rows costs the engine time."""
    give_up_at = time.monotonic() + 60 + pending / PACE_PER_S_MIN
    while time.monotonic() < give_up_at:
        for engine in crew:
            engine.refuse_if_gone()
        heard = int((await bank.order("stats"))["0400"])
        say("draining", min(heard, pending), pending)
        if heard >= pending and reader.count_reversals() == 0:
            return time.monotonic()
        await asyncio.sleep(LOOK_S if heard >= pending else 10 * LOOK_S)
    raise OurMistake(f"{reader.count_reversals()} reversals are still owed", "bench drain")


def _figures(pending: int, engines: int, database: str, drained: Drained) -> dict[str, Any]:
    bank = drained.bank
    if bank["bad_macs"]:
        raise OurMistake(f"the bank saw {bank['bad_macs']} wrong MACs", "bench drain")
    return {
        "db": "postgresql" if database else "sqlite",
        "pending": pending,
        "reversals_per_s": round(pending / drained.seconds),
        "bank": {
            "reversals": bank["0400"],
            "repeats": bank["0400"] - pending,
            "cpu_us": _each(bank["used_s"], bank["0400"]),
        },
        "durability": "synchronous_commit=on" if database else "WAL, synchronous=FULL",
        "engines": engines,
        "seconds": round(drained.seconds, 2),
        "engine_cpu_us": _each(drained.engine_cpu_s, pending),
    }


def _each(seconds: float, count: int) -> float:
    return round(seconds / max(1, count) * 1e6, 1)
