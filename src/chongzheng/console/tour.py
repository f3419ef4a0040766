"""Which steps has the guided tour, and which of them does this person see? A small table; pages show it by themselves.

The step stands in the address (`?tour=3`), so that it needs no session, no script and no library.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

STEP = re.compile(r"[?&]tour=([1-9])(?:&|$)")
STOPS: tuple[tuple[str, str, str], ...] = (
    ("my", "/queues/my", ""),
    ("all", "/queues/all", ""),
    ("case", "/tour/case", ""),
    ("approvals", "/queues/approvals", ""),
    ("live", "/live", "reads"),
    ("money", "/money", "money"),
    ("help", "/help", ""),
)
"""(name of its words, address, what a person must be allowed: "" everybody)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step for one person: `back` and `next` are addresses, "" at the ends; `end`: this page without the tour."""

    name: str
    number: int
    of: int
    back: str
    next: str
    end: str


def stops_for(reads: bool, money: bool) -> tuple[tuple[str, str], ...]:
    """(name, address) of the steps of somebody who may read, and may see the money."""
    may = {"": True, "reads": reads, "money": money}
    return tuple((name, address) for name, address, needs in STOPS if may[needs])


def step_of(address: str, reads: bool, roles: Sequence[str]) -> Step | None:
    """The step that an address names; None where it names none."""
    found = STEP.search(address)
    stops = stops_for(reads, reads and set(roles) != {"technician"})
    if found is None or int(found[1]) > len(stops):
        return None
    number = int(found[1])
    return Step(
        stops[number - 1][0], number, len(stops),
        back=_at(stops, number - 1), next=_at(stops, number + 1), end=address.partition("?")[0],
    )  # fmt: skip


def _at(stops: Sequence[tuple[str, str]], number: int) -> str:
    return f"{stops[number - 1][1]}?tour={number}" if 1 <= number <= len(stops) else ""
