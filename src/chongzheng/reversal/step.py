"""What does this fact change, and what must be done? One fact, one pass: absorb, classify, look up, act, judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from chongzheng.mistakes import OurMistake
from chongzheng.reversal import effects, facts
from chongzheng.reversal.absorb import absorb, differs
from chongzheng.reversal.effects import Effect
from chongzheng.reversal.events import Event, classify
from chongzheng.reversal.facts import Fact
from chongzheng.reversal.payment import (
    FINAL,
    MoneyIs,
    Owes,
    Payment,
    Proof,
    State,
    Told,
    Truth,
    changed,
    is_bound,
    put,
)
from chongzheng.reversal.policy import Policy
from chongzheng.reversal.rows import Do, rule_id
from chongzheng.reversal.table import TABLE
from chongzheng.reversal.verdict import judge, reweigh, standing

Effects = tuple[Effect, ...]
_RULES = {state: {event: rule_id(state, event) for event in rows} for state, rows in TABLE.items()}
"""The name of every row, made once."""

STOPPED_WHY = "our mistake"
DAY_MS = 24 * 3_600_000
AT_ONCE_MS = 1
"""A deadline that is due at once is still another one than the deadline that just passed, so no timer mistakes it."""
_IN_DOUBT = frozenset({State.REVERSING, State.RESENDING, State.UNMATCHED, State.DOUBTFUL, State.CONTESTED})
_ASKED_ABOUT = frozenset({State.RETURNED, State.DOUBTFUL})
"""Where the channel is asked, by the ladder of the policy, while the clearing file is awaited."""


@dataclass(slots=True)
class Outcome:
    """The payment after the fact, what is to be done once that is durable, and the row that said so."""

    payment: Payment
    effects: Effects
    rule: str


def step(payment: Payment, fact: Fact, policy: Policy) -> Outcome:
    """Decide. Raises OurMistake for a pair that the table does not have: the caller stops that payment."""
    absorbed = absorb(payment, fact, policy)
    event = classify(payment, absorbed, fact, policy)
    row = TABLE[payment.state].get(event)
    if payment.ties and row is not None and Do.REVERSE in row.do and is_bound(payment):
        event = Event.REVERSAL_BARRED  # what would begin a reversal, were it not voided or completed
        row = TABLE[payment.state].get(event)
    if row is None:
        raise OurMistake("no such row in the table", rule_id(payment.state, event))
    # From here on one draft is changed in place: `absorbed` is ours if it is not the payment itself.
    draft = changed(payment) if absorbed is payment else absorbed
    put(draft, state=row.to, policy=policy.version)
    done: Effects = ()
    for action in row.do:
        done += _ACTIONS[action](draft, fact, policy)
    if payment.state not in FINAL and draft.state not in FINAL and _weighs(payment, absorbed, draft):
        put(draft, verdict=judge(draft, policy))
    if draft.state in _IN_DOUBT and not draft.was_in_doubt:
        put(draft, was_in_doubt=True)
    if draft.original:
        done += _tell_linked(payment, draft, policy)
    return Outcome(draft, done, _RULES[payment.state][event])


def stop(payment: Payment, fact: Fact, policy: Policy) -> Outcome:
    """What becomes of a payment whose step failed: it stands still, loudly, and a person has it."""
    stopped = changed(payment, state=State.STOPPED, owes=Owes.PERSON, wake_at=None, policy=policy.version)
    case = effects.OpenCase(payment.id, STOPPED_WHY, fact.at + policy.case_due_ms)
    return Outcome(stopped, (case,), rule_id(payment.state, "stop"))


def _weighs(before: Payment, absorbed: Payment, draft: Payment) -> bool:
    """Whether anything changed that a verdict rests on."""
    return absorbed is not before or draft.told is not before.told or draft.reason != before.reason


def _tell_linked(before: Payment, after: Payment, policy: Policy) -> Effects:
    """The payment that this one voids or completes hears, in the same commit, when this one stands differently."""
    now = standing(after, policy)
    if before.state is not State.NEW and now == standing(before, policy):
        return ()
    return (effects.TellLinked(after.original, after.id, after.link, *now),)


def _forward(p: Payment, fact: Fact, policy: Policy) -> Effects:
    put(p, owes=Owes.FORWARD, wake_at=fact.at + policy.reply_wait_ms)
    return (effects.Forward(p.id),)


def _await_reply(p: Payment, fact: Fact, policy: Policy) -> Effects:
    put(p, owes=Owes.REPLY, wake_at=fact.at + policy.reply_wait_ms)
    return ()


def _approve(p: Payment, fact: Fact, policy: Policy) -> Effects:
    put(p, owes=Owes.DELIVERY, wake_at=fact.at + policy.deliver_wait_ms, told=Told.MAYBE_APPROVED)
    return (effects.AnswerTerminal(p.id, _host_code(fact), approved=True),)


def _approve_again(p: Payment, fact: Fact, policy: Policy) -> Effects:
    code = "00" if p.approval is None else p.approval.code
    return (effects.AnswerTerminal(p.id, code, approved=True),)


def _relay_refusal(p: Payment, fact: Fact, policy: Policy) -> Effects:
    return _refuse(p, _host_code(fact))


def _host_code(fact: Fact) -> str:
    if not isinstance(fact, facts.ReplyArrived):
        raise OurMistake("only a host's answer can be relayed", type(fact).__name__)
    return fact.answer.code


def _refuse_timeout(p: Payment, fact: Fact, policy: Policy) -> Effects:
    return _refuse(p, policy.timeout_code)


def _refuse_unreachable(p: Payment, fact: Fact, policy: Policy) -> Effects:
    return _refuse(p, policy.unreachable_code)


def _refuse(p: Payment, code: str) -> Effects:
    """Beside another switch the terminal's answer is the switch's; we only note what it must have been."""
    put(p, told=Told.DECLINED)
    return () if p.beside else (effects.AnswerTerminal(p.id, code, approved=False),)


def _refuse_duplicate(p: Payment, fact: Fact, policy: Policy) -> Effects:
    return (effects.AnswerTerminal(p.id, policy.duplicate_code, approved=False),)


def _refuse_relation(p: Payment, fact: Fact, policy: Policy) -> Effects:
    return _refuse(p, policy.related_code)


def _refuse_reversal(p: Payment, fact: Fact, policy: Policy) -> Effects:
    return (effects.AnswerReversal(p.id, policy.irreversible_code),)


def _delivered(p: Payment, fact: Fact, policy: Policy) -> Effects:
    if not p.gave_up:
        put(p, told=Told.APPROVED)
    return ()


def _maybe_delivered(p: Payment, fact: Fact, policy: Policy) -> Effects:
    if p.told is not Told.APPROVED:
        put(p, told=Told.MAYBE_APPROVED)
    return ()


def _not_delivered(p: Payment, fact: Fact, policy: Policy) -> Effects:
    put(p, told=Told.NOTHING)
    return ()


def _doubt(p: Payment, fact: Fact, policy: Policy) -> Effects:
    put(p, told=Told.MAYBE_APPROVED)
    if p.state is State.SETTLED:
        put(p, verdict=reweigh(p))
    elif policy.inquire_after_ms:
        return _inquire_now(p, fact, policy)
    return (_open_case(p, fact, policy, f"the terminal gave it up: {p.gave_up}"),)


def _own(p: Payment, fact: Fact, policy: Policy) -> Effects:
    put(p, told=Told.UNDONE)
    return (effects.AnswerReversal(p.id, "00"),)


def _reverse(p: Payment, fact: Fact, policy: Policy) -> Effects:
    """The first send fixes reason and F38 for ever: a repeat with others would look like another message."""
    asked = isinstance(fact, facts.ReversalAsked)
    put(
        p,
        reason=_reason(p, fact, policy),
        auth=p.approval.auth if p.approval is not None else "",
        settles=_settlement_day(p),
        reverse_until=min(_undo_ends_at(p), fact.at + policy.reverse_for_ms),
        told=p.told if asked or p.told is not Told.MAYBE_APPROVED else Told.NOTHING,
    )
    return _repeat(p, fact, policy)


def _undo_ends_at(p: Payment) -> int:
    """No next-day reversal (fact 9), unless the channel takes one. The day is the host's (F15): a host that had cut
    over before us when it approved counts the sale to its next day, which ends a day later."""
    ends_at = p.undo_ends_at or p.day_ends_at
    if p.approval is None or not p.approval.settles:
        return ends_at
    tomorrow = (date.fromisoformat(p.day) + timedelta(days=1)).strftime("%m%d")
    return ends_at + DAY_MS if p.approval.settles == tomorrow else ends_at


def _settlement_day(p: Payment) -> str:
    """F15 of a reversal that may go after the day: the host's own word for it, else our business day (MMDD)."""
    if not p.undo_ends_at:
        return ""
    return (p.approval.settles if p.approval is not None else "") or p.day[4:]


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


