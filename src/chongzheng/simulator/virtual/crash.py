"""Does the engine keep every promise wherever it is killed? A few small worlds, killed at every one of their places.

A crash point is a scenario, a place in it (before a step of the loop or an operation of the disk) and what the next
start finds: everything, or what a failure of the power left. Double points kill the recovery as well, at places that
a stride samples. Each point is a whole run, from an empty disk to the judge; nothing is shared between two of them.
"""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from chongzheng.simulator.virtual.blows import Blow, Kind, Scenario, Struck, strike
from chongzheng.simulator.virtual.platter import Image
from chongzheng.simulator.virtual.weather import Weather

POINTS = 100_000
"""How many points a campaign tries unless told otherwise."""
PARTS = 16
"""Into how many parts the points of a scenario are dealt out: every 16th each, so that a few parts see all of it."""
DOUBLE_EVERY = 60
"""At one point in so many the recovery is killed as well, ..."""
SECOND_EVERY = 5
"""... at one of its places in so many; which one, moves on from point to point."""
PARTS_OF_A_WORKER = 8
"""Then a new process takes over."""
VIOLATIONS_MAX = 100
"""Red points that are told; all are counted."""

Point = tuple[Blow, ...]

Say = Callable[[int, int], None]
"""Hears how many points are done, and how many of them were red."""

CALM = Weather()
FULL, SICK = Weather(fills=1), Weather(sick_disk=1)
FILES = Weather(file_late=True, file_cut=True, file_twice=True, file_wrong=True)
PEOPLE = Weather(operators=2, races=1)
HURRY = 3
"""Where nothing is harmed besides, sales follow each other three times as fast: less idle time between them."""

SCENARIOS = tuple(
    Scenario(name, seed, payments, weather, 1 if weather in (FULL, SICK, PEOPLE) else HURRY)
    for name, seed, payments, weather in (
        ("relation refused", 6, 2, CALM),
        ("silent, and a reversal approved blindly once", 18, 2, CALM),
        ("three sales, one echoed wrongly", 324, 3, CALM),
        ("slow original, terminal stutters", 248, 2, CALM),
        ("reversal wiped, acknowledgement lost", 341, 2, CALM),
        ("late approval, bank in its cut-over", 66, 2, CALM),
        ("failed sync, late and unsigned answers", 304, 2, SICK),
        ("executed on the next day", 97, 2, CALM),
        ("files in disorder", 88, 2, FILES),
        ("sale refused", 79, 2, CALM),
        ("duplicate answer, busy reversal", 130, 2, CALM),
        ("vague answer, unheard-of code", 82, 2, CALM),
        ("vague answer to an executed sale", 268, 2, CALM),
        ("trace used twice", 135, 2, CALM),
        ("full disk, approved and then 96", 8, 2, FULL),
        ("reversal stopped by people", 48, 2, PEOPLE),
        ("reversal approved blindly", 73, 2, CALM),
        ("bank wants a new sign-in", 305, 2, CALM),
        ("approval not understood", 343, 2, CALM),
        ("reversal invalid", 104, 2, CALM),
        ("acknowledged and then 96", 281, 2, CALM),
        ("late acknowledgement", 77, 2, CALM),
        ("reversal overtakes its sale", 65, 2, CALM),
        ("failed sync, send uncertain", 72, 2, SICK),
        ("check wanted by people", 312, 2, PEOPLE),
        ("every reversal lost", 106, 2, CALM),
        ("forged answer", 49, 2, CALM),
        ("lost answer", 121, 2, CALM),
        ("refused, and executed behind a vague answer", 4, 2, CALM),
        ("three sales, cut-over", 123, 3, CALM),
        ("three sales, silent", 345, 3, CALM),
        ("three sales, reversals lost at first", 336, 3, CALM),
        ("three sales, late", 234, 3, CALM),
        ("acknowledged for another amount", 215, 2, CALM),
        ("failed sync, delivery uncertain", 204, 3, SICK),
    )
)
"""Name, seed, payments, weather. Chosen among 440 seeds, the shortest that together meet every vice of the bank, nearly
every trouble of the terminals, and the situations that do not need a bad network."""


