"""Which payment does a reversal mean whose own key names none? One for certain, or none.

After a sign-in a terminal sends its pending reversal under the new batch (F60.2), and its key names nothing that was
ever seen (facts/iso8583, trap 15). A wrong match would reverse somebody's good sale; no match leaves a tombstone,
which harms nobody.
"""

from __future__ import annotations

from collections.abc import Iterable

from chongzheng.reversal.facts import Request, Undo
from chongzheng.reversal.payment import FINAL, Payment


def meant(request: Request, candidates: Iterable[Payment]) -> Payment | None:
    """The one candidate that the reversal `request` can only mean, or None when there is none or more than one."""
    fitting = [payment for payment in candidates if _fits(request, payment)]
    return fitting[0] if len(fitting) == 1 else None


def _fits(request: Request, payment: Payment) -> bool:
    ours, theirs = payment.key, request.key
    same_place = (ours.merchant, ours.terminal, ours.stan) == (theirs.merchant, theirs.terminal, theirs.stan)
    same_money = (payment.amount_fen, payment.currency, payment.day) == (
        request.amount_fen, request.currency, request.day)  # fmt: skip
    another_card = request.masked_pan != "" != payment.masked_pan and request.masked_pan != payment.masked_pan
    return (
        same_place
        and same_money
        and ours.batch != theirs.batch
        and payment.kind == request.kind
        and payment.undo is Undo.REVERSE
        and payment.state not in FINAL
        and not another_card
    )
