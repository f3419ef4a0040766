"""What is true of this payment's money, who is long or short, and which evidence carries that?

The order of the rules is the order of trust: the clearing files (two complete days for an absence), then authentic
inquiries, then answers under a good MAC, then words. An acknowledgement is never the effect (DESIGN section 5): it
counts against a file only when it names the original (its F37), because hosts answer 00 to anything.

The words are those of a sale. Of a void or a refund, "charged" reads "executed"; of a pre-authorisation it reads
"held". A file shows no holds: two silent days confirm what the answers said of one, and prove that nothing else moved.
"""

from __future__ import annotations

from dataclasses import replace

from chongzheng.reversal.facts import Found, Line, Link, Moves, Standing
from chongzheng.reversal.payment import MoneyIs, Payment, Proof, Told, Truth, Verdict
from chongzheng.reversal.policy import Policy


def judge(payment: Payment, policy: Policy) -> Verdict:
    """The verdict on everything that `payment` has absorbed so far."""
    if payment.days:
        verdict = judge_by_file(payment, policy)
        if verdict is not None:
            return verdict
    return _by_messages(payment, policy)


def reweigh(payment: Payment) -> Verdict:
    """The verdict with its money weighed anew, because the terminal changed its mind; truth and proof stay."""
    money, fen = _money(payment, payment.verdict.truth)
    return replace(payment.verdict, money=money, fen=fen)


def file_is_final(payment: Payment, policy: Policy) -> bool:
    """Whether all clearing days that could still speak about this payment have been read."""
    return sum(day >= payment.day for day, _ in payment.days) >= policy.clearing_days


def ack_names_original(payment: Payment, policy: Policy) -> bool:
    """Whether the host's 00 shows that it found the original: its F37 is the original's own."""
    if payment.ack is None:
        return False
    if not policy.ack_names_original:
        return True
    named = {line.rrn for line in payment.originals}
    if payment.approval is not None:
        named.add(payment.approval.rrn)
    return payment.ack.rrn != "" and payment.ack.rrn in named


def standing(payment: Payment, policy: Policy) -> tuple[Standing, bool]:
    """How this transaction stands towards the payment that it voids or completes, and whether that is proven."""
    verdict = _by_messages(payment, policy) if payment.moves is Moves.HOLD else payment.verdict
    match verdict.truth:
        case Truth.CHARGED_KEPT:
            return Standing.DONE, verdict.proof is Proof.PROVEN
        case Truth.NEVER_CHARGED | Truth.CHARGED_RETURNED:
            return Standing.UNDONE, verdict.proof is Proof.PROVEN
        case _:
            return Standing.DOUBTED, False


def voids(payment: Payment, how: Standing, only_proven: bool = False) -> int:
    """How many voids of this payment stand so."""
    return sum(
        tie.link is Link.VOIDS and tie.standing is how and (tie.proven or not only_proven) for tie in payment.ties
    )


def judge_by_file(payment: Payment, policy: Policy) -> Verdict | None:
    """What the clearing files that were read say for good; None while they do not."""
    if payment.moves in (Moves.HOLD, Moves.NOTHING):
        return _file_of_no_money(payment, policy)
    kept = _kept(payment)
    fits = (payment.amount_fen, payment.fen)
    if any(line.amount_fen not in fits for line in (*payment.originals, *payment.reversals)):
        return _verdict(payment, Truth.CONTESTED, "file: another amount")
    if kept > 1:
        if payment.reason != "" and not file_is_final(payment, policy):
            return None
        return _verdict(payment, Truth.CHARGED_TWICE, "file: more than one original")
    if kept < 0:
        final = file_is_final(payment, policy)
        return _verdict(payment, Truth.CONTESTED, "file: reversal without original") if final else None
    if kept == 1:
        verdict = _file_keeps(payment, policy)
        return _voided(payment, verdict) if payment.ties and verdict is not None else verdict
    if payment.originals:
        if voids(payment, Standing.DONE, only_proven=True):
            return _verdict(payment, Truth.CONTESTED, "file: reversed and voided")
        return _verdict(payment, Truth.CHARGED_RETURNED, "file: original and reversal")
    return _file_silent(payment, policy)


