"""What do many trials come to? The sum of what they looked at, reached and found, on every processor."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from chongzheng.simulator.clerks.invariants import INVARIANTS, SITUATIONS
from chongzheng.simulator.clerks.trial import PAYMENTS, Outcome, run
from chongzheng.simulator.virtual.campaign import spread

RED_MAX = 50
"""Red trials that are told in full; the others are counted."""
TWICE, ALONE, UNTOLD = frozenset({"M5", "M6", "P6"}), frozenset({"K2"}), frozenset({"R5"})


class Sum:
    """All outcomes together."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.evaluated: Counter[str] = Counter()
        self.reached: Counter[str] = Counter()
        self.red: list[dict[str, Any]] = []

    def add(self, outcome: Outcome) -> None:
        """One more."""
        for name in ("interleavings", "deeds", "done", "restarts", "kills"):
            self.counts[name] += getattr(outcome, name)
        self.evaluated.update(outcome.evaluated)
        self.reached.update(outcome.reached)
        broken = {which for which, _ in outcome.violations}
        self.counts["violations"] += len(outcome.violations)
        for name, ids in (("given_back_twice", TWICE), ("self_approved", ALONE), ("untold", UNTOLD)):
            self.counts[name] += bool(broken & ids)
        if broken and len(self.red) < RED_MAX:
            told = [f"{which}: {what}" for which, what in outcome.violations]
            self.red.append({"seed": outcome.seed, "violations": told})

    def figures(self, seconds: float) -> dict[str, Any]:
        """As one document. What was never looked at, or never reached, has shown nothing."""
        names = ("interleavings", "deeds", "done", "restarts", "kills", "violations", "given_back_twice",
                 "self_approved", "untold")  # fmt: skip
        return {
            **{name: self.counts[name] for name in names},
            "red": self.red,
            "invariants": {name: self.evaluated[name] for name in INVARIANTS},
            "invariants_never_evaluated": [name for name in INVARIANTS if not self.evaluated[name]],
            "sometimes": {name: self.reached[name] for name in SITUATIONS},
            "sometimes_never_reached": [name for name in SITUATIONS if not self.reached[name]],
            "interleavings_per_s": round(self.counts["interleavings"] / max(seconds, 0.001)),
            "seconds": round(seconds, 1),
        }


def campaign(
    interleavings: int, seed: int, workers: int, say: Callable[[int, int], None] = lambda done, red: None
) -> dict[str, Any]:
    """So many interleavings, from this seed on. `say` hears how many are done, and how many trials were red."""
    began, total = time.monotonic(), Sum()
    seeds = range(seed, seed + -(-interleavings // PAYMENTS))
    for outcome in spread(run, seeds, workers):
        total.add(outcome)
        say(total.counts["interleavings"], len(total.red))
    return {"seed": seed, **total.figures(time.monotonic() - began)}