@dataclass(slots=True)
class Tally:
    """What the points of one part, or of all, came to."""

    points: int = 0
    red: int = 0
    by: Counter[str] = field(default_factory=Counter)
    images: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    violations: list[dict[str, Any]] = field(default_factory=list)

    def add(self, scenario: Scenario, blows: Point, found: Struck) -> None:
        """One point was tried."""
        self.points += 1
        self.images[blows[-1].image] += 1
        self.reached.update(found.reached.keys())
        wrong = [f"{which}: {what}" for which, what in found.violations]
        if len(found.struck) < len(blows):
            wrong.append(f"world: only {len(found.struck)} of {len(blows)} blows met their place")
        else:
            self.by["double" if len(blows) > 1 else found.struck[0]] += 1
        if wrong:
            self.red += 1
            self.violations.append({"scenario": scenario.name, "blows": [str(one) for one in blows], "wrong": wrong})

    def merge(self, other: Tally) -> None:
        """All of another one's points."""
        self.points += other.points
        self.red += other.red
        self.by.update(other.by)
        self.images.update(other.images)
        self.reached.update(other.reached)
        self.violations += other.violations[: max(0, VIOLATIONS_MAX - len(self.violations))]

    def figures(self, seconds: float) -> dict[str, Any]:
        """As one document. `red`: how many points had a violation; `violations`: what is needed to replay them."""
        kinds = {kind: self.by[kind] for kind in (*map(str, Kind), "double")}
        return {
            "points": self.points,
            "by": kinds | {"image": {str(image): self.images[image] for image in Image if self.images[image]}},
            "red": self.red,
            "violations": self.violations,
            "sometimes": dict(sorted(self.reached.items())),
            "seconds": round(seconds, 1),
            "points_per_s": round(self.points / max(seconds, 0.001), 1),
        }


def campaign(points_max: int = POINTS, say: Say = lambda done, red: None, workers: int = 2) -> dict[str, Any]:
    """Try crash points of every scenario, spread evenly, until at least so many are done or there are no more."""
    began, total = time.monotonic(), Tally()
    for part in _parts(workers):
        total.merge(part)
        say(total.points, total.red)
        if total.points >= points_max:
            break
    return {"scenarios": len(SCENARIOS), **total.figures(time.monotonic() - began)}


def points_of(scenario: Scenario) -> list[Point]:
    """All points of a scenario with one blow."""
    places = strike(scenario, lists=True).places
    return [(Blow(at, image),) for at, place in enumerate(places) for image in place.images]


def try_points(scenario: Scenario, points: Iterable[Point], tally: Tally | None = None) -> Tally:
    """Run each of these points."""
    tally = tally or Tally()
    for blows in points:
        tally.add(scenario, blows, strike(scenario, blows))
    return tally


def doubles_of(scenario: Scenario, firsts: list[Point], turn: int) -> Iterator[Point]:
    """At one of so many of these points, the recovery killed at one of so many of its places, with every image."""
    for n in range(0, len(firsts), DOUBLE_EVERY):
        first = firsts[n]
        recovery = strike(scenario, first, lists=True).places
        for at in range((turn + n // DOUBLE_EVERY) % SECOND_EVERY, len(recovery), SECOND_EVERY):
            yield from ((*first, Blow(at, image)) for image in recovery[at].images)


def replay(scenario: str, point: int, image: str, second: tuple[int, str] | None = None) -> list[str]:
    """The timeline of one crash point, what was wrong last. KeyError or ValueError when there is no such one."""
    chosen = {one.name: one for one in SCENARIOS}[scenario]
    blows = tuple(Blow(at, Image(word)) for at, word in ((point, image), *((second,) if second else ())))
    told: list[str] = []
    found = strike(chosen, blows, told=told)
    return told + [f"violated {which}: {what}" for which, what in found.violations]


def _parts(workers: int) -> Iterator[Tally]:
    work = [(scenario, part) for part in range(PARTS) for scenario in SCENARIOS]
    # A fresh interpreter, not a fork: a world must not depend on what its parent did before.
    with multiprocessing.get_context("spawn").Pool(workers, maxtasksperchild=PARTS_OF_A_WORKER) as pool:
        yield from pool.imap_unordered(_part, work)


def _part(work: tuple[Scenario, int]) -> Tally:
    scenario, part = work
    points = points_of(scenario)[part::PARTS]
    tally = try_points(scenario, points)
    return try_points(scenario, doubles_of(scenario, points, part), tally)
