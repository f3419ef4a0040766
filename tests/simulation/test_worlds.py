"""Does the shipped engine keep its promises in a handful of worlds, and does the watch see when it does not?"""

import pytest

from chongzheng.reversal import step
from chongzheng.reversal.rows import Do
from chongzheng.simulator.virtual.campaign import Sum, campaign
from chongzheng.simulator.virtual.invariants import INVARIANTS, SITUATIONS
from chongzheng.simulator.virtual.run import run
from chongzheng.simulator.virtual.weather import Weather, draw

SEEDS = range(900, 912)
PAYMENTS = 20


def test_a_handful_of_worlds_breaks_no_promise() -> None:
    total = Sum()
    for seed in SEEDS:
        total.add(run(seed, PAYMENTS))
    figures = total.figures(1)
    assert figures["red"] == []
    assert figures["payments"] == len(SEEDS) * PAYMENTS
    assert figures["invariants_never_evaluated"] == []
    assert len(figures["sometimes_never_reached"]) < len(SITUATIONS) // 2
    assert figures["kills"] > 0


def test_in_calm_weather_with_an_honest_bank_nothing_is_in_doubt_for_long() -> None:
    outcome = run(5, PAYMENTS, Weather())
    assert (outcome.violations, outcome.payments, outcome.kills) == ((), PAYMENTS, 0)


def test_a_planted_bug_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeats of a reversal with another reason each: the bank would take them for other messages."""

    def with_new_words(p: object, fact: object, policy: object) -> step.Effects:
        done = step._repeat(p, fact, policy)  # type: ignore[arg-type]
        return tuple(type(e)(e.payment, f"{e.attempt:02d}", e.attempt) for e in done)  # type: ignore[union-attr]

    monkeypatch.setitem(step._ACTIONS, Do.REPEAT, with_new_words)
    found = {which for seed in range(1, 6) for which, _ in run(seed, PAYMENTS).violations}
    assert "P1" in found


def test_two_processes_add_up_to_one() -> None:
    one, two = campaign(range(3), 6, 1), campaign(range(3), 6, 2)
    for name in ("seeds", "payments", "steps", "kills", "invariants", "sometimes", "violations"):
        assert one[name] == two[name], name


def test_the_lists_are_long_enough_and_the_weather_is_the_seed_s() -> None:
    assert len(INVARIANTS) >= 25
    assert len(SITUATIONS) >= 40
    assert draw(7) == draw(7) != draw(8)
    assert draw(7).told()
