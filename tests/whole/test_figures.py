"""Do metrics and traces say how things stand, without card data and without a hand on any payment's way?"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Coroutine, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import apsw
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families

from chongzheng import app, housekeeping
from chongzheng.gateway.counts import Counts
from chongzheng.gateway.traces import Sampling, Traces
from chongzheng.reversal.facts import Key
from chongzheng.reversal.payment import Payment, State
from whole.engine_room import Room, room
from whole.scripted_host import Say, ScriptedHost, answer
from whole.scripted_terminal import PAN


def run(test: Coroutine[Any, Any, None]) -> None:
    """One test on a loop of its own."""
    asyncio.run(test)


def figures(here: Room) -> dict[str, dict[str, float]]:
    """What /metrics would say: sample name -> labels -> value."""
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(here.engine._house.figures().decode()):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found.setdefault(sample.name, {})[labels] = sample.value
    return found


def test_metrics_say_what_happened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "FIGURES_EVERY_MS", 50)

    async def test() -> None:
        async with room(tmp_path) as here:
            terminal = await here.terminal()
            for _ in range(3):
                assert (await terminal.ask(terminal.sale(F2=PAN))).text(39) == "00"
            facts = 9  # request, reply and delivery of three sales
            await here.until(lambda: figures(here)["chongzheng_facts_total"][""] == facts)
            await here.until(lambda: "chongzheng_money_in_doubt_fen" not in figures(here))
            told = figures(here)
            assert told["chongzheng_commit_facts_sum"][""] == facts
            buckets = told["chongzheng_commit_facts_bucket"]
            assert buckets["le=+Inf"] == told["chongzheng_commit_facts_count"][""] <= facts
            assert list(buckets.values()) == sorted(buckets.values()), "a bucket holds what the ones below it hold"
            assert told["chongzheng_link_ready"] == {"link=main": 1}
            assert told["chongzheng_host_circuit"] == {"state=closed": 1}
            assert told["chongzheng_terminal_connections"][""] == 1
            assert told["chongzheng_queue_facts"][""] == 0
            assert "chongzheng_money_in_doubt_fen" not in told, "no sale is in doubt"
            assert told["process_resident_memory_bytes"][""] > 0

    run(test())


def test_money_in_doubt_shows_with_its_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "FIGURES_EVERY_MS", 50)

    async def test() -> None:
        async with room(tmp_path, ScriptedHost(lambda _: [])) as here:
            terminal = await here.terminal()
            terminal.send(terminal.sale(4_711))
            await here.until_state("REVERSING")
            place = "age=under_1m,state=REVERSING"
            await here.until(lambda: place in figures(here).get("chongzheng_money_in_doubt_fen", {}))
            told = figures(here)
            assert told["chongzheng_money_in_doubt_fen"] == {place: 4_711}
            assert told["chongzheng_payments_in_doubt"] == {place: 1}
            assert told["chongzheng_cases_open"] == {"late=no": 0, "late=yes": 0}
            assert told["chongzheng_journal_looked_at_seconds"][""] > 1e9

    run(test())


def test_no_label_comes_from_a_wire(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            for number in range(20):
                stranger = await here.terminal(1, sign_in=False)
                stranger.terminal = f"{number:08d}"
                assert (await stranger.ask(stranger.sale(F2=PAN))).text(39) == "97"
            text = here.engine._house.figures().decode()
            assert text.count("unknown terminal") == 1 and not re.search(r"0000001\d", text)
            assert PAN not in text

    run(test())


# Traces


class Collector(ThreadingHTTPServer):
    """Takes OTLP over HTTP on a loopback port."""

    daemon_threads = True

    def __init__(self, status: int = 200) -> None:
        super().__init__(("127.0.0.1", 0), _Take)
        self.status = status
        self.bodies: list[bytes] = []

    @property
    def spans(self) -> list[Any]:
        """Everything that was sent."""
        requests = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return [s for r in requests for rs in r.resource_spans for ss in rs.scope_spans for s in ss.spans]


class _Take(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Collector)
        server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(server.status)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A receiver of traces that is gone after the test."""
    server = Collector()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def traced(collector: Collector, more: str = "") -> str:
    """The table [traces]."""
    return f'[traces]\nendpoint = "http://127.0.0.1:{collector.server_address[1]}/v1/traces"\n{more}'


