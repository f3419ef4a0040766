"""Does any order of events, with so many faults, break a promise? Breadth first, to the last state that there is.

The world is the small one of `world.py`; the machine is the shipped one. Because it goes breadth first, the way to the
first broken promise is a shortest one; it is told as a timeline.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from chongzheng.reversal.payment import FINAL
from chongzheng.simulator.model import promises
from chongzheng.simulator.model.machine import Machine
from chongzheng.simulator.model.moves import Moves
from chongzheng.simulator.model.promises import PROMISES, Tally
from chongzheng.simulator.model.words import VOCABULARY
from chongzheng.simulator.model.world import ASKED_SALE, CASH_LOAD, NOTICE, SALE, Setting, World, around

STATES_MAX = 6_000_000
"""States of one setting; beyond it the exploration says that it did not close."""
VIOLATIONS_MAX = 20
"""Broken promises that are told in full; each way of breaking one is told once, by a shortest story."""
PROCESSES_MAX = 2

WHOLE: tuple[Setting, ...] = (
    Setting("sale, three vices of the host", SALE, 3, wires=False, stops=False, people=False),
    Setting("sale, three faults of wires and engine", SALE, 3, vices=False, people=False),
    Setting("sale, a fault of any kind, a clerk", SALE, 1),
    Setting("sale that can be asked about, a clerk", ASKED_SALE, 0),
    Setting("sale that can be asked about, a fault of any kind", ASKED_SALE, 1, people=False),
    Setting("notice, a fault of any kind", NOTICE, 1, people=False),
    Setting("cash load, a fault of any kind", CASH_LOAD, 1, people=False),
)
"""What the full run explores."""
SLICE: tuple[Setting, ...] = (
    Setting("sale, a vice of the host", SALE, 1, wires=False, stops=False, people=False),
    Setting("sale, a kill", SALE, 1, vices=False, wires=False, people=False),
    Setting("sale, a clerk", SALE, 0),
)
"""What the suite explores."""

Step = tuple[str, str]
"""A line of a timeline: what happened, and what the machine made of it."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken promise: its id and what was seen, in which setting, and the shortest way there."""

    promise: str
    what: str
    setting: str
    timeline: tuple[Step, ...]


@dataclass(slots=True)
class Explored:
    """One setting, explored. `closed`: no state was left; `reached`: how often each row of the table was used first."""

    setting: str
    states: int = 0
    moves: int = 0
    payments: int = 0
    depth: int = 0
    closed: bool = False
    seconds: float = 0.0
    counts: Tally = field(default_factory=Tally)
    reached: Counter[str] = field(default_factory=Counter)
    violations: list[Violation] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    """All settings together."""

    runs: list[Explored]
    seconds: float

    @property
    def states(self) -> int:
        """Distinct states of all settings."""
        return sum(run.states for run in self.runs)

    @property
    def violations(self) -> list[Violation]:
        """Everything that was broken."""
        return [violation for run in self.runs for violation in run.violations]

    @property
    def never_evaluated(self) -> list[str]:
        """Promises that nobody looked at."""
        counts = self.counts
        return [name for name in PROMISES if not counts[name]]

    @property
    def counts(self) -> Tally:
        """How often each promise was looked at."""
        return sum((run.counts for run in self.runs), Tally())

    def document(self) -> dict[str, object]:
        """The JSON of the command."""
        return {
            "states": self.states,
            "moves": sum(run.moves for run in self.runs),
            "closed": all(run.closed for run in self.runs),
            "violations": len(self.violations),
            "invariants": {name: self.counts[name] for name in PROMISES},
            "invariants_never_evaluated": self.never_evaluated,
            "rules_reached": len(set().union(*(run.reached for run in self.runs))),
            "settings": {
                run.setting: {
                    "states": run.states, "moves": run.moves, "payments": run.payments, "depth": run.depth,
                    "closed": run.closed, "seconds": round(run.seconds, 1),
                }
                for run in self.runs
            },
            "seconds": round(self.seconds, 1),
        }  # fmt: skip


