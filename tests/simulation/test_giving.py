"""Do people of a simulated world give money back once, beside the running engine, and is it seen when they do not?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from chongzheng.simulator.mutants.campaign import MUTANTS, NOT_FOUND, hunt
from chongzheng.simulator.mutants.mutant import REFUNDS
from chongzheng.simulator.virtual.events import Cast
from chongzheng.simulator.virtual.run import run
from chongzheng.simulator.virtual.weather import Weather, draw

PAYMENTS = 24
CALM = Weather(refunds=14, bank_seed=1)
OF_REFUNDS = {mutant.name: mutant for mutant in MUTANTS if mutant.layer == REFUNDS}
FOUND_BY = {
    "refund-without-token": {"P6b", "M6"},
    "reversed-beside-a-refund": {"M6"},
    "maker-is-checker": {"K2"},
    "refund-not-booked": {"M1b", "M2b"},
    "old-sight-counts": {"K3"},
    "late-reversal-unheard": {"M9"},
    "half-a-word": {"D4b"},
    "word-not-synced": {"D2b"},
    "checker-not-told": {"R5"},
}
NEW = ("M1b", "M2b", "M5b", "M6", "M9", "D2b", "D4b", "D5b", "O3b", "O4b", "P6b", "K2", "K3", "K5b", "R5")


def test_refunds_are_begun_ended_and_looked_at_in_every_way() -> None:
    outcomes = [run(seed, PAYMENTS, replace(CALM, kills=4, cuts=2, bank_seed=seed)) for seed in (1, 2, 3)]
    assert [outcome.violations for outcome in outcomes] == [()] * 3
    evaluated = {name for outcome in outcomes for name in outcome.evaluated}
    assert set(NEW) <= evaluated
    reached = {situation for outcome in outcomes for situation in outcome.reached}
    for situation in (
        "a refund was proposed",
        "a refund was sent",
        "a refund was confirmed for good",
        "a reversal was wanted of what people were giving back",
        "the bank reversed after a refund was sent",
        "the machine died in the middle of a word about a refund",
    ):
        assert situation in reached, situation


@pytest.mark.parametrize("name", sorted(FOUND_BY))
def test_a_planted_bug_is_found_by_what_looks_at_refunds(name: str) -> None:
    assert hunt(OF_REFUNDS[name]) in FOUND_BY[name]


def test_every_planted_bug_of_refunds_is_hunted_here() -> None:
    assert set(OF_REFUNDS) == set(FOUND_BY) and NOT_FOUND not in FOUND_BY.values()


def test_a_give_back_can_be_left_out_and_nothing_else_comes_of_it() -> None:
    whole = run(1, PAYMENTS, CALM)
    assert whole.reached["a refund was proposed"] > 1
    one = next(event.name for event in whole.events if event.name.startswith("refund "))
    few = run(1, PAYMENTS, CALM, cast=Cast(harms=frozenset({one})))
    assert (
        few.reached.get("a refund was proposed", 0)
        <= 1
        < len([e for e in whole.events if e.name.startswith("refund ")])
    )
    assert {event.name for event in few.events} <= {one}


def test_the_weather_of_a_seed_without_refunds_is_half_of_all_and_what_it_was() -> None:
    drawn = [draw(seed) for seed in range(200)]
    assert 60 < sum(not weather.refunds for weather in drawn) < 140
    assert draw(3).told().startswith("delay_ms=20 tail_per_mille=6 tail_ms=1426 replay_per_mille=14 reset_per_mille=2")
