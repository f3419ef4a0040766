"""Does money that was given back for good stay given back once? Watched until no channel corrects it any more.

A refund that is confirmed is over, and so may its case be; but a file may still be corrected, or a reversal show in a
later one. This matter is open without holding anything up, hears how the payment moves, and wakes the refund.
"""

from __future__ import annotations

from chongzheng.cases import desk
from chongzheng.cases.effects import Effect, Open, Say
from chongzheng.cases.matter import NEW, Fact, Given, Kind, Matter, Outcome, Row

WATCHING, OVER = "WATCHING", "OVER"


def watched(refund: Matter, given: Given, at: int) -> Effect:
    """The watch on a refund that is confirmed; a second one for the same refund is none."""
    until = at + given.rule("refund limits")["watch ms"]["n"]
    return Open("watch", f"watch {refund.id}", {"refund": refund.id, "until": until}, refund.payment)


def _opened(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes=dict(fact.said), moves={"due_at": fact.said["until"], "queue": "watched refunds"})


def _moved(matter: Matter, fact: Fact, given: Given) -> Outcome:
    told = Say(matter.body["refund"], "PaymentMoved", dict(given.payment), softly=True)
    return Outcome(effects=(told,))


WATCH = Kind(
    name="watch",
    titles=("退款观察", "watch on a refund"),
    states=(WATCHING, OVER),
    ended=frozenset({OVER}),
    rows=(
        Row(NEW, "Opened", WATCHING, _opened),
        Row(WATCHING, "PaymentMoved", do=_moved),
        Row(WATCHING, "ClockRan", OVER),
        *desk.rows((WATCHING,)),
    ),
    tags=lambda matter: {"payment": matter.payment, "refund": str(matter.body["refund"])},
)
