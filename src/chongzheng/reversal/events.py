"""Which event of the table is this fact, for this payment? Its evidence is absorbed first; here it gets its meaning."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from chongzheng.reversal import facts
from chongzheng.reversal.absorb import UNDRIVEN, differs, is_approval, unproven
from chongzheng.reversal.facts import Answer, Fact, Found, Moves, Standing, Undo
from chongzheng.reversal.payment import FINAL, Payment, State, Told, Truth, is_bound
from chongzheng.reversal.policy import Policy
from chongzheng.reversal.verdict import ack_names_original, judge, judge_by_file, voids


class Event(StrEnum):
    """What a fact means to a payment in its present state: the columns of the table."""

    REQUEST = "request"
    REQUEST_BARRED = "request_barred"
    REQUEST_REPEATED = "request_repeated"
    REQUEST_CONFLICTS = "request_conflicts"
    REPEAT_OF_APPROVED = "repeat_of_approved"
    REPORTED = "reported"
    APPROVED = "approved"
    APPROVED_ELSEWHERE = "approved_elsewhere"
    APPROVAL_KNOWN = "approval_known"
    APPROVAL_STANDS = "approval_stands"
    DECLINED = "declined"
    AMBIGUOUS = "ambiguous"
    REPLY_UNPROVEN = "reply_unproven"
    REPLY_LATE = "reply_late"
    NOT_FORWARDED = "not_forwarded"
    SEND_UNCERTAIN = "send_uncertain"
    ANSWER_WRITTEN = "answer_written"
    ANSWER_UNDELIVERED = "answer_undelivered"
    ANSWER_UNCLAIMED = "answer_unclaimed"
    DELIVERY_UNCERTAIN = "delivery_uncertain"
    REPORT_LATE = "report_late"
    TERMINAL_MOVED_ON = "terminal_moved_on"
    GAVE_UP = "gave_up"
    DEADLINE = "deadline"
    WINDOW_OVER = "window_over"
    UNANSWERED_RESEND = "unanswered_resend"
    UNANSWERED_END = "unanswered_end"
    UNANSWERED_OPEN = "unanswered_open"
    UNANSWERED_BESIDE = "unanswered_beside"
    UNANSWERED_ELSEWHERE = "unanswered_elsewhere"
    INQUIRY_DUE = "inquiry_due"
    INQUIRY_CHARGED = "inquiry_charged"
    INQUIRY_RETURNED = "inquiry_returned"
    CHECK_ASKED = "check_asked"
    PERSON_STOPPED = "person_stopped"
    REVERSAL_ASKED = "reversal_asked"
    REVERSAL_WANTED = "reversal_wanted"
    REVERSAL_REFUSED = "reversal_refused"
    REVERSAL_OF_VOIDED = "reversal_of_voided"
    REVERSAL_BARRED = "reversal_barred"
    REVERSAL_CONFLICTS = "reversal_conflicts"
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
    LINK_CHANGED = "link_changed"
    NOTED = "noted"


MAC_GOOD = "good"
_WAITING = frozenset({State.FORWARDED, State.RESENDING})
"""Where an answer to the request is still awaited."""
_DRIVING = frozenset({State.REVERSING, State.UNMATCHED, State.RESENDING})
"""Where something is sent again and again until its window closes."""
_INQUIRED = frozenset({State.RETURNED, State.DOUBTFUL})
"""Where the channel is asked while the clearing file is awaited."""
_RETURNABLE = frozenset({State.REVERSING, State.UNMATCHED, State.DOUBTFUL, State.APPROVED})
"""Where it is news that the money went back."""
_UNDRIVEN = frozenset({State.FORWARDED, State.DELIVERING, State.APPROVED, State.REFUSED})
"""Where a terminal's reversal would begin to be driven."""
_ON_ITS_WAY = frozenset({State.FORWARDED, State.DELIVERING})
_REVERSAL_EVENTS = {
    meaning: Event(f"rev_{meaning}")
    for meaning in (
        "done not_found invalid mismatch unsupported malformed sign_in cut_over busy unknown".split()
    )
}
_REPORTS: dict[type[Any], tuple[Event, frozenset[State]]] = {
    facts.NotForwarded: (Event.NOT_FORWARDED, frozenset({State.FORWARDED})),
    facts.SendUncertain: (Event.SEND_UNCERTAIN, frozenset({State.FORWARDED})),
    facts.AnswerWritten: (Event.ANSWER_WRITTEN, frozenset({State.DELIVERING, State.APPROVED})),
    facts.AnswerUndelivered: (Event.ANSWER_UNDELIVERED, frozenset({State.DELIVERING, State.APPROVED})),
    facts.DeliveryUncertain: (Event.DELIVERY_UNCERTAIN, frozenset({State.DELIVERING})),
}
"""Reports of our own gateway and the states in which they still mean something; elsewhere they are late."""


