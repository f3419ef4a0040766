"""Are events ordered as they happened although a clock is wrong, and is what was corrected marked?"""

from __future__ import annotations

from chongzheng.cases.case import CASE
from chongzheng.cases.timeline import Event, ahead, of_case, timeline
from unit.cases.play import Played, standing

DRIFT_MS = 7 * 60_000


def event(source: str, at: int, text: str, message: str = "") -> Event:
    return Event(f"{source} {at}", source, at, text, message)


TERMINAL = [
    event("terminal journal", 1_000_000 + DRIFT_MS, "sale sent", "0200 42"),
    event("terminal journal", 1_060_000 + DRIFT_MS, "no answer"),
    event("terminal journal", 1_061_000 + DRIFT_MS, "reversal sent", "0400 42"),
]
HOST = [
    event("host journal", 1_000_300, "sale heard", "0200 42"),
    event("host journal", 1_001_000, "approved"),
    event("host journal", 1_061_200, "reversal heard", "0400 42"),
]


def test_a_clock_seven_minutes_ahead_is_found_corrected_and_marked() -> None:
    clocks = ahead([*TERMINAL, *HOST])
    assert clocks == {"terminal journal": DRIFT_MS - 300}
    moments = timeline([*TERMINAL, *HOST], clocks)
    assert [moment.event.text for moment in moments] == [
        "sale sent", "sale heard", "approved", "no answer", "reversal heard", "reversal sent",
    ]  # fmt: skip
    assert {moment.event.source: moment.corrected for moment in moments} == {
        "terminal journal": True, "host journal": False,
    }  # fmt: skip


def test_without_a_common_message_or_with_scattered_ones_nothing_is_corrected() -> None:
    assert ahead(TERMINAL) == {} and ahead([*TERMINAL[1:2], *HOST]) == {}
    late = event("terminal journal", 9_000_000, "reversal sent", "0400 42")
    assert ahead([TERMINAL[0], late, *HOST]) == {}
    near = event("slip", 1_000_400, "sale", "0200 42")
    assert ahead([near, *HOST]) == {}


def test_the_witnesses_of_a_case_stand_in_their_corrected_order() -> None:
    one = Played(CASE, standing(), payment="P1")
    assert of_case(one.matter) == []
    one.well("Opened", source="engine", why="x")
    one.well("WitnessHeard", "li", witness="host journal", original="yes", at_raw=2_000)
    one.well("WitnessHeard", "li", witness="terminal journal", reversal="failed", at_raw=422_000, ahead_ms=421_000)
    first, second = of_case(one.matter)
    assert (first.event.text, first.at, first.corrected) == ("reversal: failed", 1_000, True)
    assert (second.event.text, second.corrected) == ("original: yes", False)
