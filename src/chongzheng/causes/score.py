"""How likely is each cause, given the signals that are known, and may one of them be named?

score = ln(prior) + the weights of all items that hold; posterior = softmax over all causes (facts/operations 6.2).
A primary cause is named only when its posterior is at least one half and at least twice the second; otherwise the
answer is "unknown" with the probable list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, fsum, log

from chongzheng.causes.predicate import Item
from chongzheng.causes.signals import Signals
from chongzheng.causes.table import Cause, Table

PRIMARY_MIN = 0.5
PRIMARY_TIMES_SECOND = 2.0
CONTRIBUTING_MIN = 0.03
"""A cause below this posterior is not called contributing, whatever speaks for it (our proposal)."""
PROBABLE_MIN, PROBABLE_MAX = 0.05, 5
"""How many probable causes a person is shown when none can be named, and from which posterior on (our proposal)."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One cause with its posterior (0 to 1), its score and the items that counted."""

    cause: Cause
    posterior: float
    score: float
    counted: tuple[Item, ...]

    @property
    def spoken_for(self) -> bool:
        """Whether some evidence speaks for it."""
        return any(item.weight > 0 for item in self.counted)


@dataclass(frozen=True, slots=True)
class Ranking:
    """All causes, the likeliest first, and what was known of the payment."""

    causes: tuple[Scored, ...]
    signals: Signals
    version: str

    @property
    def primary(self) -> Scored | None:
        """The one cause that may be named; None: unknown."""
        first, *rest = self.causes
        second = rest[0].posterior if rest else 0.0
        sure = first.posterior >= PRIMARY_MIN and first.posterior >= PRIMARY_TIMES_SECOND * second
        return first if sure and not first.cause.contributing_only else None

    @property
    def contributing(self) -> tuple[Scored, ...]:
        """Causes beside the primary one that some evidence speaks for."""
        return tuple(
            one
            for one in self.causes
            if one is not self.primary and one.spoken_for and (
                one.posterior >= CONTRIBUTING_MIN or one.cause.contributing_only
            )
        )  # fmt: skip

    @property
    def probable(self) -> tuple[Scored, ...]:
        """What a person is shown when no cause can be named; empty where nothing speaks for any."""
        if self.primary is not None:
            return ()
        found = [one for one in self.causes if one.spoken_for and one.posterior >= PROBABLE_MIN]
        return tuple(found[:PROBABLE_MAX])


def score(signals: Signals, table: Table) -> Ranking:
    """Every cause of the table with its posterior; equals stand in the order of the table."""
    counted = [tuple(item for item in cause.items if item.holds(signals)) for cause in table.causes]
    scores = [
        log(cause.prior) + fsum(item.weight for item in items)
        for cause, items in zip(table.causes, counted, strict=True)
    ]
    found = map(Scored, table.causes, softmax(scores), scores, counted)
    return Ranking(tuple(sorted(found, key=lambda one: -one.score)), dict(signals), table.version)


def softmax(scores: Sequence[float]) -> list[float]:
    """Posteriors that sum to one."""
    top = max(scores)
    weights = [exp(one - top) for one in scores]
    total = fsum(weights)
    return [weight / total for weight in weights]


def because(one: Scored, signals: Signals) -> tuple[str, ...]:
    """A line for each item that counted, the heaviest first: predicate, weight, and what was seen."""
    return tuple(
        f"{item.text}: {item.weight:+g} ({', '.join(f'{name} = {_spelt(signals[name])}' for name in item.needs)})"
        for item in sorted(one.counted, key=lambda item: -abs(item.weight))
    )


def _spelt(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