def _repeat(p: Payment, fact: Fact, policy: Policy) -> Effects:
    if not _next_send(p, fact, policy, Owes.REVERSAL):
        return ()
    return (effects.SendReversal(p.id, p.reason, p.attempts),)


def _resend(p: Payment, fact: Fact, policy: Policy) -> Effects:
    """Inside the day only: afterwards a host no longer knows a repeat by its key, and might execute it twice."""
    if p.reverse_until == 0:
        put(p, reverse_until=min(p.day_ends_at, fact.at + policy.reverse_for_ms))
    if not _next_send(p, fact, policy, Owes.RESEND):
        return ()
    put(p, never_sent=False)
    return (effects.Resend(p.id, p.attempts),)


def _next_send(p: Payment, fact: Fact, policy: Policy, owes: Owes) -> bool:
    """Count a send, unless the window is over (no next-day reversal, fact 9): then WINDOW_OVER follows at once."""
    if fact.at >= p.reverse_until:
        put(p, owes=owes, wake_at=fact.at + AT_ONCE_MS)
        return False
    wait_ms = policy.repeat_after_ms[min(p.attempts, len(policy.repeat_after_ms) - 1)]
    put(p, owes=owes, attempts=p.attempts + 1, wake_at=fact.at + wait_ms)
    return True