def classify(before: Payment, absorbed: Payment, fact: Fact, policy: Policy) -> Event:
    """The event of `fact` for the payment that was `before` and is `absorbed` with its evidence."""
    return _MEANING[type(fact)](before, absorbed, fact, policy)


def reply_kind(payment: Payment, answer: Answer, policy: Policy) -> Event:
    """What an answer to the request is worth: approvals need a good MAC, a wrong MAC or echo is no answer at all."""
    if is_approval(payment, answer, policy):
        return Event.APPROVED
    if answer.code in policy.approved or unproven(payment, answer, policy):
        return Event.REPLY_UNPROVEN
    return Event.DECLINED if answer.code in policy.refused else Event.AMBIGUOUS


def reversal_kind(payment: Payment, answer: Answer, policy: Policy) -> Event:
    """What an answer to a reversal means (facts/iso8583 3.4); 00 counts only under a good MAC."""
    meaning = policy.reversal_meaning.get(answer.code, "unknown")
    if unproven(payment, answer, policy) or (meaning == "done" and answer.mac != MAC_GOOD):
        return Event.REV_UNPROVEN
    if meaning == "already":
        return Event.REV_ALREADY if payment.attempts > 1 else Event.REV_RELATION
    return _REVERSAL_EVENTS[meaning]


def _request(before: Payment, absorbed: Payment, fact: facts.RequestTaken, policy: Policy) -> Event:
    if before.state is State.NEW:
        return Event.REQUEST
    if before.request_seen and before.fingerprint != fact.request.fingerprint:
        return Event.REQUEST_CONFLICTS
    again = before.undo is Undo.RESEND and before.state is State.APPROVED
    return Event.REPEAT_OF_APPROVED if again else Event.REQUEST_REPEATED


def _barred(before: Payment, absorbed: Payment, fact: Fact, policy: Policy) -> Event:
    return Event.REQUEST_BARRED


def _reported(before: Payment, absorbed: Payment, fact: Fact, policy: Policy) -> Event:
    return Event.REPORTED if before.state is State.NEW else Event.REPORT_LATE


def _reply(before: Payment, absorbed: Payment, fact: facts.ReplyArrived, policy: Policy) -> Event:
    kind = reply_kind(before, fact.answer, policy)
    if before.state in _WAITING:
        return _awaited(before, kind)
    if kind is not Event.APPROVED:
        return Event.REPLY_LATE
    if before.state in (State.UNSENT, State.REFUSED) and before.undo is not Undo.REVERSE:
        return Event.REPLY_LATE if before.moves is Moves.NOTHING else Event.APPROVAL_STANDS
    if before.state is State.DOUBTFUL and before.beside and before.reason == "":
        return Event.APPROVED_ELSEWHERE
    if before.state is State.RETURNED:
        if before.stopped_by or before.attempts == 0:
            return Event.REPLY_LATE
        return Event.APPROVAL_KNOWN if ack_names_original(absorbed, policy) else Event.APPROVED
    return Event.APPROVED


def _awaited(before: Payment, kind: Event) -> Event:
    if before.beside and kind is Event.APPROVED:
        return Event.APPROVED_ELSEWHERE
    if before.beside and before.told is Told.APPROVED and kind in (Event.DECLINED, Event.AMBIGUOUS):
        return Event.UNANSWERED_BESIDE  # the switch contradicts itself: its terminal has an approval
    if kind is Event.AMBIGUOUS and before.state is State.FORWARDED:
        return _unanswered(before, kind)
    return kind


