"""Which event of the table is this fact, for this payment? Absorb the evidence first, then name what it means."""

from __future__ import annotations

from enum import StrEnum

from chongzheng.reversal import facts
from chongzheng.reversal.facts import Answer, Fact, Request
from chongzheng.reversal.payment import FINAL, Payment, Seen, State, Told, Truth, changed
from chongzheng.reversal.payment import Proof as ProofOf
from chongzheng.reversal.policy import Policy
from chongzheng.reversal.verdict import ack_names_original, judge


class Event(StrEnum):
    """What a fact means to a payment in its present state: the columns of the table."""

    REQUEST = "request"
    REQUEST_REPEATED = "request_repeated"
    REQUEST_CONFLICTS = "request_conflicts"
    APPROVED = "approved"
    APPROVAL_KNOWN = "approval_known"
    DECLINED = "declined"
    AMBIGUOUS = "ambiguous"
    REPLY_UNPROVEN = "reply_unproven"
    REPLY_LATE = "reply_late"
    NOT_FORWARDED = "not_forwarded"
    SEND_UNCERTAIN = "send_uncertain"
    ANSWER_WRITTEN = "answer_written"
    ANSWER_UNDELIVERED = "answer_undelivered"
    DELIVERY_UNCERTAIN = "delivery_uncertain"
    REPORT_LATE = "report_late"
    TERMINAL_MOVED_ON = "terminal_moved_on"
    DEADLINE = "deadline"
    WINDOW_OVER = "window_over"
    PERSON_STOPPED = "person_stopped"
    REVERSAL_ASKED = "reversal_asked"
    REV_DONE = "rev_done"
    REV_ALREADY = "rev_already"
    REV_RELATION = "rev_relation"
    REV_NOT_FOUND = "rev_not_found"
    REV_INVALID = "rev_invalid"
    REV_MISMATCH = "rev_mismatch"
    REV_UNSUPPORTED = "rev_unsupported"
    REV_MALFORMED = "rev_malformed"
    REV_UNKNOWN = "rev_unknown"
    REV_SIGN_IN = "rev_sign_in"
    REV_CUT_OVER = "rev_cut_over"
    REV_BUSY = "rev_busy"
    REV_UNPROVEN = "rev_unproven"
    REV_LATE = "rev_late"
    FILE_PROVES = "file_proves"
    FILE_CONTRADICTS = "file_contradicts"
    FILE_OPEN = "file_open"


MAC_GOOD = "good"
MAC_BAD = "bad"

_REPORTS: dict[type[Fact], tuple[Event, frozenset[State]]] = {
    facts.NotForwarded: (Event.NOT_FORWARDED, frozenset({State.FORWARDED})),
    facts.SendUncertain: (Event.SEND_UNCERTAIN, frozenset({State.FORWARDED})),
    facts.AnswerWritten: (Event.ANSWER_WRITTEN, frozenset({State.DELIVERING, State.APPROVED})),
    facts.AnswerUndelivered: (Event.ANSWER_UNDELIVERED, frozenset({State.DELIVERING, State.APPROVED})),
    facts.DeliveryUncertain: (Event.DELIVERY_UNCERTAIN, frozenset({State.DELIVERING})),
}
"""Reports of our own gateway and the states in which they still mean something; elsewhere they are late."""


def absorb(payment: Payment, fact: Fact, policy: Policy) -> Payment:
    """`payment` with everything that `fact` proves or claims added to it; state and obligations untouched."""
    match fact:
        case facts.RequestTaken():
            return _absorb_request(payment, fact)
        case facts.ReplyArrived():
            return _absorb_reply(payment, fact, policy)
        case facts.ReversalAsked():
            return _absorb_asked(payment, fact)
        case facts.ReversalAnswered():
            return _absorb_reversal_answer(payment, fact, policy)
        case facts.SettlementSaw():
            return _absorb_file(payment, fact)
        case facts.ReversalStopped():
            return changed(payment, stopped_by=payment.stopped_by or fact.actor)
        case _:
            return payment


def classify(before: Payment, absorbed: Payment, fact: Fact, policy: Policy) -> Event:
    """The event of `fact` for the payment that was `before` and is `absorbed` with its evidence."""
    match fact:
        case facts.RequestTaken():
            return _request_event(before, fact)
        case facts.ReplyArrived():
            return _reply_event(before, absorbed, fact, policy)
        case facts.ReversalAnswered():
            return _reversal_event(before, fact, policy)
        case facts.DeadlinePassed():
            return _deadline_event(before, fact)
        case facts.SettlementSaw():
            return _file_event(before, absorbed, policy)
        case facts.ReversalAsked():
            return Event.REVERSAL_ASKED
        case facts.ReversalStopped():
            return Event.PERSON_STOPPED
        case facts.TerminalMovedOn():
            return Event.TERMINAL_MOVED_ON
        case _:
            return _report_event(before, fact)


def reply_kind(payment: Payment, answer: Answer, policy: Policy) -> Event:
    """What an answer to the request is worth: approvals need a good MAC, a wrong MAC or echo is no answer at all."""
    if _unproven(payment, answer):
        return Event.REPLY_UNPROVEN
    if answer.code in policy.approved:
        return Event.APPROVED if answer.mac == MAC_GOOD else Event.REPLY_UNPROVEN
    return Event.DECLINED if answer.code in policy.refused else Event.AMBIGUOUS


def reversal_kind(payment: Payment, answer: Answer, policy: Policy) -> Event:
    """What an answer to a reversal means (facts/iso8583 3.4); 00 counts only under a good MAC."""
    meaning = policy.reversal_meaning.get(answer.code, "unknown")
    if _unproven(payment, answer) or (meaning == "done" and answer.mac != MAC_GOOD):
        return Event.REV_UNPROVEN
    if meaning == "already":
        return Event.REV_ALREADY if payment.attempts > 1 else Event.REV_RELATION
    return Event(f"rev_{meaning}")


