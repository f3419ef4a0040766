"""What is decided of a case by all its witnesses, in words a person reads: truth, money, advice, and what to ask next?

The advice is the table's; the money is the machine's: nothing goes back for good unless the machine itself has
established the charge that the table speaks of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chongzheng.cases.case_rules import NO_PAYMENT
from chongzheng.cases.confirm import Decision, retry_allowed
from chongzheng.cases.consequence import ACTIONS
from chongzheng.cases.hearing import Heard, hear
from chongzheng.cases.matter import Ask, Body, Fact, Given, Matter
from chongzheng.cases.question import next_question
from chongzheng.cases.reading import FINDINGS
from chongzheng.cases.refund_rules import CONFIRMED_FINAL, DOUBLE_CREDIT, POSTED, RECOVERING, SENT
from chongzheng.reversal.payment import Proof, Truth

REFUNDS = "refunds"
OUT = frozenset({SENT, POSTED, CONFIRMED_FINAL, DOUBLE_CREDIT, RECOVERING})
"""States of a refund in which its money is with the customer, or may be."""
_GOOD_ENOUGH = frozenset({Proof.PROVEN, Proof.CONFIRMED})


def asks_refunds(matter: Matter, fact: Fact) -> Mapping[str, Ask]:
    """What was given back of its payment."""
    return {REFUNDS: Ask("refund", "payment", matter.payment)} if matter.payment else {}


def refunded(given: Given) -> bool:
    """Whether money of a refund is out."""
    return any(one.state in OUT for one in given.others.get(REFUNDS, ()))


def ruling(matter: Matter, body: Body, given: Given) -> dict[str, Any]:
    """The decision on the witnesses in `body`, with the payment as it stands now."""
    stands = dict(body.get("stands", {}))
    if not matter.payment:
        return {"truth": NO_PAYMENT, "engine": NO_PAYMENT, "proof": "", "stands": stands, "against": [],
                "final_refund_allowed": False, "questions": []}  # fmt: skip
    truth, proof = Truth(given.payment["truth"] or Truth.UNKNOWN), Proof(given.payment["proof"] or Proof.CLAIMED)
    heard = hear(truth, proof, body.get("witnesses", ()), stands, refunded=refunded(given))
    return {
        "truth": str(heard.found.truth),
        "engine": given.payment["truth"],
        "proof": str(proof if heard.found.truth is truth else heard.found.proof),
        "stands": stands,
        "against": list(heard.against),
        "refunded": heard.said.refunded,
        "final_refund_allowed": _gives_back(heard, truth, proof),
        "questions": questions(heard),
        **_words(heard.found),
    }


def _gives_back(heard: Heard, truth: Truth, proof: Proof) -> bool:
    return heard.found.final_refund_allowed and heard.found.truth is truth and proof in _GOOD_ENOUGH


def _words(found: Decision) -> dict[str, Any]:
    _, zh, en = FINDINGS[found.finding]
    retry = retry_allowed(found.truth)
    return {
        "rule": found.rule,
        "words": found.words,
        "reason": {"zh": zh, "en": en},
        "money": {
            "position": str(found.money.position), "viewpoint": found.money.viewpoint, "words": found.money.words,
        },
        "advice": {"code": found.action, "zh": ACTIONS[found.action][0], "en": ACTIONS[found.action][1]},
        "retry": {"allowed": retry.allowed, "zh": retry.zh, "en": retry.en},
        "hint": found.hint,
    }  # fmt: skip


def questions(heard: Heard) -> list[dict[str, Any]]:
    """Whom to ask, the cheapest for what it settles first; where the truth is known only who settles the money."""
    return [
        {"ask": one.ask, "zh": one.zh, "en": one.en, "cost_minutes": one.cost_minutes,
         "settles": one.settles, "answers": one.answers}
        for one in next_question(heard.said)
        if one.settles or not heard.found.known
    ]  # fmt: skip


def overtaken(before: Body, now: Body) -> bool:
    """Whether the decision does not hold any more: another truth, or money that may not go back after all."""
    if before["truth"] != now["truth"]:
        return True
    return bool(before["final_refund_allowed"] and not now["final_refund_allowed"] and not now["refunded"])
