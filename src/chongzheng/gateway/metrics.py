"""How is the engine, in figures that Prometheus can read? Money in doubt, queues, commits, links, doors.

Nothing is counted here and nothing on the way of a payment knows of it: figures are read where they are kept, when
somebody asks. Labels are words of the program or names of the configuration, never text from a wire.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from chongzheng.gateway.counts import Counts
from chongzheng.journal import Reader
from chongzheng.runner import Runner

AGES_MS = (60_000, 600_000, 3_600_000, 86_400_000)
AGE_NAMES = ("under_1m", "under_10m", "under_1h", "under_1d", "older")
PREFIX = "chongzheng_"
MS = 1_000


@dataclass(frozen=True, slots=True)
class Doubts:
    """What the journal said at `at` (epoch ms): payments and fen in doubt by (state, age), and open cases."""

    at: int = 0
    payments: tuple[tuple[str, str, int, int], ...] = ()
    cases_open: int = 0
    cases_late: int = 0


@dataclass(frozen=True, slots=True)
class Sources:
    """Where figures are kept. `status`: of the host (Driving.status); `links`: name and readiness of each;
    `certificates`: when each side's runs out, epoch ms. All may be read from any thread."""

    runner: Runner
    counts: Counts
    status: Callable[[], Mapping[str, Any]]
    links: Callable[[], Mapping[str, bool]]
    connections: Callable[[], int]
    certificates: Callable[[], Mapping[str, int]]


class Metrics(Collector):
    """`text()` gives everything in Prometheus' text format; `look` reads the journal, which may take its time."""

    def __init__(self, sources: Sources, clock: Callable[[], int]) -> None:
        self._sources = sources
        self._clock = clock
        self._doubts = Doubts()
        self._also: list[tuple[str, str, Callable[[], float]]] = []
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def text(self) -> bytes:
        """All figures now; those of the journal as of the last look."""
        return generate_latest(self._registry)

    def also(self, name: str, text: str, value: Callable[[], float]) -> None:
        """One more figure; `value` may be called from any thread."""
        self._also.append((name, text, value))

    def look(self, reader: Reader) -> None:
        """Count in the journal what is in doubt."""
        now = self._clock()
        first, second, third, fourth = (now - age_ms for age_ms in AGES_MS)
        found = reader.in_doubt((first, second, third, fourth))
        payments = tuple((state, AGE_NAMES[age], count, fen) for state, age, count, fen in found)
        self._doubts = Doubts(now, payments, *reader.open_cases(now))

    def collect(self) -> Iterator[Metric]:
        """One family after another; prometheus_client asks for them."""
        yield from self._journal()
        yield from self._commits()
        yield from self._host()
        yield from self._doors()
        yield from (_plain(name, text, value()) for name, text, value in self._also)

    def _journal(self) -> Iterator[Metric]:
        doubts = self._doubts
        fen = _gauge("money_in_doubt_fen", "Money of payments that nobody can vouch for", ["state", "age"])
        payments = _gauge("payments_in_doubt", "Payments that nobody can vouch for", ["state", "age"])
        for state, age, count, amount in doubts.payments:
            payments.add_metric([state, age], count)
            fen.add_metric([state, age], amount)
        yield fen
        yield payments
        cases = _gauge("cases_open", "Payments in a person's hands", ["late"])
        cases.add_metric(["no"], doubts.cases_open - doubts.cases_late)
        cases.add_metric(["yes"], doubts.cases_late)
        yield cases
        yield _plain("journal_looked_at_seconds", "When the figures above were counted (Unix time)", doubts.at / MS)

    def _commits(self) -> Iterator[Metric]:
        runner = self._sources.runner
        stats = runner.stats
        yield _plain("queue_facts", "Facts that wait for their commit", runner.waiting)
        for name, text, value in (
            ("facts", "Facts committed", stats.facts),
            ("stopped_payments", "Payments stopped by a broken assumption", stats.stopped),
            ("refused_facts", "Facts refused because the queue was full", stats.refused),
            ("disk_full", "Commits that found no room", stats.full),
            ("outlet_failures", "Effects that could not be carried out and come due again", stats.outlet_failures),
        ):
            yield _counted(name, text, value)
        yield _histogram("commit_facts", "Facts in one commit", stats.sizes, stats.facts)

    def _host(self) -> Iterator[Metric]:
        links = _gauge("link_ready", "Whether the link to the host is up and signed on", ["link"])
        for name, ready in self._sources.links().items():
            links.add_metric([name], int(ready))
        yield links
        status = self._sources.status()
        circuit = _gauge("host_circuit", "1 for the circuit's state: closed, open, half-open", ["state"])
        circuit.add_metric([str(status["circuit"])], 1)
        yield circuit
        for name, text, value in (
            ("host_window", "Reversals that may be in flight", status["window"]),
            ("host_latency_seconds", "How long the host takes, smoothed", status["latency_ms"] / MS),
            ("reversals_in_flight", "Reversals sent and not answered", status["reversals_in_flight"]),
            ("sales_in_flight", "Sales sent and not answered", status["sales_in_flight"]),
            ("reversals_waiting", "Reversals in the lanes of this engine", status["reversals_waiting"]),
            ("reversals_pending", "Payments that owe a reversal", status["reversals_pending"]),
        ):
            yield _plain(name, text, value)
        empty_in_ms = status["empty_in_ms"]
        if empty_in_ms is not None:
            yield _plain("reversals_empty_in_seconds", "Forecast: when no reversal is pending", empty_in_ms / MS)

    def _doors(self) -> Iterator[Metric]:
        yield _plain("terminal_connections", "Connections of terminals", self._sources.connections())
        events = CounterMetricFamily(f"{PREFIX}events", "What happened at the doors", labels=["event"])
        for event, times in sorted(self._sources.counts.of.copy().items()):
            events.add_metric([event], times)
        yield events
        papers = _gauge("certificate_expires_seconds", "When our certificate runs out (Unix time)", ["side"])
        for side, at in self._sources.certificates().items():
            papers.add_metric([side], at / MS)
        yield papers


def _gauge(name: str, text: str, labels: list[str]) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}{name}", text, labels=labels)


def _plain(name: str, text: str, value: int | float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}{name}", text, value=value)


def _counted(name: str, text: str, value: int) -> CounterMetricFamily:
    return CounterMetricFamily(f"{PREFIX}{name}", text, value=value)


def _histogram(name: str, text: str, sizes: list[int], total: int) -> HistogramMetricFamily:
    """`sizes[n]` counts values below 2 to the n; a bucket counts those up to its bound."""
    buckets, so_far = [], 0
    for bits, times in enumerate(sizes):
        so_far += times
        buckets.append((str(float(2**bits - 1)), float(so_far)))
    return HistogramMetricFamily(
        f"{PREFIX}{name}", text, buckets=[*buckets, ("+Inf", float(so_far))], sum_value=float(total)
    )
