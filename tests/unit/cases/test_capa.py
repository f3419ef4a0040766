"""Does an improvement end only with an effect that was measured, or by the waiver of somebody else?"""

from __future__ import annotations

import pytest

from chongzheng.cases.capa import CAPA, share_measured
from chongzheng.cases.effects import Say
from chongzheng.cases.matter import Matter
from unit.cases.timeline import NOON_MS, Played, play

DUE_MS = NOON_MS + 86_400_000
SAID = {"what": "alarm on a full queue", "sort": "corrective", "owner": "qian", "due_at": DUE_MS, "cause": "SW-RETRY"}
GOOD = {"failures_before": 60, "n_before": 1000, "failures_after": 9, "n_after": 1000}
POOR = {"failures_before": 9, "n_before": 100, "failures_after": 8, "n_after": 100}


def done(parent: str = "problem-3") -> Played:
    return play(CAPA, [("Opened", "li", SAID), ("Done", "qian", {"evidence": "release 4.2"})], parent=parent)


def test_being_done_is_no_end_and_poor_figures_are_kept_but_end_nothing() -> None:
    one = done().say("Measured", "li", **POOR)
    assert (one.state, one.matter.body["measured"][0]["verdict"], one.effects) == ("DONE", "no evidence", ())
    one.say("Measured", "li", **GOOD)
    assert (one.state, len(one.matter.body["measured"])) == ("EFFECTIVE", 2)
    assert one.effects == (Say("problem-3", "MeasureEnded", {"capa": "capa-1", "state": "EFFECTIVE"}, softly=True),)
    assert done("").say("Measured", "li", **GOOD).effects == ()


def test_it_cannot_be_measured_before_it_was_done_nor_by_wrong_counts() -> None:
    assert play(CAPA, [("Opened", "li", SAID)]).why_not("Measured", "li", **GOOD).startswith("order:")
    assert done().why_not("Measured", "li", **{**GOOD, "n_before": 0}).startswith("field: n_before")


def test_the_waiver_is_a_second_persons() -> None:
    opened = play(CAPA, [("Opened", "zhang", SAID), ("Done", "qian", {"evidence": "x"})])
    assert opened.why_not("Waived", "zhang", reason="too rare to count").startswith("self:")
    assert opened.why_not("Waived", "li", reason="x").startswith("role:")
    one = opened.say("Waived", "wang", reason="too rare to count")
    assert (one.state, one.matter.body["waiver"]) == ("WAIVED", "too rare to count")


def test_a_date_that_passed_is_flagged_and_a_new_one_has_a_reason() -> None:
    one = play(CAPA, [("Opened", "li", SAID), ("ClockRan", "program", {})])
    assert (one.matter.body["late"], one.matter.due_at, one.matter.priority) == (True, None, 50)
    one.say("DateMoved", "zhang", due_at=DUE_MS * 2, reason="parts are late")
    assert one.matter.due_at == DUE_MS * 2 and one.matter.body["moved"][0]["reason"] == "parts are late"
    assert "over already" in one.why_not("DateMoved", "zhang", due_at=1, reason="x")
    assert "over already" in Played(CAPA).why_not("Opened", "li", **{**SAID, "due_at": 1})
    assert one.say("Dropped", "zhang", reason="another way").state == "DROPPED"


@pytest.mark.parametrize(
    ("states", "share"), [((), (0, 0)), (("OPEN", "DONE", "EFFECTIVE", "WAIVED", "DROPPED"), (1, 3))]
)
def test_the_share_of_those_with_a_measured_effect(states: tuple[str, ...], share: tuple[int, int]) -> None:
    assert share_measured([Matter("capa-1", "capa", state) for state in states]) == share


def test_its_problem_and_others_find_it() -> None:
    assert CAPA.tags(done().matter) == {"problem": "problem-3", "cause": "SW-RETRY"}
