"""What does a payment know after this fact? Its evidence only: state, obligations and verdict stay untouched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chongzheng.reversal import facts
from chongzheng.reversal.facts import ANY, Answer, Fact, Found, Request
from chongzheng.reversal.payment import Payment, Seen, State, Tie, changed
from chongzheng.reversal.policy import Policy

MAC_GOOD = "good"
MAC_BAD = "bad"
CONCLUSIVE = frozenset({Found.CHARGED, Found.RETURNED, Found.NEVER})
"""Inquiries that say something; "not found" is not "not done"."""
EXISTED = frozenset({Found.CHARGED, Found.RETURNED})
UNDRIVEN = frozenset({State.NEW, State.FORWARDED, State.UNSENT, State.DELIVERING, State.APPROVED, State.REFUSED})
"""Where nothing is reversed or sent again, so that nobody can stop it."""


def absorb(payment: Payment, fact: Fact, policy: Policy) -> Payment:
    """`payment` with everything that `fact` proves or claims added to it, or `payment` itself when that is nothing."""
    learn = _LEARN.get(type(fact))
    return payment if learn is None else learn(payment, fact, policy)


def unproven(payment: Payment, answer: Answer, policy: Policy) -> bool:
    """Whether an answer must not be believed at all: a wrong MAC, or another echo than the request's own."""
    if answer.mac == MAC_BAD:
        return True
    if answer.echo == payment.echo:
        return False
    if answer.code not in policy.partial or len(answer.echo) != len(payment.echo):
        return True
    return any(theirs not in (ours, ANY) for theirs, ours in zip(answer.echo, payment.echo, strict=True))


def differs(payment: Payment, request: Request) -> bool:
    """Whether a reversal is of another amount, currency or card than its sale (facts/iso8583 3.4: 64, 14)."""
    cards = {payment.masked_pan, request.masked_pan} - {""}
    fits = request.amount_fen in (payment.amount_fen, payment.fen) and request.currency == payment.currency
    return not fits or len(cards) > 1


def is_partial(payment: Payment, answer: Answer, policy: Policy) -> bool:
    """Whether it is a genuine approval of a part of the amount, and of nothing else."""
    less = answer.amount_fen is not None and 0 < answer.amount_fen < payment.amount_fen
    return less and answer.code in policy.partial and answer.mac == MAC_GOOD and not unproven(payment, answer, policy)


def is_approval(payment: Payment, answer: Answer, policy: Policy) -> bool:
    """Whether it says yes under a good MAC with the right echo, in full or, where the policy accepts that, in part."""
    if answer.code in policy.approved:
        return answer.mac == MAC_GOOD and not unproven(payment, answer, policy)
    return policy.accept_partial and is_partial(payment, answer, policy)


def reversal_is_done(answer: Answer, policy: Policy) -> bool:
    """Whether it says of a reversal that it is done; that counts only under a good MAC."""
    return answer.mac == MAC_GOOD and policy.reversal_meaning.get(answer.code) == "done"


def _request(payment: Payment, fact: Any, policy: Policy) -> Payment:
    if payment.state is State.NEW:
        beside = type(fact) is facts.RequestReported
        return changed(payment, **_opened(fact.request, fact.at), request_seen=True, beside=beside)
    if payment.request_seen:
        return payment
    return changed(payment, request_seen=True, fingerprint=fact.request.fingerprint)


def _barred(payment: Payment, fact: facts.RequestBarred, policy: Policy) -> Payment:
    return changed(payment, **_opened(fact.request, fact.at), request_seen=True, never_sent=True)


def _asked(payment: Payment, fact: facts.ReversalAsked, policy: Policy) -> Payment:
    if payment.state is State.NEW:
        return changed(payment, **{**_opened(fact.request, fact.at), "fingerprint": ""}, asked=fact.reason)
    return payment if payment.asked else changed(payment, asked=fact.reason)


def _opened(request: Request, at: int) -> dict[str, object]:
    return {
        "key": request.key,
        "opened_at": at,
        "day": request.day,
        "day_ends_at": request.day_ends_at,
        "undo_ends_at": request.undo_ends_at,
        "amount_fen": request.amount_fen,
        "currency": request.currency,
        "masked_pan": request.masked_pan,
        "kind": request.kind,
        "channel": request.channel,
        "order": request.order,
        "undo": request.undo,
        "moves": request.moves,
        "original": request.original,
        "link": request.link,
        "fingerprint": request.fingerprint,
        "echo": request.echo,
        "identity": request.identity,
    }


def _not_forwarded(payment: Payment, fact: Fact, policy: Policy) -> Payment:
    return changed(payment, never_sent=True) if payment.state is State.FORWARDED else payment


