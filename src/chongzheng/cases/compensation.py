"""Who gets what for the trouble, once for an incident, within the month's budget, and never in place of the money?

The sum follows from severity and delay (cases/compensation_rules); where there is no formula a head names it. It is a
coupon: given, redeemed, or lapsed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chongzheng.cases import desk, kin
from chongzheng.cases.calendar import day_of, instant
from chongzheng.cases.compensation_rules import Offer, budget_left, offer
from chongzheng.cases.effects import Book, Free, Take, Tell
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Ask, Fact, Given, Kind, Matter, Outcome, Refused, Row, in_all
from chongzheng.cases.refund_rules import NEVER_SENT
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.booking import Booking
from chongzheng.settlement.days import is_day

PROPOSED, APPROVED, GRANTED = "PROPOSED", "APPROVED", "GRANTED"
REDEEMED, LAPSED, REFUSED, EXPIRED = "REDEEMED", "LAPSED", "REFUSED", "EXPIRED"
OPEN = (PROPOSED, APPROVED, GRANTED)
GIVEN = frozenset({APPROVED, GRANTED, REDEEMED})
"""What counts against the budget; what lapsed, or was refused, is free again."""
HALF_YEAR_MS = 180 * 24 * 3_600_000

PROPOSAL = (
    Field("customer", "word", "客户", "the customer's id"),
    Field("bound", "word", "适用范围", "where the coupon is taken: at the shop, or everywhere with us",
          choices=("merchant", "acquirer")),
    Field("fen", "fen", "金额(分)", "only where the register has no formula (S1)", needed=False),
    Field("back_at", "instant", "退回时间", "when the money was back, epoch ms; now if it is not", needed=False),
)  # fmt: skip
GRANT = (
    Field("reference", "word", "券号", "number of the coupon"),
    Field("until", "day", "有效期至", "last day on which it is taken, yyyymmdd"),
    Field("to", "word", "地址", "whom to tell: an entry of the register of contacts"),
    Field("merchant", "text", "商户名称", "the shop, by the name that the customer knows"),
)
USED = (Field("reference", "text", "凭据", "line of the shop's bill"),)


def _opened(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    cases = given.others.get("case", ())
    if not cases:
        return Refused("rule", "payment: a compensation is for a case of a payment; open that first")
    case, said = cases[0], fact.said
    away_until = min(said.get("back_at", fact.at), fact.at)
    try:
        due = offer(given.rule("compensation matrix"), given.rule("calendar"), case.body["severity"],
                    case.fen, case.opened_at, away_until)  # fmt: skip
    except TheirMistake as mistake:
        return Refused("rule", f"the delay cannot be counted: {mistake.what}")
    fen = _amount(due, said)
    if isinstance(fen, Refused):
        return fen
    incident = case.parent or case.id
    changes = {**said, "incident": incident, "severity": case.body["severity"], "row": due.row, "extra": due.extra,
               "individual": due.individual, "month": day_of(fact.at)[:6], "coupon": {},
               "expires_at": fact.at + given.rule("compensation limits")["approval ms"]["n"]}  # fmt: skip
    only = Take(_key(incident, said["customer"]), "this customer has one for this incident already")
    return Outcome(PROPOSED, changes, (only,), {"fen": fen, "queue": "compensations", "due_at": changes["expires_at"]})


def _amount(due: Offer, said: Mapping[str, Any]) -> int | Refused:
    if not due.row:
        return Refused("rule", "nothing is due: the money was back in time")
    if due.individual:
        return int(said["fen"]) if "fen" in said else Refused("field", f"fen: {due.row} has no formula; name a sum")
    return Refused("field", f"fen: follows from {due.row}; leave it out") if "fen" in said else due.fen


def _key(incident: str, customer: str) -> str:
    return f"compensation {incident} {customer}"


def _approved(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if fact.at >= matter.body.get("expires_at", fact.at + 1):
        return Refused("stale", "the proposal lapsed; nobody decided in time")
    heads = desk.SUPERVISOR in fact.roles
    limits = given.rule("compensation limits")
    since = matter.opened_at - limits["customer ms"]["n"]
    earlier = [one.id for one in _given(matter, given, "customer", since)]
    if not heads and (matter.body["individual"] or len(earlier) >= limits["customer"]["n"]):
        why = "there is no formula for it" if matter.body["individual"] else f"the customer had {', '.join(earlier)}"
        return Refused("role", f"a supervisor approves that: {why}")
    owed = _owed(matter, given)
    if owed:
        return Refused("rule", f"{owed} fen of the payment are owed and no refund is under way: give those back first")
    spent = sum(one.fen for one in _given(matter, given, "month", 0))
    left = budget_left(given.rule("compensation budget"), matter.body["month"], spent)
    if matter.fen > left:
        return Refused("rule", f"the budget of {matter.body['month']} has {left} fen left, it takes {matter.fen}")
    return Outcome(APPROVED, {"approved_at": fact.at}, moves={"due_at": None})


def _given(matter: Matter, given: Given, name: str, since: int) -> Iterable[Matter]:
    for one in given.others.get(name, ()):
        if one.id != matter.id and one.state in GIVEN and one.opened_at >= since:
            yield one


def _owed(matter: Matter, given: Given) -> int:
    """What of the payment lies with nobody, while no refund of it lives: a coupon is no substitute for that."""
    under_way = any(one.state not in NEVER_SENT for one in given.others.get("refunds", ()))
    return 0 if under_way else int(given.payment["suspense_fen"])


def _granted(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    said = fact.said
    if not is_day(said["until"]) or instant(said["until"]) <= fact.at:
        return Refused("rule", "until: is a day that is not over")
    where = {"merchant": "该商户代金券 / coupon of the shop", "acquirer": "通用代金券 / coupon for every shop of ours"}
    words = {
        "merchant": said["merchant"], "amount": matter.fen, "until": said["until"],
        "what": where[matter.body["bound"]], "reference": matter.body["incident"].upper(),
        "facts": {"compensation": {"value": "granted", "proof": "confirmed", "evidence": [matter.id]}},
    }  # fmt: skip
    effects = (
        Take(f"coupon {said['reference']}", "that coupon was given to somebody already"),
        Book(Booking.COMPENSATED, matter.fen, ""),
        Tell("cardholder.compensation", said["to"], f"{matter.id} granted", words),
    )
    return Outcome(GRANTED, {"coupon": {**said, "at": fact.at}}, effects, {"due_at": instant(said["until"])})


def _redeemed(matter: Matter, fact: Fact, given: Given) -> Outcome:
    effects = (Book(Booking.COUPON_REDEEMED, matter.fen, ""), *_told(matter, given, REDEEMED))
    return Outcome(REDEEMED, {"used": dict(fact.said)}, effects)


def _lapsed(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(LAPSED, {}, (Book(Booking.COUPON_LAPSED, matter.fen, ""), *_told(matter, given, LAPSED)))


def _refused(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return _not_given(matter, given, REFUSED, fact.said["reason"])


def _expired(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return _not_given(matter, given, EXPIRED, "nobody decided in time")


def _not_given(matter: Matter, given: Given, state: str, why: str) -> Outcome:
    """Another may be proposed for the same trouble."""
    free = Free(_key(matter.body["incident"], matter.body["customer"]))
    return Outcome(state, {"refused": why}, (free, *_told(matter, given, state)), {"due_at": None})


def _not_told(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(moves={"queue": desk.SUPERVISOR})


def _told(matter: Matter, given: Given, state: str) -> tuple[Any, ...]:
    return kin.told(matter, given, "RemedyEnded", {"remedy": matter.id, "state": state, "fen": matter.fen})


def _asks(matter: Matter, fact: Fact) -> Mapping[str, Ask]:
    about = {**fact.said, **matter.body}
    return {
        **kin.asks_case(matter, fact),
        "refunds": Ask("refund", "payment", matter.payment),
        "customer": Ask("compensation", "customer", str(about.get("customer", "")), fact.at - 2 * HALF_YEAR_MS),
        "month": Ask("compensation", "month", str(about.get("month", ""))),
    }


COMPENSATION = Kind(
    name="compensation",
    titles=("补偿", "compensation"),
    states=(PROPOSED, APPROVED, GRANTED, REDEEMED, LAPSED, REFUSED, EXPIRED),
    ended=frozenset({REDEEMED, LAPSED, REFUSED, EXPIRED}),
    rows=(
        Row(NEW, "Opened", None, _opened, may=desk.DESK, takes=PROPOSAL),
        Row(PROPOSED, "Approved", None, _approved, may=desk.SECOND, apart=("Opened",), shown=True),
        Row(PROPOSED, "ClockRan", None, _expired),
        Row(APPROVED, "Granted", None, _granted, may=desk.DESK, shown=True, takes=GRANT),
        Row(GRANTED, "Redeemed", None, _redeemed, may=frozenset({desk.FINANCE}), program=True, takes=USED),
        Row(GRANTED, "ClockRan", None, _lapsed),
        Row(GRANTED, "NoticeSent"),
        Row(GRANTED, "NoticeFailed", do=_not_told),
        *in_all((PROPOSED, APPROVED), Row("", "Refused", None, _refused, may=desk.SECOND, takes=desk.REFUSAL)),
        *desk.rows(OPEN),
    ),
    tags=lambda matter: {"payment": matter.payment, "incident": matter.body["incident"],
                         "customer": matter.body["customer"], "month": matter.body["month"]},
    asks=_asks,
)  # fmt: skip
