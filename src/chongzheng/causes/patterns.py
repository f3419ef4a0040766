"""Which firmware, region or issuer fails more often than chance explains, and not only because of another one?

Every value of every feature is tested against the rest: given how many attempts it has and how many failed in all, how
likely is it that so many failures fall on it by chance (the exact hypergeometric tail)? The clearest pattern is taken,
the table is divided by it, and the rest is asked again: a region whose terminals merely run the bad firmware falls
away. It goes on while the chance stays below the bound of Benjamini and Hochberg's rule, so that among what is told at
most a share of FALSE_SHARE is expected to be false (facts/operations 7.3, 7.5).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, fsum, lgamma

FALSE_SHARE = 0.05
LEVEL = FALSE_SHARE / 2
"""What is tested at: half of what is promised, because the patterns that the table is divided by are guesses too."""
LEAST_ATTEMPTS = 20
"""A value with fewer is not judged: facts/operations 7.1."""
PATTERNS_MAX = 8
"""Each pattern that was found divides the table once more."""
NEGLIGIBLE = 1e-18
"""Chances below this are left out of a sum."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One reversal that was tried: its features (firmware, region, issuer …) and whether it failed."""

    features: Mapping[str, str]
    failed: bool


@dataclass(frozen=True, slots=True)
class Pattern:
    """A value that fails too often: counts there and elsewhere, and by what chance so many would fall on it, the
    patterns before it taken into account."""

    feature: str
    value: str
    failures: int
    attempts: int
    failures_elsewhere: int
    attempts_elsewhere: int
    chance: float

    @property
    def times(self) -> float | None:
        """How many times the rate elsewhere; None when nothing fails elsewhere."""
        elsewhere = self.failures_elsewhere * self.attempts
        return self.failures * self.attempts_elsewhere / elsewhere if elsewhere else None


@dataclass(frozen=True, slots=True)
class _Cell:
    """Attempts with the same features, and how many of them failed."""

    features: frozenset[tuple[str, str]]
    failures: int
    attempts: int


def patterns(attempts: Iterable[Attempt], level: float = LEVEL) -> list[Pattern]:
    """The patterns, the clearest first; none where chance explains all."""
    cells = _cells(attempts)
    whole = _Stratum(cells)
    waiting = sorted(pair for pair, of in whole.attempts.items() if LEAST_ATTEMPTS <= of < whole.all_attempts)
    tested, found = len(waiting), list[Pattern]()
    while waiting and len(found) < PATTERNS_MAX:
        strata = _divided(cells, [(one.feature, one.value) for one in found])
        chances = {pair: _chance(strata, pair) for pair in waiting}
        best = min(waiting, key=lambda pair: (chances[pair], pair))
        if chances[best] * tested > level * (len(found) + 1):
            break
        found.append(_pattern(whole, best, chances[best]))
        waiting.remove(best)
    return found


def _cells(attempts: Iterable[Attempt]) -> list[_Cell]:
    tried: Counter[frozenset[tuple[str, str]]] = Counter()
    failed: Counter[frozenset[tuple[str, str]]] = Counter()
    for one in attempts:
        features = frozenset(one.features.items())
        tried[features] += 1
        failed[features] += one.failed
    return [_Cell(features, failed[features], count) for features, count in tried.items()]


class _Stratum:
    """Attempts and failures of some cells: in all, and of each value."""

    def __init__(self, cells: Sequence[_Cell]) -> None:
        self.attempts, self.failures = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        self.all_attempts = sum(cell.attempts for cell in cells)
        self.all_failures = sum(cell.failures for cell in cells)
        for cell in cells:
            for pair in cell.features:
                self.attempts[pair] += cell.attempts
                self.failures[pair] += cell.failures


def _divided(cells: Sequence[_Cell], taken: Sequence[tuple[str, str]]) -> list[_Stratum]:
    """The cells by which of the patterns that were taken they have."""
    strata: dict[tuple[bool, ...], list[_Cell]] = {}
    for cell in cells:
        strata.setdefault(tuple(one in cell.features for one in taken), []).append(cell)
    return [_Stratum(held) for held in strata.values()]


def _pattern(whole: _Stratum, pair: tuple[str, str], chance: float) -> Pattern:
    failures, attempts = whole.failures[pair], whole.attempts[pair]
    return Pattern(*pair, failures, attempts, whole.all_failures - failures, whole.all_attempts - attempts, chance)


def _chance(strata: Sequence[_Stratum], pair: tuple[str, str]) -> float:
    """P(at least so many failures fall on the value), each stratum by itself."""
    seen, least = 0, 0
    spread = [1.0]
    for stratum in strata:
        first, chances = _hypergeometric(stratum.all_attempts, stratum.all_failures, stratum.attempts[pair])
        seen += stratum.failures[pair]
        least += first
        spread = _folded(spread, chances)
    return min(1.0, fsum(spread[max(0, seen - least) :]))


def _hypergeometric(whole: int, failures: int, drawn: int) -> tuple[int, list[float]]:
    """The smallest count that can be, and the chance of it and of each one above: `drawn` of `whole`, of which
    `failures` failed. Counts at both ends that are negligible are left out below, and have no place above."""
    first, last = max(0, drawn + failures - whole), min(drawn, failures)
    scale = _ways(whole, drawn)
    chances = [
        exp(_ways(failures, count) + _ways(whole - failures, drawn - count) - scale) for count in range(first, last + 1)
    ]
    begin = next(at for at, chance in enumerate(chances) if chance > NEGLIGIBLE)
    end = next(at for at in range(len(chances), 0, -1) if chances[at - 1] > NEGLIGIBLE)
    return first + begin, chances[begin:end]


def _ways(of: int, chosen: int) -> float:
    """The logarithm of the number of ways to choose."""
    return lgamma(of + 1) - lgamma(chosen + 1) - lgamma(of - chosen + 1)


def _folded(one: Sequence[float], other: Sequence[float]) -> list[float]:
    """The chances of the sum of two counts that know nothing of each other."""
    both = [0.0] * (len(one) + len(other) - 1)
    for at, chance in enumerate(one):
        for and_at, and_chance in enumerate(other):
            both[at + and_at] += chance * and_chance
    return both
