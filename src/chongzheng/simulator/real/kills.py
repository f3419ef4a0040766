"""Is anything lost or done twice when the real program is killed again and again under load, and how soon is it back?

A bank, terminals that never stop selling, `chongzheng up` as a user starts it. SIGKILL at random moments, also while
an engine still recovers, and on PostgreSQL at times all engines at once; each is started again at once. Then the
day ends as in the demo: every verdict is compared with the bank's book, and every answer that a terminal holds with
the journal.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from chongzheng.reversal.payment import Payment
from chongzheng.simulator import demo, scale, world
from chongzheng.simulator.crew import Crew
from chongzheng.simulator.demo import Plan, Report, Run, engine_id
from chongzheng.simulator.fleet import Fleet, Gate
from chongzheng.simulator.processes import Bank
from chongzheng.simulator.real.stopwatch import Timed
from chongzheng.simulator.terminal import NOT_TAKEN, Seen, Terminal
from chongzheng.simulator.world import World

TERMINALS = 12
PAUSE_S = 0.25
"""Between two sales of a terminal: with all of them some forty sales a second."""
LIVES_S = 0.8
"""How long an engine lives at most after its first answer."""
EARLY = 0.15
"""The share of starts that are cut short by the next kill, while the engine still recovers."""
EARLY_S = 1.0
TOGETHER = 0.2
"""Where there are several engines: the share of kills that take all of them."""
FIRST_MS_MAX = 2_000
"""The promise: from the start of the process to the first answer, at the 99th percentile."""
BRIEF: dict[str, int | tuple[int, ...]] = {"reverse_for_ms": 2_000, "not_found_after_ms": (100, 400, 1_000)}
SALES_MAX = 1_000_000
TALES_MAX = 20

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Campaign:
    """What to do. `database`: the URL of an empty one, or ""; `brief`: reversals are driven for seconds only."""

    kills: int
    folder: Path
    database: str = ""
    engines: int = 1
    seed: int = 1
    brief: bool = False
    engine: Callable[[World, int], Timed] = Timed


@dataclass(slots=True)
class Shift(Gate):
    """Gives out sales for as long as the shop is open."""

    is_open: bool = True

    async def ticket(self) -> bool:
        """Whether there is one more sale to make."""
        await asyncio.sleep(PAUSE_S)
        return self.is_open


@dataclass(slots=True)
class Killing:
    """The kills, one after another. `early`: how many met an engine that was still starting."""

    crew: Crew
    timed: Sequence[Timed]
    seed: int
    planned: int
    shift: Shift
    say: Say
    kills: int = 0
    early: int = 0
    freezes: int = 0
    _starts: set[asyncio.Task[None]] = field(default_factory=set)

    async def do(self) -> None:
        """All of them; ends when everybody is up and has answered, and closes the shop."""
        dice = Random(self.seed)
        await self._all_answer()
        while self.kills < self.planned:
            await asyncio.sleep(dice.uniform(0, LIVES_S))
            together = len(self.timed) > 1 and dice.random() < TOGETHER
            victims = list(self.timed) if together else [dice.choice(self.timed)]
            async with asyncio.TaskGroup() as group:
                for victim in victims[: self.planned - self.kills]:
                    self._count()
                    group.create_task(self._kill(victim, Random(dice.random())))
            await self._all_answer()
        self.shift.is_open = False

    def _count(self) -> None:
        self.kills += 1
        self.say(f"kill {self.kills} of {self.planned}")

    async def _kill(self, engine: Timed, dice: Random) -> None:
        """Kill and start again; now and then once more before it is up."""
        await engine.kill()
        while dice.random() < EARLY and self.kills < self.planned:
            start = asyncio.create_task(engine.start())
            await asyncio.wait((start,), timeout=dice.uniform(0, EARLY_S))
            self.early += not start.done()
            start.cancel()
            await asyncio.gather(start, return_exceptions=True)
            self._count()
            await engine.kill()
        await engine.start()

    async def _all_answer(self) -> None:
        await asyncio.gather(*(engine.first_answer() for engine in self.timed))


async def run(campaign: Campaign, say: Say) -> dict[str, Any]:
    """Carry it out; OurMistake when the world itself does not work.

    The figures: kills, acks, sales, lost and duplicated (each with what was found, in `found`), first_answer_ms.
    """
    one, timed, killing = _prepare(campaign, say)
    report = await demo.carry_out(one)
    acks, lost = compare(one.fleet.seen.values(), report.payments)
    return _figures(campaign, report, killing, timed, acks, [*lost, *lost_of(report)])


def _prepare(campaign: Campaign, say: Say) -> tuple[Run, list[Timed], Killing]:
    made = world.make(
        campaign.folder, campaign.seed, SALES_MAX, TERMINALS * campaign.engines, campaign.engines, campaign.database
    )
    if campaign.brief:
        made = replace(made, scaled={**scale.SCALED, **BRIEF})
    crew = Crew(made)
    timed = [campaign.engine(made, number) for number in range(campaign.engines)]
    crew.engines[:] = timed
    shift = Shift(SALES_MAX, 0)
    fleet = Fleet(campaign.seed, shift, terminals_of(made, timed))
    killing = Killing(crew, timed, campaign.seed, campaign.kills, shift, say)
    plan = Plan(SALES_MAX, len(made.tills), campaign.seed, 0, campaign.kills, campaign.folder, campaign.database,
                campaign.engines)  # fmt: skip
    return Run(plan, Quiet(say), made, Bank(made), crew, fleet, killing), timed, killing


def terminals_of(made: World, engines: Sequence[Timed]) -> list[Terminal]:
    """Each dials one engine only, so that each engine has somebody who waits for it."""
    wait_ms = scale.TERMINAL_WAIT_MS
    terminals = []
    for number, till in enumerate(made.tills):
        dial = engines[number % len(engines)].dial
        terminals.append(Terminal(till.terminal, till.merchant, till.master_key, wait_ms, dial, till.restarts_traces))
    return terminals


@dataclass(frozen=True, slots=True)
class Quiet:
    """Tells phases only."""

    say: Say

    def phase(self, name: str, total: int) -> None:
        """A new phase begins."""
        self.say(name)

    def advance(self, done: int) -> None:
        """Nothing: the kills are counted."""

    def engines(self, standings: Sequence[str]) -> None:
        """Nothing."""


def compare(seen: Iterable[Seen], payments: Iterable[Payment]) -> tuple[int, list[str]]:
    """How many answers terminals hold, and which of them the journal knows nothing of."""
    journal = {payment.id: payment for payment in payments}
    acks, lost = 0, []
    for one in seen:
        payment = journal.get(engine_id(one.key))
        if one.code and one.code not in NOT_TAKEN:
            acks += 1
            if payment is None:
                lost.append(f"{engine_id(one.key)}: a terminal holds 0210 {one.code}, the journal has no such payment")
            elif one.was_approved and payment.approval is None:
                lost.append(f"{payment.id}: a terminal holds an approval that the journal does not have")
        if one.reversal_code:
            acks += 1
            if one.reversal_code == "00" and payment is None:
                lost.append(f"{engine_id(one.key)}: a terminal holds 0410 00, the journal has no such payment")
    return acks, lost


def lost_of(report: Report) -> list[str]:
    """What the bank has seen and the journal has not, what is not proven, and where the journal contradicts itself."""
    found = report.findings
    lost = [f"{payment}: the bank has it, the journal does not" for payment in found.lost]
    lost += [f"{payment}: not taken to a proven answer" for payment in found.unproven]
    lost += [f"{payment}: {what}" for payment, what in found.wrong.items()]
    return lost


def twice_of(report: Report) -> list[str]:
    """What was done twice, and what else bank, terminals and journal complain of."""
    return [*(f"{payment}: returned more than once" for payment in report.findings.returned_twice), *report.complaints]


def _figures(
    campaign: Campaign, report: Report, killing: Killing, timed: Sequence[Timed], acks: int, lost: Sequence[str]
) -> dict[str, Any]:
    firsts = sorted(ms for engine in timed for ms in engine.first_answers_ms[1:])  # the first is no restart
    twice = twice_of(report)
    return {
        "kills": killing.kills,
        "kills_while_starting": killing.early,
        "sales": report.sales,
        "acks": acks,
        "lost": len(lost),
        "duplicated": len(twice),
        "found": [*lost, *twice][:TALES_MAX],
        "first_answer_ms": {**percentiles(firsts), "starts": len(firsts), "promised": FIRST_MS_MAX},
        "reversals_sent": report.reversals_sent,
        "db": "postgresql" if campaign.database else "sqlite",
        "engines": campaign.engines,
        "seed": campaign.seed,
        "seconds": report.seconds,
    }


def percentiles(sorted_ms: Sequence[int]) -> dict[str, int]:
    """The median, the 99th percentile (the smallest that as many do not exceed) and the most; zeros for nothing."""
    if not sorted_ms:
        return {"p50": 0, "p99": 0, "max": 0}
    last = len(sorted_ms) - 1
    return {"p50": sorted_ms[last * 50 // 100], "p99": sorted_ms[-(-last * 99 // 100)], "max": sorted_ms[-1]}
