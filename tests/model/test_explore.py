"""Does every small world that can happen keep every promise, and is each promise really looked at?"""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chongzheng.reversal.payment import State, Told, changed
from chongzheng.simulator.model.explore import SLICE, WHOLE, Explored, Report, Violation, explore, one, told
from chongzheng.simulator.model.machine import Machine
from chongzheng.simulator.model.moves import Moves
from chongzheng.simulator.model.promises import PROMISES, Tally, truth_of
from chongzheng.simulator.model.words import VOCABULARY, fact_of
from chongzheng.simulator.model.world import SALE, Setting, World, around

STATES_OF_WHOLE = 1_000_000
CALM = Setting("calm", SALE, 0, people=False)


def stories(violations: list[Violation]) -> str:
    return "\n".join(map(told, violations))


@pytest.mark.parametrize("setting", SLICE, ids=lambda setting: setting.name)
def test_a_slice_of_the_worlds_keeps_every_promise(setting: Setting) -> None:
    run = one(setting)
    assert run.closed and run.states > 20_000
    assert run.violations == [], stories(run.violations)


@pytest.mark.soak
def test_all_worlds_keep_every_promise_and_each_promise_is_looked_at() -> None:
    report = explore(WHOLE)
    assert all(run.closed for run in report.runs)
    assert report.states >= STATES_OF_WHOLE
    assert report.violations == [], stories(report.violations)
    assert report.never_evaluated == []


@pytest.fixture(scope="module")
def calm() -> Iterator[Explored]:
    yield one(CALM)


def test_an_exploration_that_runs_out_of_states_says_that_it_did_not_close() -> None:
    run = one(CALM, states_max=500)
    assert not run.closed and run.states >= 500


def test_a_promise_that_nobody_looked_at_is_named(calm: Explored) -> None:
    blind = Report([replace(calm, counts=Tally({"P5": 3}))], 0.0)
    assert set(blind.never_evaluated) == set(PROMISES) - {"P5"}
    assert blind.document()["invariants_never_evaluated"] == blind.never_evaluated
    assert Report([calm], 0.0).never_evaluated == []


def test_the_document_counts_states_moves_and_promises(calm: Explored) -> None:
    document = Report([calm, replace(calm, setting="again")], 1.5).document()
    assert document["states"] == 2 * calm.states
    assert document["moves"] == 2 * calm.moves
    assert document["violations"] == 0
    assert set(document["invariants"]) == set(PROMISES)  # type: ignore[call-overload]
    assert document["rules_reached"] == len(calm.reached)


def test_the_same_setting_gives_the_same_numbers_in_a_process_of_its_own(calm: Explored) -> None:
    report = explore((CALM, CALM), processes=2)
    assert [(run.states, run.moves, run.depth) for run in report.runs] == [(calm.states, calm.moves, calm.depth)] * 2


def test_a_world_without_faults_leads_to_every_honest_verdict() -> None:
    """The model is not right because it does nothing: it reaches the ends that it should."""
    machine = Machine(SALE, Tally())
    moves, start = Moves(CALM, machine), World(machine.new(), 0)
    seen, wave = {start}, [start]
    while wave:
        wave = list({after for world in wave for _, after, _, _ in moves.of(world)} - seen)
        seen.update(wave)
    ends = {str(machine.payments[world.payment].verdict.truth) for world in seen
            if machine.payments[world.payment].state is State.SETTLED}  # fmt: skip
    assert ends == {"never_charged", "charged_kept", "charged_returned"}


def test_every_word_of_the_vocabulary_is_a_fact() -> None:
    machine = Machine(SALE, Tally())
    payment = machine.payments[machine.new()]
    assert len({type(fact_of(word, payment, SALE)).__name__ for word in VOCABULARY}) >= 12
    with pytest.raises(KeyError):
        fact_of("nothing that anybody says", payment, SALE)


def test_time_that_passes_leaves_equal_payments_equal() -> None:
    machine = Machine(SALE, Tally())
    waiting = machine.take(machine.new(), "sale").after
    once = machine.take(machine.take(waiting, "deadline").after, "deadline").after
    other = machine.take(machine.take(waiting, "send uncertain").after, "deadline").after
    told_no = changed(machine.payments[other], told=Told.DECLINED)
    assert machine.payments[once] == told_no


@pytest.mark.parametrize(
    ("charges", "returns", "truth"),
    [(0, 0, "never_charged"), (1, 0, "charged_kept"), (1, 1, "charged_returned"), (2, 0, "charged_twice"),
     (2, 1, "charged_kept"), (2, 2, "charged_returned")],
)  # fmt: skip
def test_the_truth_by_the_book(charges: int, returns: int, truth: str) -> None:
    assert truth_of(charges, returns) == truth


def test_a_world_is_quiet_only_when_nothing_is_under_way() -> None:
    machine = Machine(SALE, Tally())
    number = machine.take(machine.new(), "sale").after
    world = World(number, 0, sales=0, day=2, read=3)
    assert around(world, machine.payments[number]).quiet
    for busy in (world._replace(answers=("yes",)), world._replace(undos=1), world._replace(read=1)):
        assert not around(busy, machine.payments[number]).quiet
