"""Is every planted bug found, and by what? World after world with one bug each, until an invariant breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from chongzheng.simulator.clerks.trial import Outcome as People
from chongzheng.simulator.clerks.trial import Trial
from chongzheng.simulator.clerks.trial import run as trial_of
from chongzheng.simulator.mutants import cases, engine, journal, protocol, recovery, refunds, settlement
from chongzheng.simulator.mutants.mutant import CALM, CASES, Mutant, planted, treatment
from chongzheng.simulator.swapping import swapped
from chongzheng.simulator.virtual.campaign import spread
from chongzheng.simulator.virtual.run import Outcome, run
from chongzheng.simulator.virtual.weather import Weather, draw
from chongzheng.simulator.virtual.world import World

MUTANTS: tuple[Mutant, ...] = (
    *protocol.MUTANTS,
    *engine.MUTANTS,
    *journal.MUTANTS,
    *settlement.MUTANTS,
    *recovery.MUTANTS,
    *cases.MUTANTS,
    *refunds.MUTANTS,
)
SEEDS = range(1, 7)
"""Worlds in which a bug must show."""
PAYMENTS = 24
TRIALS = range(1, 61)
"""Trials of people in which a bug of their layer must show."""
CLEAN_FROM, CLEAN_PAYMENTS = 5_000_000, 50
NOT_FOUND = "not found"
OWN_FAULT = ("AttributeError", "ImportError", "KeyError", "ModuleNotFoundError", "NameError", "TypeError")
"""A patch that breaks the code instead of changing what it does shows so: that is no kill."""

Alarm = tuple[int, str, list[str]]
"""A world in which something was found and nothing was planted: its seed, the vices of its peers, the violations."""


def campaign(workers: int = 1, say: Callable[[str], None] = lambda line: None) -> dict[str, Any]:
    """Plant every bug in turn. `by`: the invariant that found it. False alarms are those of the same worlds without."""
    by = dict.fromkeys((mutant.name for mutant in MUTANTS), NOT_FOUND)
    for n, which in spread(_hunted, range(len(MUTANTS)), workers):
        mutant = MUTANTS[n]
        by[mutant.name] = which
        say(f"{mutant.layer}: {mutant.name}: {which}")
    found = sum(one != NOT_FOUND for one in by.values())
    layers = Counter(mutant.layer for mutant in MUTANTS)
    missed = [name for name, one in by.items() if one == NOT_FOUND]
    worlds = (mutant for mutant in MUTANTS if mutant.layer != CASES)
    places = dict.fromkeys((SEEDS[0], PAYMENTS, mutant.weather, mutant.vices) for mutant in worlds)
    alarms = [alarm for alarm in spread(_alarm, places, workers) if alarm is not None]
    alarms += [alarm for alarm in spread(_alarm_of_people, TRIALS, workers) if alarm is not None]
    counts = {"planted": len(by), "found": found, "false_alarms": len(alarms), "alarms": alarms}
    return {**counts, "layers": dict(layers), "by": by, "missed": missed}


def _hunted(n: int) -> tuple[int, str]:
    return n, hunt(MUTANTS[n])


def hunt(mutant: Mutant) -> str:
    """The invariant that finds this bug first, or that it was not found."""
    for outcome in _outcomes(mutant):
        genuine = [which for which, what in outcome.violations if not any(word in what for word in OWN_FAULT)]
        if genuine:
            return genuine[0]
    return NOT_FOUND


def _outcomes(mutant: Mutant) -> Iterator[Outcome | People]:
    """World after world, or trial after trial, with this bug."""
    if mutant.layer == CASES:
        yield from (_trial(seed, mutant) for seed in TRIALS)
    else:
        yield from (_world(seed, PAYMENTS, mutant.weather, mutant.vices, mutant) for seed in SEEDS)


def _trial(seed: int, mutant: Mutant | None) -> People:
    with ExitStack() as stack:

        def first(trial: Trial) -> None:
            if mutant is not None:
                stack.enter_context(planted(mutant, trial))

        return trial_of(seed, first=first)


def _alarm_of_people(seed: int) -> Alarm | None:
    violations = _trial(seed, None).violations
    return (seed, "people", [f"{which}: {what}" for which, what in violations]) if violations else None


def clean(payments: int, workers: int = 1, say: Callable[[int], None] = lambda done: None) -> list[Alarm]:
    """Worlds without a bug, of so many payments together, in which something was found all the same."""
    treatments = list(_treatments())
    alarms: list[Alarm] = []
    seeds = range(CLEAN_FROM, CLEAN_FROM + -(-payments // CLEAN_PAYMENTS))
    places = ((seed, CLEAN_PAYMENTS, draw(seed), treatments[seed % len(treatments)]) for seed in seeds)
    for done, found in enumerate(spread(_alarm, places, workers), 1):
        if found is not None:
            alarms.append(found)
        say(done * CLEAN_PAYMENTS)
    return alarms


def _alarm(place: tuple[int, int, Weather, tuple[str, str]]) -> Alarm | None:
    """What is found in this world, where no bug is planted: its seed, its vices, the violations."""
    seed, _, _, vices = place
    violations = _world(*place, None).violations
    return (seed, " ".join(vices).strip(), [f"{which}: {what}" for which, what in violations]) if violations else None


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