def explore(
    settings: Sequence[Setting] = WHOLE,
    processes: int = PROCESSES_MAX,
    states_max: int = STATES_MAX,
    watch: Callable[[Explored], None] = lambda run: None,
) -> Report:
    """Explore every setting, `processes` at a time (one: in this process); `watch` hears of each that is done."""
    began = time.monotonic()
    runs = []
    if processes <= 1:
        for setting in settings:
            runs.append(one(setting, states_max))
            watch(runs[-1])
    else:
        with ProcessPoolExecutor(min(processes, PROCESSES_MAX), max_tasks_per_child=1) as pool:
            for run in pool.map(one, settings, [states_max] * len(settings)):
                runs.append(run)
                watch(run)
    return Report(runs, time.monotonic() - began)


def one(setting: Setting, states_max: int = STATES_MAX, first_only: bool = False) -> Explored:
    """Explore one setting; `first_only` stops at the first broken promise."""
    return _Search(setting).run(states_max, first_only)


class _Search:
    """The states seen so far, each with the state and the name of the move that it was first reached by."""

    def __init__(self, setting: Setting) -> None:
        self.found = Explored(setting.name)
        self._machine = Machine(setting.sale, self.found.counts)
        self._moves = Moves(setting, self._machine)
        self._start = World(self._machine.new(), setting.faults)
        self._told: set[str] = set()
        self._rested: set[int] = set()
        self._from: dict[World, tuple[World, str, str] | None] = {self._start: None}

    def run(self, states_max: int, first_only: bool) -> Explored:
        began = time.monotonic()
        wave = [self._start]
        while wave and len(self._from) < states_max:
            wave = self._next(wave)
            self.found.depth += 1
            if first_only and self.found.violations:
                break
        found = self.found
        found.closed = not wave
        found.states, found.payments = len(self._from), len(self._machine.payments)
        found.reached = Counter(taken.rule for taken in self._machine.answers())
        found.seconds = time.monotonic() - began
        return found

    def _next(self, wave: list[World]) -> list[World]:
        known, broken, coming = self._from, self._machine.broken, []
        for world in wave:
            for name, after, number, word in self._moves.of(world):
                self.found.moves += 1
                if broken and word and (number, word) in broken:
                    self._tell(world, name, word, after, broken.pop((number, word)))
                if after not in known:
                    known[after] = (world, name, word)
                    coming.append(after)
                    payment = self._machine.payments[after.payment]
                    if payment.state in FINAL and after.payment not in self._rested:
                        self._rest(after)
                    told = promises.of_world(payment, around(after, payment), self.found.counts)
                    if told:
                        self._tell(world, name, word, after, told)
        return coming

    def _rest(self, world: World) -> None:
        """Every word there is, to a payment that has its verdict."""
        self._rested.add(world.payment)
        for word in VOCABULARY:
            self._machine.take(world.payment, word)
            told = self._machine.broken.pop((world.payment, word), None)
            if told:
                after = world._replace(payment=self._machine.take(world.payment, word).after)
                self._tell(world, f"after the verdict comes: {word}", word, after, told)

    def _tell(self, world: World, name: str, word: str, after: World, told: list[str]) -> None:
        news = [line for line in told if line not in self._told]
        if not news or len(self.found.violations) >= VIOLATIONS_MAX:
            return
        self._told.update(news)
        timeline = (*self._way(world), self._line(world, name, word, after))
        for line in news:
            self.found.violations.append(Violation(*_split(line), self.found.setting, timeline))

    def _way(self, world: World) -> list[Step]:
        steps = []
        came = self._from[world]
        while came is not None:
            before, name, word = came
            steps.append(self._line(before, name, word, world))
            world, came = before, self._from[before]
        return steps[::-1]

    def _line(self, before: World, name: str, word: str, after: World) -> Step:
        if not word:
            return name, ""
        return name, self._machine.story(before.payment, word, after.payment)


def _split(line: str) -> tuple[str, str]:
    promise, _, what = line.partition(" ")
    return promise, what


def told(violation: Violation) -> str:
    """The violation as a timeline that an operator can read."""
    lines = [f"{violation.promise} broken: {violation.what}", f"  promise: {PROMISES[violation.promise]}"]
    width = max((len(name) for name, _ in violation.timeline), default=0)
    for number, (name, made) in enumerate(violation.timeline, 1):
        lines.append(f"  {number:>3}  {name:<{width}}  {made}".rstrip())
    return "\n".join(lines)
