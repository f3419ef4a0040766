"""Where does each moment of a payment stand on one axis, whose gaps reach from milliseconds to days?

Time runs from left to right and is squeezed: what is close together keeps a distance that can be seen, and a long gap
says how long it is. A moment whose clock was corrected stands at its corrected time, with a hollow mark at the raw one.
Only geometry; the page draws it, and a table beneath says the same in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log10

from chongzheng.cases.timeline import Event, Moment
from chongzheng.cases.witness import CLEARING, HOST, SLIP, TERMINAL

LANES = ("terminal", "host", "clearing", "witness", "engine")
"""Who saw it, from the shop to the file; the machine's own deeds below."""
LANE_OF = {
    "pos": "terminal",
    TERMINAL: "terminal",
    SLIP: "terminal",
    "host": "host",
    HOST: "host",
    CLEARING: "clearing",
}
ENGINE = "engine"
SHOWN_MAX = 40
WIDTH, LEFT, RIGHT, TOP, LANE_HEIGHT, FOOT = 680, 78, 20, 16, 40, 34
RADIUS = 9
SMALLEST_GAP = 0.55
"""The part of the axis that any two instants keep between them, beside what their distance in time adds."""
GAP_TOLD_MS = 60_000
GAP_ROOM, TICK_ROOM = 46, 98


@dataclass(frozen=True, slots=True)
class Dot:
    """The `number`-th moment (from 1). `raw_x`: where its own clock put it, None where that was right."""

    number: int
    x: int
    y: int
    lane: str
    moment: Moment
    raw_x: int | None


@dataclass(frozen=True, slots=True)
class Tick:
    """An instant (epoch ms) that is named under the axis, or a gap of `gap_ms` (0: an instant)."""

    x: int
    at: int
    gap_ms: int = 0


@dataclass(frozen=True, slots=True)
class Axis:
    """The whole picture in its own units. `lanes`: (name, y)."""

    width: int
    height: int
    left: int
    right: int
    lanes: tuple[tuple[str, int], ...]
    dots: tuple[Dot, ...]
    ticks: tuple[Tick, ...]
    left_out: int


def lane_of(source: str, kind: str) -> str:
    """In which lane a moment stands, by whoever saw it (`source`) and what it was (`kind`)."""
    if kind.startswith("settlement"):
        return "clearing"
    if kind.startswith("0") or kind.startswith("pos-") or source.startswith("terminal:"):
        return LANE_OF.get(source, "terminal")
    return LANE_OF.get(source, ENGINE if source == ENGINE else "witness")


def deed(id: str, at: int, fact: str) -> Moment:
    """What the machine did or saw pass by itself, as a moment beside the evidence."""
    return Moment(Event(id, ENGINE, at, fact), at, 0)


def laid(moments: Sequence[Moment]) -> Axis | None:
    """The picture of these moments, oldest first; None of fewer than two. The latest SHOWN_MAX of them."""
    if len(moments) < 2:
        return None
    shown = list(moments)[-SHOWN_MAX:]
    begin = len(moments) - len(shown)
    places = _places(shown)
    used = [name for name in LANES if any(_lane(one) == name for one in shown)]
    rows = {name: TOP + LANE_HEIGHT // 2 + LANE_HEIGHT * row for row, name in enumerate(used)}
    taken: dict[tuple[str, int], int] = {}
    dots = []
    for number, one in enumerate(shown, begin + 1):
        lane, x = _lane(one), places[one.at]
        beside = taken.get((lane, x), 0)
        taken[lane, x] = beside + 1
        raw = places[one.event.at_raw] if one.corrected else None
        dots.append(Dot(number, x + beside * 2 * RADIUS, rows[lane], lane, one, raw))
    height = TOP + LANE_HEIGHT * len(used) + FOOT
    ticks = _ticks(sorted({one.at for one in shown}), places)
    return Axis(WIDTH, height, LEFT, WIDTH - RIGHT, tuple(rows.items()), tuple(dots), ticks, begin)


def _lane(one: Moment) -> str:
    return lane_of(one.event.source, one.event.text)


def _places(shown: Sequence[Moment]) -> dict[int, int]:
    """instant (epoch ms) -> x, for corrected and for raw times."""
    instants = sorted({one.at for one in shown} | {one.event.at_raw for one in shown if one.corrected})
    steps = [0.0]
    for before, after in pairwise(instants):
        steps.append(steps[-1] + SMALLEST_GAP + log10(1 + (after - before) / 50))
    whole = steps[-1] or 1.0
    room = WIDTH - LEFT - RIGHT - 2 * RADIUS
    return {at: LEFT + RADIUS + round(room * step / whole) for at, step in zip(instants, steps, strict=True)}


def _ticks(instants: Sequence[int], places: dict[int, int]) -> tuple[Tick, ...]:
    """Names never stand over each other; one at the right edge ends there, and reaches half its room further back."""
    found: list[Tick] = []
    last = -TICK_ROOM
    edge = WIDTH - RIGHT - TICK_ROOM // 2
    for at in instants:
        if places[at] - last >= TICK_ROOM * (1.5 if places[at] > edge else 1):
            found.append(Tick(places[at], at))
            last = places[at]
    for before, after in pairwise(instants):
        if after - before >= GAP_TOLD_MS and places[after] - places[before] >= GAP_ROOM:
            found.append(Tick((places[before] + places[after]) // 2, before, after - before))
    return tuple(found)
