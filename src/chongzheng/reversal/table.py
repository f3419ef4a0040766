"""What follows when this happens to a payment that stands there? The rules, all of them, as one literal table.

Read a row as: in this state, on this event, go to that state and do those things, in that order. A pair that is
neither here nor among the impossible pairs is an error that stops the payment and opens a case: never a default.
Four thoughts explain most rows (DESIGN 6a):

- Silence is not an answer. When the wait for the host is over, the terminal is told no and a reversal is owed
  until somebody other than the clock says that it took effect.
- We originate a reversal only while no approval was written to the terminal's socket. After that only the
  terminal's own reversal, or a person, may.
- An answer 00 to a reversal stops the repeats; it proves nothing. The clearing file of two days does.
- 25 (not found) may mean that the original is still travelling: ask again later, with the same identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chongzheng.reversal.events import Event as E
from chongzheng.reversal.payment import State as S


class Do(StrEnum):
    """The actions a row may name; `step.py` has one small function for each."""

    FORWARD = "forward"
    APPROVE = "approve"
    RELAY_REFUSAL = "relay refusal"
    REFUSE_TIMEOUT = "refuse: timed out"
    REFUSE_UNREACHABLE = "refuse: host unreachable"
    REFUSE_DUPLICATE = "refuse: duplicate"
    DELIVERED = "delivered"
    MAYBE_DELIVERED = "maybe delivered"
    OWN = "own the reversal"
    REVERSE = "reverse"
    REPEAT = "repeat the reversal"
    SIGN_IN = "sign in"
    WAIT = "wait"
    WAIT_URGENT = "wait, urgent"
    WAIT_LATE = "wait for a late original"
    AWAIT_FILE = "await the file"
    CASE = "open a case"
    CASE_OVERDUE = "open a case: file overdue"
    CASE_AFTER_FINAL = "open a case: after the verdict"
    SETTLE = "settle"
    CONTEST = "contest"


@dataclass(frozen=True, slots=True)
class Row:
    """Where the payment goes and what is done, in order."""

    to: S
    do: tuple[Do, ...] = ()


TABLE: dict[S, dict[E, Row]] = {
    S.NEW: {
        E.REQUEST: Row(S.FORWARDED, (Do.FORWARD,)),
        # The original was never seen here. Own it, drive it, and thereby decline the sale should it still come.
        E.REVERSAL_ASKED: Row(S.REVERSING, (Do.OWN, Do.REVERSE)),
    },
    S.FORWARDED: {
        E.REQUEST_REPEATED: Row(S.FORWARDED),
        E.REQUEST_CONFLICTS: Row(S.FORWARDED, (Do.REFUSE_DUPLICATE,)),
        E.APPROVED: Row(S.DELIVERING, (Do.APPROVE,)),
        E.DECLINED: Row(S.REFUSED, (Do.RELAY_REFUSAL, Do.AWAIT_FILE)),
        E.AMBIGUOUS: Row(S.REVERSING, (Do.REFUSE_TIMEOUT, Do.REVERSE)),
        # A forged answer must not cancel a good sale, so it only colours the reason if silence follows.
        E.REPLY_UNPROVEN: Row(S.FORWARDED),
        E.NOT_FORWARDED: Row(S.UNSENT, (Do.REFUSE_UNREACHABLE, Do.AWAIT_FILE)),
        E.SEND_UNCERTAIN: Row(S.REVERSING, (Do.REVERSE,)),
        # It no longer waits for this one, so an approval would come too late: no, and undo.
        E.TERMINAL_MOVED_ON: Row(S.REVERSING, (Do.REFUSE_TIMEOUT, Do.REVERSE)),
        E.DEADLINE: Row(S.REVERSING, (Do.REFUSE_TIMEOUT, Do.REVERSE)),
        E.REVERSAL_ASKED: Row(S.REVERSING, (Do.OWN, Do.REVERSE)),
        E.REV_LATE: Row(S.FORWARDED),
        E.FILE_OPEN: Row(S.FORWARDED),
    },
    S.UNSENT: {
        E.REQUEST_REPEATED: Row(S.UNSENT, (Do.REFUSE_DUPLICATE,)),
        E.REQUEST_CONFLICTS: Row(S.UNSENT, (Do.REFUSE_DUPLICATE,)),
        # We thought that nothing had left; the host knows better. The terminal was told no.
        E.APPROVED: Row(S.REVERSING, (Do.REVERSE,)),
        E.REPLY_LATE: Row(S.UNSENT),
        E.REPORT_LATE: Row(S.UNSENT),
        E.TERMINAL_MOVED_ON: Row(S.UNSENT),
        E.DEADLINE: Row(S.UNSENT, (Do.CASE_OVERDUE,)),
        E.REVERSAL_ASKED: Row(S.UNSENT, (Do.OWN,)),
        E.REV_LATE: Row(S.UNSENT),
        E.FILE_PROVES: Row(S.SETTLED, (Do.SETTLE,)),
        E.FILE_CONTRADICTS: Row(S.CONTESTED, (Do.CONTEST,)),
        E.FILE_OPEN: Row(S.UNSENT),
    },
    S.DELIVERING: {
        E.REQUEST_REPEATED: Row(S.DELIVERING),
        E.REQUEST_CONFLICTS: Row(S.DELIVERING, (Do.REFUSE_DUPLICATE,)),
        E.APPROVED: Row(S.DELIVERING),
        E.REPLY_LATE: Row(S.DELIVERING),
        E.ANSWER_WRITTEN: Row(S.APPROVED, (Do.DELIVERED, Do.AWAIT_FILE)),
        E.ANSWER_UNDELIVERED: Row(S.REVERSING, (Do.REVERSE,)),
        E.DELIVERY_UNCERTAIN: Row(S.APPROVED, (Do.MAYBE_DELIVERED, Do.AWAIT_FILE)),
        E.REPORT_LATE: Row(S.DELIVERING),
        E.TERMINAL_MOVED_ON: Row(S.DELIVERING),
        E.DEADLINE: Row(S.APPROVED, (Do.MAYBE_DELIVERED, Do.AWAIT_FILE)),
        E.REVERSAL_ASKED: Row(S.REVERSING, (Do.OWN, Do.REVERSE)),
        E.REV_LATE: Row(S.DELIVERING),
        E.FILE_OPEN: Row(S.DELIVERING),
    },
    S.APPROVED: {
        # A late approval is never delivered: the terminal's silence timer brings its own reversal.
        E.REQUEST_REPEATED: Row(S.APPROVED),
        E.REQUEST_CONFLICTS: Row(S.APPROVED, (Do.REFUSE_DUPLICATE,)),
        E.APPROVED: Row(S.APPROVED),
        E.REPLY_LATE: Row(S.APPROVED),
        E.ANSWER_WRITTEN: Row(S.APPROVED, (Do.DELIVERED,)),
        E.ANSWER_UNDELIVERED: Row(S.REVERSING, (Do.REVERSE,)),
        E.REPORT_LATE: Row(S.APPROVED),
        E.TERMINAL_MOVED_ON: Row(S.APPROVED, (Do.DELIVERED,)),
        E.DEADLINE: Row(S.APPROVED, (Do.CASE_OVERDUE,)),
        E.REVERSAL_ASKED: Row(S.REVERSING, (Do.OWN, Do.REVERSE)),
        E.REV_LATE: Row(S.APPROVED),
        E.FILE_PROVES: Row(S.SETTLED, (Do.SETTLE,)),
        E.FILE_CONTRADICTS: Row(S.CONTESTED, (Do.CONTEST,)),
        E.FILE_OPEN: Row(S.APPROVED),
    },
    S.REFUSED: {
        E.REQUEST_REPEATED: Row(S.REFUSED, (Do.REFUSE_DUPLICATE,)),
        E.REQUEST_CONFLICTS: Row(S.REFUSED, (Do.REFUSE_DUPLICATE,)),
        # First no, then yes: the terminal holds the no, so the yes is undone.
        E.APPROVED: Row(S.REVERSING, (Do.REVERSE,)),
        E.REPLY_LATE: Row(S.REFUSED),
        E.REPORT_LATE: Row(S.REFUSED),
        E.TERMINAL_MOVED_ON: Row(S.REFUSED),
        E.DEADLINE: Row(S.REFUSED, (Do.CASE_OVERDUE,)),
        E.REVERSAL_ASKED: Row(S.REVERSING, (Do.OWN, Do.REVERSE)),
        E.REV_LATE: Row(S.REFUSED),
        E.FILE_PROVES: Row(S.SETTLED, (Do.SETTLE,)),
        E.FILE_CONTRADICTS: Row(S.CONTESTED, (Do.CONTEST,)),
        E.FILE_OPEN: Row(S.REFUSED),
    },
    S.REVERSING: {
        E.REQUEST_REPEATED: Row(S.REVERSING, (Do.REFUSE_DUPLICATE,)),
        E.REQUEST_CONFLICTS: Row(S.REVERSING, (Do.REFUSE_DUPLICATE,)),
        # The late approval: kept as evidence that there is something to reverse; the reversal goes on.
        E.APPROVED: Row(S.REVERSING),
        E.REPLY_LATE: Row(S.REVERSING),
        E.REPORT_LATE: Row(S.REVERSING),
        E.TERMINAL_MOVED_ON: Row(S.REVERSING),
        E.DEADLINE: Row(S.REVERSING, (Do.REPEAT,)),
        E.WINDOW_OVER: Row(S.DOUBTFUL, (Do.CASE, Do.AWAIT_FILE)),
        E.PERSON_STOPPED: Row(S.DOUBTFUL, (Do.CASE, Do.AWAIT_FILE)),
        E.REVERSAL_ASKED: Row(S.REVERSING, (Do.OWN,)),
        E.REV_DONE: Row(S.RETURNED, (Do.AWAIT_FILE,)),
        # Already undone, and it was sent before: the earlier send did it and its answer was lost. The file tells.
        E.REV_ALREADY: Row(S.DOUBTFUL, (Do.AWAIT_FILE,)),
        # Already undone, but not by us: somebody else moved money.
        E.REV_RELATION: Row(S.DOUBTFUL, (Do.CASE, Do.AWAIT_FILE)),
        E.REV_NOT_FOUND: Row(S.UNMATCHED, (Do.WAIT_LATE,)),
        # 12: the original was never approved, or the day is over. Two worlds that only the file tells apart.
        E.REV_INVALID: Row(S.DOUBTFUL, (Do.CASE, Do.AWAIT_FILE)),
        E.REV_MISMATCH: Row(S.DOUBTFUL, (Do.CASE, Do.AWAIT_FILE)),
        E.REV_UNSUPPORTED: Row(S.DOUBTFUL, (Do.CASE, Do.AWAIT_FILE)),
        E.REV_MALFORMED: Row(S.DOUBTFUL, (Do.CASE, Do.AWAIT_FILE)),
        E.REV_UNKNOWN: Row(S.DOUBTFUL, (Do.CASE, Do.AWAIT_FILE)),
        E.REV_SIGN_IN: Row(S.REVERSING, (Do.SIGN_IN, Do.WAIT_URGENT)),
        # After the cut-over no reversal is taken any more, so this is the most urgent repeat of all.
        E.REV_CUT_OVER: Row(S.REVERSING, (Do.WAIT_URGENT,)),
        E.REV_BUSY: Row(S.REVERSING, (Do.WAIT,)),
        E.REV_UNPROVEN: Row(S.REVERSING),
        E.FILE_PROVES: Row(S.SETTLED, (Do.SETTLE,)),
        E.FILE_CONTRADICTS: Row(S.CONTESTED, (Do.CONTEST,)),
        E.FILE_OPEN: Row(S.REVERSING),
    },
    S.UNMATCHED: {
        E.REQUEST_REPEATED: Row(S.UNMATCHED, (Do.REFUSE_DUPLICATE,)),
        E.REQUEST_CONFLICTS: Row(S.UNMATCHED, (Do.REFUSE_DUPLICATE,)),
        # The original that was not found has arrived after all: now the same reversal finds it.
        E.APPROVED: Row(S.REVERSING, (Do.REPEAT,)),
        E.REPLY_LATE: Row(S.UNMATCHED),
        E.REPORT_LATE: Row(S.UNMATCHED),
        E.TERMINAL_MOVED_ON: Row(S.UNMATCHED),
        E.DEADLINE: Row(S.REVERSING, (Do.REPEAT,)),
        E.WINDOW_OVER: Row(S.DOUBTFUL, (Do.AWAIT_FILE,)),
        E.PERSON_STOPPED: Row(S.DOUBTFUL, (Do.AWAIT_FILE,)),
        E.REVERSAL_ASKED: Row(S.UNMATCHED, (Do.OWN,)),
        E.REV_DONE: Row(S.RETURNED, (Do.AWAIT_FILE,)),
        E.REV_LATE: Row(S.UNMATCHED),
        E.FILE_PROVES: Row(S.SETTLED, (Do.SETTLE,)),
        E.FILE_CONTRADICTS: Row(S.CONTESTED, (Do.CONTEST,)),
        E.FILE_OPEN: Row(S.UNMATCHED),
    },
    S.RETURNED: {
        E.REQUEST_REPEATED: Row(S.RETURNED, (Do.REFUSE_DUPLICATE,)),
        E.REQUEST_CONFLICTS: Row(S.RETURNED, (Do.REFUSE_DUPLICATE,)),
        # 00, and only now the approval: the host had accepted a reversal of nothing. Repeat it, same identity.
        E.APPROVED: Row(S.REVERSING, (Do.REPEAT,)),
        E.APPROVAL_KNOWN: Row(S.RETURNED),
        E.REPLY_LATE: Row(S.RETURNED),
        E.REPORT_LATE: Row(S.RETURNED),
        E.TERMINAL_MOVED_ON: Row(S.RETURNED),
        E.DEADLINE: Row(S.RETURNED, (Do.CASE_OVERDUE,)),
        E.PERSON_STOPPED: Row(S.RETURNED),
        E.REVERSAL_ASKED: Row(S.RETURNED, (Do.OWN,)),
        E.REV_LATE: Row(S.RETURNED),
        E.FILE_PROVES: Row(S.SETTLED, (Do.SETTLE,)),
        E.FILE_CONTRADICTS: Row(S.CONTESTED, (Do.CONTEST,)),
        E.FILE_OPEN: Row(S.RETURNED),
    },
    S.DOUBTFUL: {
        E.REQUEST_REPEATED: Row(S.DOUBTFUL, (Do.REFUSE_DUPLICATE,)),
        E.REQUEST_CONFLICTS: Row(S.DOUBTFUL, (Do.REFUSE_DUPLICATE,)),
        E.APPROVED: Row(S.DOUBTFUL),
        E.REPLY_LATE: Row(S.DOUBTFUL),
        E.REPORT_LATE: Row(S.DOUBTFUL),
        E.TERMINAL_MOVED_ON: Row(S.DOUBTFUL),
        E.DEADLINE: Row(S.DOUBTFUL, (Do.CASE_OVERDUE,)),
        E.PERSON_STOPPED: Row(S.DOUBTFUL),
        E.REVERSAL_ASKED: Row(S.DOUBTFUL, (Do.OWN,)),
        E.REV_DONE: Row(S.RETURNED, (Do.AWAIT_FILE,)),
        E.REV_LATE: Row(S.DOUBTFUL),
        E.FILE_PROVES: Row(S.SETTLED, (Do.SETTLE,)),
        E.FILE_CONTRADICTS: Row(S.CONTESTED, (Do.CONTEST,)),
        E.FILE_OPEN: Row(S.DOUBTFUL),
    },
    S.SETTLED: {
        E.REQUEST_REPEATED: Row(S.SETTLED, (Do.REFUSE_DUPLICATE,)),
        E.REQUEST_CONFLICTS: Row(S.SETTLED, (Do.REFUSE_DUPLICATE,)),
        E.APPROVED: Row(S.SETTLED, (Do.CASE_AFTER_FINAL,)),
        E.REPLY_LATE: Row(S.SETTLED),
        E.REPORT_LATE: Row(S.SETTLED),
        E.TERMINAL_MOVED_ON: Row(S.SETTLED),
        E.PERSON_STOPPED: Row(S.SETTLED),
        # No next-day reversal (fact 9): the day has cleared, so a person gives back what must be given back.
        E.REVERSAL_ASKED: Row(S.SETTLED, (Do.OWN, Do.CASE_AFTER_FINAL)),
        E.REV_LATE: Row(S.SETTLED),
        E.FILE_CONTRADICTS: Row(S.CONTESTED, (Do.CONTEST,)),
        E.FILE_OPEN: Row(S.SETTLED),
    },
    S.CONTESTED: {
        E.REQUEST_REPEATED: Row(S.CONTESTED, (Do.REFUSE_DUPLICATE,)),
        E.REQUEST_CONFLICTS: Row(S.CONTESTED, (Do.REFUSE_DUPLICATE,)),
        E.APPROVED: Row(S.CONTESTED),
        E.REPLY_LATE: Row(S.CONTESTED),
        E.REPORT_LATE: Row(S.CONTESTED),
        E.TERMINAL_MOVED_ON: Row(S.CONTESTED),
        E.PERSON_STOPPED: Row(S.CONTESTED),
        E.REVERSAL_ASKED: Row(S.CONTESTED, (Do.OWN,)),
        E.REV_LATE: Row(S.CONTESTED),
        E.FILE_OPEN: Row(S.CONTESTED),
    },
    S.STOPPED: {
        E.REQUEST_REPEATED: Row(S.STOPPED, (Do.REFUSE_DUPLICATE,)),
        E.REQUEST_CONFLICTS: Row(S.STOPPED, (Do.REFUSE_DUPLICATE,)),
        E.APPROVED: Row(S.STOPPED),
        E.REPLY_LATE: Row(S.STOPPED),
        E.REPORT_LATE: Row(S.STOPPED),
        E.TERMINAL_MOVED_ON: Row(S.STOPPED),
        E.PERSON_STOPPED: Row(S.STOPPED),
        E.REVERSAL_ASKED: Row(S.STOPPED, (Do.OWN,)),
        E.REV_LATE: Row(S.STOPPED),
        E.FILE_OPEN: Row(S.STOPPED),
    },
}

_DRIVING = frozenset({S.REVERSING, S.UNMATCHED})
_ONLY_FORWARDED = frozenset(S) - {S.FORWARDED}
_ONLY_REVERSING = frozenset(S) - {S.REVERSING}
_JUDGED = frozenset({S.UNSENT, S.APPROVED, S.REFUSED, S.REVERSING, S.UNMATCHED, S.RETURNED, S.DOUBTFUL})
_ASLEEP = frozenset({S.NEW, S.SETTLED, S.CONTESTED, S.STOPPED})

IMPOSSIBLE: dict[E, tuple[frozenset[S], str]] = {
    E.REQUEST: (frozenset(S) - {S.NEW}, "a request under a known key is a repeat or a conflict"),
    E.REQUEST_REPEATED: (frozenset({S.NEW}), "nothing is stored that could be repeated"),
    E.REQUEST_CONFLICTS: (frozenset({S.NEW}), "nothing is stored that it could conflict with"),
    E.APPROVED: (frozenset({S.NEW}), "an answer to an unknown request is stray evidence, kept at the door"),
    E.APPROVAL_KNOWN: (frozenset(S) - {S.RETURNED}, "only an acknowledged reversal can name an original"),
    E.DECLINED: (_ONLY_FORWARDED, "outside FORWARDED it is a late reply"),
    E.AMBIGUOUS: (_ONLY_FORWARDED, "outside FORWARDED it is a late reply"),
    E.REPLY_UNPROVEN: (_ONLY_FORWARDED, "outside FORWARDED it is a late reply"),
    E.REPLY_LATE: (frozenset({S.NEW, S.FORWARDED}), "in FORWARDED every reply has a meaning of its own"),
    E.NOT_FORWARDED: (_ONLY_FORWARDED, "elsewhere it is a late report"),
    E.SEND_UNCERTAIN: (_ONLY_FORWARDED, "elsewhere it is a late report"),
    E.ANSWER_WRITTEN: (frozenset(S) - {S.DELIVERING, S.APPROVED}, "elsewhere it is a late report"),
    E.ANSWER_UNDELIVERED: (frozenset(S) - {S.DELIVERING, S.APPROVED}, "elsewhere it is a late report"),
    E.DELIVERY_UNCERTAIN: (frozenset(S) - {S.DELIVERING}, "elsewhere it is a late report"),
    E.REPORT_LATE: (frozenset({S.NEW, S.FORWARDED}), "no report of delivery can precede the delivery"),
    E.TERMINAL_MOVED_ON: (frozenset({S.NEW}), "nothing is known that the terminal could leave behind"),
    E.DEADLINE: (_ASLEEP, "final payments set no deadline"),
    E.WINDOW_OVER: (frozenset(S) - _DRIVING, "only a reversal that is driven has a window"),
    E.PERSON_STOPPED: (
        frozenset({S.NEW, S.FORWARDED, S.UNSENT, S.DELIVERING, S.APPROVED, S.REFUSED}),
        "there is no reversal that a person could stop; the door refuses it",
    ),
    E.REV_DONE: (
        frozenset(S) - {S.REVERSING, S.UNMATCHED, S.DOUBTFUL},
        "elsewhere no reversal is waiting for an answer: it is late",
    ),
    E.REV_ALREADY: (_ONLY_REVERSING, "elsewhere it is late"),
    E.REV_RELATION: (_ONLY_REVERSING, "elsewhere it is late"),
    E.REV_NOT_FOUND: (_ONLY_REVERSING, "elsewhere it is late"),
    E.REV_INVALID: (_ONLY_REVERSING, "elsewhere it is late"),
    E.REV_MISMATCH: (_ONLY_REVERSING, "elsewhere it is late"),
    E.REV_UNSUPPORTED: (_ONLY_REVERSING, "elsewhere it is late"),
    E.REV_MALFORMED: (_ONLY_REVERSING, "elsewhere it is late"),
    E.REV_UNKNOWN: (_ONLY_REVERSING, "elsewhere it is late"),
    E.REV_SIGN_IN: (_ONLY_REVERSING, "elsewhere it is late"),
    E.REV_CUT_OVER: (_ONLY_REVERSING, "elsewhere it is late"),
    E.REV_BUSY: (_ONLY_REVERSING, "elsewhere it is late"),
    E.REV_UNPROVEN: (_ONLY_REVERSING, "elsewhere it is late"),
    E.REV_LATE: (frozenset({S.NEW, S.REVERSING}), "while reversing, every answer has a meaning of its own"),
    E.FILE_PROVES: (frozenset(S) - _JUDGED, "not judged there"),
    E.FILE_CONTRADICTS: (frozenset(S) - _JUDGED - {S.SETTLED}, "not judged there"),
    E.FILE_OPEN: (frozenset({S.NEW}), "a record of an unknown payment is a break, not a fact of a payment"),
}
"""Pairs that cannot occur, and why. The test demands that every pair is in exactly one of the two."""


def rule_id(state: S, event: E | str) -> str:
    """How a row is named in stories, proofs and counts, e.g. `FORWARDED.deadline`."""
    return f"{state}.{event}"