def _file_of_no_money(payment: Payment, policy: Policy) -> Verdict | None:
    if payment.originals or payment.reversals:
        return _verdict(payment, Truth.CONTESTED, "file: money of a transaction that moves none")
    if not file_is_final(payment, policy):
        return None
    if payment.moves is Moves.NOTHING:
        return _verdict(payment, Truth.NEVER_CHARGED, "file: nothing in two days")
    said = _by_messages(payment, policy)
    if said.truth is Truth.UNKNOWN:
        return None
    return _verdict(payment, said.truth, "file: a hold, and nothing in two days", Proof.CONFIRMED)


def _file_keeps(payment: Payment, policy: Policy) -> Verdict | None:
    if payment.reason == "" and payment.approval is not None:
        return _verdict(payment, Truth.CHARGED_KEPT, "file: original")
    if not file_is_final(payment, policy):
        return None
    if payment.decline is not None and payment.approval is None:
        return _verdict(payment, Truth.CONTESTED, "file: original of a refused sale")
    if payment.reason == "":
        if payment.never_sent:
            return _verdict(payment, Truth.CONTESTED, "file: original that was never sent")
        return _verdict(payment, Truth.CHARGED_KEPT, "file: original of an unanswered one")
    if ack_names_original(payment, policy):
        return _verdict(payment, Truth.CONTESTED, "file: original although its reversal was accepted")
    return _verdict(payment, Truth.CHARGED_KEPT, "file: original, no reversal in two days")


def _voided(payment: Payment, verdict: Verdict) -> Verdict | None:
    """The file keeps it; whether a void took it back is the void's own verdict, so wait until that is proven."""
    proven = voids(payment, Standing.DONE, only_proven=True)
    if proven > 1:
        return _verdict(payment, Truth.CONTESTED, "file: voided more than once")
    if verdict.truth is not Truth.CHARGED_KEPT:
        return verdict
    if proven:
        return _verdict(payment, Truth.CHARGED_RETURNED, "file: original, and its void")
    open_ones = voids(payment, Standing.DONE) + voids(payment, Standing.DOUBTED)
    return None if open_ones else verdict


def _file_silent(payment: Payment, policy: Policy) -> Verdict | None:
    if not file_is_final(payment, policy):
        return None
    if payment.approval is None and payment.found is None:
        return _verdict(payment, Truth.NEVER_CHARGED, "file: nothing in two days")
    if payment.reason != "":
        return _verdict(payment, Truth.CHARGED_RETURNED, "file: nothing left of approval and reversal")
    return _verdict(payment, Truth.CONTESTED, "file: nothing of an approved sale")


def _by_messages(payment: Payment, policy: Policy) -> Verdict:
    if payment.moves is Moves.NOTHING:
        return _verdict(payment, Truth.NEVER_CHARGED, "own record: it moves no money", Proof.ACKNOWLEDGED)
    if payment.inquiry is not None:
        verdict = _by_inquiry(payment)
        if verdict is not None:
            return verdict
    if payment.ack is not None and payment.approval is not None:
        if ack_names_original(payment, policy):
            return _verdict(payment, Truth.CHARGED_RETURNED, "answer: reversal accepted", Proof.ACKNOWLEDGED)
        return _verdict(payment, Truth.UNKNOWN, "answer: reversal accepted, perhaps blindly", Proof.ACKNOWLEDGED)
    if payment.ack is not None:
        return _verdict(payment, Truth.UNKNOWN, "answer: reversal accepted, original never seen", Proof.ACKNOWLEDGED)
    if payment.reason != "":
        return _verdict(payment, Truth.UNKNOWN, "nobody has said", Proof.CLAIMED)
    if payment.approval is not None:
        if payment.ties and voids(payment, Standing.DONE):
            return _verdict(payment, Truth.CHARGED_RETURNED, "answer: voided", Proof.ACKNOWLEDGED)
        return _verdict(payment, Truth.CHARGED_KEPT, "answer: approved", Proof.ACKNOWLEDGED)
    if payment.never_sent:
        return _verdict(payment, Truth.NEVER_CHARGED, "own record: never sent", Proof.ACKNOWLEDGED)
    if payment.decline is not None:
        return _verdict(payment, Truth.NEVER_CHARGED, "answer: refused, without MAC", Proof.CLAIMED)
    return _verdict(payment, Truth.UNKNOWN, "nobody has said", Proof.CLAIMED)


