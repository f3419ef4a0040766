"""What does this fact change, and what must be done? One fact, one pass: absorb, classify, look up, act, judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from chongzheng.mistakes import OurMistake
from chongzheng.reversal import effects, facts
from chongzheng.reversal.effects import Effect
from chongzheng.reversal.events import absorb, classify
from chongzheng.reversal.facts import Fact
from chongzheng.reversal.payment import FINAL, MoneyIs, Owes, Payment, Proof, State, Told, Truth, changed
from chongzheng.reversal.policy import Policy
from chongzheng.reversal.table import TABLE, Do, rule_id
from chongzheng.reversal.verdict import judge, reweigh

Acted = tuple[Payment, tuple[Effect, ...]]

STOPPED_WHY = "our mistake"
AT_ONCE_MS = 1
"""A deadline that is due at once is still another one than the deadline that just passed, so no timer mistakes it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The payment after the fact, what is to be done once that is durable, and the row that said so."""

    payment: Payment
    effects: tuple[Effect, ...]
    rule: str


def step(payment: Payment, fact: Fact, policy: Policy) -> Outcome:
    """Decide. Raises OurMistake for a pair that the table does not have: the caller stops that payment."""
    absorbed = absorb(payment, fact, policy)
    event = classify(payment, absorbed, fact, policy)
    row = TABLE[payment.state].get(event)
    rule = rule_id(payment.state, event)
    if row is None:
        raise OurMistake("no such row in the table", rule)
    after = changed(absorbed, state=row.to, policy=policy.version)
    done: list[Effect] = []
    for action in row.do:
        after, more = _ACTIONS[action](after, fact, policy)
        done.extend(more)
    if payment.state not in FINAL and after.state not in FINAL:
        after = changed(after, verdict=judge(after, policy))
    if after.state in (State.REVERSING, State.UNMATCHED, State.DOUBTFUL, State.CONTESTED):
        after = changed(after, was_in_doubt=True)
    return Outcome(after, tuple(done), rule)


def stop(payment: Payment, fact: Fact, policy: Policy) -> Outcome:
    """What becomes of a payment whose step failed: it stands still, loudly, and a person has it."""
    stopped = changed(payment, state=State.STOPPED, owes=Owes.PERSON, wake_at=None, policy=policy.version)
    case = effects.OpenCase(payment.id, STOPPED_WHY, fact.at + policy.case_due_ms)
    return Outcome(stopped, (case,), rule_id(payment.state, "stop"))


def _forward(p: Payment, fact: Fact, policy: Policy) -> Acted:
    p = changed(p, owes=Owes.FORWARD, wake_at=fact.at + policy.reply_wait_ms)
    return p, (effects.Forward(p.id),)


def _approve(p: Payment, fact: Fact, policy: Policy) -> Acted:
    p = changed(p, owes=Owes.DELIVERY, wake_at=fact.at + policy.deliver_wait_ms, told=Told.MAYBE_APPROVED)
    return p, (effects.AnswerTerminal(p.id, _host_code(fact), approved=True),)


def _relay_refusal(p: Payment, fact: Fact, policy: Policy) -> Acted:
    return _refuse(p, _host_code(fact))


def _host_code(fact: Fact) -> str:
    if not isinstance(fact, facts.ReplyArrived):
        raise OurMistake("only a host's answer can be relayed", type(fact).__name__)
    return fact.answer.code


def _refuse_timeout(p: Payment, fact: Fact, policy: Policy) -> Acted:
    return _refuse(p, policy.timeout_code)


def _refuse_unreachable(p: Payment, fact: Fact, policy: Policy) -> Acted:
    return _refuse(p, policy.unreachable_code)


def _refuse(p: Payment, code: str) -> Acted:
    return changed(p, told=Told.DECLINED), (effects.AnswerTerminal(p.id, code, approved=False),)


def _refuse_duplicate(p: Payment, fact: Fact, policy: Policy) -> Acted:
    return p, (effects.AnswerTerminal(p.id, policy.duplicate_code, approved=False),)


def _delivered(p: Payment, fact: Fact, policy: Policy) -> Acted:
    return changed(p, told=Told.APPROVED), ()


def _maybe_delivered(p: Payment, fact: Fact, policy: Policy) -> Acted:
    return changed(p, told=Told.MAYBE_APPROVED), ()


def _own(p: Payment, fact: Fact, policy: Policy) -> Acted:
    return changed(p, told=Told.UNDONE), (effects.AnswerReversal(p.id, "00"),)


def _reverse(p: Payment, fact: Fact, policy: Policy) -> Acted:
    """The first send fixes reason and F38 for ever: a repeat with others would look like another message."""
    until = min(p.day_ends_at, fact.at + policy.reverse_for_ms)
    told = p.told if isinstance(fact, facts.ReversalAsked) or p.told is not Told.MAYBE_APPROVED else Told.NOTHING
    auth = p.approval.auth if p.approval is not None else ""
    return _send(changed(p, reason=_reason(p, fact, policy), auth=auth, reverse_until=until, told=told), fact, policy)


def _reason(p: Payment, fact: Fact, policy: Policy) -> str:
    """F39 of the reversal (facts/iso8583 3.1): the terminal's own word, or 98, A0, 96, 06 as we saw it."""
    match fact:
        case facts.ReversalAsked():
            return fact.reason or "06"
        case facts.AnswerUndelivered():
            return "96"
        case facts.ReplyArrived():
            return "06"
        case _:
            return p.suspicion or "98"


