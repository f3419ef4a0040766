"""What can happen to a payment? The facts: past tense, stamped with their time at the door, never changed."""

from __future__ import annotations

from dataclasses import dataclass

Pairs = tuple[tuple[str, str], ...]
"""Opaque name-value pairs: the machine carries them for the gateway and never looks inside."""


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
    which no reversal may be sent (fact 9).
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


@dataclass(frozen=True, slots=True)
class RequestTaken:
    """A terminal asked for a purchase."""

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
    """What a host's answer says. `mac` is good, bad or absent; `echo` as in Request; `rrn` is F37, `auth` F38."""

    code: str
    mac: str
    echo: tuple[str, ...]
    rrn: str = ""
    auth: str = ""


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
    """A complete clearing file of `day` (yyyymmdd) was read. No lines: the file is silent about this payment."""

    payment: str
    at: int
    evidence: str
    day: str
    originals: tuple[Line, ...]
    reversals: tuple[Line, ...]


Fact = (
    RequestTaken
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
)

KINDS: dict[str, type[Fact]] = {
    kind.__name__: kind
    for kind in (
        RequestTaken,
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
    )
}
"""Name to type, for whoever stores facts and reads them back."""
