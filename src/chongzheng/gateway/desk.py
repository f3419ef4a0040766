"""What does a terminal get for what it says? Sales and reversals become facts; effects become answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from chongzheng.gateway import translate
from chongzheng.gateway.allowance import Allowance
from chongzheng.gateway.business_day import Calendar
from chongzheng.gateway.channel import NO_ORDER, Channel
from chongzheng.gateway.counts import Counts
from chongzheng.gateway.in_hand import Asker, Bounded, InHand
from chongzheng.gateway.numbers import Named, unnamed
from chongzheng.gateway.pos import PosLine, Turn
from chongzheng.gateway.terminals import Terminal, Terminals, plain
from chongzheng.gateway.translate import CUP_POS, Heard, Message, Wants
from chongzheng.journal import Evidence, Reader, Submission, Vault, evidence, payment_id
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal import facts
from chongzheng.reversal.effects import AnswerReversal, AnswerTerminal
from chongzheng.reversal.originals import meant
from chongzheng.reversal.payment import Owes, Payment, State, Tie, Told

DAY_MS = 24 * 3_600_000
LAST_MAX = 200_000
"""Terminals whose last payment is remembered; the journal knows the others."""
REFUSED_MAX = 20_000
"""Sales refused at the door whose refusal is remembered; the oldest are forgotten first."""
UNKNOWN_TERMINAL, BUSY, BAD_MAC, DONE, WRONG_RELATION, UNREACHABLE = "97", "96", "A0", "00", "22", "91"
SOURCE = "pos"
FORGERIES_PER_S, FORGERIES_BURST = 1, 100
"""Messages with a wrong MAC that are kept as evidence; a flood of them is counted and must not fill the disk."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The piece of the configuration that the desk needs. `pin`: whether PIN blocks may pass unchanged; `channel`:
    which kinds of messages there are."""

    calendar: Calendar
    duplicate_code: str
    pin: bool = False
    channel: Channel = CUP_POS


@dataclass(frozen=True, slots=True)
class Ways:
    """Where the desk's words go: the runner, the journal's strays, and the door's list of who is on which line."""

    hand_in: Callable[[Submission], bool]
    keep_stray: Callable[[Evidence, str], None]
    name_line: Callable[[PosLine, tuple[str, str]], None]
    name_upstream: Callable[[str, str], Named | None] = lambda day, mti: unnamed()
    """What a payment of this day and type is called on the way up; None: no numbers are left."""
    pass_on: Callable[[Message], str] = lambda message: "there is no way through"
    """Sends what moves no money to the host as it is; "" or why not."""
    in_turn: Callable[[str, int, Callable[[], None]], None] = lambda lane, order, go: go()
    """Does it when nothing that goes before it (its order in the channel's table) waits for the same terminal."""


