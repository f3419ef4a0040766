"""S-29: events of a terminal whose clock is seven minutes wrong stand in their true order, marked as corrected."""

from __future__ import annotations

from chongzheng.cases.timeline import Event, ahead, timeline

DRIFT_MS = -7 * 60_000
TRUE = [
    ("terminal journal", "sale keyed", ""), ("terminal journal", "0200 sent", "0200"),
    ("host journal", "0200 heard", "0200"), ("host journal", "0210 sent", ""),
    ("terminal journal", "no answer", ""), ("terminal journal", "0400 sent", "0400"),
    ("host journal", "0400 heard", "0400"), ("host journal", "0410 sent", ""), ("terminal journal", "fault slip", ""),
]  # fmt: skip


def test_s_29() -> None:
    events = [
        Event(str(n), source, n * 2_000 + 9_000_000 + (DRIFT_MS if source == "terminal journal" else 0), text, message)
        for n, (source, text, message) in enumerate(TRUE)
    ]
    raw = sorted(events, key=lambda event: event.at_raw)
    assert [event.id for event in raw] != [event.id for event in events]
    moments = timeline(raw, ahead(raw))
    assert [moment.event.id for moment in moments] == [event.id for event in events]
    assert {moment.corrected for moment in moments if moment.event.source == "terminal journal"} == {True}
    assert {moment.corrected for moment in moments if moment.event.source == "host journal"} == {False}
    assert all(moment.event.at_raw != moment.at for moment in moments if moment.corrected)
