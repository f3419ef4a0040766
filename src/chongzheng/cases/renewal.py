"""Which terminals, or models, are worth replacing first, how sure is that order, and what does the budget reach (S-41)?

Rates are shrunk towards the rate of all (a unit with few attempts is not the worst because it failed twice). How far
the first ten would be others in another sample is told beside them: Poisson counts drawn from a hash, no randomness.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

MILLION = 1_000_000
WEIGHT = 50
"""Attempts of the fleet's own rate that each unit is given beside its own: the strength of the shrinkage."""
TOP = 10
ROUNDS = 40
RANDOM_BITS = 64
_EXACT = Context(prec=30)


@dataclass(frozen=True, slots=True)
class Unit:
    """One terminal or model: reversals attempted and failed, its price in fen, and its age in days."""

    name: str
    failures: int
    attempts: int
    price_fen: int
    age_days: int = 0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A unit and its shrunken failure rate (ppm)."""

    unit: Unit
    rate_ppm: int


def ranking(units: Iterable[Unit]) -> list[Ranked]:
    """Worst first, by the shrunken rate, then age, then name."""
    fleet = list(units)
    attempts = sum(unit.attempts for unit in fleet)
    mean = Fraction(sum(unit.failures for unit in fleet), attempts) if attempts else Fraction(0)
    rated = [Ranked(unit, _shrunk_ppm(unit, mean)) for unit in fleet]
    return sorted(rated, key=lambda one: (-one.rate_ppm, -one.unit.age_days, one.unit.name))


def _shrunk_ppm(unit: Unit, mean: Fraction) -> int:
    return round(Fraction(unit.failures + WEIGHT * mean, unit.attempts + WEIGHT) * MILLION)


def stability(units: Sequence[Unit], top: int = TOP, rounds: int = ROUNDS) -> int:
    """How many of the first `top` stay among them when all is counted anew, in percent, over so many rounds."""
    first = {one.unit.name for one in ranking(units)[:top]}
    if not first:
        return 100
    kept = 0
    for number in range(rounds):
        drawn = [_drawn(unit, number) for unit in units]
        kept += len(first & {one.unit.name for one in ranking(drawn)[:top]})
    return kept * 100 // (len(first) * rounds)


def _drawn(unit: Unit, number: int) -> Unit:
    text = f"{unit.name} {unit.failures} {unit.attempts} {number}".encode()
    uniform = int.from_bytes(hashlib.sha256(text).digest()[: RANDOM_BITS // 8])
    failures = min(unit.attempts, _poisson(unit.failures, uniform))
    return Unit(unit.name, failures, unit.attempts, unit.price_fen, unit.age_days)


def _poisson(mean: int, uniform: int) -> int:
    """The count at this quantile (of 2^64 parts) of a Poisson distribution."""
    wanted = _EXACT.divide(Decimal(uniform), Decimal(2**RANDOM_BITS))
    chance = _EXACT.exp(Decimal(-mean))
    below, count = chance, 0
    while below <= wanted and count < 20 * (mean + 1):
        count += 1
        chance = _EXACT.divide(_EXACT.multiply(chance, Decimal(mean)), Decimal(count))
        below = _EXACT.add(below, chance)
    return count


def proposal(units: Iterable[Unit], budget_fen: int) -> list[Ranked]:
    """Those that the budget reaches, worst first; one that it does not reach any more ends the list."""
    chosen: list[Ranked] = []
    for one in ranking(units):
        if one.unit.price_fen > budget_fen:
            break
        budget_fen -= one.unit.price_fen
        chosen.append(one)
    return chosen


def plan(units: Sequence[Unit], budget_fen: int) -> Mapping[str, object]:
    """The proposal as JSON values, with how stable its order is."""
    rows = [
        {"name": one.unit.name, "rate_ppm": one.rate_ppm, "price_fen": one.unit.price_fen}
        for one in proposal(units, budget_fen)
    ]
    return {"replace": rows, "budget_fen": budget_fen, "stability_percent": stability(units)}
