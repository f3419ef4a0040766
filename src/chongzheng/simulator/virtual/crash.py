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
FULL, SICK = Weather(fills=1), Weather(sick_disk=True)
FILES = Weather(file_late=True, file_cut=True, file_twice=True, file_wrong=True)
PEOPLE = Weather(operators=2, races=1)
HURRY = 3
"""Where nothing is harmed besides, sales follow each other three times as fast: less idle time between them."""

SCENARIOS = tuple(
    Scenario(name, seed, payments, weather, 1 if weather in (FULL, SICK, PEOPLE) else HURRY)
    for name, seed, payments, weather in (
        ("relation refused", 178, 2, CALM),
        ("next day and a failed sync", 72, 3, SICK),
        ("answer never proven", 43, 4, CALM),
        ("silent and slow", 123, 4, CALM),
        ("late and vague", 134, 4, CALM),
        ("files in disorder", 144, 3, FILES),
        ("full disk", 192, 3, FULL),
        ("approved and then 96", 224, 2, CALM),
        ("reversal wiped", 10, 4, CALM),
        ("trace used twice", 135, 3, CALM),
        ("two operators", 24, 3, PEOPLE),
        ("late approval", 88, 4, CALM),
        ("device fails", 124, 4, CALM),
        ("stutter and a failed sync", 228, 3, SICK),
        ("sign-in again", 227, 2, CALM),
        ("mismatch", 170, 2, CALM),
        ("reversal answered for another amount", 215, 2, CALM),
        ("reversal stopped", 108, 3, PEOPLE),
        ("delivery uncertain", 204, 3, SICK),
        ("reversals lost", 158, 2, CALM),
        ("forged answer", 49, 3, CALM),
        ("lost answer", 121, 2, CALM),
        ("two lost answers", 4, 2, CALM),
        ("lost acknowledgement", 78, 2, CALM),
        ("another two sales", 235, 2, CALM),
        ("three sales", 77, 3, CALM),
        ("four sales", 212, 4, CALM),
        ("four long sales", 185, 4, CALM),
    )
)
"""Name, seed, payments, weather. Chosen among 240 seeds: together they meet every vice of the bank, every trouble of
the terminals, and every situation that does not need a bad network."""


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