def _reply(payment: Payment, fact: facts.ReplyArrived, policy: Policy) -> Payment:
    answer = fact.answer
    if is_approval(payment, answer, policy):
        if payment.approval is not None:
            return payment
        seen = Seen(fact.evidence, answer.code, answer.rrn, answer.auth, answer.settles)
        part = answer.amount_fen if answer.code in policy.partial else None
        return changed(payment, approval=seen, approved_fen=part or payment.approved_fen)
    if is_partial(payment, answer, policy):
        return changed(payment, approved_fen=payment.approved_fen or answer.amount_fen)
    if unproven(payment, answer, policy) or answer.code in policy.approved:
        return _suspected(payment, "06" if answer.echo != payment.echo else "A0")
    if answer.code in policy.refused and payment.decline is None:
        return changed(payment, decline=Seen(fact.evidence, answer.code, answer.rrn, answer.auth))
    return payment


def _suspected(payment: Payment, suspicion: str) -> Payment:
    return payment if payment.suspicion else changed(payment, suspicion=suspicion)


def _reversal_answer(payment: Payment, fact: facts.ReversalAnswered, policy: Policy) -> Payment:
    if payment.attempts == 0 or payment.reason == "":
        return payment  # nothing was reversed, so this answers another payment's reversal
    answer = fact.answer
    seen = Seen(fact.evidence, answer.code, answer.rrn)
    if unproven(payment, answer, policy):
        return payment
    if reversal_is_done(answer, policy):
        names_more = payment.ack is None or payment.ack.rrn == ""
        charged = payment.inquiry is not None and payment.inquiry.code == Found.CHARGED
        return changed(
            payment,
            ack=seen if names_more else payment.ack,
            not_found=0,
            inquiry=None if charged else payment.inquiry,  # what was charged then has been reversed since
        )
    meaning = policy.reversal_meaning.get(answer.code)
    if meaning == "done":
        return payment
    return changed(payment, refusal=seen, not_found=payment.not_found + int(meaning == "not_found"))


def _file(payment: Payment, fact: facts.SettlementSaw, policy: Policy) -> Payment:
    read = (fact.day, fact.corrects)
    if fact.corrects and read in payment.days:
        days = tuple((fact.day, fact.evidence) if one == read else one for one in payment.days)
    elif any(day == fact.day for day, _ in payment.days):
        return payment
    else:
        days = (*payment.days, (fact.day, fact.evidence))
    return changed(
        payment,
        days=days,
        originals=(*_standing(payment.originals, fact), *fact.originals),
        reversals=(*_standing(payment.reversals, fact), *fact.reversals),
    )


def _standing(lines: tuple[facts.Line, ...], fact: facts.SettlementSaw) -> tuple[facts.Line, ...]:
    """What earlier files said, without the lines that this one takes back."""
    return tuple(line for line in lines if line.evidence not in fact.withdrawn) if fact.withdrawn else lines


def _stopped(payment: Payment, fact: facts.ReversalStopped, policy: Policy) -> Payment:
    """A person who saw an older state stops nothing: a later reversal must not be held back by it."""
    if payment.stopped_by or payment.state in UNDRIVEN:
        return payment
    return changed(payment, stopped_by=fact.actor)


def _inquiry(payment: Payment, fact: facts.InquiryAnswered, policy: Policy) -> Payment:
    if not fact.authentic or fact.outcome not in CONCLUSIVE:
        return payment
    seen = Seen(fact.evidence, fact.outcome, "")
    found = seen if payment.found is None and fact.outcome in EXISTED else payment.found
    return changed(payment, inquiry=seen, found=found)


def _gave_up(payment: Payment, fact: facts.TerminalGaveUp, policy: Policy) -> Payment:
    return payment if payment.gave_up else changed(payment, gave_up=fact.sign)


def _link(payment: Payment, fact: facts.LinkChanged, policy: Policy) -> Payment:
    others = tuple(tie for tie in payment.ties if tie.by != fact.by)
    return changed(payment, ties=(*others, Tie(fact.by, fact.link, fact.standing, fact.proven)))


_LEARN: dict[type[Any], Callable[[Payment, Any, Policy], Payment]] = {
    facts.RequestTaken: _request,
    facts.RequestBarred: _barred,
    facts.RequestReported: _request,
    facts.ReplyArrived: _reply,
    facts.NotForwarded: _not_forwarded,
    facts.ReversalAsked: _asked,
    facts.ReversalAnswered: _reversal_answer,
    facts.SettlementSaw: _file,
    facts.ReversalStopped: _stopped,
    facts.InquiryAnswered: _inquiry,
    facts.TerminalGaveUp: _gave_up,
    facts.LinkChanged: _link,
}
"""Facts that leave something behind; the others only mean something when they happen."""