def _unproven(payment: Payment, answer: Answer) -> bool:
    return answer.mac == MAC_BAD or answer.echo != payment.echo


def _absorb_request(payment: Payment, fact: facts.RequestTaken) -> Payment:
    if payment.state is State.NEW:
        return changed(_opened(payment, fact.request, fact.at), request_seen=True)
    if payment.request_seen:
        return payment
    return changed(payment, request_seen=True, fingerprint=fact.request.fingerprint)


def _absorb_asked(payment: Payment, fact: facts.ReversalAsked) -> Payment:
    if payment.state is State.NEW:
        payment = _opened(payment, fact.request, fact.at)
        payment = changed(payment, fingerprint="")
    return changed(payment, asked=payment.asked or fact.reason)


def _opened(payment: Payment, request: Request, at: int) -> Payment:
    return changed(
        payment,
        key=request.key,
        opened_at=at,
        day=request.day,
        day_ends_at=request.day_ends_at,
        amount_fen=request.amount_fen,
        currency=request.currency,
        masked_pan=request.masked_pan,
        fingerprint=request.fingerprint,
        echo=request.echo,
        identity=request.identity,
    )


def _absorb_reply(payment: Payment, fact: facts.ReplyArrived, policy: Policy) -> Payment:
    seen = Seen(fact.evidence, fact.answer.code, fact.answer.rrn, fact.answer.auth)
    kind = reply_kind(payment, fact.answer, policy)
    if kind is Event.APPROVED and payment.approval is None:
        return changed(payment, approval=seen)
    if kind is Event.DECLINED and payment.decline is None:
        return changed(payment, decline=seen)
    if kind is Event.REPLY_UNPROVEN and payment.suspicion == "":
        return changed(payment, suspicion="06" if fact.answer.echo != payment.echo else "A0")
    return payment


def _absorb_reversal_answer(payment: Payment, fact: facts.ReversalAnswered, policy: Policy) -> Payment:
    if payment.attempts == 0:
        return payment  # nothing was asked, so this answers another payment's reversal
    seen = Seen(fact.evidence, fact.answer.code, fact.answer.rrn)
    kind = reversal_kind(payment, fact.answer, policy)
    if kind is Event.REV_DONE:
        names_more = payment.ack is None or payment.ack.rrn == ""
        return changed(payment, ack=seen if names_more else payment.ack, not_found=0)
    if kind is Event.REV_UNPROVEN:
        return payment
    return changed(payment, refusal=seen, not_found=payment.not_found + int(kind is Event.REV_NOT_FOUND))


def _absorb_file(payment: Payment, fact: facts.SettlementSaw) -> Payment:
    if any(day == fact.day for day, _ in payment.days):
        return payment
    return changed(
        payment,
        days=(*payment.days, (fact.day, fact.evidence)),
        originals=(*payment.originals, *fact.originals),
        reversals=(*payment.reversals, *fact.reversals),
    )


def _request_event(before: Payment, fact: facts.RequestTaken) -> Event:
    if before.state is State.NEW:
        return Event.REQUEST
    same = not before.request_seen or before.fingerprint == fact.request.fingerprint
    return Event.REQUEST_REPEATED if same else Event.REQUEST_CONFLICTS


def _reply_event(before: Payment, absorbed: Payment, fact: facts.ReplyArrived, policy: Policy) -> Event:
    kind = reply_kind(before, fact.answer, policy)
    if before.state is State.FORWARDED:
        return kind
    if kind is not Event.APPROVED or (before.state is State.RETURNED and before.stopped_by):
        return Event.REPLY_LATE
    if before.state is State.RETURNED and ack_names_original(absorbed, policy):
        return Event.APPROVAL_KNOWN
    return Event.APPROVED


def _deadline_event(before: Payment, fact: facts.DeadlinePassed) -> Event:
    """A timer may fire for a deadline that another fact has moved or lifted meanwhile: that is a late report."""
    if before.wake_at is None or max(fact.due_at, fact.at) < before.wake_at:
        return Event.REPORT_LATE
    driving = before.state in (State.REVERSING, State.UNMATCHED)
    return Event.WINDOW_OVER if driving and fact.at >= before.reverse_until else Event.DEADLINE


def _report_event(before: Payment, fact: Fact) -> Event:
    event, states = _REPORTS[type(fact)]
    if event is Event.ANSWER_UNDELIVERED and before.told is Told.APPROVED:
        return Event.REPORT_LATE  # the approval is out: of two reports that disagree, the one that reverses loses
    return event if before.state in states else Event.REPORT_LATE


def _reversal_event(before: Payment, fact: facts.ReversalAnswered, policy: Policy) -> Event:
    kind = reversal_kind(before, fact.answer, policy)
    if before.state is State.REVERSING:
        return kind
    done = kind is Event.REV_DONE and before.attempts > 0
    return Event.REV_DONE if done and before.state in (State.UNMATCHED, State.DOUBTFUL) else Event.REV_LATE


def _file_event(before: Payment, absorbed: Payment, policy: Policy) -> Event:
    if before.state in (State.FORWARDED, State.DELIVERING):
        return Event.FILE_OPEN
    verdict = judge(absorbed, policy)
    if before.state in FINAL:
        overturned = before.state is State.SETTLED and verdict.truth is not before.verdict.truth
        return Event.FILE_CONTRADICTS if overturned else Event.FILE_OPEN
    if verdict.truth is Truth.CONTESTED:
        return Event.FILE_CONTRADICTS
    return Event.FILE_PROVES if verdict.proof is ProofOf.PROVEN else Event.FILE_OPEN
