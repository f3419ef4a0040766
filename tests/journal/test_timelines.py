"""Is everything that was said about a payment in one order, although its terminal's clock is wrong?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from chongzheng.cases.calendar import instant
from chongzheng.cases.matter import Matter
from chongzheng.gateway.translate import evidence_body
from chongzheng.iso8583.message import Message
from chongzheng.journal import Evidence, evidence
from chongzheng.journal.timelines import terminal_ahead, timeline_of

AT = instant("20260922", 12)
DRIFT_MS = 7 * 60_000


def message(time: str, month_day: str) -> bytes:
    """What evidence keeps of a message with F12 and F13."""
    return evidence_body(Message("0200", {11: "000042", 12: time, 13: month_day}))


BEFORE = evidence_body(Message("0210", {11: "000042"}))
SALE = evidence("0200", "pos", AT, message("120700", "0922"))
ANSWER = evidence("0210", "host:A", AT + 800, BEFORE)
ASKED = evidence("0400", "pos", AT + 60_000, message("120800", "0922"))


def case(*witnesses: dict[str, object]) -> Matter:
    return Matter("case-1", "case", body={"witnesses": list(witnesses)})


def said(witness: str, at: int, ahead: int = 0) -> dict[str, object]:
    return {"witness": witness, "at_raw": at, "at": at - ahead, "text": "printed"}


def test_a_slip_stands_where_it_was_printed_by_our_clock() -> None:
    assert terminal_ahead([SALE, ANSWER, ASKED]) == DRIFT_MS
    slip = said("slip", AT + DRIFT_MS + 30_000)
    moments = timeline_of([SALE, ANSWER, ASKED], case(slip))
    assert [moment.event.text for moment in moments] == ["0200", "0210", "text: printed", "0400"]
    assert [moment.corrected for moment in moments] == [False, False, True, False]
    assert moments[2].event.at_raw == AT + DRIFT_MS + 30_000 and moments[2].at == AT + 30_000


def test_what_came_with_its_own_correction_or_by_another_clock_is_left() -> None:
    known, other = said("slip", AT + 90_000, 60_000), said("merchant", AT + 40_000)
    moments = timeline_of([SALE], case(known, other))
    assert [(moment.event.source, moment.ahead_ms) for moment in moments] == [
        ("pos", 0), ("slip", 60_000), ("merchant", 0),
    ]  # fmt: skip
    assert [moment.event.text for moment in timeline_of([ANSWER, SALE])] == ["0200", "0210"]


def test_a_message_of_new_years_eve_heard_in_the_new_year_is_seconds_old() -> None:
    heard = instant("20270101", 0) + 2_000
    eve = evidence("0200", "pos", heard, message("235950", "1231"))
    assert terminal_ahead([eve]) == -12_000


@pytest.mark.parametrize(
    "body",
    [
        BEFORE,
        b'{"fields":{"12":"120000","13":"0230"}}',
        b'{"fields":{"12":"250000","13":"0922"}}',
        b'{"fields":{"12":"1","13":"0922"}}',
        message("120000", "0922"),
    ],
)
def test_a_terminal_that_is_right_or_says_no_time_corrects_nothing(body: bytes) -> None:
    one: Evidence = replace(SALE, body=body)
    assert terminal_ahead([one]) == terminal_ahead([]) == 0
