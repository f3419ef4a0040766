"""Which signal that nobody has looked at yet would tell most about the cause?

The value of a signal is the information that its answer is expected to give about the cause, in bits: the entropy of
the posterior now, minus what is expected to be left of it. How a cause makes an answer likely is read from the weights
of the table: exp(weight) relative to the other answers. An item that needs a second unknown signal cannot count yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, fsum, log2

from chongzheng.causes.predicate import Condition, Item, is_number
from chongzheng.causes.score import Ranking
from chongzheng.causes.signals import SIGNALS, Kind, Value
from chongzheng.causes.table import Table

GAIN_MIN_BITS = 1e-9
OTHER_WORD = "another word"
"""Stands for every answer in words that the table does not name."""


@dataclass(frozen=True, slots=True)
class Test:
    """Look at `signal`; its answer is expected to give `gain_bits` (above zero) about the cause."""

    __test__ = False  # not a test of pytest, whatever its name looks like

    signal: str
    gain_bits: float


def next_tests(ranking: Ranking, table: Table) -> tuple[Test, ...]:
    """Every unknown signal that is expected to tell something, the most telling first; `ranking` is of that table."""
    posteriors = {one.cause.id: one.posterior for one in ranking.causes}
    chances = [posteriors[cause.id] for cause in table.causes]
    unknown = [name for name in table.asked if name not in ranking.signals]
    found = [Test(name, _gain_bits(chances, _answers(name, ranking, table))) for name in unknown]
    return tuple(sorted((one for one in found if one.gain_bits > GAIN_MIN_BITS), key=lambda one: -one.gain_bits))


def _answers(name: str, ranking: Ranking, table: Table) -> list[tuple[float, ...]]:
    """What each answer that the table tells apart would add to the score of each cause."""
    waiting = [[item for item in cause.items if name in item.needs] for cause in table.causes]
    conditions = [
        condition
        for items in waiting
        for item in items
        for condition in item.conditions
        if name in condition.needs
    ]  # fmt: skip
    effects: dict[tuple[float, ...], None] = {}
    for answer in _probes(name, conditions, ranking):
        known = {**ranking.signals, name: answer}
        effects[tuple(_added(items, known) for items in waiting)] = None
    return list(effects)


def _added(items: Iterable[Item], known: dict[str, Value]) -> float:
    return fsum(item.weight for item in items if item.holds(known))


def _probes(name: str, conditions: Sequence[Condition], ranking: Ranking) -> list[Value]:
    """Answers on every side of every bound that the table or a known signal sets."""
    kind = SIGNALS[name].kind if name in SIGNALS else Kind.WORD
    if kind is Kind.FLAG:
        return [True, False]
    bounds: list[Value] = [word for one in conditions for word in one.wanted]
    bounds += [ranking.signals[other] for one in conditions for other in one.needs if other in ranking.signals]
    if kind in (Kind.NUMBER, Kind.COUNTED):
        numbers = [float(bound) for bound in bounds if not isinstance(bound, str) or is_number(bound)]
        return [number + side for number in numbers for side in (-_BESIDE, 0.0, _BESIDE)]
    return [*bounds, *(_beside(bound) for bound in bounds), OTHER_WORD]


_BESIDE = 1e-6


def _beside(bound: Value) -> Value:
    """A value that is greater than the bound, of its type."""
    return f"{bound}~" if isinstance(bound, str) else bound + 1


def _gain_bits(chances: Sequence[float], answers: Sequence[tuple[float, ...]]) -> float:
    """The mutual information of cause and answer; `answers` hold what each adds to the score of each cause."""
    likely = [_normal([exp(answer[place]) for answer in answers]) for place in range(len(chances))]
    gain = 0.0
    for number in range(len(answers)):
        joint = [chance * given[number] for chance, given in zip(chances, likely, strict=True)]
        total = fsum(joint)
        gain += fsum(
            part * log2(given[number] / total) for part, given in zip(joint, likely, strict=True) if part > 0.0
        )
    return gain


def _normal(weights: Sequence[float]) -> list[float]:
    total = fsum(weights)
    return [weight / total for weight in weights]