def _unanswered(before: Payment, usual: Event) -> Event:
    """What follows when nobody says what became of a request that is out: `usual` where it can be reversed."""
    if before.undo is Undo.REVERSE:
        return usual
    if before.undo is Undo.RESEND:
        return Event.UNANSWERED_RESEND
    return Event.UNANSWERED_END if before.moves is Moves.NOTHING else Event.UNANSWERED_OPEN


def _deadline(before: Payment, absorbed: Payment, fact: facts.DeadlinePassed, policy: Policy) -> Event:
    """A timer may fire for a deadline that another fact has moved or lifted meanwhile: that is a late report."""
    if before.wake_at is None or max(fact.due_at, fact.at) < before.wake_at:
        return Event.REPORT_LATE
    if before.state in _DRIVING:
        return Event.WINDOW_OVER if fact.at >= before.reverse_until else Event.DEADLINE
    if before.state is State.FORWARDED:
        return Event.UNANSWERED_BESIDE if before.beside else _unanswered(before, Event.DEADLINE)
    if before.state in _INQUIRED and before.wake_at < before.file_due_at:
        return Event.INQUIRY_DUE
    return _overdue(before, absorbed, fact, policy)


def _overdue(before: Payment, absorbed: Payment, fact: Fact, policy: Policy) -> Event:
    """Files that were read before the last answer came are looked at once more before a person is called."""
    event = _file(before, absorbed, fact, policy)
    return Event.DEADLINE if event is Event.FILE_OPEN else event


def _report(before: Payment, absorbed: Payment, fact: Fact, policy: Policy) -> Event:
    event, states = _REPORTS[type(fact)]
    if before.state not in states:
        return _overtaken(before, event) if before.beside else Event.REPORT_LATE
    if event is Event.NOT_FORWARDED:
        return _unanswered(before, event) if before.undo is Undo.RESEND else event
    if event is Event.SEND_UNCERTAIN:
        if before.told is Told.APPROVED:
            return Event.REPORT_LATE
        return _unanswered(before, Event.UNANSWERED_ELSEWHERE if before.beside else event)
    if event is Event.ANSWER_UNDELIVERED:
        if before.told is Told.APPROVED:
            return Event.REPORT_LATE  # the approval is out: of two reports that disagree, the one that reverses loses
        return event if before.undo is Undo.REVERSE else Event.ANSWER_UNCLAIMED
    return event


def _overtaken(before: Payment, event: Event) -> Event:
    """Beside another switch reports may overtake each other, and one may come after our own wait was over."""
    if event is Event.ANSWER_WRITTEN and before.state is State.FORWARDED:
        return event
    unheard = before.told is Told.NOTHING and before.approval is None
    if event is Event.SEND_UNCERTAIN and _is_untouched(before) and before.undo is Undo.REVERSE and unheard:
        return Event.UNANSWERED_ELSEWHERE
    return Event.REPORT_LATE


def _is_untouched(before: Payment) -> bool:
    """In doubt, and yet no reversal was ever driven or stopped: a report was missing, nothing else."""
    return before.state is State.DOUBTFUL and before.reason == "" and before.stopped_by == ""


def _moved_on(before: Payment, absorbed: Payment, fact: Fact, policy: Policy) -> Event:
    if before.state is State.FORWARDED:
        return Event.UNANSWERED_BESIDE if before.beside else _unanswered(before, Event.TERMINAL_MOVED_ON)
    if before.gave_up and before.state is State.APPROVED:
        return Event.NOTED
    return Event.TERMINAL_MOVED_ON


def _gave_up(before: Payment, absorbed: Payment, fact: Fact, policy: Policy) -> Event:
    counted = before.told in (Told.APPROVED, Told.MAYBE_APPROVED) and before.gave_up == ""
    return Event.GAVE_UP if counted and before.state in (State.APPROVED, State.SETTLED) else Event.NOTED


def _asked(before: Payment, absorbed: Payment, fact: facts.ReversalAsked, policy: Policy) -> Event:
    if absorbed.undo is not Undo.REVERSE:
        return Event.REVERSAL_REFUSED
    untouched = _is_untouched(before)
    if is_bound(before) and (before.state in _UNDRIVEN or untouched):
        return Event.REVERSAL_OF_VOIDED
    if before.state is State.APPROVED and differs(before, fact.request):
        return Event.REVERSAL_CONFLICTS
    return Event.REVERSAL_WANTED if untouched else Event.REVERSAL_ASKED


