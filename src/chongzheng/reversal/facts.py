"""What can happen to a payment? The facts: past tense, stamped with their time at the door, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Pairs = tuple[tuple[str, str], ...]
"""Opaque name-value pairs: the machine carries them for the gateway and never looks inside."""


class Undo(StrEnum):
    """What a transaction needs when its answer does not come (facts/iso8583 fact 6 and 1.1)."""

    REVERSE = "reverse"
    RESEND = "resend"
    NONE = "none"


class Moves(StrEnum):
    """What a transaction does with the cardholder's money: takes it, gives it back, only blocks it, or nothing."""

    DEBIT = "debit"
    CREDIT = "credit"
    HOLD = "hold"
    NOTHING = "nothing"


class Link(StrEnum):
    """What a transaction does to the payment that it names as its original; GIVES_BACK: a person's refund outside the
    wires, which is no payment."""

    NONE = ""
    VOIDS = "voids"
    COMPLETES = "completes"
    GIVES_BACK = "gives back"


class Standing(StrEnum):
    """How a linked transaction stands: it took effect, nobody knows, or it has no effect (any more)."""

    DONE = "done"
    DOUBTED = "doubted"
    UNDONE = "undone"


class Found(StrEnum):
    """What an inquiry found. `not_found` is not `never`: the original may still be travelling."""

    CHARGED = "charged"
    RETURNED = "returned"
    NEVER = "never"
    NOT_FOUND = "not_found"
    PENDING = "pending"
    UNKNOWN = "unknown"


class Sign(StrEnum):
    """How a terminal shows that it gave a sale up without reversing it."""

    TRACE_GAP = "trace_gap"
    BATCH_TOTAL = "batch_total"
    FAULT_SLIP = "fault_slip"
    BROKEN_REVERSAL = "broken_reversal"


ANY = "*"
"""Stands in an answer's echo where it need not repeat the request: F4 of an approval for less."""


@dataclass(frozen=True, slots=True)
class Key:
    """What makes a payment that payment on the wire: F42, F41, F60.2 and F11 (facts/iso8583 fact 7)."""

    merchant: str
    terminal: str
    batch: str
    stan: str


@dataclass(frozen=True, slots=True)
class Request:
    """What a terminal said about a payment, in its sale or in its reversal.

    `echo` is what an answer must repeat; `identity` is the frozen list that every reversal carries again;
    `fingerprint` tells a repeat of the same request from another one under the same key;
    `day` (yyyymmdd) is the business day it belongs to; `day_ends_at` (epoch ms) is when that day ends, after
    which no reversal may be sent (fact 9). `kind` is the channel's name for it, `undo` and `moves` what that kind
    means; `original` is the id of the payment that it voids or completes (`link`), "" when it names none.
    `undo_ends_at` (epoch ms): until when its reversal may be sent on a channel that takes one after the day, with F15;
    0: until `day_ends_at`. `channel` is whose clearing files speak of it: card, or a wallet's name; `order`: the number
    under which a wallet knows it.
    """

    key: Key
    amount_fen: int
    currency: str
    fingerprint: str
    echo: tuple[str, ...]
    identity: Pairs
    day: str
    day_ends_at: int
    masked_pan: str = ""
    kind: str = "purchase"
    undo: Undo = Undo.REVERSE
    moves: Moves = Moves.DEBIT
    original: str = ""
    link: Link = Link.NONE
    undo_ends_at: int = 0
    channel: str = "card"
    order: str = ""


@dataclass(frozen=True, slots=True)
class RequestTaken:
    """A terminal asked for something."""

    payment: str
    at: int
    evidence: str
    request: Request


@dataclass(frozen=True, slots=True)
class RequestBarred:
    """A terminal asked for a void of what is given back already, or is about to be: the journal let no second begin."""

    payment: str
    at: int
    evidence: str
    request: Request


@dataclass(frozen=True, slots=True)
class RequestReported:
    """Another switch has forwarded this request; we stand beside it and hear of its answers as they are reported."""

    payment: str
    at: int
    evidence: str
    request: Request