def _by_inquiry(payment: Payment) -> Verdict | None:
    """An authentic inquiry confirms what nothing else contradicts; where it is contradicted, only a file tells."""
    outcome = "" if payment.inquiry is None else payment.inquiry.code
    if outcome == Found.CHARGED:
        if payment.ack is not None:
            return _verdict(payment, Truth.UNKNOWN, "inquiry: charged, its reversal accepted", Proof.CLAIMED)
        return _verdict(payment, Truth.CHARGED_KEPT, "inquiry: charged", Proof.CONFIRMED)
    if outcome == Found.RETURNED:
        if payment.reason == "" and payment.approval is not None and not voids(payment, Standing.DONE):
            return _verdict(payment, Truth.UNKNOWN, "inquiry: returned, though nobody reversed it", Proof.CLAIMED)
        return _verdict(payment, Truth.CHARGED_RETURNED, "inquiry: returned", Proof.CONFIRMED)
    if payment.approval is None and payment.found is None and payment.ack is None:
        return _verdict(payment, Truth.NEVER_CHARGED, "inquiry: never executed", Proof.CONFIRMED)
    return None


def _verdict(payment: Payment, truth: Truth, rule: str, proof: Proof = Proof.PROVEN) -> Verdict:
    if truth is Truth.CONTESTED:
        proof = Proof.CLAIMED
    money, fen = _money(payment, truth)
    return Verdict(truth, money, fen, proof, rule, _because(payment))


def _money(payment: Payment, truth: Truth) -> tuple[MoneyIs, int]:
    """Seen from the merchant: long = holds money of a sale that the terminal does not count, short = the reverse."""
    if payment.moves in (Moves.HOLD, Moves.NOTHING) and truth is not Truth.CONTESTED:
        return MoneyIs.CORRECT, 0
    unheard = payment.told is Told.MAYBE_APPROVED or (payment.beside and payment.told is Told.NOTHING)
    if truth in (Truth.UNKNOWN, Truth.CONTESTED) or unheard:
        times = _kept(payment) if truth is Truth.CHARGED_TWICE else 1
        return MoneyIs.UNKNOWN, times * payment.fen
    counted = payment.told is Told.APPROVED and not (payment.ties and voids(payment, Standing.DONE))
    credit = payment.moves is Moves.CREDIT
    if truth is Truth.CHARGED_TWICE:
        return MoneyIs.SHORT if credit else MoneyIs.LONG, (_kept(payment) - int(counted)) * payment.fen
    charged = truth is Truth.CHARGED_KEPT
    if charged == counted:
        return MoneyIs.CORRECT, 0
    return (MoneyIs.LONG if charged is not credit else MoneyIs.SHORT), payment.fen


def _because(payment: Payment) -> tuple[str, ...]:
    """Ids of all evidence that speaks: answers believed, inquiries, then file records, then the files themselves."""
    spoken = (payment.approval, payment.decline, payment.ack, payment.refusal, payment.found, payment.inquiry)
    answers = [seen.evidence for seen in spoken if seen is not None]
    if not payment.days:
        return tuple(answers) if len(answers) < 2 else tuple(dict.fromkeys(answers))
    lines = [line.evidence for line in (*payment.originals, *payment.reversals)]
    return tuple(dict.fromkeys([*answers, *lines, *(evidence for _, evidence in payment.days)]))


def _kept(payment: Payment) -> int:
    return len(_distinct(payment.originals)) - len(_distinct(payment.reversals))


def _distinct(lines: tuple[Line, ...]) -> set[tuple[str, str, str]]:
    """A record that stands twice in the files (same trace, time and RRN) is one movement of money."""
    return {(line.stan, line.sent_at, line.rrn) for line in lines}
