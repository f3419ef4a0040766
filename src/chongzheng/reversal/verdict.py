"""What is true of this payment's money, who is long or short, and which evidence carries that?

The order of the rules is the order of trust: the clearing files (two complete days for an absence), then
answers under a good MAC, then words. An acknowledgement is never the effect (DESIGN section 5): it counts
against a file only when it names the original (its F37), because hosts answer 00 to anything.
"""

from __future__ import annotations

from dataclasses import replace

from chongzheng.reversal.facts import Line
from chongzheng.reversal.payment import MoneyIs, Payment, Proof, State, Told, Truth, Verdict
from chongzheng.reversal.policy import Policy


def judge(payment: Payment, policy: Policy) -> Verdict:
    """The verdict on everything that `payment` has absorbed so far."""
    if payment.days:
        verdict = _by_file(payment, policy)
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


def _by_file(payment: Payment, policy: Policy) -> Verdict | None:
    kept = _kept(payment)
    if any(line.amount_fen != payment.amount_fen for line in (*payment.originals, *payment.reversals)):
        return _verdict(payment, Truth.CONTESTED, "file: another amount")
    if kept > 1:
        if payment.reason != "" and not file_is_final(payment, policy):
            return None
        return _verdict(payment, Truth.CHARGED_TWICE, "file: more than one original")
    if kept < 0:
        final = file_is_final(payment, policy)
        return _verdict(payment, Truth.CONTESTED, "file: reversal without original") if final else None
    if kept == 1:
        return _file_keeps(payment, policy)
    if payment.originals:
        return _verdict(payment, Truth.CHARGED_RETURNED, "file: original and reversal")
    return _file_silent(payment, policy)


def _file_keeps(payment: Payment, policy: Policy) -> Verdict | None:
    if payment.reason == "" and payment.approval is not None:
        return _verdict(payment, Truth.CHARGED_KEPT, "file: original")
    if not file_is_final(payment, policy):
        return None
    if payment.decline is not None and payment.approval is None:
        return _verdict(payment, Truth.CONTESTED, "file: original of a refused sale")
    if payment.reason == "":
        return _verdict(payment, Truth.CONTESTED, "file: original that was never sent")
    if ack_names_original(payment, policy):
        return _verdict(payment, Truth.CONTESTED, "file: original although its reversal was accepted")
    return _verdict(payment, Truth.CHARGED_KEPT, "file: original, no reversal in two days")


def _file_silent(payment: Payment, policy: Policy) -> Verdict | None:
    if not file_is_final(payment, policy):
        return None
    if payment.approval is None:
        return _verdict(payment, Truth.NEVER_CHARGED, "file: nothing in two days")
    if payment.reason != "":
        return _verdict(payment, Truth.CHARGED_RETURNED, "file: nothing left of approval and reversal")
    return _verdict(payment, Truth.CONTESTED, "file: nothing of an approved sale")


def _by_messages(payment: Payment, policy: Policy) -> Verdict:
    if payment.ack is not None and payment.approval is not None:
        if ack_names_original(payment, policy):
            return _verdict(payment, Truth.CHARGED_RETURNED, "answer: reversal accepted", Proof.ACKNOWLEDGED)
        return _verdict(payment, Truth.UNKNOWN, "answer: reversal accepted, perhaps blindly", Proof.ACKNOWLEDGED)
    if payment.ack is not None:
        return _verdict(payment, Truth.UNKNOWN, "answer: reversal accepted, original never seen", Proof.ACKNOWLEDGED)
    if payment.approval is not None and payment.reason == "":
        return _verdict(payment, Truth.CHARGED_KEPT, "answer: approved", Proof.ACKNOWLEDGED)
    if payment.state is State.UNSENT:
        return _verdict(payment, Truth.NEVER_CHARGED, "own record: never sent", Proof.ACKNOWLEDGED)
    if payment.decline is not None and payment.reason == "":
        return _verdict(payment, Truth.NEVER_CHARGED, "answer: refused, without MAC", Proof.CLAIMED)
    return _verdict(payment, Truth.UNKNOWN, "nobody has said", Proof.CLAIMED)


def _verdict(payment: Payment, truth: Truth, rule: str, proof: Proof = Proof.PROVEN) -> Verdict:
    if truth is Truth.CONTESTED:
        proof = Proof.CLAIMED
    money, fen = _money(payment, truth)
    return Verdict(truth, money, fen, proof, rule, _because(payment))


def _money(payment: Payment, truth: Truth) -> tuple[MoneyIs, int]:
    """Seen from the merchant: long = holds money of a sale that the terminal does not count, short = the reverse."""
    if truth in (Truth.UNKNOWN, Truth.CONTESTED) or payment.told is Told.MAYBE_APPROVED:
        times = _kept(payment) if truth is Truth.CHARGED_TWICE else 1
        return MoneyIs.UNKNOWN, times * payment.amount_fen
    counted = payment.told is Told.APPROVED
    if truth is Truth.CHARGED_TWICE:
        return MoneyIs.LONG, (_kept(payment) - int(counted)) * payment.amount_fen
    charged = truth is Truth.CHARGED_KEPT
    if charged == counted:
        return MoneyIs.CORRECT, 0
    return (MoneyIs.LONG if charged else MoneyIs.SHORT), payment.amount_fen


def _because(payment: Payment) -> tuple[str, ...]:
    """Ids of all evidence that speaks: answers believed, then file records, then the files themselves."""
    answers = [seen.evidence for seen in (payment.approval, payment.decline, payment.ack, payment.refusal) if seen]
    lines = [line.evidence for line in (*payment.originals, *payment.reversals)]
    return tuple(dict.fromkeys([*answers, *lines, *(evidence for _, evidence in payment.days)]))


def _kept(payment: Payment) -> int:
    return len(_distinct(payment.originals)) - len(_distinct(payment.reversals))


def _distinct(lines: tuple[Line, ...]) -> set[tuple[str, str, str]]:
    """A record that stands twice in the files (same trace, time and RRN) is one movement of money."""
    return {(line.stan, line.sent_at, line.rrn) for line in lines}
