"""What is true of a payment in doubt, where is its money and what is to be done, by all that the witnesses say?

What they show is a row of `reading`, what follows from it a row of `consequence`; there is one for every combination.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from chongzheng.cases.columns import Clearing, Reversal, Witnesses
from chongzheng.cases.consequence import Money, follows
from chongzheng.cases.reading import FINDINGS, Finding, read
from chongzheng.reversal.payment import MoneyIs, Proof, Truth


@dataclass(frozen=True, slots=True)
class Decision:
    """What is true, how well, where the money is, what to do. `hint`: the cause that the row suggests, or ""."""

    rule: str
    finding: Finding
    truth: Truth
    proof: Proof
    words: str
    money: Money
    action: str
    final_refund_allowed: bool
    hint: str

    @property
    def known(self) -> bool:
        """Whether the truth is known."""
        return self.truth not in (Truth.UNKNOWN, Truth.CONTESTED)

    @property
    def settled(self) -> bool:
        """Whether truth and money are both known."""
        return self.known and self.money.position is not MoneyIs.UNKNOWN


def decide(said: Witnesses) -> Decision:
    """The one decision on these witnesses; there is one for every combination of their states."""
    if said.charged_back:
        said = replace(said, clearing=Clearing.CHARGEBACK)
    seen = read(said)
    row = follows(seen.finding, said)
    unmatched = said.reversal is Reversal.NOT_FOUND and seen.finding is Finding.KEPT
    return Decision(
        row.rule, seen.finding, FINDINGS[seen.finding][0], seen.proof, row.words, row.money, row.action,
        row.gives_back, "SW-MATCH" if unmatched else row.hint,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Retry:
    """Whether the sale may be made once more, and why (not), in Chinese and in English."""

    allowed: bool
    zh: str
    en: str


def retry_allowed(truth: Truth) -> Retry:
    """Only when nobody is charged: never, or not any more (S-03)."""
    if truth in (Truth.NEVER_CHARGED, Truth.CHARGED_RETURNED):
        return Retry(True, "客户未被扣款或已退回，可重新收款", "nobody is charged: the sale may be made again")
    zh, en = {
        Truth.CHARGED_KEPT: ("原交易已成功，重新收款会重复扣款", "the sale stands: another would charge twice"),
        Truth.CHARGED_TWICE: ("已扣款两次，先退一笔", "it was charged twice already: give one back first"),
        Truth.CONTESTED: ("证据互相矛盾，先查清", "the witnesses contradict each other: find out first"),
        Truth.UNKNOWN: ("是否扣款尚不清楚，先查清", "nobody knows yet whether it was charged: find out first"),
    }[truth]
    return Retry(False, zh, en)
