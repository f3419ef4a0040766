"""How does a question about a payment in doubt reach its channel, and what does the answer say?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chongzheng.gateway.counts import Counts
from chongzheng.gateway.inquiry import Asked, Budget, Inquiries
from chongzheng.gateway.lanes import rank
from chongzheng.gateway.profile import GOOD, Spoken
from chongzheng.journal import Evidence, Submission
from chongzheng.reversal.effects import Inquire
from chongzheng.reversal.facts import Found, InquiryAnswered
from chongzheng.reversal.payment import FINAL, Payment

LOOK_AGAIN_MS = 1_000
"""Wait before a channel is tried again that cannot be asked now."""
HARMLESS = {"25": Found.NOT_FOUND, "09": Found.PENDING}
"""Answers (F39) that mean the same everywhere and prove nothing; all others mean what the configuration says.

Whether 00 means "it was charged" or only "the question was understood" is the network's own convention
(facts/iso8583 section 3.9 names no status inquiry that all share), so it has no default.
"""

Call = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Channel:
    """The way to a channel: `send` hands a question to a link ("" or why not now); `ready`: whether one is up.

    `answers` says what F39 of its answers means; a code that stands nowhere is `unknown`.
    """

    send: Callable[[Payment], str]
    ready: Callable[[], bool]
    answers: Mapping[str, Found]


class Asking:
    """The inquiries of one channel. Everything on the loop thread; `clock`: epoch ms."""

    def __init__(
        self,
        budget: Budget,
        channel: Channel,
        clock: Callable[[], int],
        later: Callable[[int, Call], Call],
        counts: Counts,
    ) -> None:
        self._inquiries: Inquiries[Payment] = Inquiries(budget)
        self._channel = channel
        self._answers = {**HARMLESS, **channel.answers}
        self._clock = clock
        self._later = later
        self._counts = counts
        self._cancel: Call | None = None

    def __len__(self) -> int:
        return len(self._inquiries)

    def inquire(self, payment: Payment, effect: Inquire) -> None:
        """The outlet of Inquire. What finds no place is noted; the ladder or the clearing file comes after it."""
        place = rank(payment.opened_at, payment.amount_fen)
        merchant, by_person = payment.key.merchant, effect.by_person
        asked = self._inquiries.ask(self._clock(), payment.id, merchant, place, payment, by_person)
        if asked is not Asked.WAITS:
            self._counts.note("inquiry not made", asked)
        self._pump()

    def watch(self, payment: Payment) -> None:
        """A payment was committed: one that is final need not be asked about."""
        if payment.state in FINAL:
            self._inquiries.drop(self._clock(), payment.id)

    def stop(self) -> None:
        """Nothing is asked any more."""
        if self._cancel is not None:
            self._cancel()

    def heard(self, payment: str, spoken: Spoken, proof: Evidence) -> Submission:
        """The channel's answer as a fact. Only what carries a good MAC is its own word."""
        found = self._answers.get(spoken.message.text(39), Found.UNKNOWN)
        return Submission(InquiryAnswered(payment, proof.at, proof.id, found, spoken.mac == GOOD), (proof,))

    def _pump(self) -> None:
        if self._cancel is not None:
            return  # it goes on by itself
        while self._channel.ready():
            payment = self._inquiries.next(self._clock())
            if payment is None:
                break
            self._ask(payment)
        if len(self._inquiries):
            wait_ms = self._inquiries.wait_ms(self._clock()) or LOOK_AGAIN_MS
            self._cancel = self._later(wait_ms, self._go_on)

    def _go_on(self) -> None:
        self._cancel = None
        self._pump()

    def _ask(self, payment: Payment) -> None:
        why = self._channel.send(payment)
        if why:
            self._counts.note("inquiry not sent", why)


def answers_of(given: Mapping[str, str]) -> dict[str, Found]:
    """What a configuration says about F39 of an inquiry's answer, as the machine's words."""
    return {code: Found(word) for code, word in given.items()}
