"""What is true of a payment at this moment, where is its money, what is to be done, and what would change that?

The same functions as `chongzheng case position` and as the case's own decision: nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chongzheng.cases.matter import Given, Matter
from chongzheng.cases.position import Position, position
from chongzheng.cases.ruling import REFUNDS, ruling
from chongzheng.console.reading import Sight
from chongzheng.reversal.payment import Payment

QUESTIONS_MAX = 3
PIECES_MAX = 6


@dataclass(frozen=True, slots=True)
class Card:
    """Everything on the truth card. `ruling`: the case's decision as of now; `stale`: the case was decided on another
    truth; `because`: ids of the evidence that carries the verdict."""

    payment: Payment
    position: Position
    ruling: Mapping[str, Any]
    questions: tuple[Mapping[str, Any], ...]
    because: tuple[str, ...]
    stale: bool

    @property
    def against(self) -> tuple[str, ...]:
        """Strong witnesses against the machine."""
        return tuple(self.ruling.get("against", ()))


def card(sight: Sight, payment: Payment, case: Matter | None, rules: Mapping[str, Any]) -> Card:
    """The card of a payment, with the witnesses of its case where there is one."""
    standing = sight.matters.standing(payment.id)
    refunds = tuple(sight.matters.tagged("refund", "payment", payment.id))
    one = case if case is not None else Matter("", "case", payment=payment.id)
    found = ruling(one, one.body, Given(rules, standing, {REFUNDS: refunds}))
    decided = one.body.get("decision") or {}
    moves = [*sight.reader.entries_of(payment.id), *sight.reader.vouchers_of(payment.id)]
    return Card(
        payment=payment,
        position=position(moves),
        ruling=found,
        questions=tuple(found["questions"][:QUESTIONS_MAX]),
        because=tuple(payment.verdict.because[:PIECES_MAX]),
        stale=bool(decided) and decided.get("truth") != found["truth"],
    )
