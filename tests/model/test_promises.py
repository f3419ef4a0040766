"""Is every promise of the model broken by something? Each check must be able to say no."""

from dataclasses import replace
from typing import Any

import pytest

from chongzheng.reversal import effects, facts
from chongzheng.reversal.facts import Fact, Undo
from chongzheng.reversal.payment import MoneyIs, Owes, Payment, Proof, Seen, State, Told, Truth, Verdict, changed
from chongzheng.reversal.step import Outcome
from chongzheng.simulator.model import promises
from chongzheng.simulator.model.machine import Machine
from chongzheng.simulator.model.promises import PROMISES, Around, Taken, Tally
from chongzheng.simulator.model.words import NEW, NOW, fact_of
from chongzheng.simulator.model.world import SALE

PROVEN = Verdict(Truth.CHARGED_KEPT, MoneyIs.CORRECT, 0, Proof.PROVEN, "file: original", ("file 0",))
CALM = Around(charges=1, returns=0, shows_approved=False, disputes=False, has_case=False, forwards=1, releases=0,
              host_lied=False, quiet=False)  # fmt: skip


def after(*words: str) -> Payment:
    machine = Machine(SALE, Tally())
    number = machine.new()
    for word in words:
        number = machine.take(number, word).after
    return machine.payments[number]


def of_step(before: Payment, word: str, fact: Fact, now: Payment, *done: effects.Effect, rule: str = "X.y") -> set[str]:
    outcome = Outcome(now, done, rule)
    return {line.split()[0] for line in promises.of_step(Taken(before, word, fact, outcome, SALE.policy), Tally())}


def of_world(payment: Payment, **changes: Any) -> set[str]:
    return {line.split()[0] for line in promises.of_world(payment, CALM._replace(**changes), Tally())}


def send(attempt: int = 1, reason: str = "98") -> effects.SendReversal:
    return effects.SendReversal("P1", reason, attempt)


def fact(word: str, payment: Payment = NEW) -> Fact:
    return fact_of(word, payment, SALE)


WAITING, REVERSING = after("sale"), after("sale", "deadline")
DELIVERED = after("sale", "yes", "answer written")
RETURNED = changed(REVERSING, state=State.RETURNED)
KEPT = after("sale", "yes", "answer written", "file 0 1 0")
SHOWN = effects.AnswerTerminal("P1", "00", approved=True)


def test_steps_of_the_shipped_machine_break_nothing() -> None:
    assert of_step(WAITING, "busy", fact("busy"), WAITING) == set()
    assert KEPT.state is State.SETTLED and KEPT.verdict.proof is Proof.PROVEN