class Desk:
    """Serves terminals. Every method is called on the loop thread and returns at once. `clock`: epoch ms."""

    def __init__(
        self,
        rules: Rules,
        terminals: Terminals,
        vault: Vault,
        reader: Reader,
        in_hand: InHand,
        counts: Counts,
        clock: Callable[[], int],
        ways: Ways,
    ) -> None:
        self._rules = rules
        self._terminals = terminals
        self._vault = vault
        self._reader = reader
        self._in_hand = in_hand
        self._counts = counts
        self._clock = clock
        self._ways = ways
        self._last: Bounded[Payment] = Bounded(LAST_MAX)
        self._refused: Bounded[str] = Bounded(REFUSED_MAX)
        self._forgeries = Allowance(FORGERIES_PER_S, FORGERIES_BURST, clock())

    # In: what terminals say

    def receive(self, turn: Turn, body: bytes) -> None:
        """One message of a terminal. TheirMistake when it is none: then the door hangs up."""
        channel = self._rules.channel
        day = self._rules.calendar.day(self._clock())[0] if channel.is_dated else ""
        heard = translate.hear(body, channel, day)
        asker = Asker(turn, translate.outline(heard))
        terminal = self._terminals.find(heard)
        if terminal is None:
            self._turn_away(asker, UNKNOWN_TERMINAL, "unknown terminal")
            turn.strike()
            return
        turn.line.call((heard.merchant, heard.terminal))  # a name that anybody may say: enough to be listened to
        is_reversal = heard.message.mti == translate.UNDO_TYPE
        if heard.message.mti not in channel.types and not is_reversal and not asker.turn.puzzles():
            self._counts.note("dropped: unknown type again")
            asker.turn.strike()
        elif heard.refusal and not is_reversal:
            self._turn_away(asker, heard.refusal, f"refused: {heard.wants}")
        elif is_reversal or heard.wants is Wants.TRANSACTION:
            self._take_payment(asker, terminal, heard, body)
        elif heard.wants is Wants.SIGN_IN:
            self._terminals.sign_in(terminal, heard, self._local(), lambda answer: self._give(asker, answer))
        elif heard.wants is Wants.PASSAGE:
            self._pass_on(asker, terminal, heard, body)
        else:
            self._give(asker, self._own_answer(asker, DONE))

    def _pass_on(self, asker: Asker, terminal: Terminal, heard: Heard, body: bytes) -> None:
        """Nothing of it is kept or judged; it goes in the order in which the terminal sent it."""
        if translate.MAC_FIELD in heard.message.fields and not self._terminals.is_genuine(terminal, body):
            self._turn_away(asker, BAD_MAC, "bad MAC from a terminal")
            asker.turn.strike()
            return
        if not asker.turn.begin():
            self._turn_away(asker, BUSY, "too many in flight")
            return
        name = translate.passage_name(heard.message)
        self._in_hand.passing.put(name, asker)
        order = heard.errand.order if heard.errand is not None else NO_ORDER
        self._ways.in_turn(heard.merchant + heard.terminal, order, lambda: self._send_on(asker, name, heard.message))

    def _send_on(self, asker: Asker, name: str, message: Message) -> None:
        if self._ways.pass_on(message):
            self._in_hand.passing.take(name)
            self._turn_away(asker, UNREACHABLE, "not passed on")

    def passed_back(self, message: Message) -> bool:
        """The host's answer to what was passed on; False when no terminal waits for it."""
        asker = self._in_hand.passing.take(translate.passage_name(message))
        if asker is None:
            return False
        back = translate.relay(message, message.text(39))
        if translate.MAC_FIELD in message.fields:
            self._give(asker, self._terminals.sealed(message.text(42), message.text(41), back))
        else:
            self._give(asker, plain(back))
        return True

    def _take_payment(self, asker: Asker, terminal: Terminal, heard: Heard, body: bytes) -> None:
        at = self._clock()
        if not self._terminals.is_genuine(terminal, body):
            if self._forgeries.take(at):
                self._ways.keep_stray(self._proof(heard, at), "the MAC is not this terminal's")
            self._turn_away(asker, BAD_MAC, "bad MAC from a terminal")
            asker.turn.strike()
            return
        proof = self._proof(heard, at)
        asker.turn.forgive()
        self._ways.name_line(asker.turn.line, (heard.merchant, heard.terminal))
        if heard.refusal:
            self._take_broken_reversal(asker, heard, proof)
        elif heard.wants is Wants.TRANSACTION:
            self._take_sale(asker, heard, proof)
        else:
            self._take_reversal(asker, heard, proof)

    def _proof(self, heard: Heard, at: int) -> Evidence:
        return evidence(f"pos-{heard.message.mti}", SOURCE, at, translate.evidence_body(heard.message))

    def _take_sale(self, asker: Asker, heard: Heard, proof: Evidence) -> None:
        if heard.has_pin and not self._rules.pin:
            self._turn_away(asker, translate.NOT_SUPPORTED, "refused: PIN block without a shared PIN key")
            return
        request, named = self._request(heard, proof.at)
        payment = payment_id(request.key)
        if payment in self._refused:
            self._turn_away(asker, self._refused[payment], "refused again")
            return
        if named is None:
            self._refuse_new(asker, payment, request, BUSY, "no numbers are left")
            return
        if request.original and not self._may_follow(request, payment) and not self._reader.payment(payment):
            self._refuse_new(asker, payment, request, WRONG_RELATION, "refused: its original is reversed or voided")
            return
        if not asker.turn.begin() or not self._in_hand.waiting.join(payment, asker):
            self._refuse_new(asker, payment, request, BUSY, "too many in flight")
            return
        self._note_moved_on(asker, heard, payment, proof)
        if payment not in self._in_hand.sales:
            self._in_hand.sales.put(payment, heard)
        fact = facts.RequestTaken(payment, proof.at, proof.id, request)
        if not self._ways.hand_in(Submission(fact, (proof,), translate.card(heard), named.alias)):
            self._decline_unwritten(fact, "the queue is full")

    def _take_reversal(self, asker: Asker, heard: Heard, proof: Evidence) -> None:
        """No limit in flight for these: a reversal that is turned away is a cardholder's money at risk."""
        request, named = self._request(heard, proof.at)
        if named is None:
            self._say_nothing(asker, "no numbers are left for a reversal")
            return
        payment, request = self._reversed(heard, request)
        if not self._in_hand.reversing.join(payment, asker):
            self._say_nothing(asker, "too many repeats of a reversal")
            return
        fact = facts.ReversalAsked(payment, proof.at, proof.id, translate.reason(heard), request)
        if not self._ways.hand_in(Submission(fact, (proof,), translate.card(heard), named.alias)):
            self._in_hand.reversing.leave(payment, newest=True)
            self._say_nothing(asker, "the queue is full for a reversal")

    def _take_broken_reversal(self, asker: Asker, heard: Heard, proof: Evidence) -> None:
        """A genuine reversal that cannot be understood still says that its terminal gave the sale up."""
        try:
            payment = payment_id(translate.key(heard.message))
        except TheirMistake:
            payment = ""
        if payment and self._reader.payment(payment) is not None:
            fact = facts.TerminalGaveUp(payment, proof.at, proof.id, facts.Sign.BROKEN_REVERSAL)
            self._ways.hand_in(Submission(fact, (proof,)))
        else:
            self._ways.keep_stray(proof, "a reversal that cannot be understood")
        self._turn_away(asker, heard.refusal, "refused: a reversal that cannot be understood")

    def _say_nothing(self, asker: Asker, why: str) -> None:
        """Terminals take any answer to a reversal as done and delete their record: silence makes them repeat it."""
        self._counts.note(why)
        asker.turn.end()

    def _may_follow(self, request: facts.Request, payment: str) -> bool:
        """Whether a void or a completion may still go on: nobody else gives its original back, or has used it up.

        A look ahead that spares most the way into the journal; there the release token decides.
        """
        original = self._reader.payment(request.original)
        if original is None:
            return True
        used_up = any(_uses_up(tie, request.link) for tie in original.ties if tie.by != payment)
        return original.reason == "" and not used_up

    def _reversed(self, heard: Heard, request: facts.Request) -> tuple[str, facts.Request]:
        """Which payment a reversal means: the one of its key, or of an older batch when it has signed in since."""
        payment = payment_id(request.key)
        if payment in self._in_hand.waiting or self._reader.payment(payment) is not None:
            return payment, request
        older = translate.older_key(heard)
        named = self._reader.payment(payment_id(older)) if older is not None else None
        key = request.key
        found = named or self._reader.find_original(
            key.merchant, key.terminal, key.stan, request.amount_fen, request.day)  # fmt: skip
        original = meant(request, [found] if found is not None else [])
        if original is None:
            return payment, request
        self._counts.note("reversal under a new batch")
        return original.id, replace(request, key=original.key)

    def _request(self, heard: Heard, at: int) -> tuple[facts.Request, Named | None]:
        """What the machine keeps, and what the payment is called on the way up if this is the first we hear of it."""
        day, day_ends_at = self._rules.calendar.day(at)
        request = translate.request(heard, day, day_ends_at, self._vault.index, payment_id)
        days = self._rules.channel.undo_days(day)
        if days:
            request = replace(request, undo_ends_at=day_ends_at + days * DAY_MS)
        named = self._ways.name_upstream(day, heard.kind.mti)
        if named is not None and named.pairs:
            request = replace(request, identity=(*request.identity, *named.pairs))
        return request, named

    def _note_moved_on(self, asker: Asker, heard: Heard, payment: str, proof: Evidence) -> None:
        """A terminal sends its reversal before its next sale, so a next sale says that it is done with the last one."""
        last = self._last.get(heard.merchant + heard.terminal)
        if last is None:
            last = self._reader.last_of_terminal(heard.merchant, heard.terminal)
        if last is None or last.id == payment:
            return
        holds_it = last.state is State.APPROVED and last.told is Told.MAYBE_APPROVED
        if holds_it or (last.state is State.FORWARDED and self._dialled_anew(asker, last)):
            self._ways.hand_in(Submission(facts.TerminalMovedOn(last.id, proof.at, proof.id), (proof,)))

    def _dialled_anew(self, asker: Asker, last: Payment) -> bool:
        """Whether nobody on this asker's connection waits for `last`: several in flight on one are allowed."""
        waiting = self._in_hand.waiting.get(last.id)
        return waiting is not None and all(one.turn.line is not asker.turn.line for one in waiting.askers)

    # Out: what the machine decided

    def watch(self, payment: Payment) -> None:
        """A payment was committed."""
        if payment.owes is not Owes.FORWARD:
            self._in_hand.sales.take(payment.id)
        terminal = payment.key.merchant + payment.key.terminal
        last = self._last.get(terminal)
        if last is None or payment.opened_at >= last.opened_at:
            self._last.put(terminal, payment)

    def answer_sale(self, payment: Payment, effect: AnswerTerminal) -> None:
        """The outlet of AnswerTerminal. An approval is written at most once, and we say whether it was."""
        if effect.approved:
            self._approve(payment, effect.code)
        elif effect.code == self._rules.duplicate_code:
            self._decline(payment, effect.code, newest=True)
        else:
            while self._decline(payment, effect.code):
                pass
            self._in_hand.replies.take(payment.id)

    def answer_reversal(self, payment: Payment, effect: AnswerReversal) -> None:
        """The outlet of AnswerReversal: "we own it". Those who asked are answered in their order."""
        asker = self._in_hand.reversing.leave(payment.id)
        if asker is not None:
            message = translate.refuse(asker.outline, effect.code, *self._local())
            self._give(asker, self._terminals.sealed(payment.key.merchant, payment.key.terminal, message))

    def refuse(self, submission: Submission) -> None:
        """The disk is full and this sale could not be written: the terminal hears 96, nothing was forwarded."""
        if isinstance(submission.fact, facts.RequestTaken):
            self._decline_unwritten(submission.fact, "the disk is full")

    def _approve(self, payment: Payment, code: str) -> None:
        waiting = self._in_hand.waiting.take(payment.id)
        reply = self._in_hand.replies.that_says(payment.id, code, payment.echo)
        self._in_hand.replies.take(payment.id)
        askers = waiting.askers if waiting is not None else []
        for asker in askers:
            asker.turn.end()
        at = self._clock()
        live = next((asker for asker in askers if asker.turn.line.is_open), None)
        body = self._approval(payment, reply, code, live) if live is not None else None
        if live is not None and body is not None and live.turn.answer(body):
            self._ways.hand_in(Submission(facts.AnswerWritten(payment.id, at)))
            return
        self._counts.note("approval not delivered")
        self._ways.hand_in(Submission(facts.AnswerUndelivered(payment.id, at)))

    def _approval(self, payment: Payment, reply: translate.HostWord | None, code: str, asker: Asker) -> bytes | None:
        """The host's own words, or for a notice that is asked for again what the record has of them."""
        if reply is None and payment.undo is not facts.Undo.RESEND:
            return None
        try:
            if reply is not None:
                message = translate.relay(reply.message, code)
            else:
                message = translate.approval(asker.outline, payment, code, *self._local())
            return self._terminals.sealed(payment.key.merchant, payment.key.terminal, message)
        except TheirMistake as mistake:
            self._counts.note("host's approval cannot be passed on", str(mistake))
            return None

    def _decline(self, payment: Payment, code: str, newest: bool = False) -> bool:
        asker = self._in_hand.waiting.leave(payment.id, newest)
        if asker is None:
            return False
        reply = self._in_hand.replies.that_says(payment.id, code, payment.echo)
        if reply is not None:
            self._give(asker, plain(translate.relay(reply.message, code)))
        else:
            self._give(asker, self._own_answer(asker, code))
        return True

    def _decline_unwritten(self, fact: facts.RequestTaken, why: str) -> None:
        asker = self._in_hand.waiting.leave(fact.payment, newest=True)
        if fact.payment not in self._in_hand.waiting:
            self._in_hand.sales.take(fact.payment)
        if asker is not None:
            self._refuse_new(asker, fact.payment, fact.request, BUSY, why)

    def _refuse_new(self, asker: Asker, payment: str, request: facts.Request, code: str, why: str) -> None:
        """Refuse what has not become a payment, now and whenever a copy of it arrives: its terminal gives it up.

        A copy of one that has, or is about to, hears nothing: the first may still be approved. A notice is repeated
        until it is taken, so nobody gives it up.
        """
        if payment in self._in_hand.waiting or self._reader.payment(payment) is not None:
            self._counts.note(f"repeat not taken: {why}")
            asker.turn.end()
            return
        if request.undo is not facts.Undo.RESEND:
            self._refused.put(payment, code)
        self._turn_away(asker, code, why)

    def _turn_away(self, asker: Asker, code: str, why: str) -> None:
        self._counts.note(why)
        self._give(asker, self._own_answer(asker, code))

    def _own_answer(self, asker: Asker, code: str) -> bytes:
        return plain(translate.refuse(asker.outline, code, *self._local()))

    def _give(self, asker: Asker, body: bytes) -> None:
        if not asker.turn.answer(body):
            self._counts.note("terminal gone before its answer")

    def _local(self) -> tuple[str, str]:
        return self._rules.calendar.local(self._clock())


def _uses_up(tie: Tie, link: facts.Link) -> bool:
    """Whether another void or completion leaves nothing for one more: it took effect, or both void and it may have."""
    may_have = facts.Link.VOIDS is tie.link is link and tie.standing is facts.Standing.DOUBTED
    return may_have or tie.standing is facts.Standing.DONE
