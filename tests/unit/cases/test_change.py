"""Does a change keep to its window, is it approved by somebody else, and does it end only with figures?"""

from __future__ import annotations

from dataclasses import replace

from chongzheng.cases.change import CHANGE
from chongzheng.cases.effects import Open, Say
from chongzheng.cases.matter import Matter
from unit.cases.timeline import MINUTE_MS, NOON_MS, Played, Told, play

SAID = {
    "what": "resend for a day",
    "problem": "problem-1",
    "from_at": NOON_MS + 10 * MINUTE_MS,
    "until_at": NOON_MS + 90 * MINUTE_MS,
    "way_back": "parameter 7 back to 3",
    "terminals": ["N900"],
}
IN_PLACE: list[Told] = [("Opened", "li", SAID), ("Approved", "zhang", {}), ("PutInPlace", "qian", {}, 20)]
GOOD = {"failures_before": 60, "n_before": 1000, "failures_after": 9, "n_after": 1000}
BAD = {"failures_before": 9, "n_before": 1000, "failures_after": 60, "n_after": 1000}


def test_a_change_is_planned_approved_put_in_place_counted_and_proven() -> None:
    one = play(CHANGE, IN_PLACE)
    assert one.effects == (Say("problem-1", "ChangeInPlace", {"change": "change-1"}, softly=True),)
    assert "was not counted" in one.why_not("Proven", "zhang")
    one.say("Counted", **GOOD)
    shown = one.matter.body["figures"][0]
    assert (shown["before_ppm"], shown["after_ppm"], shown["verdict"]) == (60_000, 9_000, "works")
    assert one.say("Proven", "zhang").state == "PROVEN"


def test_a_harmful_change_comes_before_peoples_eyes_and_cannot_be_proven() -> None:
    one = play(CHANGE, IN_PLACE).say("Counted", **BAD)
    assert (one.matter.queue, one.matter.priority) == ("problems", 100)
    assert "roll it back" in one.why_not("Proven", "zhang")
    assert one.why_not("Counted", "li", **{**BAD, "n_after": 0}).startswith("field:")
    assert one.say("RolledBack", "qian", reason="more failures").state == "ROLLED_BACK"


def test_nobody_approves_their_own_and_the_window_binds() -> None:
    own = play(CHANGE, [("Opened", "zhang", SAID)])
    assert own.why_not("Approved", "zhang").startswith("self:")
    early = play(CHANGE, [*IN_PLACE[:2], ("PutInPlace", "qian", {}, 2)])
    assert early.refused is not None and "its window is" in early.refused.text
    missed = play(CHANGE, [*IN_PLACE[:2], ("ClockRan", "program", {}, 99)])
    assert (missed.state, missed.matter.body["missed"]) == ("PLANNED", True)
    later = {"from_at": missed.now + 10 * MINUTE_MS, "until_at": missed.now + 20 * MINUTE_MS}
    assert "lies ahead" in missed.why_not("Replanned", "li", **{**later, "from_at": 1})
    missed.say("Replanned", "li", **later)
    assert missed.matter.body["from_at"] == later["from_at"]
    assert "lies ahead" in Played(CHANGE).why_not("Opened", "li", **{**SAID, "until_at": 1})


def test_it_may_be_refused_or_answer_no_problem() -> None:
    alone = {name: value for name, value in SAID.items() if name not in ("problem", "terminals")}
    one = play(CHANGE, [("Opened", "li", alone)])
    assert one.effects == () and one.matter.body["terminals"] == []
    assert one.say("Refused", "chen", ground="another reason", reason="no way back was tried").state == "REFUSED"
    assert play(CHANGE, [("Opened", "li", alone), *IN_PLACE[1:]]).effects == ()


def test_its_problem_and_its_release_find_it() -> None:
    assert CHANGE.tags(play(CHANGE, IN_PLACE).matter) == {"problem": "problem-1", "release": ""}


def test_an_emergency_change_is_approved_by_one_and_reviewed_by_another() -> None:
    words = {"ground": "money in danger", "reason": "every reversal fails since the release"}
    one = play(CHANGE, [("Opened", "li", SAID)])
    assert one.say("ApprovedAlone", "chen", **words).state == "APPROVED"
    (review,) = [effect for effect in one.effects if isinstance(effect, Open)]
    assert (review.parent, review.said["alone"]) == (one.matter.id, "chen")
    other = play(CHANGE, [("Opened", "li", SAID)])
    other.given = replace(other.given, others={"alone": (Matter("review-7", "review"),)})
    assert "review-7" in other.why_not("ApprovedAlone", "chen", **words)
