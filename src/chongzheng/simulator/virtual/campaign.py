"""What do many seeds come to? Worlds on every processor, and the sum of what they evaluated, reached and violated."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from chongzheng.simulator.virtual.invariants import INVARIANTS, SITUATIONS
from chongzheng.simulator.virtual.run import Outcome, run

WORKERS_MAX = 64
WORLDS_OF_A_WORKER = 200
"""Then a new process takes over: what one world leaves behind in memory is not carried to the end of a long day."""
VIOLATIONS_MAX = 100
"""Red seeds that are told in full; the others are counted."""

Say = Callable[[int, int], None]
"""Hears how many seeds are done, and how many of them were red."""


@dataclass(slots=True)
class Sum:
    """All outcomes together."""

    seeds: int = 0
    payments: int = 0
    steps: int = 0
    kills: int = 0
    red: int = 0
    violations: list[dict[str, Any]] = field(default_factory=list)
    evaluated: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        """One more."""
        self.seeds += 1
        self.payments += outcome.payments
        self.steps += outcome.steps
        self.kills += outcome.kills
        self.evaluated.update(outcome.evaluated)
        self.reached.update(outcome.reached)
        self.red += bool(outcome.violations)
        if outcome.violations and len(self.violations) < VIOLATIONS_MAX:
            told = [f"{which}: {what}" for which, what in outcome.violations]
            self.violations.append({"seed": outcome.seed, "weather": outcome.weather.told(), "violations": told})

    def figures(self, seconds: float) -> dict[str, Any]:
        """As one document. A situation or an invariant that was never met shows that nothing was shown about it."""
        return {
            "seeds": self.seeds,
            "payments": self.payments,
            "violations": self.red,
            "red": self.violations,
            "invariants": {name: self.evaluated[name] for name in INVARIANTS},
            "invariants_never_evaluated": [name for name in INVARIANTS if not self.evaluated[name]],
            "sometimes": {name: self.reached[name] for name in SITUATIONS},
            "sometimes_never_reached": [name for name in SITUATIONS if not self.reached[name]],
            "kills": self.kills,
            "steps": self.steps,
            "steps_per_s": round(self.steps / max(seconds, 0.001)),
            "seconds": round(seconds, 1),
        }


def campaign(seeds: Iterable[int], payments: int, workers: int, say: Say = lambda done, red: None) -> dict[str, Any]:
    """Run every seed with so many payments; the figures."""
    began, total = time.monotonic(), Sum()
    for outcome in spread(_one, ((seed, payments) for seed in seeds), workers):
        total.add(outcome)
        say(total.seeds, total.red)
    return total.figures(time.monotonic() - began)


def processors() -> int:
    """How many worlds at once are of use here."""
    return min(WORKERS_MAX, os.cpu_count() or 1)


def spread(one: Callable[[Any], Any], work: Iterable[Any], workers: int) -> Iterator[Any]:
    """What `one`, a function of a module, makes of each piece of work, on so many processors, in the order of ending.

    A fresh interpreter, not a fork: the worlds of a child must not depend on what its parent did before.
    """
    if workers == 1:
        yield from map(one, work)
        return
    context = multiprocessing.get_context("spawn")
    with context.Pool(workers, maxtasksperchild=WORLDS_OF_A_WORKER) as pool:
        yield from pool.imap_unordered(one, work)


def _one(work: tuple[int, int]) -> Outcome:
    return run(*work)
