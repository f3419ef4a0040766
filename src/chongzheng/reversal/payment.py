"""What do we know of a payment, what do we owe it, and until when? The state of the fast machine."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum

from chongzheng.mistakes import OurMistake
from chongzheng.reversal.facts import Key, Line, Link, Moves, Pairs, Standing, Undo


class State(StrEnum):
    """Where a payment stands. NEW is the state of a payment of which nothing is stored yet."""

    NEW = "NEW"
    FORWARDED = "FORWARDED"
    UNSENT = "UNSENT"
    RESENDING = "RESENDING"
    DELIVERING = "DELIVERING"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    REVERSING = "REVERSING"
    UNMATCHED = "UNMATCHED"
    RETURNED = "RETURNED"
    DOUBTFUL = "DOUBTFUL"
    SETTLED = "SETTLED"
    CONTESTED = "CONTESTED"
    STOPPED = "STOPPED"


class Owes(StrEnum):
    """The one live obligation of a payment that is not final; it names the effect class that recovery follows."""

    NOTHING = "nothing"
    FORWARD = "forward"
    REPLY = "reply"
    RESEND = "resend"
    DELIVERY = "delivery"
    REVERSAL = "reversal"
    FILE = "file"
    PERSON = "person"


class Told(StrEnum):
    """What the terminal holds the sale to be, as far as we know."""

    NOTHING = "nothing"
    APPROVED = "approved"
    MAYBE_APPROVED = "maybe approved"
    DECLINED = "declined"
    UNDONE = "undone"


class Truth(StrEnum):
    """What happened to the cardholder's money (DESIGN section 5)."""

    NEVER_CHARGED = "never_charged"
    CHARGED_KEPT = "charged_kept"
    CHARGED_RETURNED = "charged_returned"
    CHARGED_TWICE = "charged_twice"
    CONTESTED = "contested"
    UNKNOWN = "unknown"


class MoneyIs(StrEnum):
    """Whether the money lies where the terminal's outcome says, seen from `viewpoint`."""

    CORRECT = "correct"
    LONG = "long"
    SHORT = "short"
    UNKNOWN = "unknown"


class Proof(StrEnum):
    """How good the word is, weakest first."""

    CLAIMED = "claimed"
    ACKNOWLEDGED = "acknowledged"
    CONFIRMED = "confirmed"
    PROVEN = "proven"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Truth × money × proof, the rule that gave it and the ids of the evidence that carries it. `fen` >= 0."""

    truth: Truth
    money: MoneyIs
    fen: int
    proof: Proof
    rule: str
    because: tuple[str, ...]
    viewpoint: str = "merchant"


NO_VERDICT = Verdict(Truth.UNKNOWN, MoneyIs.UNKNOWN, 0, Proof.CLAIMED, "nothing known", ())


@dataclass(frozen=True, slots=True)
class Seen:
    """A host's answer that was believed. `evidence`: its id; `rrn`: the F37 it carried, `auth` its F38, `settles` its
    F15 (MMDD)."""

    evidence: str
    code: str
    rrn: str
    auth: str = ""
    settles: str = ""


@dataclass(frozen=True, slots=True)
class Tie:
    """How the transaction `by`, which voids or completes this payment, stood when we last heard of it."""

    by: str
    link: Link
    standing: Standing
    proven: bool


@dataclass(frozen=True)
class Payment:
    """Everything the machine knows of one payment. Instants are epoch ms; amounts are fen.

    `wake_at` is the one deadline it has set itself; `day_ends_at` and `reverse_until` bound its reversals;
    `undo_ends_at` (see Request) is 0 where the channel takes no reversal after the day; `settles` is the F15 that the
    first send of such a reversal fixed; `auth` is the approval's F38 as that send fixed it (iso8583 3.3), "" when none
    was seen;
    `attempts` counts sends of the reversal, or of a notice after the first; `not_found` counts answers 25 in a row;
    `stopped_by` names the person after whose word this reversal is never driven again (the release token may have
    moved on); `beside`: another switch forwards and answers, we only hear of it; `never_sent`: our own record says
    that nothing left; `approved_fen`: what was approved where that is less than asked (0: as asked); `ties`: who
    voids or completes it; `found` is the first authentic inquiry that saw the original, `inquiry` the last that said
    anything; `inquiries` counts questions of the ladder, `checks` those besides; `file_due_at` is when the clearing
    file is overdue.
    """

    id: str
    key: Key
    state: State = State.NEW
    owes: Owes = Owes.NOTHING
    wake_at: int | None = None
    policy: str = ""
    opened_at: int = 0
    day: str = ""
    day_ends_at: int = 0
    undo_ends_at: int = 0
    reverse_until: int = 0
    amount_fen: int = 0
    currency: str = "156"
    masked_pan: str = ""
    kind: str = "purchase"
    channel: str = "card"
    order: str = ""
    undo: Undo = Undo.REVERSE
    moves: Moves = Moves.DEBIT
    original: str = ""
    link: Link = Link.NONE
    beside: bool = False
    never_sent: bool = False
    approved_fen: int = 0
    fingerprint: str = ""
    echo: tuple[str, ...] = ()
    identity: Pairs = ()
    told: Told = Told.NOTHING
    was_in_doubt: bool = False
    suspicion: str = ""
    reason: str = ""
    auth: str = ""
    settles: str = ""
    attempts: int = 0
    not_found: int = 0
    request_seen: bool = False
    approval: Seen | None = None
    decline: Seen | None = None
    ack: Seen | None = None
    refusal: Seen | None = None
    asked: str = ""
    stopped_by: str = ""
    gave_up: str = ""
    found: Seen | None = None
    inquiry: Seen | None = None
    inquiries: int = 0
    checks: int = 0
    file_due_at: int = 0
    ties: tuple[Tie, ...] = ()
    days: tuple[tuple[str, str], ...] = ()
    originals: tuple[Line, ...] = ()
    reversals: tuple[Line, ...] = ()
    verdict: Verdict = NO_VERDICT

    @property
    def fen(self) -> int:
        """What moves if it is executed: the amount asked for, or what was approved of it."""
        return self.approved_fen or self.amount_fen


MEMBERS = len(fields(Payment))


def changed(payment: Payment, **changes: object) -> Payment:
    """`dataclasses.replace` at a tenth of its price: every fact of every payment comes through here.

    A name that Payment does not have is OurMistake.
    """
    after = object.__new__(Payment)
    vars(after).update(vars(payment))
    put(after, **changes)
    return after


def put(draft: Payment, **changes: object) -> None:
    """Change a draft: a copy that `changed` made within this step and that nobody else holds."""
    members = vars(draft)
    members.update(changes)
    if len(members) != MEMBERS:
        raise OurMistake("no such member of a payment", ", ".join(changes))


def is_bound(payment: Payment) -> bool:
    """Whether a void or a completion of it took effect, or may have: a reversal beside it could give back twice."""
    return any(tie.standing is not Standing.UNDONE for tie in payment.ties)


FINAL = frozenset({State.SETTLED, State.CONTESTED, State.STOPPED})
"""No machine works on these any more: proven, or in a person's hands."""
