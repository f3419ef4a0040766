"""What do we know of a payment, what do we owe it, and until when? The state of the fast machine."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum

from chongzheng.mistakes import OurMistake
from chongzheng.reversal.facts import Key, Line, Pairs


class State(StrEnum):
    """Where a payment stands. NEW is the state of a payment of which nothing is stored yet."""

    NEW = "NEW"
    FORWARDED = "FORWARDED"
    UNSENT = "UNSENT"
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
    """A host's answer that was believed. `evidence`: its id; `rrn`: the F37 it carried, `auth` its F38."""

    evidence: str
    code: str
    rrn: str
    auth: str = ""


@dataclass(frozen=True)
class Payment:
    """Everything the machine knows of one payment. Instants are epoch ms; amounts are fen.

    `wake_at` is the one deadline it has set itself; `day_ends_at` and `reverse_until` bound its reversals;
    `auth` is the approval's F38 as the first send of the reversal fixed it (iso8583 3.3), "" when none was seen by then;
    `attempts` counts sends of the reversal; `not_found` counts answers 25 in a row; `stopped_by` names the person
    after whose word this reversal is never driven again (the release token may have moved on).
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
    reverse_until: int = 0
    amount_fen: int = 0
    currency: str = "156"
    masked_pan: str = ""
    fingerprint: str = ""
    echo: tuple[str, ...] = ()
    identity: Pairs = ()
    told: Told = Told.NOTHING
    was_in_doubt: bool = False
    suspicion: str = ""
    reason: str = ""
    auth: str = ""
    attempts: int = 0
    not_found: int = 0
    request_seen: bool = False
    approval: Seen | None = None
    decline: Seen | None = None
    ack: Seen | None = None
    refusal: Seen | None = None
    asked: str = ""
    stopped_by: str = ""
    days: tuple[tuple[str, str], ...] = ()
    originals: tuple[Line, ...] = ()
    reversals: tuple[Line, ...] = ()
    verdict: Verdict = NO_VERDICT


MEMBERS = len(fields(Payment))


def changed(payment: Payment, **changes: object) -> Payment:
    """`dataclasses.replace` at a tenth of its price: every fact of every payment comes through here several times.

    A name that Payment does not have is OurMistake.
    """
    after = object.__new__(Payment)
    vars(after).update(vars(payment), **changes)
    if len(vars(after)) != MEMBERS:
        raise OurMistake("no such member of a payment", ", ".join(changes))
    return after


FINAL = frozenset({State.SETTLED, State.CONTESTED, State.STOPPED})
"""No machine works on these any more: proven, or in a person's hands."""
