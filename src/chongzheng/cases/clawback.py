"""In which order is money that a cardholder has twice taken back, and never without notice and authority (3.4)?

Stop it, if it is not cleared; ask scheme or wallet to cancel it; give notice; only when that is over ask the issuer, by
the way with the shortest clock, or debit with the customer's authority. What is small, or would hurt, is written off.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chongzheng.cases import desk, kin
from chongzheng.cases.calendar import day_of, instant, working_days_after
from chongzheng.cases.clawback_rules import CARDS, way_for
from chongzheng.cases.effects import Effect, Open, Say, Tell
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Do, Fact, Given, Kind, Matter, Outcome, Refused, Row, in_all
from chongzheng.mistakes import TheirMistake

ORDERED, TRYING, NOTICED = "ORDERED", "TRYING", "NOTICED"
RECOVERED, WRITTEN_OFF, DROPPED = "RECOVERED", "WRITTEN_OFF", "DROPPED"
OPEN = (ORDERED, TRYING, NOTICED)
VULNERABLE = "vulnerable"

TRIED = (
    Field("worked", "flag", "是否成功", "whether it worked"),
    Field("reference", "text", "凭据", "number of the request and of the answer"),
)
NOTICE = (
    Field("to", "word", "地址", "whom to tell: an entry of the register of contacts"),
    Field("debit_day", "day", "最早扣款日", "the first day on which anything may be taken back, yyyymmdd"),
    Field("documents", "text", "依据", "which documents show it"),
    Field("complaints", "text", "投诉途径", "where to complain"),
    Field("merchant", "text", "商户名称", "the shop, by the name that the customer knows"),
    Field("card", "word", "卡号(掩码)", "first six and last four"),
)
CARD = Field("card", "word", "卡种", "credit, debit or wallet", choices=CARDS)
PAID = (Field("fen", "fen", "金额(分)", "how much came"), Field("reference", "text", "凭据", "line of the bank"))
REFERENCE = Field("reference", "text", "凭据", "what shows it")


def _opened(matter: Matter, fact: Fact, given: Given) -> Outcome:
    first = given.rule("clawback limits")["first step ms"]["n"]
    changes = {
        **fact.said, "left_fen": fact.said["fen"], "tried": [], "notice": {}, "authority": "", "objection": "",
        "request": "",
    }  # fmt: skip
    moves = {"fen": fact.said["fen"], "queue": "claw-backs", "due_at": fact.at + first}
    return Outcome(changes=changes, moves=moves)


def _tried(step: str, how: str) -> Do:
    """The first two steps: stop it, have it cancelled; when one works it is over."""

    def do(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
        if step == "stop" and matter.body["cleared"]:
            return Refused("rule", "it is posted; ask for its cancellation")
        if step == "cancel" and not (matter.body["cleared"] or "stop" in matter.body["tried"]):
            return Refused("order", "first try to stop it: it was not posted when this was opened")
        began = _began(matter) if not matter.body["tried"] else ()
        changes = {"tried": [*matter.body["tried"], step], step: {**fact.said, "at": fact.at}}
        if not fact.said["worked"]:
            return Outcome(TRYING, changes, began)
        fen = matter.body["left_fen"]
        return Outcome(RECOVERED, {**changes, "left_fen": 0}, (*began, _recovered(matter, how, fen)))

    return do


def _began(matter: Matter) -> tuple[Effect, ...]:
    return (Say(matter.parent, "RecoveryBegan", {"clawback": matter.id}, softly=True),)


def _recovered(matter: Matter, how: str, fen: int) -> Effect:
    return Say(matter.parent, "Recovered", {"how": how, "fen": fen})


def _noticed(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """The customer is told: how much, when at the earliest, on which documents, and where to complain."""
    if "cancel" not in matter.body["tried"]:
        return Refused("order", "first ask scheme or wallet to cancel it")
    days = given.rule("clawback limits")["notice days"]["n"]
    try:
        earliest = working_days_after(day_of(fact.at), days, given.rule("calendar"))
    except TheirMistake as mistake:
        return Refused("rule", f"debit_day: {mistake.what}")
    if fact.said["debit_day"] < earliest:
        return Refused("rule", f"debit_day: is {earliest} or later, {days} working days from now")
    said = {
        **{name: fact.said[name] for name in ("debit_day", "documents", "complaints", "merchant", "card")},
        "amount": matter.body["left_fen"],
        "posted": day_of(matter.body["credited_at"]),
        "returned": day_of(matter.opened_at),
        "facts": {"refund": {"value": "posted", "proof": "confirmed", "evidence": [matter.parent]}},
    }
    told = Tell("cardholder.clawback", fact.said["to"], f"{matter.id} notice {matter.version}", said)
    notice = {**fact.said, "at": fact.at, "by": fact.actor}
    return Outcome(NOTICED, {"notice": notice}, (told,), {"due_at": instant(fact.said["debit_day"], 0)})


def _not_yet(matter: Matter, fact: Fact) -> Refused | None:
    """Why nothing may be taken from the customer now."""
    from_at = instant(matter.body["notice"]["debit_day"], 0)
    if matter.body["objection"]:
        return Refused("rule", f"the customer disagrees ({matter.body['objection']}); settle that first")
    if fact.at < from_at:
        return Refused("rule", f"not before {matter.body['notice']['debit_day']}, as the customer was told")
    return None


def _requested(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """The issuer is asked, by the way with the shortest clock that still runs."""
    refused = _not_yet(matter, fact)
    if refused is not None:
        return refused
    if matter.body["request"]:
        return Refused("rule", f"it was asked for already: {matter.body['request']}")
    rows = given.rule("clawback ways")
    way = way_for(rows, fact.said["card"], matter.body["credited_at"], fact.at)
    if way is None:
        return Refused("rule", f"card: no way is open for {fact.said['card']} cards; see the register clawback ways")
    name, ends_at = way
    said = {"action": rows[name]["action"], "code": rows[name]["code"], "fen": matter.body["left_fen"],
            "card": fact.said["card"]}  # fmt: skip
    opened = Open("dispute", f"request of {matter.id}", said, matter.payment, matter.id)
    return Outcome(None, {"request": name, "request_ends_at": ends_at}, (opened,), {"due_at": ends_at})


def _dispute_ended(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """What the issuer answered."""
    changes: dict[str, Any] = {"answer": dict(fact.said)}
    if not fact.said["won"]:
        return Outcome(None, {**changes, "request": ""}, (), {"queue": desk.SUPERVISOR})
    return _came(matter, "file", min(fact.said["fen"], matter.body["left_fen"]), changes)


def _came(matter: Matter, how: str, fen: int, changes: Mapping[str, Any]) -> Outcome:
    left = matter.body["left_fen"] - fen
    state = None if left else RECOVERED
    return Outcome(state, {**changes, "left_fen": left}, (*_began(matter), _recovered(matter, how, fen)))


def _paid_back(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """The customer paid it back, of their own accord."""
    if fact.said["fen"] > matter.body["left_fen"]:
        return Refused("rule", f"fen: only {matter.body['left_fen']} are outstanding")
    return _came(matter, "bank", fact.said["fen"], {"paid": dict(fact.said)})


def _debited(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """We debited the customer: never without authority, never before the day that was told."""
    if not matter.body["authority"]:
        return Refused("rule", "nothing is debited without the customer's authority; say AuthorityGiven first")
    return _not_yet(matter, fact) or _paid_back(matter, fact, given)


def _authorised(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"authority": fact.said["reference"]})


def _objected(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"objection": fact.said["reason"]}, moves={"queue": desk.SUPERVISOR})


def _objection_settled(matter: Matter, fact: Fact, given: Given) -> Outcome:
    settled = {"objection": matter.body["objection"], **fact.said, "at": fact.at, "by": fact.actor}
    return Outcome(changes={"objection": "", "objection_settled": settled})


def _written_off(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """Small, or of a customer in need: at once. Anything else only when it was tried, and by those above."""
    marks = {mark for case in given.others.get("case", ()) for mark in case.body.get("marks", ())}
    small = matter.body["left_fen"] <= given.rule("clawback limits")["small fen"]["n"]
    if not (small or VULNERABLE in marks):
        if "cancel" not in matter.body["tried"]:
            return Refused("rule", "it is not small: first ask scheme or wallet to cancel it")
        if desk.SUPERVISOR not in fact.roles:
            return Refused("role", "it is not small: a supervisor writes it off")
    lost = Say(matter.parent, "WrittenOff", {"reason": fact.said["reason"]})
    return Outcome(WRITTEN_OFF, {"written_off": fact.said["reason"]}, (*_began(matter), lost))


def _clock_ran(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"late": True}, moves={"due_at": None, "queue": desk.SUPERVISOR})


FINANCE = frozenset({desk.FINANCE})
CLAWBACK = Kind(
    name="clawback",
    titles=("追回", "claw-back"),
    states=(ORDERED, TRYING, NOTICED, RECOVERED, WRITTEN_OFF, DROPPED),
    ended=frozenset({RECOVERED, WRITTEN_OFF, DROPPED}),
    rows=(
        Row(NEW, "Opened", ORDERED, _opened),
        *in_all((ORDERED, TRYING), Row("", "StopTried", None, _tried("stop", "stopped"), may=FINANCE, shown=True,
                                       takes=TRIED)),
        *in_all((ORDERED, TRYING), Row("", "CancelTried", None, _tried("cancel", "cancelled"), may=FINANCE, shown=True,
                                       takes=TRIED)),
        *in_all((TRYING, NOTICED), Row("", "NoticeGiven", NOTICED, _noticed, may=desk.SECOND, takes=NOTICE)),
        *in_all(OPEN, Row("", "Objected", do=_objected, may=desk.DESK, program=True, takes=(desk.REASON,))),
        *in_all(OPEN, Row("", "ObjectionSettled", do=_objection_settled, may=frozenset({desk.SUPERVISOR}),
                          apart=("NoticeGiven",), takes=(desk.REASON,))),
        *in_all(OPEN, Row("", "AuthorityGiven", do=_authorised, may=desk.SECOND, takes=(REFERENCE,))),
        Row(NOTICED, "Requested", None, _requested, may=FINANCE, shown=True, takes=(CARD,)),
        Row(NOTICED, "DisputeEnded", None, _dispute_ended),
        Row(NOTICED, "Debited", None, _debited, may=FINANCE, shown=True, takes=PAID),
        *in_all(OPEN, Row("", "PaidBack", None, _paid_back, may=FINANCE, shown=True, takes=PAID)),
        *in_all(OPEN, Row("", "WrittenOff", None, _written_off, may=desk.SECOND, shown=True, takes=(desk.REASON,))),
        *in_all(OPEN, Row("", "NotDouble", DROPPED)),
        *in_all((RECOVERED, WRITTEN_OFF, DROPPED), Row("", "NotDouble")),
        *in_all((RECOVERED, WRITTEN_OFF, DROPPED), Row("", "DisputeEnded")),
        *in_all(OPEN, Row("", "ClockRan", do=_clock_ran)),
        *desk.rows(OPEN),
    ),
    tags=lambda matter: {"payment": matter.payment, "refund": matter.parent,
                         "customer": str(matter.body["customer"])},
    asks=kin.asks_case,
)  # fmt: skip
