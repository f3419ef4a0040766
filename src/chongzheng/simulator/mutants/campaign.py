"""Is every planted bug found, and by what? World after world with one bug each, until an invariant breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from chongzheng.simulator.mutants import engine, journal, protocol, recovery, settlement
from chongzheng.simulator.mutants.mutant import CALM, Mutant, planted, treatment
from chongzheng.simulator.swapping import swapped
from chongzheng.simulator.virtual.run import Outcome, run
from chongzheng.simulator.virtual.weather import Weather, draw
from chongzheng.simulator.virtual.world import World

MUTANTS: tuple[Mutant, ...] = (
    *protocol.MUTANTS,
    *engine.MUTANTS,
    *journal.MUTANTS,
    *settlement.MUTANTS,
    *recovery.MUTANTS,
)
SEEDS = range(1, 7)
"""Worlds in which a bug must show."""
PAYMENTS = 24
CLEAN_FROM, CLEAN_PAYMENTS = 5_000_000, 50
NOT_FOUND = "not found"
OWN_FAULT = ("AttributeError", "ImportError", "KeyError", "ModuleNotFoundError", "NameError", "TypeError")
"""A patch that breaks the code instead of changing what it does shows so: that is no kill."""


def campaign(say: Callable[[str], None] = lambda line: None) -> dict[str, Any]:
    """Plant every bug in turn. `by`: the invariant that found it. False alarms are those of the same worlds without."""
    by: dict[str, str] = {}
    for mutant in MUTANTS:
        by[mutant.name] = hunt(mutant)
        say(f"{mutant.layer}: {mutant.name}: {by[mutant.name]}")
    found = sum(one != NOT_FOUND for one in by.values())
    layers = Counter(mutant.layer for mutant in MUTANTS)
    missed = [name for name, one in by.items() if one == NOT_FOUND]
    alarms = _alarms()
    counts = {"planted": len(by), "found": found, "false_alarms": alarms}
    return {**counts, "layers": dict(layers), "by": by, "missed": missed}


def hunt(mutant: Mutant) -> str:
    """The invariant that finds this bug first, or that it was not found."""
    for seed in SEEDS:
        outcome = _world(seed, PAYMENTS, mutant.weather, mutant.vices, mutant)
        genuine = [which for which, what in outcome.violations if not any(word in what for word in OWN_FAULT)]
        if genuine:
            return genuine[0]
    return NOT_FOUND


def clean(payments: int) -> int:
    """In how many worlds without a bug, of so many payments together, something was found."""
    alarms, done = 0, 0
    treatments = list(_treatments())
    for seed in range(CLEAN_FROM, CLEAN_FROM + payments):
        if done >= payments:
            break
        vices = treatments[seed % len(treatments)]
        outcome = _world(seed, CLEAN_PAYMENTS, draw(seed), vices, None)
        alarms += bool(outcome.violations)
        done += CLEAN_PAYMENTS
    return alarms


def _alarms() -> int:
    """The worlds in which bugs are planted, without: each kind of weather and treatment once."""
    places = dict.fromkeys((mutant.weather, mutant.vices) for mutant in MUTANTS)
    return sum(bool(_world(SEEDS[0], PAYMENTS, weather, vices, None).violations) for weather, vices in places)


def _treatments() -> Iterator[tuple[str, str]]:
    yield CALM_VICES
    yield from dict.fromkeys(mutant.vices for mutant in MUTANTS if any(mutant.vices))


CALM_VICES = ("", "")


def _world(seed: int, payments: int, weather: Weather, vices: tuple[str, str], mutant: Mutant | None) -> Outcome:
    with ExitStack() as stack:

        def step(world: World) -> None:
            stack.enter_context(swapped(treatment(vices)))
            if mutant is not None:
                stack.enter_context(planted(mutant, world))

        return run(seed, payments, replace(weather, bank_seed=weather.bank_seed and seed), step)


__all__ = ["CALM", "MUTANTS", "campaign", "clean", "hunt"]
