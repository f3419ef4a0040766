"""What can the machine want done? The effects: imperative, carried out only after the commit that decided them."""

from __future__ import annotations

from dataclasses import dataclass

from chongzheng.reversal.facts import Link, Standing


@dataclass(frozen=True, slots=True)
class Forward:
    """Send the request to the host. At most once: after a restart it becomes SendUncertain, never a second send."""

    payment: str


@dataclass(frozen=True, slots=True)
class AnswerTerminal:
    """Answer the sale with F39 `code`. `approved` answers are written at most once and reported back as a fact."""

    payment: str
    code: str
    approved: bool


@dataclass(frozen=True, slots=True)
class AnswerReversal:
    """Answer the terminal's reversal: "we own it", or that this kind is never reversed. Never evidence of effect."""

    payment: str
    code: str


@dataclass(frozen=True, slots=True)
class SendReversal:
    """Send the reversal, the `attempt`-th time, with the identity of the first and F39 `reason`. May repeat."""

    payment: str
    reason: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Resend:
    """Send the request again, the `attempt`-th time, with the identity of the first: a notice, never a sale."""

    payment: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Inquire:
    """Ask the channel what became of the payment, the `attempt`-th time. May repeat.

    `by_person`: a named person wants it now; that has a budget of its own.
    """

    payment: str
    attempt: int
    by_person: bool = False


@dataclass(frozen=True, slots=True)
class TellLinked:
    """Hand the original `payment` the fact that `by` stands differently now, in the same commit."""

    payment: str
    by: str
    link: Link
    standing: Standing
    proven: bool


@dataclass(frozen=True, slots=True)
class SignIn:
    """Sign in at the host anew: it says that keys or batch disagree. May repeat."""

    payment: str


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Hand the payment to people, with a reason and a deadline (epoch ms). Written in the same commit."""

    payment: str
    why: str
    due_at: int


@dataclass(frozen=True, slots=True)
class ForgetCard:
    """No obligation needs the card number any more: the vault deletes it in the same commit."""

    payment: str


Effect = (
    Forward
    | AnswerTerminal
    | AnswerReversal
    | SendReversal
    | Resend
    | Inquire
    | TellLinked
    | SignIn
    | OpenCase
    | ForgetCard
)
