"""Whom to ask next about a payment in doubt: whose answer settles most for what it costs?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from chongzheng.cases.columns import Clearing, Goods, Original, Reversal, Witnesses
from chongzheng.cases.confirm import decide


@dataclass(frozen=True, slots=True)
class Question:
    """Whom to ask next, how long that takes, and how many of the possible `answers` would settle the truth (or, where
    that is known, the money), or change what is to be done."""

    ask: str
    zh: str
    en: str
    cost_minutes: int
    answers: int
    settles: int
    changes: int

    @property
    def price(self) -> tuple[bool, int]:
        """What settling costs by this question, in minutes; those that settle nothing come last."""
        return self.settles == 0, self.cost_minutes * self.answers // max(1, self.settles)


COMBINATIONS_MAX = 16_384
"""There are fewer combinations of witnesses; what was asked of one is not worked out again."""
A, R, C, G = Original, Reversal, Clearing, Goods


@lru_cache(maxsize=COMBINATIONS_MAX)
def next_question(said: Witnesses) -> tuple[Question, ...]:
    """Every question whose answer can change the decision, the cheapest for what it settles first; none when all is
    settled. Costs are our proposal."""
    now = decide(said)
    found = []
    for ask, zh, en, cost_minutes, answers in () if now.settled else _asked(said):
        then = [decide(answer) for answer in dict.fromkeys(answers)]
        settles = sum(one.settled if now.known else one.known for one in then)
        changes = sum(one.rule != now.rule for one in then)
        if changes:
            found.append(Question(ask, zh, en, cost_minutes, len(then), settles, changes))
    return tuple(sorted(found, key=lambda one: one.price))


def _asked(said: Witnesses) -> list[tuple[str, str, str, int, list[Witnesses]]]:
    paid = said.original if said.original in (A.WALLET, A.TWICE) else A.YES
    open_original, open_reversal = said.original in (A.UNKNOWN, A.CONTRADICTED), said.reversal is R.UNKNOWN
    from_bank = [replace(said, original=paid, reversal=R.CONFIRMED)]
    from_bank += [replace(said, original=one) for one in (A.NO, paid)] if open_original else []
    ended = (R.NONE, R.FAILED, R.ACKED, R.REFUSED, R.NOT_FOUND)
    days = (C.ORIGINAL, C.BOTH, C.NONE_TWO if said.clearing is C.NONE else C.NONE, C.TWO)
    questions = [
        ("channel query", "向渠道查询交易状态", "query the status at the channel", 1, from_bank),
        ("host journal", "查主机流水", "look into the host's journal", 5,
         [replace(said, reversal=one) for one in ended]),
        ("merchant", "请商户核实是否交付", "ask the merchant whether the goods were delivered", 30,
         [replace(said, goods=one) for one in (G.NO, G.ONCE)]),
        ("clearing file", "等待下一个清算文件", "wait for the next clearing file", 1_440,
         [replace(said, clearing=one) for one in days]),
        ("issuer inquiry", "向发卡方查询（6302）", "inquiry 6302 to the issuer", 7_200, from_bank),
    ]  # fmt: skip
    useful = {"host journal": open_reversal, "merchant": said.goods is G.UNKNOWN,
              "clearing file": said.clearing in (C.UNKNOWN, C.NOT_YET, C.NONE)}  # fmt: skip
    return [question for question in questions if useful.get(question[0], True)]
