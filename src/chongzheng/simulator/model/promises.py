"""What may never happen, whatever comes in whatever order? The promises, each with an id and a count.

`of_step` looks at one pair of payment and fact, `of_payment` at what is known after it, `of_world` at the payment
beside the host's book and what the terminal shows. The ids are those of the invariants (M, O, P, K, R); T1, T2, G1
and W1 are the model's own.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from chongzheng.reversal import facts
from chongzheng.reversal.effects import AnswerReversal, AnswerTerminal, OpenCase, SendReversal
from chongzheng.reversal.entries import Account, entries, position
from chongzheng.reversal.facts import Fact, Moves, Undo
from chongzheng.reversal.payment import FINAL, MoneyIs, Owes, Payment, Proof, State, Told, Truth
from chongzheng.reversal.policy import Policy
from chongzheng.reversal.step import Outcome
from chongzheng.simulator.model.words import AMOUNT_FEN, RRN, UNBELIEVABLE

PROMISES: dict[str, str] = {
    "M1": "the entries of a step lead from what was held to what is held, row by row from one account to another",
    "M2": "what is proven holds as much as the host's book took and did not return",
    "M3": "a request is forwarded at most once",
    "M4": "another content under the same key changes nothing and is refused",
    "M5": "never more is given back than was taken",
    "M6": "the first reversal of a payment is sent once; all others are repeats of it",
    "M7": "no reversal of ours for an approval that was, or may have been, delivered",
    "M8": "a terminal that shows approved has a standing sale, and we know that it may",
    "O1": "what is not final owes something to somebody, with an instant or with a case",
    "O2": "an obligation ends only with a proven verdict",
    "O3": "what machines cannot finish, and money that lies wrong, is a person's case",
    "O4": "when nothing is under way and no deadline is set, it is final or a person has it",
    "P1": "repeats carry the reason, the identity and the approval number of the first, and are numbered",
    "P2": "an answer under a wrong MAC, or of another transaction, changes nothing",
    "P3": "never charged is proven by two complete days only",
    "P4": "an approval is shown to who waits for it and was told nothing else; a late one meets a reversal",
    "P5": "truth, once proven, is what the host's book says; nothing honest is contested",
    "P6": "never driven again after a person's stop, nor after its window, its day or its verdict",
    "P8": "a verdict names evidence, and a proven one names a clearing file",
    "K1": "final stays final; only a file may overturn it, into contested",
    "K7": "a timer that fires too early changes nothing",
    "R1": "a file that is read again adds nothing and sends nothing",
    "T1": "every pair that happens is in the table",
    "T2": "a terminal's reversal is always answered",
    "G1": "the clock moves a payment, and never to a verdict",
    "W1": "what the terminal was told last is what it may show",
}
"""Id -> statement; every one must have been looked at in a run."""

_OWN_WAY = (facts.ReversalAsked, facts.AnswerUndelivered)


class Tally(Counter[str]):
    """How often each promise was looked at where it says something."""

    def look(self, *promises: str) -> None:
        """Count one look at each of these."""
        for promise in promises:
            self[promise] += 1


class Around(NamedTuple):
    """What the world is like around a payment: the host's book, what the terminal shows, what was done so far.

    `disputes`: the terminal has reversed what it shows; `quiet`: nothing is under way, both files were read and the
    host is closed.
    """

    charges: int
    returns: int
    shows_approved: bool
    disputes: bool
    has_case: bool
    forwards: int
    releases: int
    host_lied: bool
    quiet: bool


class Taken(NamedTuple):
    """One step: the payment before it, the word and the fact that it was handed, and what came of it."""

    before: Payment
    word: str
    fact: Fact
    outcome: Outcome
    policy: Policy

    @property
    def after(self) -> Payment:
        """The payment after it."""
        return self.outcome.payment

    @property
    def has_case(self) -> bool:
        """Whether it opened a case."""
        return any(isinstance(effect, OpenCase) for effect in self.outcome.effects)

    @property
    def sends(self) -> list[SendReversal]:
        """The reversals that it sent."""
        return [effect for effect in self.outcome.effects if isinstance(effect, SendReversal)]

    @property
    def still(self) -> bool:
        """Whether nothing moved."""
        before, after = self.before, self.after
        return (after.state, after.verdict, after.wake_at) == (before.state, before.verdict, before.wake_at)


def of_step(taken: Taken, tally: Tally) -> list[str]:
    """The promises that this one step breaks, as `ID what`; empty when it keeps them all."""
    tally.look("T1")
    told = _of_money(taken, tally) + _of_words(taken, tally) + _of_files(taken, tally) + _of_ends(taken, tally)
    if isinstance(taken.fact, facts.DeadlinePassed):
        told += _of_clock(taken, taken.fact, tally)
    if isinstance(taken.fact, facts.ReplyArrived):
        told += _of_approval(taken, taken.fact, tally)
    if taken.sends:
        told += _of_sends(taken, tally)
    return told + of_payment(taken.after, tally)


def _of_money(taken: Taken, tally: Tally) -> list[str]:
    tally.look("M1", "O2")
    was, now = position(taken.before), position(taken.after)
    held = {Account.MERCHANT: was.merchant, Account.SUSPENSE: was.suspense}
    held[Account.CLEARING] = sum(held.values())
    for entry in entries(was, now):
        held[entry.credit] += entry.fen * (-1 if entry.credit is Account.CLEARING else 1)
        held[entry.debit] += entry.fen * (1 if entry.debit is Account.CLEARING else -1)
    wanted = (now.merchant, now.suspense, now.merchant + now.suspense)
    told = [] if tuple(held.values()) == wanted else ["M1 the entries do not lead to what is held"]
    if taken.after.owes is Owes.NOTHING and taken.after.state not in (State.NEW, State.SETTLED):
        told.append("O2 nothing is owed any more, and nothing is proven")
    return told


def _of_words(taken: Taken, tally: Tally) -> list[str]:
    """Words that must change nothing, and words that must be answered."""
    before, word, done = taken.before, taken.word, taken.outcome.effects
    told = []
    if word in UNBELIEVABLE:
        tally.look("P2")
        if done or not taken.still:
            told.append(f"P2 {word} was believed")
    if word == "conflicting sale" and before.request_seen:
        tally.look("M4")
        refused = [effect for effect in done if isinstance(effect, AnswerTerminal) and not effect.approved]
        if not taken.still or len(refused) != 1 or len(done) != 1:
            told.append("M4 another sale under the same key was not simply refused")
    if isinstance(taken.fact, facts.ReversalAsked):
        tally.look("T2")
        if not done or not isinstance(done[0], AnswerReversal):
            told.append("T2 the terminal's reversal was not answered")
    return told


def _of_files(taken: Taken, tally: Tally) -> list[str]:
    fact, before, after = taken.fact, taken.before, taken.after
    if not isinstance(fact, facts.SettlementSaw) or all(day != fact.day for day, _ in before.days):
        return []
    tally.look("R1")
    same = (after.originals, after.reversals) == (before.originals, before.reversals)
    return ["R1 a file that was read again added or sent something"] if taken.sends or not same else []


def _of_ends(taken: Taken, tally: Tally) -> list[str]:
    """What happens when driving ends, and to what has its verdict."""
    before, after = taken.before, taken.after
    told = []
    if before.state is State.REVERSING and taken.outcome.rule.endswith(".window_over"):
        tally.look("O3")
        if not taken.has_case:
            told.append("O3 the reversal was given up without a case")
    if after.state is State.SETTLED and after.verdict.money not in (MoneyIs.CORRECT, before.verdict.money):
        tally.look("O3")
        if not taken.has_case:
            told.append("O3 the money of a verdict came to lie wrong, and nobody was told")
    if before.state not in FINAL:
        return told
    tally.look("K1")
    if after.state not in FINAL:
        return [*told, f"K1 {before.state} became {after.state}"]
    overturned = after.state is State.CONTESTED and isinstance(taken.fact, facts.SettlementSaw)
    if after.verdict.truth is not before.verdict.truth and not overturned:
        told.append(f"K1 the verdict {before.verdict.truth} became {after.verdict.truth}")
    return told


def _of_clock(taken: Taken, fact: facts.DeadlinePassed, tally: Tally) -> list[str]:
    before, after = taken.before, taken.after
    tally.look("G1")
    told = []
    if after.verdict.truth not in (before.verdict.truth, Truth.UNKNOWN):
        told.append(f"G1 the clock said {after.verdict.truth}")
    if before.wake_at is None or max(fact.at, fact.due_at) < before.wake_at:
        tally.look("K7")
        if taken.outcome.effects or after.state is not before.state:
            told.append("K7 a timer that fired too early was believed")
    return told


def _of_approval(taken: Taken, fact: facts.ReplyArrived, tally: Tally) -> list[str]:
    """Shown to who waits and was told nothing else; after a blind 00 it shows that nothing was returned."""
    before, after = taken.before, taken.after
    told = []
    if any(isinstance(effect, AnswerTerminal) and effect.approved for effect in taken.outcome.effects):
        tally.look("P4")
        waited = before.state in (State.FORWARDED, State.RESENDING) and before.reason == ""
        if not waited or (before.told is not Told.NOTHING and before.undo is not Undo.RESEND):
            told.append("P4 a late approval was shown")
        if taken.word != "yes":
            told.append(f"P4 an approval was shown on the word {taken.word}")
    if before.state is State.RETURNED and before.approval is None and after.approval is not None:
        tally.look("P4")
        blind = after.ack is not None and after.ack.rrn != RRN and not before.stopped_by
        if blind and after.state is State.RETURNED and after.undo is Undo.REVERSE:
            told.append("P4 the approval came after a blind 00, and the reversal was not repeated")
    return told


def _of_sends(taken: Taken, tally: Tally) -> list[str]:
    before, after, fact, sends = taken.before, taken.after, taken.fact, taken.sends
    tally.look("P1", "P6")
    told = []
    if [send.attempt for send in sends] != [before.attempts + 1] or sends[0].reason != after.reason:
        told.append("P1 a reversal went out with another number or reason than it has")
    if before.reason and (after.reason, after.identity, after.auth) != (before.reason, before.identity, before.auth):
        told.append("P1 the reversal's words changed after its first send")
    if before.stopped_by or before.state in FINAL or fact.at >= after.day_ends_at or fact.at >= after.reverse_until:
        told.append("P6 a reversal was driven after its stop, window, day or verdict")
    if after.undo is not Undo.REVERSE:
        told.append("P6 what is never reversed was")
    return told + (_of_first_send(taken, tally) if before.reason == "" else [])


def _of_first_send(taken: Taken, tally: Tally) -> list[str]:
    before, fact = taken.before, taken.fact
    tally.look("M7")
    told = []
    if before.told in (Told.APPROVED, Told.MAYBE_APPROVED) and not isinstance(fact, _OWN_WAY):
        told.append("M7 we began to reverse what was or may have been delivered")
    if before.told is Told.APPROVED and not isinstance(fact, facts.ReversalAsked):
        told.append("M7 we began to reverse what was delivered")
    muddled = isinstance(fact, facts.ReversalAsked) and fact.request.amount_fen != AMOUNT_FEN
    if muddled and before.state is State.APPROVED:
        told.append("M7 a delivered sale was reversed on the word of a reversal of another amount")
    return told


def of_payment(payment: Payment, tally: Tally) -> list[str]:
    """The promises that what is known of a payment breaks."""
    verdict = payment.verdict
    told = []
    if payment.state not in FINAL and payment.state is not State.NEW:
        tally.look("O1")
        if payment.owes is Owes.NOTHING or (payment.wake_at is None and payment.owes is not Owes.PERSON):
            told.append("O1 it owes nothing to nobody")
    if payment.state is State.SETTLED and verdict.proof not in (Proof.PROVEN, Proof.CONFIRMED):
        told.append(f"O2 settled, and only {verdict.proof}")
    if payment.approval is not None and payment.undo is Undo.REVERSE:
        tally.look("P4")
        if payment.state in (State.REFUSED, State.UNSENT):
            told.append("P4 approved, told no, and nobody reverses it")
    return told + _of_proof(payment, tally)


def _of_proof(payment: Payment, tally: Tally) -> list[str]:
    verdict = payment.verdict
    proven = verdict.proof is Proof.PROVEN
    told = []
    if proven and verdict.truth is Truth.NEVER_CHARGED and payment.moves is not Moves.NOTHING:
        tally.look("P3")
        if len({day for day, _ in payment.days}) < 2:
            told.append("P3 never charged, and no two days were read")
    if verdict.truth in (Truth.CHARGED_KEPT, Truth.CHARGED_RETURNED, Truth.CHARGED_TWICE) or proven:
        tally.look("P8")
        if not verdict.because:
            told.append(f"P8 {verdict.truth} without evidence")
        if proven and not any(name in verdict.because for _, name in payment.days):
            told.append("P8 proven without a file")
    return told


def of_world(payment: Payment, around: Around, tally: Tally) -> list[str]:
    """The promises that this payment breaks in this world."""
    tally.look("M3", "M5", "M6")
    told = []
    if around.forwards > 1:
        told.append("M3 the request was forwarded twice")
    if around.returns > around.charges:
        told.append("M5 more was given back than taken")
    if around.releases > 1:
        told.append("M6 two first reversals, or one more after the token moved on")
    if around.shows_approved:
        told += _of_shown(payment, around, tally)
    elif payment.told is Told.APPROVED:
        tally.look("W1")
        if payment.approval is None:
            told.append("W1 we hold that the terminal shows approved, and there was no approval")
    return told + _of_people(payment, around, tally) + _of_truth(payment, around, tally)


def _of_shown(payment: Payment, around: Around, tally: Tally) -> list[str]:
    tally.look("M8")
    told = []
    if not around.disputes and (payment.reason or payment.told not in (Told.APPROVED, Told.MAYBE_APPROVED)):
        told.append("M8 the terminal shows approved, and we hold or do otherwise")
    if around.charges - around.returns < 1:
        told.append("M8 the terminal shows approved, and the sale does not stand in the host's book")
    return told


def _of_people(payment: Payment, around: Around, tally: Tally) -> list[str]:
    told = []
    if payment.owes is Owes.PERSON or (payment.state is State.SETTLED and payment.verdict.money is not MoneyIs.CORRECT):
        tally.look("O3")
        if not around.has_case:
            told.append("O3 a person must do something, and nobody was told")
    if around.quiet and payment.wake_at is None:
        tally.look("O4")
        if payment.state not in FINAL and not around.has_case:
            told.append("O4 nothing is under way any more, and nobody has it")
    return told


def _of_truth(payment: Payment, around: Around, tally: Tally) -> list[str]:
    verdict = payment.verdict
    told = []
    if verdict.proof is Proof.PROVEN:
        tally.look("P5")
        if verdict.truth is not truth_of(around.charges, around.returns):
            told.append(
                f"P5 proven {verdict.truth}, and the host's book took {around.charges}, returned {around.returns}"
            )
    if payment.state is State.CONTESTED:
        tally.look("P5")
        if not around.host_lied:
            told.append(f"P5 contested although nobody lied: {verdict.rule}")
    if payment.state is State.SETTLED:
        tally.look("M2")
        held, sign = position(payment), -1 if payment.moves is Moves.CREDIT else 1
        if held.merchant + held.suspense != sign * AMOUNT_FEN * (around.charges - around.returns):
            told.append("M2 what is held is not what the host's book took")
    return told


def truth_of(charges: int, returns: int) -> Truth:
    """The truth by the host's book."""
    if charges == 0:
        return Truth.NEVER_CHARGED
    return {0: Truth.CHARGED_RETURNED, 1: Truth.CHARGED_KEPT}.get(charges - returns, Truth.CHARGED_TWICE)
