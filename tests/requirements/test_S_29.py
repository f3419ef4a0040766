"""S-29: events of a terminal whose clock is seven minutes wrong stand in their true order, marked as corrected."""

from __future__ import annotations

from chongzheng.card import Pan
from chongzheng.cases.calendar import day_of, instant
from chongzheng.cases.timeline import Event, ahead, timeline
from chongzheng.gateway.translate import evidence_body
from chongzheng.iso8583.message import Message
from chongzheng.journal import Submission, evidence
from chongzheng.reports.case_file import case_file
from chongzheng.reversal.facts import RequestTaken
from journal.made import NOON_MS, name_of, pan, reply, request
from requirements.desk import Desk

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


def sold_by_a_wrong_clock(at: int) -> Submission:
    """A purchase as it was heard at `at`; the terminal's own clock, in F12 and F13, is wrong by the drift."""
    day = day_of(at + DRIFT_MS)
    second = (at + DRIFT_MS - instant(day, 0)) // 1000
    time = f"{second // 3600:02d}{second // 60 % 60:02d}{second % 60:02d}"
    heard = evidence("0200", "pos", at, evidence_body(Message("0200", {11: "000001", 12: time, 13: day[4:]})))
    return Submission(RequestTaken(name_of(1), at, heard.id, request(1)), (heard,), Pan(pan(1)))


def test_s_29_the_audit_report_of_a_case_has_the_true_order(desk: Desk) -> None:
    desk.journal.apply([sold_by_a_wrong_clock(NOON_MS)])
    desk.journal.apply([reply(1, NOON_MS + 40_000)])
    case = desk.open("case", {"source": "person", "why": "no slip came"}, "li", payment=name_of(1))
    printed_at = NOON_MS + 20_000
    desk.say(case, "WitnessHeard", "li", witness="slip", reversal="failed", at_raw=printed_at + DRIFT_MS)
    with desk.place.reading() as reader:
        moments = case_file(reader, case.id, "en").timeline
    slip = next(one for one in moments if one.source == "slip")
    assert [one.source for one in moments].index("slip") == 1, "after the sale and before its answer"
    assert (slip.at, slip.raw_at, slip.ahead_ms) == (printed_at, printed_at + DRIFT_MS, DRIFT_MS)
    assert [one.at for one in moments] == sorted(one.at for one in moments)
    assert all(one.ahead_ms == 0 for one in moments if one is not slip)
