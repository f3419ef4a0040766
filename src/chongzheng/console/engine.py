"""What does the engine say of itself right now: its parts, links and queue? Asked at its door, and never guessed."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from prometheus_client.parser import text_string_to_metric_families

from chongzheng.console.doorway import Away, Doorway
from chongzheng.console.fresh import FRESH

HEARD_MS = 2_000
"""So long what was heard is not asked again, however many look."""
PREFIX = "chongzheng_"
SEEN_EVERY_MS = 10_000
SEEN_MS = 15 * 60_000
GOOD = 200
AWAY, CLOSED, SILENT = "away", "closed", "silent"
"""Why figures are not known: no door answers, it does not tell this console, no engine is behind it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard at `at` (epoch ms). `parts`: what must be well, by name; `links`: to the host, whether ready;
    `figures`: gauges by name, without what they begin with; `late`: clearing files that should be here; `casework`: how
    far the engine is with matters; `why`: why there are no figures, "" there are."""

    at: int
    why: str
    parts: Mapping[str, bool] = field(default_factory=dict)
    late: tuple[str, ...] = ()
    casework: Mapping[str, int] = field(default_factory=dict)
    links: Mapping[str, bool] = field(default_factory=dict)
    figures: Mapping[str, float] = field(default_factory=dict)
    circuit: str = ""


class Watch:
    """How many reversals were owed, as this process saw it while somebody looked; of the last quarter of an hour."""

    def __init__(self) -> None:
        self._seen: deque[tuple[int, int]] = deque(maxlen=SEEN_MS // SEEN_EVERY_MS)
        self._lock = threading.Lock()

    def saw(self, at: int, owed: int) -> list[tuple[int, int]]:
        """Keep this (epoch ms, count), at most one in SEEN_EVERY_MS; everything seen, and this last."""
        with self._lock:
            kept = [one for one in self._seen if at - one[0] <= SEEN_MS]
            if not kept or at - kept[-1][0] >= SEEN_EVERY_MS:
                self._seen.append((at, owed))
        return [*kept, (at, owed)]


WATCH = Watch()
"""This process's."""


def heard(doorway: Doorway, now: int) -> Heard:
    """What the engine says; a moment old at most."""
    return FRESH.get("engine", now, HEARD_MS, lambda: _ask(doorway, now))


def _ask(doorway: Doorway, now: int) -> Heard:
    try:
        ready = doorway.call("GET", "/readyz").said
        said = doorway.fetch("/metrics")
    except Away:
        return Heard(now, AWAY)
    known = Heard(
        now,
        CLOSED,
        parts={str(name): bool(well) for name, well in dict(ready.get("parts", {})).items()},
        late=tuple(map(str, ready.get("overdue", ()))),
        casework={str(name): int(count) for name, count in dict(ready.get("casework", {})).items()},
    )
    if said.status != GOOD:
        return known
    links, figures, circuit = _read(said.data.decode("utf-8", "replace"))
    return replace(known, why="" if figures else SILENT, links=links, figures=figures, circuit=circuit)


def _read(text: str) -> tuple[dict[str, bool], dict[str, float], str]:
    """Links, plain gauges and the circuit's state, of Prometheus' text."""
    links: dict[str, bool] = {}
    figures: dict[str, float] = {}
    circuit = ""
    for name, labels, value in _samples(text):
        if name == "link_ready":
            links[labels["link"]] = bool(value)
        elif name == "host_circuit":
            circuit = labels["state"]
        elif not labels:
            figures[name] = value
    return links, figures, circuit


def _samples(text: str) -> Iterable[tuple[str, dict[str, str], float]]:
    try:
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name.startswith(PREFIX):
                    yield sample.name.removeprefix(PREFIX), sample.labels, sample.value
    except ValueError:
        return
