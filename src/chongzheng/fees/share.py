"""How large is a share that was seen in k of n, and how sure is that? Exact, in thousandths, without a float.

The share is shrunk towards what is usual: with the prior Beta(a, b) of whole numbers, k of n make Beta(a+k, b+n-k), and
the probability below a point is a sum of binomial terms, all whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb

PER_MILLE = 1000
EVIDENCE_MAX = 2_000
"""More observations than this are scaled down to it: the interval stays wider than it might be, never narrower."""

TAIL = Fraction(1, 20)
"""Each end that a 90 % interval leaves out."""


@dataclass(frozen=True, slots=True)
class Prior:
    """What is usual, worth `hits + misses` observations; both at least 1."""

    hits: int
    misses: int


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `of`, seen against a prior. All shares are in thousandths."""

    hits: int
    of: int
    prior: Prior

    @property
    def mean(self) -> int:
        """The shrunken share, rounded down."""
        return PER_MILLE * (self.prior.hits + self.hits) // (self.prior.hits + self.prior.misses + self.of)

    @property
    def low(self) -> int:
        """The lower end of the 90 % interval."""
        return self._quantile(TAIL)

    @property
    def high(self) -> int:
        """The upper end of the 90 % interval."""
        return self._quantile(1 - TAIL)

    def is_above(self, limit: int) -> bool:
        """Whether the share is surely larger than `limit`: its whole 90 % interval lies above."""
        if self.hits * PER_MILLE <= limit * self.of:
            return False  # what was seen is not above it; the prior pulls further down
        return self._below(limit) < TAIL

    def _quantile(self, wanted: Fraction) -> int:
        """The smallest share below which at least `wanted` of the probability lies."""
        low, high = 0, PER_MILLE
        while low < high:
            middle = (low + high) // 2
            if self._below(middle) >= wanted:
                high = middle
            else:
                low = middle + 1
        return low

    def _below(self, point: int) -> Fraction:
        hits, of = self.hits, self.of
        if of > EVIDENCE_MAX:
            hits, of = hits * EVIDENCE_MAX // of, EVIDENCE_MAX
        return below(self.prior.hits + hits, self.prior.misses + of - hits, point)


def below(a: int, b: int, point: int) -> Fraction:
    """P(share <= point) of Beta(a, b), both whole; `point` in thousandths: P(at least a hits of a+b-1)."""
    if point >= PER_MILLE:
        return Fraction(1)
    tries, rest = a + b - 1, PER_MILLE - point
    term = comb(tries, a) * point**a * rest ** (tries - a)
    found = 0
    for hits in range(a, tries + 1):
        found += term
        term = term * (tries - hits) * point // ((hits + 1) * rest)
    return Fraction(found, PER_MILLE**tries)


def chance(hits: int, of: int, prior: Prior) -> Fraction:
    """P(at least `hits` of `of`) when the share itself is drawn from the prior: the tail of the beta-binomial."""
    if hits == 0:
        return Fraction(1)
    if of > EVIDENCE_MAX:
        hits, of = hits * EVIDENCE_MAX // of, EVIDENCE_MAX
    a, b = prior.hits, prior.misses
    ways = sum(comb(each + a - 1, each) * comb(of - each + b - 1, of - each) for each in range(hits, of + 1))
    return Fraction(ways, comb(of + a + b - 1, of))


def discoveries(chances: dict[str, Fraction], false_share: Fraction) -> frozenset[str]:
    """The names whose chance is too small for chance, such that at most `false_share` of them are expected to be wrong
    (Benjamini and Hochberg's step-up rule).
    """
    ranked = sorted(chances.items(), key=lambda pair: (pair[1], pair[0]))
    kept = 0
    for rank, (_, found) in enumerate(ranked, 1):
        if found * len(ranked) <= false_share * rank:
            kept = rank
    return frozenset(name for name, _ in ranked[:kept])
