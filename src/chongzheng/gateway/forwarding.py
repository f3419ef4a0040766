"""How do sales and reversals reach the host, and what do its answers become?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from chongzheng.card import Pan
from chongzheng.gateway import translate
from chongzheng.gateway.counts import Counts
from chongzheng.gateway.host import HostLink
from chongzheng.gateway.in_hand import Bounded, InHand
from chongzheng.gateway.translate import HostWord, Said
from chongzheng.journal import Evidence, Journal, Reader, Submission, evidence, payment_id
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal import facts
from chongzheng.reversal.effects import Forward, SendReversal, SignIn
from chongzheng.reversal.payment import Owes, Payment

KNOWN_MAX = 100_000
"""Payments known to be in the journal without looking; the others are looked up."""
SOURCE = "host"

Execute = Callable[[Callable[[], Any], Callable[[Any], None]], None]


class Forwarding:
    """The outlets towards the host, and the way of its answers back. All on the loop thread; `clock`: epoch ms."""

    def __init__(
        self,
        journal: Journal,
        reader: Reader,
        in_hand: InHand,
        counts: Counts,
        clock: Callable[[], int],
        execute: Execute,
        hand_in: Callable[[Submission], bool],
    ) -> None:
        self._journal = journal
        self._reader = reader
        self._in_hand = in_hand
        self._counts = counts
        self._clock = clock
        self._execute = execute
        self._hand_in = hand_in
        self._known: Bounded[bool] = Bounded(KNOWN_MAX)
        self.link: HostLink | None = None

    # Out

    def forward(self, payment: Payment, effect: Forward) -> None:
        """The outlet of Forward: at most once. What has not been handed to the socket never will be."""
        heard = self._in_hand.sales.take(payment.id)
        why = "the message is no longer in memory"
        if heard is not None:
            why = "there is no host link" if self.link is None else ""
            if self.link is not None:
                why = self.link.send_sale(payment.id, translate.forward(heard))
        if why:
            self._counts.note("not forwarded", why)
            self._hand_in(Submission(facts.NotForwarded(payment.id, self._clock(), why)))

    def send_reversal(self, payment: Payment, effect: SendReversal) -> None:
        """The outlet of SendReversal. When it cannot leave now, its deadline brings it back."""

        def send(card: Pan | BaseException | None) -> None:
            pan = card if isinstance(card, Pan) else None
            if isinstance(card, BaseException):
                self._counts.note("card number not readable", type(card).__name__)
            message = translate.reversal(payment, effect.reason, pan)
            why = "there is no host link" if self.link is None else self.link.send(message)
            if why:
                self._counts.note("reversal not sent, due again later", why)

        self._execute(lambda: self._journal.card(payment.id), send)

    def sign_in(self, payment: Payment, effect: SignIn) -> None:
        """The outlet of SignIn."""
        if self.link is not None:
            self.link.sign_in_again()

    def watch(self, payment: Payment) -> None:
        """A payment was committed."""
        self._known.put(payment.id, True)
        if self.link is not None and payment.owes is not Owes.FORWARD:
            self.link.answered(payment.id)

    # In

    def receive(self, word: HostWord) -> None:
        """A message of the host becomes a fact of its payment, or stray evidence."""
        proof = evidence(f"host-{word.message.mti}", SOURCE, self._clock(), translate.evidence_body(word.message))
        if word.said not in (Said.REPLY, Said.REVERSAL_ANSWER):
            self._keep(proof, "nobody asked for such a message")
            return
        try:
            payment = payment_id(translate.key(word.message))
        except TheirMistake as mistake:
            self._keep(proof, f"names no payment: {mistake}")
            return
        if payment not in self._known and self._reader.payment(payment) is None:
            self._keep(proof, "speaks of a payment that we never sent")
            return
        answer = translate.answer(word)
        if word.said is Said.REPLY:
            # The terminal's answer repeats the host's fields, if this reply turns out to be the one that counts.
            if payment in self._in_hand.waiting:
                self._in_hand.replies.add(payment, word)
            self._submit(Submission(facts.ReplyArrived(payment, proof.at, proof.id, answer), (proof,)))
        else:
            self._submit(Submission(facts.ReversalAnswered(payment, proof.at, proof.id, answer), (proof,)))

    def puzzled(self, payload: bytes) -> None:
        """Bytes of the host that are no message: only their length and hash are kept, for they may hold card data."""
        body = f'{{"bytes":{len(payload)},"sha256":"{hashlib.sha256(payload).hexdigest()}"}}'.encode()
        self._keep(evidence("host-undecodable", SOURCE, self._clock(), body), "is not a message of the dialect")

    def _submit(self, submission: Submission) -> None:
        if not self._hand_in(submission):
            # As if the answer had been lost on the way: the payment's deadline takes over.
            self._counts.note("host answer dropped, the queue is full")

    def _keep(self, proof: Evidence, why: str) -> None:
        self._counts.note("stray message of the host", why)
        self._journal.keep_stray(proof, why)
