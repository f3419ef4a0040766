"""Is a bad release stopped by the rule, a good one let out, and a thin canary neither?"""

from __future__ import annotations

from typing import Any

import pytest

from chongzheng.cases.effects import Open, Take
from chongzheng.cases.matter import Given
from chongzheng.cases.release import CANARIES, RELEASE
from unit.cases.timeline import Played, play

SAID = {"model": "N9", "version": "4.3", "what": "resends for a day"}
GOOD = {"failures_before": 60, "n_before": 6000, "failures_after": 3, "n_after": 300}
BAD = {"failures_before": 60, "n_before": 6000, "failures_after": 9, "n_after": 60}


def canary() -> Played:
    return play(RELEASE, [("Opened", "li", SAID), ("CanaryStarted", "zhang", {"terminals": ["T2", "T1", "T2"]})])


def test_a_bad_release_is_stopped_by_the_rule_and_becomes_a_problem_and_a_task() -> None:
    one = canary().say("Counted", **BAD)
    assert (one.state, one.matter.body["stopped"]) == ("STOPPED", "150000 ppm of 60 fail, 10000 ppm of the others")
    assert [effect.kind for effect in one.effects if isinstance(effect, Open)] == ["problem", "task"]
    assert one.effects[0].said["cause"] == "SW-REGRESS"  # type: ignore[union-attr]


def test_a_few_failures_of_few_attempts_stop_nothing_but_many_stop_it_whatever_the_others_do() -> None:
    one = canary().say("Counted", **{**BAD, "failures_after": 8, "n_after": 20})
    assert one.state == "CANARY"
    one.say("Counted", **{"failures_before": 700, "n_before": 700, "failures_after": 60, "n_after": 60})
    assert one.state == "STOPPED"


def test_it_goes_out_when_enough_was_counted_and_nothing_speaks_against_it() -> None:
    one = canary()
    assert one.matter.body["terminals"] == ["T1", "T2"]
    assert "has 0 attempts; it takes 300" in one.why_not("RolledOut", "chen")
    one.say("Counted", **{**GOOD, "n_after": 299})
    assert "has 299 attempts" in one.why_not("RolledOut", "chen")
    one.say("Counted", **GOOD)
    assert one.say("RolledOut", "chen").state == "ROLLED_OUT"


def test_a_rule_of_its_model_goes_before_that_of_all_and_a_harmful_canary_stays_in() -> None:
    one = canary()
    one.given = Given({"canary": {"N9": {"n_stop": 50, "n_enough": 60, "failures_stop": 99}}})
    one.say("Counted", **{**GOOD, "n_after": 60, "failures_after": 1})
    assert one.why_not("RolledOut", "chen") == ""
    one.given = Given({"canary": {"N9": {"n_stop": 61, "n_enough": 60, "failures_stop": 99}}})
    one.say("Counted", **BAD)
    assert one.state == "CANARY" and "fails more often" in one.why_not("RolledOut", "chen")
    one.given = Given({"canary": {}})
    assert "it takes 300" in one.why_not("RolledOut", "chen")


def test_nobody_lets_out_their_own_and_people_may_stop_or_withdraw_it() -> None:
    own = play(RELEASE, [("Opened", "zhang", SAID), ("CanaryStarted", "zhang", {"terminals": ["T1"]})])
    assert own.why_not("RolledOut", "zhang").startswith("self:")
    assert own.why_not("Counted", "li", **{**GOOD, "n_after": 0}).startswith("field:")
    assert canary().say("Stopped", "qian", reason="it hangs").state == "STOPPED"
    one = play(RELEASE, [("Opened", "li", SAID)])
    assert one.effects == (Take("release N9 4.3", "there is such a release already"),)
    assert RELEASE.tags(one.matter) == {"model": "N9", "version": "4.3"}
    assert one.say("Withdrawn", "zhang", reason="too early").state == "WITHDRAWN"
    assert Played(RELEASE).why_not("Opened", "li", **{**SAID, "version": "new"}).startswith("field: version")


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [({"n_stop": 0}, "n_stop"), ({"n_stop": 301}, "n_stop"), ({"failures_stop": 0}, "failures_stop"), ({}, "")],
)
def test_rules(changed: dict[str, Any], wrong: str) -> None:
    said = CANARIES.wrong({**CANARIES.shipped["default"], **changed})
    assert said.startswith(wrong) and bool(said) == bool(wrong)
