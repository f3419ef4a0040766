"""How do sales and reversals reach the host, and what do its answers become?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from chongzheng.card import Pan
from chongzheng.gateway import translate
from chongzheng.gateway.counts import Counts
from chongzheng.gateway.in_hand import Bounded, InHand
from chongzheng.gateway.keybox import Key
from chongzheng.gateway.links import Links
from chongzheng.gateway.profile import ABSENT, Meaning, Numbers, Pairs, Profile, Spoken, link_in, numbers_in
from chongzheng.gateway.translate import HostWord, Message, Said
from chongzheng.journal import Evidence, Journal, Reader, Submission, evidence, payment_id
from chongzheng.mistakes import OurMistake, TheirMistake
from chongzheng.reversal import facts
from chongzheng.reversal.effects import Forward, Resend, SendReversal, SignIn
from chongzheng.reversal.payment import Owes, Payment

KNOWN_MAX = 100_000
"""Payments known to be in the journal without looking; the others are looked up."""
WINDOWS_MAX = 8_192
"""Payments whose newest state is at hand when their reversal is written: more than any window holds."""
NOT_AT_HAND = LookupError("not at hand")
SOURCE = "host"
UNDERSTOOD = (Meaning.ANSWER, Meaning.UNDO_ANSWER, Meaning.INQUIRY_ANSWER, Meaning.REFUSED_AS_SUCH)
SAID = {Meaning.ANSWER: Said.REPLY, Meaning.UNDO_ANSWER: Said.REVERSAL_ANSWER}

Execute = Callable[[Callable[[], Any], Callable[[Any], None]], None]


class Forwarding:
    """The outlets towards the host, and the way of its answers back. All on the loop thread; `clock`: epoch ms.

    `pin_key(merchant, terminal)` gives the key under which a terminal's PIN blocks come, where the key box carries
    them over to the link's; None where they pass unchanged.
    """

    def __init__(
        self,
        journal: Journal,
        reader: Reader,
        in_hand: InHand,
        counts: Counts,
        clock: Callable[[], int],
        execute: Execute,
        hand_in: Callable[[Submission], bool],
        profile: Profile,
        pin_key: Callable[[str, str], Key | None] | None = None,
    ) -> None:
        self._journal = journal
        self._reader = reader
        self._in_hand = in_hand
        self._counts = counts
        self._clock = clock
        self._execute = execute
        self._hand_in = hand_in
        self._profile = profile
        self._pin_key = pin_key
        self._gathered: list[tuple[Payment, SendReversal]] = []  # at most a window of them
        self._reading = False
        self._newest: Bounded[Payment] = Bounded(WINDOWS_MAX)  # of those that are about to be written
        self._held_back: Bounded[bool] = Bounded(KNOWN_MAX)
        self._known: Bounded[tuple[str, Pairs]] = Bounded(KNOWN_MAX)
        self.links = Links(())
        self.passed_back: Callable[[Message], bool] = lambda message: False
        """Takes the answer to what was passed on; False when nobody waits for it."""
        self.answered: Callable[[str, Spoken, Evidence], Submission]  # what an answer to an inquiry says

    # Out

    def forward(self, payment: Payment, effect: Forward) -> None:
        """The outlet of Forward: at most once. What has not been handed to the socket never will be."""
        heard = self._in_hand.sales.take(payment.id)
        why = "the message is no longer in memory"
        if heard is not None:
            why = self._send_sale(payment, heard)
        if why:
            self.not_sent(payment.id, why)

    def _send_sale(self, payment: Payment, heard: translate.Heard) -> str:
        pin = None
        if heard.has_pin and self._pin_key is not None:
            pin = self._pin_key(heard.merchant, heard.terminal)
            if pin is None:
                return "the terminal has no PIN key"
        try:
            original = self._original_of(payment)
            message = self._profile.request(translate.forward(heard), numbers_in(payment.identity), original)
        except (TheirMistake, OurMistake) as mistake:
            return f"cannot be said on this link: {mistake}"
        return self.links.send_sale(payment.id, link_in(payment.identity), message, pin)

    def _original_of(self, payment: Payment) -> Numbers | None:
        """What the payment that this one voids or completes is called towards a network."""
        if not payment.original or not self._profile.own_numbers:
            return None
        original = self._reader.payment(payment.original)
        return numbers_in(original.identity) if original is not None else None

    def not_sent(self, payment: str, why: str) -> None:
        """Nothing of this sale has left, and it never will."""
        self._counts.note("not forwarded", why)
        self._hand_in(Submission(facts.NotForwarded(payment, self._clock(), why)))

    def send_reversal(self, payment: Payment, effect: SendReversal) -> None:
        """The outlet of SendReversal. When it cannot leave now, its deadline brings it back.

        The commit has laid out its card number; if that is no longer at hand it is read on the writer's thread, at one
        go for all reversals that gather meanwhile.
        """
        self._newest.put(payment.id, payment)
        card = self._journal.card_at_hand(payment.id, NOT_AT_HAND)
        if card is not NOT_AT_HAND:
            self._send_with(card, payment, effect)
            return
        self._gathered.append((payment, effect))
        if not self._reading:
            self._read_cards()

    def _read_cards(self) -> None:
        self._reading = True
        undos, self._gathered = self._gathered, []

        def send(found: list[Pan | Exception | None] | Exception) -> None:
            self._reading = False
            cards = [found] * len(undos) if isinstance(found, Exception) else found
            for (payment, effect), card in zip(undos, cards, strict=True):
                self._send_with(card, payment, effect)
            if self._gathered and not self._reading:
                self._read_cards()

        self._execute(lambda: self._journal.cards([payment.id for payment, _ in undos]), send)

    def _send_with(self, card: Pan | Exception | None, payment: Payment, effect: SendReversal) -> None:
        if self._is_over(payment):
            return
        pan = card if isinstance(card, Pan) else None
        if isinstance(card, Exception):
            self._counts.note("card number not readable", type(card).__name__)
        why = self._send_undo(payment, effect, pan)
        if why:
            self._counts.note("reversal not sent, due again later", why)

    def _is_over(self, payment: Payment) -> bool:
        """The last look before it is written: whether it is not owed any more, or is being stopped."""
        newest = self._newest.get(payment.id) or payment
        over = newest.owes is not payment.owes or payment.id in self._held_back
        if over:
            self._counts.note("send held back: it was stopped or settled meanwhile")
        return over

    def hold_back(self, payment: str, held: bool = True) -> None:
        """A person's stop is on its way into the journal: nothing of this reversal or notice is written any more.

        `held` False: it did not get there.
        """
        if held:
            self._held_back.put(payment, True)
        else:
            self._held_back.take(payment)

    def _send_undo(self, payment: Payment, effect: SendReversal, pan: Pan | None) -> str:
        message = translate.reversal(payment, effect.reason, pan)
        try:
            undo = self._profile.undo(message, self._numbers_of(payment), effect.attempt)
        except (TheirMistake, OurMistake) as mistake:
            return f"cannot be said on this link: {mistake}"
        return self.links.send("reversal", link_in(payment.identity), undo)

    def _numbers_of(self, payment: Payment) -> Numbers | None:
        return numbers_in(payment.identity) if self._profile.own_numbers else None

    def resend(self, payment: Payment, effect: Resend) -> None:
        """The outlet of Resend: a notice, from what was frozen of it. When it cannot leave now, it is due again."""

        self._newest.put(payment.id, payment)

        def send(card: Pan | BaseException | None) -> None:
            if self._is_over(payment):
                return
            try:
                notice = translate.again(payment, card if isinstance(card, Pan) else None)
                message = self._profile.request(notice, numbers_in(payment.identity))
                why = self.links.send("reversal", link_in(payment.identity), message)
            except (TheirMistake, OurMistake) as mistake:
                why = f"cannot be said on this link: {mistake}"
            if why:
                self._counts.note("notice not sent, due again later", why)

        self._execute(lambda: self._journal.card(payment.id), send)

    def ask(self, payment: Payment) -> str:
        """Hand a question about the payment to its link; "" when that was done, else why not."""
        try:
            question = self._profile.inquiry(translate.reversal(payment, "", None), numbers_in(payment.identity))
        except (TheirMistake, OurMistake) as mistake:
            return f"cannot be said on this link: {mistake}"
        if question is None:
            return "this channel has no inquiry"
        return self.links.send("inquiry", link_in(payment.identity), question)

    def pass_on(self, message: Message) -> str:
        """A terminal's message that moves no money goes through as it is; "" or why not."""
        if self._profile.own_numbers:
            return "this link has no such messages"
        bare = translate.MAC_FIELD not in message.fields
        return self.links.send("inquiry", "", message.with_fields({translate.MAC_FIELD: None}), bare)

    def sign_in(self, payment: Payment, effect: SignIn) -> None:
        """The outlet of SignIn."""
        self.links.sign_in_again(link_in(payment.identity))

    def watch(self, payment: Payment) -> None:
        """A payment was committed."""
        if payment.id in self._newest:
            self._newest.put(payment.id, payment)
        if payment.stopped_by:
            self._held_back.take(payment.id)  # the machine sends nothing more
        name = self._name_of(payment)
        if name and (self._profile.own_numbers or name not in self._known):  # numbers of ours come round again
            self._known.put(name, (payment.id, payment.identity))
        if payment.owes is not Owes.FORWARD:
            self.links.answered(payment.id)

    def _name_of(self, payment: Payment) -> str:
        if not self._profile.own_numbers:
            return payment.id
        numbers: Numbers | None = numbers_in(payment.identity)
        return numbers.name() if numbers is not None else ""

    # In

    def receive(self, spoken: Spoken, profile: Profile) -> None:
        """A message of the host becomes a fact of its payment, or stray evidence."""
        proof = evidence(f"host-{spoken.message.mti}", SOURCE, self._clock(), translate.evidence_body(spoken.message))
        if spoken.meaning not in UNDERSTOOD:
            if self.passed_back(spoken.message):
                return
            self._keep(proof, "nobody asked for such a message")
            return
        try:
            found = self._payment_of(spoken)
        except TheirMistake as mistake:
            self._keep(proof, f"names no payment: {mistake}")
            return
        if found is None:
            self._keep(proof, "speaks of a payment that we never sent")
            return
        payment, identity = found
        if spoken.meaning is Meaning.INQUIRY_ANSWER:
            self._submit(self.answered(payment, spoken, proof))
            return
        message = profile.in_pos_words(spoken, identity)
        said = Said.REPLY if message.mti != "0410" else Said.REVERSAL_ANSWER
        mac = ABSENT if spoken.meaning is Meaning.REFUSED_AS_SUCH else spoken.mac
        self._hand_on(payment, HostWord(said, message, mac), proof)

    def _hand_on(self, payment: str, word: HostWord, proof: Evidence) -> None:
        answer = translate.answer(word)
        if word.said is Said.REPLY:
            # The terminal's answer repeats the host's fields, if this reply turns out to be the one that counts.
            if payment in self._in_hand.waiting:
                self._in_hand.replies.add(payment, word)
            self._submit(Submission(facts.ReplyArrived(payment, proof.at, proof.id, answer), (proof,)))
        else:
            self._submit(Submission(facts.ReversalAnswered(payment, proof.at, proof.id, answer), (proof,)))

    def _payment_of(self, spoken: Spoken) -> tuple[str, Pairs] | None:
        """Whose answer it is, also after a restart: the journal knows every name that was ever given."""
        own = self._profile.own_numbers
        name = spoken.name if own else payment_id(translate.key(spoken.message))
        if not name:
            raise TheirMistake("is missing", "F7, F11")
        known = self._known.get(name)
        if known is None:
            payment = self._reader.by_alias(name) if own else self._reader.payment(name)
            known = (payment.id, payment.identity) if payment is not None else None
        return known

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