def _sign_in(p: Payment, fact: Fact, policy: Policy) -> Effects:
    return (effects.SignIn(p.id),)


def _wait(p: Payment, fact: Fact, policy: Policy) -> Effects:
    wait_ms = policy.repeat_after_ms[min(p.attempts - 1, len(policy.repeat_after_ms) - 1)]
    put(p, wake_at=fact.at + wait_ms)
    return ()


def _wait_urgent(p: Payment, fact: Fact, policy: Policy) -> Effects:
    put(p, wake_at=fact.at + policy.urgent_after_ms)
    return ()


def _wait_late(p: Payment, fact: Fact, policy: Policy) -> Effects:
    wait_ms = policy.not_found_after_ms[min(p.not_found - 1, len(policy.not_found_after_ms) - 1)]
    put(p, wake_at=fact.at + wait_ms)
    return ()


def _await_file(p: Payment, fact: Fact, policy: Policy) -> Effects:
    put(p, owes=Owes.FILE, file_due_at=fact.at + policy.file_due_ms)
    put(p, wake_at=_next_question(p, fact, policy))
    return ()


def _next_question(p: Payment, fact: Fact, policy: Policy) -> int:
    """When to ask the channel next: the ladder's next rung, or when the file is overdue if that is sooner."""
    ladder = policy.inquire_after_ms
    if p.state not in _ASKED_ABOUT or p.inquiries >= len(ladder):
        return p.file_due_at
    return min(fact.at + ladder[p.inquiries], p.file_due_at)


def _inquire(p: Payment, fact: Fact, policy: Policy) -> Effects:
    put(p, inquiries=p.inquiries + 1)
    put(p, wake_at=_next_question(p, fact, policy))
    return (effects.Inquire(p.id, p.inquiries + p.checks),)


def _inquire_now(p: Payment, fact: Fact, policy: Policy) -> Effects:
    """Besides the ladder, which keeps all its rungs."""
    put(p, checks=p.checks + 1)
    return (effects.Inquire(p.id, p.inquiries + p.checks, by_person=isinstance(fact, facts.CheckAsked)),)


def _case(p: Payment, fact: Fact, policy: Policy) -> Effects:
    return (_open_case(p, fact, policy, _why(p, fact)),)


def _why(p: Payment, fact: Fact) -> str:
    given_back = any(tie.link is facts.Link.GIVES_BACK for tie in p.ties)
    if given_back and p.reason == "" and isinstance(fact, (facts.ReversalAsked, *_BEGIN_A_REVERSAL)):
        return "not reversed, because a refund of it is under way"
    if p.ties and p.reason == "" and is_bound(p) and isinstance(fact, _BEGIN_A_REVERSAL):
        return "not reversed, because it is voided or completed"
    match fact:
        case facts.ReversalAnswered():
            return f"reversal answered {fact.answer.code}"
        case facts.ReversalStopped():
            return "reversal stopped by a person"
        case facts.ReplyArrived():
            return "approved after it was refused, and never reversed"
        case facts.ReversalAsked():
            muddled = differs(p, fact.request)
            return "the terminal reverses " + ("another amount or card" if muddled else "what is voided or completed")
        case facts.InquiryAnswered():
            return "the channel says returned, though nobody reversed it"
        case _ if p.undo is not facts.Undo.REVERSE:
            return "unanswered, and never reversed"
        case _:
            return "reversal unanswered until its window closed" if p.attempts else "no reversal was possible any more"