@pytest.mark.parametrize(("id_", "told"), [
    ("O2", of_step(REVERSING, "busy", fact("busy"), changed(REVERSING, owes=Owes.NOTHING))),
    ("O1", of_step(REVERSING, "busy", fact("busy"), changed(REVERSING, wake_at=None))),
    ("P2", of_step(WAITING, "forged yes", fact("forged yes"), changed(WAITING, state=State.APPROVED))),
    ("M4", of_step(WAITING, "conflicting sale", fact("conflicting sale"), WAITING, SHOWN)),
    ("T2", of_step(REVERSING, "terminal reverses", fact("terminal reverses"), REVERSING)),
    ("R1", of_step(KEPT, "file 0 1 0", fact("file 0 1 0"), changed(KEPT, originals=KEPT.originals * 2))),
    ("O3", of_step(REVERSING, "deadline", fact("busy"), REVERSING, rule="REVERSING.window_over")),
    ("K1", of_step(KEPT, "yes", fact("yes"), changed(KEPT, state=State.REVERSING))),
    ("K1", of_step(KEPT, "yes", fact("yes"), changed(KEPT, verdict=after("sale").verdict))),
    ("G1", of_step(REVERSING, "deadline", fact("deadline", REVERSING), changed(REVERSING, verdict=PROVEN))),
    ("K7", of_step(WAITING, "stale deadline", fact("stale deadline"), REVERSING)),
    ("P4", of_step(REVERSING, "yes", fact("yes"), REVERSING, SHOWN)),
    ("P4", of_step(WAITING, "forged yes", fact("forged yes"), WAITING, SHOWN)),
    ("P4", of_step(RETURNED, "yes", fact("yes"),
                   changed(RETURNED, approval=Seen("y", "00", "A1"), ack=Seen("a", "00", "Z9")))),
    ("P4", of_step(WAITING, "yes", fact("yes"), changed(WAITING, approval=Seen("e", "00", "A1"), state=State.REFUSED))),
    ("P1", of_step(REVERSING, "busy", fact("busy"), REVERSING, send(attempt=7))),
    ("P1", of_step(REVERSING, "busy", fact("busy"), changed(REVERSING, reason="06"), send(2, "06"))),
    ("P6", of_step(changed(REVERSING, stopped_by="clerk 7"), "busy", fact("busy"), REVERSING, send(2))),
    ("P6", of_step(REVERSING, "busy", fact("busy"), changed(REVERSING, day_ends_at=NOW), send(2))),
    ("P6", of_step(REVERSING, "busy", fact("busy"), changed(REVERSING, undo=Undo.NONE), send(2))),
    ("M7", of_step(DELIVERED, "busy", fact("busy"), REVERSING, send())),
    ("M7", of_step(DELIVERED, "terminal reverses another amount", fact("terminal reverses another amount"),
                   REVERSING, effects.AnswerReversal("P1", "00"), send())),
    ("O2", of_step(WAITING, "busy", fact("busy"), changed(WAITING, state=State.SETTLED, owes=Owes.NOTHING))),
    ("O3", of_step(KEPT, "terminal reverses", fact("terminal reverses"),
                   changed(KEPT, verdict=replace(PROVEN, money=MoneyIs.LONG, fen=1)))),
    ("P3", of_step(WAITING, "busy", fact("busy"),
                   changed(WAITING, verdict=Verdict(Truth.NEVER_CHARGED, MoneyIs.CORRECT, 0, Proof.PROVEN, "r", ())))),
    ("P8", of_step(WAITING, "busy", fact("busy"), changed(WAITING, verdict=PROVEN))),
])  # fmt: skip
def test_a_step_that_breaks_a_promise_is_named(id_: str, told: set[str]) -> None:
    assert id_ in told


def test_entries_that_lead_elsewhere_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promises, "entries", lambda was, now: ())
    assert "M1" in of_step(WAITING, "busy", fact("busy"), DELIVERED)


@pytest.mark.parametrize(("id_", "told"), [
    ("M3", of_world(WAITING, forwards=2)),
    ("M5", of_world(WAITING, charges=0, returns=1)),
    ("M6", of_world(REVERSING, releases=2)),
    ("M8", of_world(REVERSING, shows_approved=True)),
    ("M8", of_world(DELIVERED, shows_approved=True, charges=0)),
    ("W1", of_world(changed(WAITING, told=Told.APPROVED))),
    ("O3", of_world(changed(DELIVERED, owes=Owes.PERSON))),
    ("O4", of_world(changed(WAITING, wake_at=None), quiet=True)),
    ("P5", of_world(KEPT, returns=1)),
    ("P5", of_world(changed(KEPT, state=State.CONTESTED))),
    ("M2", of_world(KEPT, charges=2)),
])  # fmt: skip
def test_a_world_that_breaks_a_promise_is_named(id_: str, told: set[str]) -> None:
    assert id_ in told


def test_worlds_that_are_right_break_nothing() -> None:
    assert of_world(KEPT, shows_approved=True) == set()
    assert of_world(changed(KEPT, state=State.CONTESTED), host_lied=True) == set()


def test_a_pair_that_the_table_does_not_have_is_broken() -> None:
    machine = Machine(SALE, Tally())
    number = machine.new()
    assert machine.take(number, "answer written").after == number
    assert machine.broken[number, "answer written"][0].startswith("T1 ")


def test_every_promise_is_stated_in_a_sentence() -> None:
    assert len(PROMISES) >= 20
    assert all(len(statement.split()) > 4 for statement in PROMISES.values())
    assert isinstance(fact("stale deadline"), facts.DeadlinePassed)