def _repeat(p: Payment, fact: Fact, policy: Policy) -> Acted:
    return _send(p, fact, policy)


def _send(p: Payment, fact: Fact, policy: Policy) -> Acted:
    """Send, unless the window is over (no next-day reversal, fact 9): then wake at once, and WINDOW_OVER follows."""
    if fact.at >= p.reverse_until:
        return changed(p, owes=Owes.REVERSAL, wake_at=fact.at + AT_ONCE_MS), ()
    wait_ms = policy.repeat_after_ms[min(p.attempts, len(policy.repeat_after_ms) - 1)]
    p = changed(p, owes=Owes.REVERSAL, attempts=p.attempts + 1, wake_at=fact.at + wait_ms)
    return p, (effects.SendReversal(p.id, p.reason, p.attempts),)


def _sign_in(p: Payment, fact: Fact, policy: Policy) -> Acted:
    return p, (effects.SignIn(p.id),)


def _wait(p: Payment, fact: Fact, policy: Policy) -> Acted:
    wait_ms = policy.repeat_after_ms[min(p.attempts - 1, len(policy.repeat_after_ms) - 1)]
    return changed(p, wake_at=fact.at + wait_ms), ()


def _wait_urgent(p: Payment, fact: Fact, policy: Policy) -> Acted:
    return changed(p, wake_at=fact.at + policy.urgent_after_ms), ()


def _wait_late(p: Payment, fact: Fact, policy: Policy) -> Acted:
    wait_ms = policy.not_found_after_ms[min(p.not_found - 1, len(policy.not_found_after_ms) - 1)]
    return changed(p, wake_at=fact.at + wait_ms), ()


def _await_file(p: Payment, fact: Fact, policy: Policy) -> Acted:
    return changed(p, owes=Owes.FILE, wake_at=fact.at + policy.file_due_ms), ()


def _case(p: Payment, fact: Fact, policy: Policy) -> Acted:
    return p, (_open_case(p, fact, policy, _why(p, fact)),)


def _why(p: Payment, fact: Fact) -> str:
    match fact:
        case facts.ReversalAnswered():
            return f"reversal answered {fact.answer.code}"
        case facts.ReversalStopped():
            return "reversal stopped by a person"
        case _:
            return "reversal unanswered until its window closed" if p.attempts else "no reversal was possible any more"


def _case_overdue(p: Payment, fact: Fact, policy: Policy) -> Acted:
    p = changed(p, owes=Owes.PERSON, wake_at=None)
    return p, (_open_case(p, fact, policy, "clearing file overdue"),)


def _case_after_final(p: Payment, fact: Fact, policy: Policy) -> Acted:
    asked = isinstance(fact, facts.ReversalAsked)
    p = changed(p, verdict=reweigh(p))
    return p, (_open_case(p, fact, policy, "reversal after the verdict" if asked else "approval after the verdict"),)


def _open_case(p: Payment, fact: Fact, policy: Policy, why: str) -> effects.OpenCase:
    return effects.OpenCase(p.id, why, fact.at + policy.case_due_ms)


def _settle(p: Payment, fact: Fact, policy: Policy) -> Acted:
    """Final and proven. Money that lies wrong, or may, still needs a person's remedy."""
    p = changed(p, owes=Owes.NOTHING, wake_at=None, verdict=judge(p, policy))
    todo: tuple[Effect, ...] = (effects.ForgetCard(p.id),)
    if p.verdict.money is not MoneyIs.CORRECT:
        todo = (*todo, _open_case(p, fact, policy, f"settled {p.verdict.truth}, money {p.verdict.money}"))
    return p, todo


def _contest(p: Payment, fact: Fact, policy: Policy) -> Acted:
    verdict = judge(p, policy)
    if verdict.truth is not Truth.CONTESTED:
        verdict = replace(verdict, truth=Truth.CONTESTED, proof=Proof.CLAIMED, rule="file: overturns the verdict")
        verdict = reweigh(changed(p, verdict=verdict))
    p = changed(p, owes=Owes.PERSON, wake_at=None, verdict=verdict)
    return p, (_open_case(p, fact, policy, f"contested: {verdict.rule}"),)


_ACTIONS: dict[Do, Callable[[Payment, Fact, Policy], Acted]] = {
    Do.FORWARD: _forward,
    Do.APPROVE: _approve,
    Do.RELAY_REFUSAL: _relay_refusal,
    Do.REFUSE_TIMEOUT: _refuse_timeout,
    Do.REFUSE_UNREACHABLE: _refuse_unreachable,
    Do.REFUSE_DUPLICATE: _refuse_duplicate,
    Do.DELIVERED: _delivered,
    Do.MAYBE_DELIVERED: _maybe_delivered,
    Do.OWN: _own,
    Do.REVERSE: _reverse,
    Do.REPEAT: _repeat,
    Do.SIGN_IN: _sign_in,
    Do.WAIT: _wait,
    Do.WAIT_URGENT: _wait_urgent,
    Do.WAIT_LATE: _wait_late,
    Do.AWAIT_FILE: _await_file,
    Do.CASE: _case,
    Do.CASE_OVERDUE: _case_overdue,
    Do.CASE_AFTER_FINAL: _case_after_final,
    Do.SETTLE: _settle,
    Do.CONTEST: _contest,
}