def _case_overdue(p: Payment, fact: Fact, policy: Policy) -> Effects:
    put(p, owes=Owes.PERSON, wake_at=None)
    return (_open_case(p, fact, policy, "clearing file overdue"),)


def _case_after_final(p: Payment, fact: Fact, policy: Policy) -> Effects:
    asked = isinstance(fact, facts.ReversalAsked)
    put(p, verdict=reweigh(p))
    return (_open_case(p, fact, policy, "reversal after the verdict" if asked else "approval after the verdict"),)


def _open_case(p: Payment, fact: Fact, policy: Policy, why: str) -> effects.OpenCase:
    return effects.OpenCase(p.id, why, fact.at + policy.case_due_ms)


def _settle(p: Payment, fact: Fact, policy: Policy) -> Effects:
    """Final and proven. Money that lies wrong, or may, still needs a person's remedy."""
    put(p, owes=Owes.NOTHING, wake_at=None, verdict=judge(p, policy))
    todo: Effects = (effects.ForgetCard(p.id),)
    return todo + _lies_wrong(p, fact, policy)


def _lies_wrong(p: Payment, fact: Fact, policy: Policy) -> Effects:
    if p.verdict.money is MoneyIs.CORRECT:
        return ()
    return (_open_case(p, fact, policy, f"settled {p.verdict.truth}, money {p.verdict.money}"),)


def _judge_again(p: Payment, fact: Fact, policy: Policy) -> Effects:
    put(p, verdict=judge(p, policy))
    return _lies_wrong(p, fact, policy)


def _contest(p: Payment, fact: Fact, policy: Policy) -> Effects:
    verdict = judge(p, policy)
    if verdict.truth is not Truth.CONTESTED:
        put(p, verdict=replace(verdict, truth=Truth.CONTESTED, proof=Proof.CLAIMED, rule="file: overturns the verdict"))
        verdict = reweigh(p)
    put(p, owes=Owes.PERSON, wake_at=None, verdict=verdict)
    return (_open_case(p, fact, policy, f"contested: {verdict.rule}"),)


_BEGIN_A_REVERSAL = (
    facts.ReplyArrived,
    facts.AnswerUndelivered,
    facts.SendUncertain,
    facts.TerminalMovedOn,
    facts.DeadlinePassed,
)
"""What makes us reverse without the terminal's word."""

_ACTIONS: dict[Do, Callable[[Payment, Fact, Policy], Effects]] = {
    Do.FORWARD: _forward,
    Do.AWAIT_REPLY: _await_reply,
    Do.APPROVE: _approve,
    Do.APPROVE_AGAIN: _approve_again,
    Do.RELAY_REFUSAL: _relay_refusal,
    Do.REFUSE_TIMEOUT: _refuse_timeout,
    Do.REFUSE_UNREACHABLE: _refuse_unreachable,
    Do.REFUSE_DUPLICATE: _refuse_duplicate,
    Do.REFUSE_RELATION: _refuse_relation,
    Do.REFUSE_REVERSAL: _refuse_reversal,
    Do.DELIVERED: _delivered,
    Do.MAYBE_DELIVERED: _maybe_delivered,
    Do.NOT_DELIVERED: _not_delivered,
    Do.DOUBT: _doubt,
    Do.OWN: _own,
    Do.REVERSE: _reverse,
    Do.REPEAT: _repeat,
    Do.RESEND: _resend,
    Do.SIGN_IN: _sign_in,
    Do.WAIT: _wait,
    Do.WAIT_URGENT: _wait_urgent,
    Do.WAIT_LATE: _wait_late,
    Do.INQUIRE: _inquire,
    Do.INQUIRE_NOW: _inquire_now,
    Do.AWAIT_FILE: _await_file,
    Do.CASE: _case,
    Do.CASE_OVERDUE: _case_overdue,
    Do.CASE_AFTER_FINAL: _case_after_final,
    Do.SETTLE: _settle,
    Do.JUDGE_AGAIN: _judge_again,
    Do.CONTEST: _contest,
}
