"""Which payments are worth a trace, and how do their facts become OpenTelemetry spans?

Nothing is traced while it happens. When a payment comes to rest it is decided, from what is in memory, whether it was
slow, in doubt, or drawn by lot; only then are its facts read from the journal and made into spans, on a thread beside
the wires. The ids of a trace come from the payment's, so that sending one twice shows it once.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from chongzheng import __version__
from chongzheng.gateway.counts import Counts
from chongzheng.gateway.in_hand import Bounded
from chongzheng.journal import Reader
from chongzheng.journal.reader import FactRow
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.payment import Payment, State

MOVING = frozenset({State.NEW, State.FORWARDED, State.RESENDING, State.DELIVERING, State.REVERSING, State.UNMATCHED})
TROUBLED = frozenset({State.DOUBTFUL, State.CONTESTED, State.STOPPED})
WAITING_MAX = 2_000
"""Payments whose trace waits to be sent; beyond it the oldest is left out and counted."""
REMEMBERED_MAX = 20_000
BATCH_MAX = 50
SEND_WAIT_S = 10
LOTS = 1_000
MS_NS = 1_000_000
TRACE_ID_BYTES, SPAN_ID_BYTES = 16, 8
SCOPE = "chongzheng"


class Exporter(Protocol):
    """Sends spans somewhere; what it returns is truthy when that failed (SpanExportResult)."""

    def export(self, spans: Sequence[Any]) -> Any: ...

    def shutdown(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which payments are traced: slower than `slow_ms`, ever in doubt, or `per_mille` in a thousand of the rest."""

    slow_ms: int
    per_mille: int

    def wants(self, payment: Payment, now: int) -> bool:
        """Whether this payment, at rest at `now`, is worth a trace. Costs no span."""
        if payment.was_in_doubt or payment.attempts or payment.state in TROUBLED:
            return True
        if now - payment.opened_at > self.slow_ms and payment.state is not State.SETTLED:
            return True
        return int.from_bytes(_hashed(payment.id, 2)) * LOTS >> 16 < self.per_mille


class Traces:
    """`watch` on the loop, for every commit; `send` on a thread, every few seconds."""

    def __init__(self, sampling: Sampling, exporter: Exporter, counts: Counts, clock: Callable[[], int]) -> None:
        self._sampling = sampling
        self._exporter = exporter
        self._counts = counts
        self._clock = clock
        self._waiting: deque[str] = deque(maxlen=WAITING_MAX)
        self._decided: Bounded[str] = Bounded(REMEMBERED_MAX)

    def watch(self, payment: Payment) -> None:
        """A payment was committed. It is decided once for each state in which it comes to rest."""
        if payment.state in MOVING or self._decided.get(payment.id) == payment.state:
            return
        self._decided.put(payment.id, payment.state)
        if not self._sampling.wants(payment, self._clock()):
            return
        if len(self._waiting) == WAITING_MAX:
            self._counts.note("trace left out, too many wait")
        self._waiting.append(payment.id)

    def send(self, reader: Reader) -> int:
        """Send what waits; how many payments that was. What the receiver does not take is counted and gone."""
        sent = 0
        while self._waiting:
            names = [self._waiting.popleft() for _ in range(min(BATCH_MAX, len(self._waiting)))]
            spans = [span for name in names for span in spans_of(reader, name)]
            outcome: object = self._exporter.export(spans) if spans else None
            if getattr(outcome, "value", 0):
                self._counts.note("traces not taken by their receiver")
                return sent
            sent += len(names)
        return sent

    def close(self) -> None:
        """Let go of the receiver."""
        self._exporter.shutdown()


def exporter_to(endpoint: str) -> Exporter:
    """Sends to `endpoint` (OTLP over HTTP). TheirMistake when the extra is not installed."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError:
        raise TheirMistake("needs the extra: pip install 'chongzheng[traces]'", "traces.endpoint") from None
    return OTLPSpanExporter(endpoint=endpoint, timeout=SEND_WAIT_S)


def spans_of(reader: Reader, name: str) -> list[Any]:
    """One span for the payment, and one below it for each wait that a fact ended. No card data, masked or not."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope
    from opentelemetry.trace import SpanContext, TraceFlags
    from opentelemetry.trace.status import Status, StatusCode

    payment, facts = reader.payment(name), reader.facts_of(name)
    if payment is None or not facts:
        return []
    trace = int.from_bytes(_hashed(name, TRACE_ID_BYTES))
    resource = Resource({"service.name": SCOPE, "service.version": __version__})

    def span(title: str, number: int, begun: int, ended: int, attributes: dict[str, Any], failed: bool) -> Any:
        own = SpanContext(trace, _span_id(name, number), False, TraceFlags(TraceFlags.SAMPLED))
        above = SpanContext(trace, _span_id(name, 0), False, own.trace_flags) if number else None
        status = Status(StatusCode.ERROR if failed else StatusCode.OK)
        return ReadableSpan(
            title, own, above, resource, attributes, status=status, start_time=begun * MS_NS,
            end_time=max(begun, ended) * MS_NS, instrumentation_scope=InstrumentationScope(SCOPE, __version__),
        )  # fmt: skip

    found = [span("payment", 0, facts[0].at, facts[-1].at, _of_payment(payment), payment.state in TROUBLED)]
    for before, fact in zip([facts[0], *facts], facts, strict=False):
        told = _of_fact(fact)
        found.append(span(fact.kind, fact.seq, before.at, fact.at, told, bool(told["chongzheng.error"])))
    return found


def _of_payment(payment: Payment) -> dict[str, Any]:
    said = {
        "payment": payment.id,
        "merchant": payment.key.merchant.strip(),
        "terminal": payment.key.terminal.strip(),
        "stan": payment.key.stan,
        "state": str(payment.state),
        "truth": str(payment.verdict.truth),
        "proof": str(payment.verdict.proof),
        "attempts": payment.attempts,
    }
    return {f"chongzheng.{name}": value for name, value in said.items()}


def _of_fact(fact: FactRow) -> dict[str, Any]:
    record = msgspec.json.decode(fact.record)
    said = {"rule": fact.rule, "from": record["from"], "to": record["to"], "owes": record["owes"]}
    said["effects"] = [effect["do"] for effect in record["effects"]]
    said["error"] = record["error"]
    return {f"chongzheng.{name}": value for name, value in said.items()}


def _span_id(name: str, number: int) -> int:
    return int.from_bytes(_hashed(f"{name}:{number}", SPAN_ID_BYTES)) or 1


def _hashed(text: str, size: int) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:size]
