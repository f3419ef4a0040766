"""May one person decide alone in an emergency, and who looks at it afterwards?

Of a refund only the second approval is left out: whoever proposed it or reported its case approves it in no emergency,
nor reviews it, and evidence, rule, roles, limits and tokens hold as ever. A change may be approved by whoever planned
it. It opens a review that another person must end; until then no case above it closes. Grounds and limits are proposals
of ours.
"""

from __future__ import annotations

from chongzheng.cases import kin
from chongzheng.cases.effects import Open
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import Ask, Body, Fact, Given, Matter, Refused
from chongzheng.cases.registers import PROPOSAL, limits

FACT = "ApprovedAlone"
REVIEW = "review"
WHO = "alone"
"""Under this tag a review is found by whoever decided alone, and under this name others' rules ask for theirs."""
DAY_MS = 24 * 3_600_000
GROUNDS = ("customer in need", "legal deadline", "nobody else there", "money in danger")
EMERGENCY = (
    Field("ground", "word", "紧急事由", "which emergency it is", choices=GROUNDS),
    Field("reason", "text", "原因", "why it cannot wait, in words that an auditor understands"),
)

ALONE_LIMITS = limits(
    "alone limits",
    ("应急单人批准限值", "limits of deciding alone in an emergency"),
    {
        "a day": {"zh": "每人每日次数", "en": "so often a person and day", "n": 1, "unverified": True},
        "fen": {"zh": "金额上限(分)", "en": "up to this amount, fen", "n": 1_000_000, "unverified": True},
        "review ms": {"zh": "事后复核期限", "en": "another person reviews it within", "n": DAY_MS, "unverified": True},
    },
    PROPOSAL,
    money=True,
    says="the limit: times, fen or milliseconds, as its name says",
)  # fmt: skip


def asks(fact: Fact) -> dict[str, Ask]:
    """What this person decided alone within a day."""
    return {WHO: Ask(REVIEW, WHO, fact.actor, fact.at - DAY_MS)} if fact.name == FACT else {}


def objection(matter: Matter, fact: Fact, given: Given) -> Refused | None:
    """Why this is no case for one person alone: too much money, or not the first time today."""
    rows = given.rule(ALONE_LIMITS.name)
    if matter.fen > rows["fen"]["n"]:
        return Refused("rule", f"alone: up to {rows['fen']['n']} fen, this is {matter.fen}; it takes a second person")
    earlier = [one.id for one in given.others.get(WHO, ())]
    if len(earlier) >= rows["a day"]["n"]:
        return Refused("rule", f"alone: {rows['a day']['n']} a person and day; {fact.actor} had {', '.join(earlier)}")
    return None


def review(matter: Matter, fact: Fact, given: Given, apart: frozenset[str] = frozenset()) -> Open:
    """The review of what was decided alone: under the case, where there is one, so that the case waits for it. `apart`:
    who may not review it either.

    Its key counts facts, not time: what was taken back and decided alone again within a millisecond is reviewed again.
    """
    said = {"decided": matter.id, "alone": fact.actor, "fen": matter.fen, **_words(fact.said)}
    if apart:
        said["apart"] = sorted(apart)
    parent = kin.case_of(matter, given) or matter.id
    return Open(REVIEW, f"{matter.id} alone {matter.version}", said, matter.payment, parent)


def _words(said: Body) -> dict[str, str]:
    return {"ground": str(said["ground"]), "reason": str(said["reason"])}
