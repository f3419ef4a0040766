"""Where does a payment stand, and what did a report lead to? The journal's words as documents of the door."""

from __future__ import annotations

import msgspec

from chongzheng.api.shapes import Standing, Taken, Verdict
from chongzheng.journal import Reader
from chongzheng.reversal.payment import FINAL, Owes, Payment, Proof, State
from chongzheng.reversal.payment import Verdict as Judged

NOT_IN_DOUBT = frozenset({State.NEW, State.FORWARDED, State.DELIVERING, State.APPROVED, State.REFUSED, State.UNSENT,
                          State.SETTLED})  # fmt: skip
"""On the usual way, or answered: though only SETTLED is proven."""


def standing(payment: Payment) -> Standing:
    """The payment as a client sees it."""
    return Standing(
        payment=payment.id,
        merchant=payment.key.merchant,
        terminal=payment.key.terminal,
        batch=payment.key.batch,
        stan=payment.key.stan,
        card=payment.masked_pan,
        amount_fen=payment.amount_fen,
        currency=payment.currency,
        day=payment.day,
        opened_at=payment.opened_at,
        state=str(payment.state),
        owes=str(payment.owes),
        wake_at=payment.wake_at,
        in_doubt=payment.state not in NOT_IN_DOUBT,
        final=payment.state in FINAL and payment.owes is Owes.NOTHING and payment.verdict.proof is Proof.PROVEN,
        verdict=_verdict(payment.verdict),
    )


def taken(reader: Reader, payment: str, evidence: str) -> Taken | None:
    """What the facts that rest on this evidence led to: the last of them, as it was written then. None: no such fact.

    The record of a fact never changes, so the answer to a repeat is the answer to the first.
    """
    for row in reversed(reader.facts_of(payment)):
        record = msgspec.json.decode(row.record)
        if record["fact"].get("evidence") == evidence:
            return Taken(
                payment=payment,
                facts=row.seq,
                rule=row.rule,
                state=record["to"],
                owes=record["owes"],
                verdict=msgspec.convert(record["verdict"], Verdict),
                evidence=evidence,
            )
    return None


def _verdict(judged: Judged) -> Verdict:
    return msgspec.convert(msgspec.to_builtins(judged), Verdict)
