"""Is a seed the same world every time, can its harms be left out one by one, and does a red one shrink to a few?"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from chongzheng.reversal import step
from chongzheng.reversal.events import Event
from chongzheng.reversal.payment import State
from chongzheng.reversal.rows import Do
from chongzheng.reversal.table import TABLE
from chongzheng.simulator import troubles
from chongzheng.simulator.virtual.events import Cast
from chongzheng.simulator.virtual.run import run
from chongzheng.simulator.virtual.shrink import EVENTS_MAX, shrink
from chongzheng.simulator.virtual.weather import Weather, draw

PAYMENTS = 10
SEEDS = (1, 6, 10, 11)
"""Worlds with kills, cuts of the power, swizzles, stalls and clocks that jump, as the first test makes sure."""

TRACES = """
import json, sys
from chongzheng.simulator.virtual.run import run
outcomes = [run(int(seed), 10) for seed in sys.argv[1:]]
print(json.dumps([[o.trace, o.steps, o.kills, len(o.events), sorted(o.reached.items())] for o in outcomes]))
"""

FROM_A_SET = """
from chongzheng.simulator.virtual.loop import VirtualLoop

def choose(self):
    able = {lane for lane in self._lanes if lane.process.asleep_until_ns <= self.now_ns}
    return next(iter({(lane.name, lane) for lane in able}))[1] if able else None

VirtualLoop._choose = choose
"""
"""The control: one choice that hangs on where objects lie in memory."""


def elsewhere(hash_seed: str, program: str, *seeds: int) -> list[list[object]]:
    """What the program prints of these seeds in a process of its own, under this hash seed."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-c", program, *map(str, seeds)]
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    outcomes: list[list[object]] = json.loads(done.stdout)
    return outcomes


def with_other_words(p: object, fact: object, policy: object) -> step.Effects:
    """Repeats of a reversal with another reason each."""
    done = step._repeat(p, fact, policy)  # type: ignore[arg-type]
    return tuple(type(e)(e.payment, f"{e.attempt:02d}", e.attempt) for e in done)  # type: ignore[union-attr]


def plant_other_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(step._ACTIONS, Do.REPEAT, with_other_words)


def plant_late_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    """An approval that meets its reversal is handed on to the terminal, which has heard a no."""
    rows = TABLE[State.REVERSING]
    wrong = replace(rows[Event.APPROVED], do=(Do.APPROVE, *rows[Event.APPROVED].do))
    monkeypatch.setattr(step, "TABLE", {**TABLE, State.REVERSING: {**rows, Event.APPROVED: wrong}})


def red_seed(first: int) -> int:
    """The first seed from here on that is red, of those in which much happens."""
    for seed in range(first, first + 40):
        outcome = run(seed, PAYMENTS)
        if outcome.violations and len(outcome.events) > EVENTS_MAX:
            return seed
    raise AssertionError("no world sees what was planted")


def test_a_seed_is_the_same_world_in_every_process_and_the_second_time() -> None:
    weathers = [draw(seed) for seed in SEEDS]
    assert all(any(getattr(w, what) for w in weathers) for what in ("kills", "cuts", "swizzles", "stalls", "jumps"))
    first, second = elsewhere("0", TRACES, *SEEDS), elsewhere("4711", TRACES, *SEEDS)
    assert first == second
    again = [run(seed, PAYMENTS) for seed in SEEDS]
    assert [outcome.trace for outcome in again] == [one[0] for one in first]
    assert sum(outcome.kills for outcome in again) >= 3


def test_a_choice_out_of_a_set_of_objects_is_seen() -> None:
    assert elsewhere("0", FROM_A_SET + TRACES, 1) != elsewhere("4711", FROM_A_SET + TRACES, 1)


def test_a_trace_hears_what_is_said_and_not_only_who_runs() -> None:
    """Cards are typed in, and nothing else differs: nobody runs in another order for that."""
    calm = Weather(hasty=1_000)

    def typed(seed: int, merchant: str, terminal: str, number: int) -> troubles.Sale:
        return replace(troubles.sale(seed, merchant, terminal, number), entry="012")

    plain = run(5, 4, calm)
    changed = run(5, 4, calm, step=lambda world: setattr(world.fleet, "draw", typed))
    assert plain.trace != changed.trace
    assert plain.steps == changed.steps
    assert plain.trace == run(5, 4, calm).trace


def test_harms_are_left_out_and_nothing_else_happens() -> None:
    whole = run(6, PAYMENTS)
    assert [event.number for event in whole.events] == list(range(1, len(whole.events) + 1))
    assert [event.at_ms for event in whole.events] == sorted(event.at_ms for event in whole.events)
    names = [event.name for event in whole.events]
    assert len(set(names)) == len(names) > EVENTS_MAX
    assert run(6, PAYMENTS, cast=Cast(frozenset(names), frozenset(whole.sales))).trace == whole.trace

    none = run(6, PAYMENTS, cast=Cast(harms=frozenset()))
    assert (none.events, none.kills, none.violations) == ((), 0, ())
    assert none.payments == PAYMENTS

    half = frozenset(names[::2])
    assert {event.name for event in run(6, PAYMENTS, cast=Cast(harms=half)).events} <= half


def test_sales_are_left_out_and_the_others_are_the_same() -> None:
    calm = Weather(bank_seed=8)
    whole = run(8, PAYMENTS, calm)
    chosen = frozenset(whole.sales[:3])
    few = run(8, PAYMENTS, calm, cast=Cast(sales=chosen))
    assert set(few.sales) == chosen
    assert (few.payments, few.violations) == (len(chosen), ())


def test_a_green_seed_is_not_shrunk() -> None:
    assert shrink(1, 4) is None


@pytest.mark.parametrize(
    ("plant", "first", "invariant"),
    [(plant_other_words, 1, {"P1", "M5"}), (plant_late_yes, 1, {"P4"}), (plant_late_yes, 21, {"P4"})],
)
def test_a_planted_bug_shrinks_to_a_few_harms(
    plant: Callable[[pytest.MonkeyPatch], None], first: int, invariant: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    seed = red_seed(first)
    heard: list[tuple[int, int, int]] = []
    found = shrink(seed, PAYMENTS, say=lambda *one: heard.append(one))
    assert found is not None
    assert found.invariant in invariant
    assert found.invariant in {which for which, _ in found.outcome.violations}
    assert len(found.whole.events) > EVENTS_MAX
    assert found.is_small
    assert len(found.outcome.sales) < len(found.whole.sales)
    assert len(heard) == found.worlds - 1 <= 100
    again = run(seed, PAYMENTS, cast=found.cast)
    assert (again.trace, again.violations) == (found.outcome.trace, found.outcome.violations)


def test_shrinking_stops_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    plant_late_yes(monkeypatch)
    found = shrink(red_seed(1), PAYMENTS, give_up_after_s=0)
    assert found is not None
    assert (found.worlds, found.outcome.trace) == (1, found.whole.trace)
