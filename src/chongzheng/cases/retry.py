"""May the sale be made once more, with what changed, and once only (S-03)? Not while anybody may still be charged.

Allowed only when the payment was never charged, or was returned. The number of the new sale is a new one; what differs
from the original is shown field by field; of many who try at once, one does.
"""

from __future__ import annotations

from typing import Any

from chongzheng.cases import desk, kin
from chongzheng.cases.confirm import retry_allowed
from chongzheng.cases.effects import Effect, Free, Take
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Body, Fact, Given, Kind, Matter, Outcome, Refused, Row, in_all
from chongzheng.reversal.payment import Truth

PREPARED, SENT, SOLD, FAILED, DROPPED = "PREPARED", "SENT", "SOLD", "FAILED", "DROPPED"
_COMPARED = {"terminal": "terminal", "trace": "stan", "fen": "amount_fen"}

AGAIN = (
    Field("trace", "word", "新凭证号", "F11 of the new sale, six digits"),
    Field("fen", "fen", "金额(分)", "the amount, if it differs", needed=False),
    Field("terminal", "word", "终端号", "the terminal, if it is another", needed=False),
    Field("corrected", "text", "更正内容", "which data were wrong and are right now", needed=False),
)
NEW_PAYMENT = Field("payment", "word", "新交易", "the id of the new sale")


def differences(original: Body, again: Body) -> list[dict[str, Any]]:
    """Field by field: what it was, what it is now; only what differs."""
    pairs = [(name, original.get(theirs), again.get(name)) for name, theirs in _COMPARED.items()]
    return [{"field": name, "was": was, "now": now} for name, was, now in pairs if now is not None and now != was]


def _forbidden(truth: Any) -> str:
    """Why the sale may not be repeated under this verdict of the machine; "" when it may."""
    found = retry_allowed(Truth(truth or Truth.UNKNOWN))
    return "" if found.allowed else f"the sale cannot be repeated while it is {truth}: {found.en}"


def _opened(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if not matter.payment:
        return Refused("field", "payment: the sale that is repeated is missing")
    why = _forbidden(given.payment.get("truth"))
    if why:
        return Refused("rule", why)
    if fact.said["trace"] == given.payment["stan"] and fact.said.get("terminal") in (None, given.payment["terminal"]):
        return Refused("field", "trace: a new sale has a new number")
    prefilled = {name: given.payment[theirs] for name, theirs in _COMPARED.items()}
    again = {**prefilled, **fact.said}
    effects: tuple[Effect, ...] = (Take(_key(matter), "it is being repeated already"),)
    if not kin.case_of(matter, given):
        effects += (kin.joins_case(matter.payment, {"source": "person", "why": "the sale is repeated"}),)
    changes = {"sale": again, "differs": differences(given.payment, again)}
    return Outcome(changes=changes, effects=effects, moves={"fen": again["fen"], "queue": "cases"})


def _key(matter: Matter) -> str:
    return f"retry {matter.payment}"


def _sent(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    why = _forbidden(given.payment.get("truth"))
    return Refused("rule", why) if why else Outcome()


def _ended(matter: Matter, fact: Fact, given: Given) -> Outcome:
    words = {"retry": matter.id, "state": fact.name, **fact.said}
    free = () if fact.name == "Sold" else (Free(_key(matter)),)
    return Outcome(changes={"ended": words}, effects=(*free, *kin.told(matter, given, "RetryEnded", words)))


def _payment_moved(matter: Matter, fact: Fact, given: Given) -> Outcome:
    if matter.state == PREPARED and _forbidden(fact.said.get("truth")):
        words = {"retry": matter.id, "state": "Dropped", "reason": f"it is {fact.said.get('truth')} now"}
        effects = (Free(_key(matter)), *kin.told(matter, given, "RetryEnded", words))
        return Outcome(DROPPED, {"ended": words}, effects)
    return Outcome()


RETRY = Kind(
    name="retry",
    titles=("重新收款", "sale repeated"),
    states=(PREPARED, SENT, SOLD, FAILED, DROPPED),
    ended=frozenset({SOLD, FAILED, DROPPED}),
    rows=(
        Row(NEW, "Opened", PREPARED, _opened, may=desk.DESK, takes=AGAIN),
        Row(PREPARED, "Sent", SENT, _sent, may=desk.DESK, shown=True),
        *in_all((PREPARED, SENT), Row("", "PaymentMoved", None, _payment_moved)),
        Row(PREPARED, "Dropped", DROPPED, _ended, may=desk.DESK, takes=(desk.REASON,)),
        Row(SENT, "Sold", SOLD, _ended, may=desk.DESK, program=True, takes=(NEW_PAYMENT,)),
        Row(SENT, "Failed", FAILED, _ended, may=desk.DESK, program=True, takes=(desk.REASON,)),
        *desk.rows((PREPARED, SENT)),
    ),
    tags=lambda matter: {"payment": matter.payment},
    asks=kin.asks_case,
)