def _reversal(before: Payment, absorbed: Payment, fact: facts.ReversalAnswered, policy: Policy) -> Event:
    kind = reversal_kind(before, fact.answer, policy)
    if before.state is State.REVERSING:
        return kind
    done = kind is Event.REV_DONE and before.attempts > 0
    return Event.REV_DONE if done and before.state in (State.UNMATCHED, State.DOUBTFUL) else Event.REV_LATE


def _file(before: Payment, absorbed: Payment, fact: Fact, policy: Policy) -> Event:
    if before.state in _ON_ITS_WAY or not absorbed.days:
        return Event.FILE_OPEN
    if before.state in FINAL:
        if before.state is not State.SETTLED:
            return Event.FILE_OPEN
        overturned = judge(absorbed, policy).truth is not before.verdict.truth
        return Event.FILE_CONTRADICTS if overturned or _lost_proof(absorbed, fact, policy) else Event.FILE_OPEN
    verdict = judge_by_file(absorbed, policy)
    if verdict is None:
        return Event.FILE_OPEN
    return Event.FILE_CONTRADICTS if verdict.truth is Truth.CONTESTED else Event.FILE_PROVES


def _lost_proof(absorbed: Payment, fact: Fact, policy: Policy) -> bool:
    """Whether a corrected file took back the lines that the verdict rests on, and nothing has taken their place."""
    withdrawn = isinstance(fact, facts.SettlementSaw) and fact.withdrawn != ()
    return withdrawn and judge_by_file(absorbed, policy) is None


def _inquiry(before: Payment, absorbed: Payment, fact: facts.InquiryAnswered, policy: Policy) -> Event:
    if not fact.authentic:
        return Event.NOTED
    if fact.outcome is Found.RETURNED:
        voided = before.state is State.APPROVED and voids(before, Standing.DONE)
        return Event.INQUIRY_RETURNED if before.state in _RETURNABLE and not voided else Event.NOTED
    if fact.outcome is not Found.CHARGED or before.stopped_by:
        return Event.NOTED
    driven = before.attempts > 0 and before.state in (State.RETURNED, State.UNMATCHED)
    return Event.INQUIRY_CHARGED if driven or before.state is State.RESENDING else Event.NOTED


def _check(before: Payment, absorbed: Payment, fact: Fact, policy: Policy) -> Event:
    return Event.CHECK_ASKED if policy.inquire_after_ms and before.state not in FINAL else Event.NOTED


def _link(before: Payment, absorbed: Payment, fact: Fact, policy: Policy) -> Event:
    """What a void says changes the verdict only together with the file: proven, or proven to contradict."""
    if before.state is not State.SETTLED:
        event = _file(before, absorbed, fact, policy)
        return Event.NOTED if event is Event.FILE_OPEN else event
    verdict = judge_by_file(absorbed, policy)
    if verdict is None or verdict.truth is before.verdict.truth:
        return Event.NOTED
    return Event.FILE_CONTRADICTS if verdict.truth is Truth.CONTESTED else Event.LINK_CHANGED


def _stopped(before: Payment, absorbed: Payment, fact: Fact, policy: Policy) -> Event:
    return Event.NOTED if before.state in UNDRIVEN else Event.PERSON_STOPPED


_MEANING: dict[type[Any], Callable[[Payment, Payment, Any, Policy], Event]] = {
    facts.RequestTaken: _request,
    facts.RequestBarred: _barred,
    facts.RequestReported: _reported,
    facts.NotForwarded: _report,
    facts.SendUncertain: _report,
    facts.ReplyArrived: _reply,
    facts.AnswerWritten: _report,
    facts.AnswerUndelivered: _report,
    facts.DeliveryUncertain: _report,
    facts.TerminalMovedOn: _moved_on,
    facts.DeadlinePassed: _deadline,
    facts.ReversalAsked: _asked,
    facts.ReversalAnswered: _reversal,
    facts.ReversalStopped: _stopped,
    facts.SettlementSaw: _file,
    facts.InquiryAnswered: _inquiry,
    facts.CheckAsked: _check,
    facts.TerminalGaveUp: _gave_up,
    facts.LinkChanged: _link,
}