@dataclass(frozen=True, slots=True)
class NotForwarded:
    """Nothing of the request left for the host, and it never will. `why`: one safe line."""

    payment: str
    at: int
    why: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class SendUncertain:
    """We stopped between deciding to forward and hearing of it: the send counts as started."""

    payment: str
    at: int
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host's answer says. `mac` is good, bad or absent; `echo` as in Request; `rrn` is F37, `auth` F38;
    `amount_fen` is what was approved, where that may be less than was asked for (F39 10); `settles` is F15 (MMDD)."""

    code: str
    mac: str
    echo: tuple[str, ...]
    rrn: str = ""
    auth: str = ""
    amount_fen: int | None = None
    settles: str = ""


@dataclass(frozen=True, slots=True)
class ReplyArrived:
    """The host answered the request, in time or late."""

    payment: str
    at: int
    evidence: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class AnswerWritten:
    """The approval was written to the terminal's socket: from here on we originate no reversal."""

    payment: str
    at: int
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class AnswerUndelivered:
    """The terminal was gone before a byte of the approval was written."""

    payment: str
    at: int
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryUncertain:
    """We stopped while an approval was being written: nobody knows whether the terminal has it."""

    payment: str
    at: int
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class TerminalMovedOn:
    """The terminal began its next sale without reversing this one, so it holds this one for good."""

    payment: str
    at: int
    evidence: str


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """The deadline that the payment had set for itself (`due_at`, epoch ms) passed."""

    payment: str
    at: int
    due_at: int
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class ReversalAsked:
    """The terminal sent its reversal. `reason` is its F39: what it saw (98, 96, A0, 06)."""

    payment: str
    at: int
    evidence: str
    reason: str
    request: Request


@dataclass(frozen=True, slots=True)
class ReversalAnswered:
    """The host answered a reversal."""

    payment: str
    at: int
    evidence: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class ReversalStopped:
    """A named person ended the driving of this reversal: no send is in flight and none will follow."""

    payment: str
    at: int
    actor: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One record of a clearing file about this payment. `evidence` is the id of the stored record."""

    evidence: str
    amount_fen: int
    rrn: str
    stan: str
    sent_at: str


@dataclass(frozen=True, slots=True)
class SettlementSaw:
    """A complete clearing file of `day` (yyyymmdd) was read. No lines: the file is silent about this payment.

    `corrects`: evidence of an earlier file of that day, whose place this one takes; `withdrawn`: evidence of the lines
    which that file had about this payment.
    """

    payment: str
    at: int
    evidence: str
    day: str
    originals: tuple[Line, ...]
    reversals: tuple[Line, ...]
    corrects: str = ""
    withdrawn: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InquiryAnswered:
    """The channel was asked what became of the payment. `authentic`: its answer was proven to be its own."""

    payment: str
    at: int
    evidence: str
    outcome: Found
    authentic: bool


@dataclass(frozen=True, slots=True)
class CheckAsked:
    """A named person wants the channel asked now."""

    payment: str
    at: int
    actor: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class TerminalGaveUp:
    """The terminal shows that it gave this sale up and kept no reversal of it."""

    payment: str
    at: int
    evidence: str
    sign: Sign


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The payment `by`, which voids or completes this one, stands differently now. Written with its own fact."""

    payment: str
    at: int
    by: str
    link: Link
    standing: Standing
    proven: bool
    evidence: str = ""


Fact = (
    RequestTaken
    | RequestBarred
    | RequestReported
    | NotForwarded
    | SendUncertain
    | ReplyArrived
    | AnswerWritten
    | AnswerUndelivered
    | DeliveryUncertain
    | TerminalMovedOn
    | DeadlinePassed
    | ReversalAsked
    | ReversalAnswered
    | ReversalStopped
    | SettlementSaw
    | InquiryAnswered
    | CheckAsked
    | TerminalGaveUp
    | LinkChanged
)

KINDS: dict[str, type[Fact]] = {
    kind.__name__: kind
    for kind in (
        RequestTaken,
        RequestBarred,
        RequestReported,
        NotForwarded,
        SendUncertain,
        ReplyArrived,
        AnswerWritten,
        AnswerUndelivered,
        DeliveryUncertain,
        TerminalMovedOn,
        DeadlinePassed,
        ReversalAsked,
        ReversalAnswered,
        ReversalStopped,
        SettlementSaw,
        InquiryAnswered,
        CheckAsked,
        TerminalGaveUp,
        LinkChanged,
    )
}
"""Name to type, for whoever stores facts and reads them back."""
