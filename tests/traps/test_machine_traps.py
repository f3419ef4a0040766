"""Do the mistakes that other systems make in their state machines stay impossible here? One test a trap."""

from dataclasses import fields

import pytest

from chongzheng.mistakes import OurMistake, TheirMistake
from chongzheng.money import Money
from chongzheng.reversal import effects, facts
from chongzheng.reversal.payment import Owes, Payment, Proof, State, Truth
from chongzheng.reversal.policy import Policy
from chongzheng.reversal.step import step
from unit.reversal.made import DAY, NEXT_DAY, POLICY, T0, after, asked, due, file, line, reply, rev, sale

LONG_AGO_MS = 400 * 86_400_000


def cases_of(outcome_effects: tuple[effects.Effect, ...]) -> list[effects.OpenCase]:
    return [effect for effect in outcome_effects if isinstance(effect, effects.OpenCase)]


REFUND = {"undo": facts.Undo.RESEND, "moves": facts.Moves.CREDIT, "kind": "refund"}


def silent_for_ever(**request: object) -> tuple[Payment, list[effects.Effect]]:
    """A sale and its reversals, or what else is requested, that nobody ever answers, until the machine gives up."""
    payment, told = after(sale(**request)).payment, list[effects.Effect]()
    for _ in range(10_000):
        if payment.state is State.DOUBTFUL:
            return payment, told
        outcome = step(payment, due(payment), POLICY)
        payment = outcome.payment
        told.extend(outcome.effects)
    raise AssertionError("the machine drove the reversal for ever")


def test_an_exhausted_reversal_is_not_dropped_with_a_log_line() -> None:
    payment, told = silent_for_ever()
    assert payment.owes is Owes.FILE and payment.wake_at is not None
    assert [case.why for case in told if isinstance(case, effects.OpenCase)] == [
        "reversal unanswered until its window closed"
    ]


def test_the_terminal_deletes_its_record_and_we_still_hold_ours() -> None:
    """Three tries of the terminal, then silence from it for ever: the reversal is ours and goes on."""
    payment = after(sale(), asked(), asked(), asked()).payment
    assert payment.state is State.REVERSING and payment.owes is Owes.REVERSAL
    outcome = step(payment, due(payment), POLICY)
    assert any(isinstance(effect, effects.SendReversal) for effect in outcome.effects)


def test_retries_are_not_three_at_once_and_then_nothing_stored() -> None:
    payment, told = silent_for_ever()
    sends = [effect.attempt for effect in told if isinstance(effect, effects.SendReversal)]
    assert sends == list(range(1, len(sends) + 1)) and len(sends) > 100
    assert payment.attempts == len(sends)


def test_unknown_does_not_become_failed_by_count() -> None:
    payment, _ = silent_for_ever()
    assert (payment.verdict.truth, payment.verdict.proof) == (Truth.UNKNOWN, Proof.CLAIMED)


@pytest.mark.parametrize("request_of", [{}, REFUND], ids=["purchase", "refund"])
def test_unknown_does_not_become_closed_by_the_clock(request_of: dict[str, object]) -> None:
    payment, _ = silent_for_ever(**request_of)
    assert payment.wake_at is not None
    late = payment.wake_at + LONG_AGO_MS
    outcome = step(payment, facts.DeadlinePassed("P1", late, payment.wake_at), POLICY)
    assert outcome.payment.verdict.truth is Truth.UNKNOWN
    assert outcome.payment.owes is Owes.PERSON and len(cases_of(outcome.effects)) == 1


def test_a_submitted_reversal_is_not_a_reversed_payment() -> None:
    payment = after(sale(), "due").payment
    assert payment.attempts == 1 and payment.verdict.truth is Truth.UNKNOWN
    acknowledged = after(sale(), "due", rev("00", rrn="A1")).payment
    assert acknowledged.state is State.RETURNED and acknowledged.verdict.proof is not Proof.PROVEN


def test_an_unresolvable_payment_is_not_expunged_after_a_week() -> None:
    """Whatever the age, a payment without proof owes something to somebody."""
    payment, _ = silent_for_ever()
    for day in range(30):
        at = (payment.wake_at or T0) + day * 86_400_000
        outcome = step(payment, facts.TerminalMovedOn("P1", at, "e-next"), POLICY)
        payment = outcome.payment
        assert payment.owes in (Owes.FILE, Owes.PERSON)


def test_seconds_and_minutes_are_not_mixed_up() -> None:
    """Every duration of the policy says its unit, and the first repeats come after 5 s and 10 s, not 5 min."""
    numbers = [field.name for field in fields(Policy) if type(getattr(POLICY, field.name)) in (int, tuple)]
    assert [name for name in numbers if not name.endswith("_ms")] == ["clearing_days"]
    first = after(sale(), "due").payment
    second = after(sale(), "due", "due").payment
    assert first.wake_at == T0 + 50_000 + 5_000
    assert second.wake_at == T0 + 50_000 + 5_000 + 10_000
    with pytest.raises(TheirMistake, match="terminal_wait_ms"):
        Policy(reply_wait_ms=60, terminal_wait_ms=50)


def test_who_decided_by_hand_is_kept() -> None:
    stopped = facts.ReversalStopped("P1", T0 + 60_000, "wang.li", "e-letter")
    outcome = after(sale(), "due", stopped)
    assert outcome.payment.stopped_by == "wang.li"
    assert [case.why for case in cases_of(outcome.effects)] == ["reversal stopped by a person"]


def test_a_late_answer_does_not_overwrite_a_final_state() -> None:
    settled = after(sale(), "due", rev("25"), file(DAY), file(NEXT_DAY)).payment
    assert (settled.state, settled.verdict.truth) == (State.SETTLED, Truth.NEVER_CHARGED)
    for late in (reply("51", evidence="e1"), reply("00", evidence="e2", rrn="A9"), rev("12", evidence="e3"), asked()):
        outcome = step(settled, late, POLICY)
        assert outcome.payment.state is State.SETTLED
        assert outcome.payment.verdict.truth is Truth.NEVER_CHARGED
        assert outcome.payment.verdict.proof is Proof.PROVEN


def test_proof_is_taken_however_late_it_comes() -> None:
    payment, _ = silent_for_ever()
    assert payment.wake_at is not None
    overdue = step(payment, facts.DeadlinePassed("P1", payment.wake_at, payment.wake_at), POLICY).payment
    first = step(overdue, file(DAY, originals=(line(),)), POLICY).payment
    outcome = step(first, file(NEXT_DAY), POLICY)
    assert (outcome.payment.state, outcome.payment.verdict.truth) == (State.SETTLED, Truth.CHARGED_KEPT)


def test_the_first_success_can_be_told_from_its_repeats() -> None:
    """A host that says 00 to every repeat: attempts are numbered, and the answer counts once, as one reversal."""
    once = after(sale(), "due", rev("00", evidence="e1", rrn="A1")).payment
    twice = step(once, rev("00", evidence="e2", rrn="A1"), POLICY)
    assert twice.rule == "RETURNED.rev_late" and twice.effects == ()
    assert twice.payment.ack is not None and twice.payment.ack.evidence == "e1"


def test_currencies_do_not_mix() -> None:
    with pytest.raises(OurMistake, match="do not add up"):
        Money(100, "156") + Money(100, "840")


def test_evidence_of_a_verdict_is_named() -> None:
    settled = after(sale(), reply("00", rrn="A1"), facts.AnswerWritten("P1", T0 + 1_001), file(originals=(line(),)))
    assert settled.payment.verdict.because == ("e-reply", "l1", f"f-{DAY}")