def test_a_payment_in_doubt_becomes_a_trace_and_a_good_one_does_not(
    tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "TRACES_EVERY_MS", 50)

    async def test() -> None:
        host = ScriptedHost(lambda m: [] if m.text(11) == "000002" and m.mti == "0200" else [Say(answer(m, "00"))])
        async with room(tmp_path, host, more=traced(collector)) as here:
            terminal = await here.terminal()
            assert (await terminal.ask(terminal.sale(F2=PAN))).text(39) == "00"
            terminal.send(terminal.sale(F2=PAN))
            await here.until_state("APPROVED", "RETURNED")
            await here.until(lambda: bool(collector.spans))
            [doubtful] = [payment for payment in here.payments() if payment.state == "RETURNED"]
        spans = collector.spans
        assert len({span.trace_id for span in spans}) == 1
        [whole] = [span for span in spans if not span.parent_span_id]
        told = {one.key: one.value.string_value for one in whole.attributes}
        assert whole.name == "payment" and told["chongzheng.payment"] == doubtful.id
        parts = [span for span in spans if span.parent_span_id == whole.span_id]
        assert [span.name for span in parts][:2] == ["RequestTaken", "DeadlinePassed"]
        assert all(span.end_time_unix_nano >= span.start_time_unix_nano for span in spans)
        assert parts[1].end_time_unix_nano - parts[1].start_time_unix_nano > 0, "the wait for the bank's silence"
        everything = b"".join(collector.bodies)
        assert PAN.encode() not in everything and PAN[:6].encode() not in everything

    run(test())


def test_a_receiver_that_refuses_costs_a_trace_and_nothing_else(
    tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "TRACES_EVERY_MS", 50)
    collector.status = 400

    async def test() -> None:
        async with room(tmp_path, more=traced(collector, "per_mille = 1000")) as here:
            terminal = await here.terminal()
            assert (await terminal.ask(terminal.sale())).text(39) == "00"
            await here.until(lambda: here.engine.counts.of["traces not taken by their receiver"] > 0)
            assert (await terminal.ask(terminal.sale())).text(39) == "00"

    run(test())


class _Nowhere:
    """An exporter that counts what it is given."""

    def __init__(self) -> None:
        self.sent = 0

    def export(self, spans: Any) -> None:
        self.sent += len(spans)

    def shutdown(self) -> None:
        self.sent = -1


def payment(number: int, state: State = State.APPROVED, **more: Any) -> Payment:
    """A payment at rest."""
    return Payment(f"P{number}", Key("m", "t", "b", f"{number:06d}"), state=state, opened_at=1_000, **more)


def test_who_is_traced_is_decided_before_a_span_is_made() -> None:
    none, all_slow = Sampling(slow_ms=500, per_mille=0), Sampling(slow_ms=500, per_mille=1_000)
    assert not none.wants(payment(1), 1_400)
    assert none.wants(payment(1), 1_501)
    assert not none.wants(payment(1, State.SETTLED), 999_999), "a clearing file is always days later"
    assert none.wants(payment(1, State.DOUBTFUL), 1_400)
    assert none.wants(payment(1, was_in_doubt=True), 1_400)
    assert none.wants(payment(1, attempts=1), 1_400)
    assert all_slow.wants(payment(1), 1_400)
    tenth = Sampling(slow_ms=500, per_mille=100)
    drawn = [tenth.wants(payment(number), 1_400) for number in range(2_000)]
    assert 120 < sum(drawn) < 280, "about one in ten"
    assert drawn == [tenth.wants(payment(number), 1_400) for number in range(2_000)], "always the same ones"


def test_what_waits_to_be_sent_is_bounded_and_each_is_decided_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts, nowhere = Counts(lambda *_, **__: None), _Nowhere()
    traces = Traces(Sampling(1, 1_000), nowhere, counts, lambda: 2_000)
    traces.watch(payment(1, State.FORWARDED))
    assert not traces._waiting, "it is still moving"
    for _ in range(3):
        traces.watch(payment(1))
    assert len(traces._waiting) == 1
    for number in range(2, 2_100):
        traces.watch(payment(number))
    assert len(traces._waiting) == 2_000
    assert counts.of["trace left out, too many wait"] == 99
    traces.close()
    assert nowhere.sent == -1


def test_housekeeping_ends_with_its_engine(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path) as here:
            before = threading.active_count()
            assert before >= 1
            terminal = await here.terminal()
            assert (await terminal.ask(terminal.sale())).text(39) == "00"
            await here.engine.stop()
            journal = apsw.Connection(str(tmp_path / "journal.db"), flags=apsw.SQLITE_OPEN_READONLY)
            newest = journal.execute("SELECT max(no) FROM commits").fetchone()
            journal.close()
            assert newest is not None
            text = (tmp_path / "journal.db.mark").read_text("utf-8")
            assert f'"commit": {newest[0]}' in text, "the mark's last word is the last commit"
            here.engine = app.engine_of(here.config)
            await here.engine.start()

    run(test())
