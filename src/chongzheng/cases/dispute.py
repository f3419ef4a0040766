"""What is asked of an issuer by the scheme's own ways, what does an issuer take back, and who bears it in the end?

A chargeback that comes cancels every refund of its payment that is on its way (D12). What would give a cardholder money
is never an action of its own: it is the way in which an approved refund is sent. A representment is for the amount of
the chargeback, and whoever misses a clock has lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chongzheng.cases import desk, kin
from chongzheng.cases import dispute_rules as rules
from chongzheng.cases.effects import Book, Effect, Say, Settle, Take
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Ask, Fact, Given, Kind, Matter, Outcome, Refused, Row, in_all
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.booking import Booking, Resolution

DRAFT, SENT, RECEIVED, ANSWERED, IN_ARBITRATION = "DRAFT", "SENT", "RECEIVED", "ANSWERED", "IN_ARBITRATION"
WON, LOST, WITHDRAWN = "WON", "LOST", "WITHDRAWN"
OPEN = (DRAFT, SENT, RECEIVED, ANSWERED, IN_ARBITRATION)
APPROVED_REFUND = frozenset({"APPROVED", "SENT"})

CODE = Field("code", "word", "原因码", "a code of the register reason codes")
REFERENCE = Field("reference", "text", "凭据", "number of the message or line of the file")
OPENING = (
    Field("action", "word", "差错交易", "a row of the register dispute actions"),
    CODE,
    Field("fen", "fen", "金额(分)", "how much"),
    Field("card", "word", "卡种", "credit, debit or wallet", choices=("credit", "debit", "wallet")),
    Field("since_at", "instant", "起算时间", "from when its clock counts, epoch ms; now if left out", needed=False),
    Field("reference", "text", "凭据", "number of the message that came", needed=False),
)
BEARS = Field("bears", "word", "承担方", "who bears it: the shop, or we", choices=("merchant", "loss"))
ANSWER = (
    CODE,
    Field("fen", "fen", "金额(分)", "for a representment: the amount of the chargeback", needed=False),
    Field("evidence", "texts", "证据", "papers that go with it: numbers or hashes", needed=False),
)


def _opened(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    actions = given.rule("dispute actions")
    said = fact.said
    if said["action"] not in actions:
        return Refused("rule", f"action: there is {', '.join(actions)}")
    row = actions[said["action"]]
    wrong = rules.wrong_code(given.rule("reason codes"), row, said["code"]) or _wrong_amount(matter, said, given)
    if wrong:
        return Refused("rule", wrong)
    if row["gives_back"] and not _refund_to_send(matter, given):
        return Refused("rule", f"{said['action']}: gives money back, so propose a refund; it is the way to send one")
    try:
        since = said.get("since_at", fact.at)
        ends_at = rules.ends_at(given.rule("dispute limits"), row["limit"], since, given.rule("calendar"))
    except TheirMistake as mistake:
        return Refused("rule", f"since_at: {mistake.what}")
    changes = {**said, "live": True, "ends_at": ends_at, "missed": False, "second": False, "answers": []}
    moves = {"fen": said["fen"], "queue": "disputes", "due_at": ends_at}
    if row["way"] == rules.OUT:
        return Outcome(DRAFT, changes, (), moves)
    charged = _charged_back(matter, said, given) if said["action"] == rules.CHARGEBACK else ()
    return Outcome(RECEIVED, changes, charged, moves)


def _wrong_amount(matter: Matter, said: Mapping[str, Any], given: Given) -> str:
    if not matter.payment:
        return "payment: a dispute is about a payment; name it"
    paid = given.payment["amount_fen"]
    return f"fen: only {paid} were paid" if said["fen"] > paid else ""


def _refund_to_send(matter: Matter, given: Given) -> bool:
    return any(one.state in APPROVED_REFUND for one in given.others.get("refunds", ()))


def _charged_back(matter: Matter, said: Mapping[str, Any], given: Given) -> tuple[Effect, ...]:
    """The issuer has the money: the books say so, and no refund of it leaves any more."""
    only = Take(f"chargeback {matter.payment}", "that payment is charged back already; say SecondChargeback of it")
    told = [Say(one.id, "ChargedBack", {}, softly=True) for one in given.others.get("refunds", ())]
    words = {
        "source": "person", "why": f"chargeback, code {said['code']}",
        "witness": {"witness": "issuer", "clearing": "chargeback", "reference": said.get("reference", said["code"])},
    }  # fmt: skip
    booked = Book(Booking.CHARGED_BACK, said["fen"], matter.payment)
    return (only, booked, *told, kin.joins_case(matter.payment, words))


def _sent(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if matter.body["missed"]:
        return Refused("rule", "the time of this action is over; an exception (9703) takes the other side's consent")
    asks_issuer = not given.rule("dispute actions")[matter.body["action"]]["gives_back"]
    effects = (
        (Book(Booking.ISSUER_ASKED, matter.fen, matter.payment),) if asks_issuer and not _of_clawback(matter) else ()
    )
    sent = {"reference": fact.said["reference"], "at": fact.at}
    return Outcome(SENT, {"sent": sent, "asked": bool(effects)}, effects, {"due_at": None})


def _of_clawback(matter: Matter) -> bool:
    """What lies on provisional refunds is recovered there; nothing is booked here beside it."""
    return matter.parent.startswith("clawback-")


def _accepted(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """The issuer pays: a file shows it, and the shop has what it was short of."""
    paid = (Book(Booking.ISSUER_PAID, matter.fen, matter.payment), Settle(Resolution.MERCHANT, matter.payment))
    return _over(matter, given, WON, {"end": dict(fact.said)}, paid if matter.body["asked"] else ())


def _declined(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """The issuer says no, or the account had nothing (9726): it is in doubt again."""
    refused = (Book(Booking.ISSUER_REFUSED, matter.fen, matter.payment),) if matter.body["asked"] else ()
    return _over(matter, given, LOST, {"end": dict(fact.said)}, refused)


def _answered(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """An inquiry or a request for the slip is answered; with 04, or too late, the issuer may charge back (4527)."""
    if matter.body["action"] == rules.CHARGEBACK:
        return Refused("order", "a chargeback is answered by Represented, or Borne")
    row = {"families": ["inquiry_reply"]}
    wrong = rules.wrong_code(given.rule("reason codes"), row, fact.said["code"])
    if wrong:
        return Refused("rule", wrong)
    weak = matter.body["missed"] or fact.said["code"] == "04"
    changes = {"answers": [*matter.body["answers"], {**fact.said, "at": fact.at}], "chargeback_possible": weak}
    return _over(matter, given, WON if not weak else LOST, changes, ())


def _represented(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    body = matter.body
    if body["action"] != rules.CHARGEBACK:
        return Refused("order", "only a chargeback is represented")
    if body["missed"]:
        return Refused("rule", "the time to represent is over; an exception (9703) takes the other side's consent")
    if body["second"]:
        return Refused("rule", "a second chargeback is not represented again: bear it, or go to arbitration")
    if fact.said.get("fen") != matter.fen:
        return Refused("rule", f"fen: a representment is for the amount of the chargeback, {matter.fen}")
    wrong = rules.wrong_code(given.rule("reason codes"), {"families": ["representment"]}, fact.said["code"])
    if wrong:
        return Refused("rule", wrong)
    answers = [*body["answers"], {**fact.said, "at": fact.at}]
    return Outcome(ANSWERED, {"answers": answers}, (), {"due_at": None})


def _second(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if matter.body["card"] != "credit":
        return Refused("rule", f"a {matter.body['card']} card has no second chargeback")
    return Outcome(RECEIVED, {"second": True, "second_said": dict(fact.said)})


def _arbitration(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if not matter.body["second"]:
        return Refused("order", "arbitration comes after the second chargeback")
    return Outcome(IN_ARBITRATION, {"arbitration": dict(fact.said)}, (), {"due_at": None})


def _undone(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """The issuer gave it up, or was told to: the money is here again."""
    told = [Say(one.id, "ChargebackUndone", {}, softly=True) for one in given.others.get("refunds", ())]
    effects: tuple[Effect, ...] = (Book(Booking.CHARGEBACK_UNDONE, matter.fen, matter.payment), *told)
    return _over(matter, given, WON, {"end": dict(fact.said)}, effects)


def _borne(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """It stays charged back; what is missing is the shop's, or ours."""
    if matter.body["action"] != rules.CHARGEBACK:
        return Refused("order", "only a chargeback is borne")
    return _over(matter, given, LOST, {"bears": fact.said["bears"]}, (Settle(fact.said["bears"], matter.payment),))


def _withdrawn(matter: Matter, fact: Fact, given: Given) -> Outcome:
    refused = (Book(Booking.ISSUER_REFUSED, matter.fen, matter.payment),) if matter.body.get("asked") else ()
    return _over(matter, given, WITHDRAWN, {"withdrawn": fact.said["reason"]}, refused)


def _over(matter: Matter, given: Given, state: str, changes: dict[str, Any], effects: tuple[Effect, ...]) -> Outcome:
    said = {"dispute": matter.id, "won": state == WON, "fen": matter.fen if state == WON else 0}
    up = (Say(matter.parent, "DisputeEnded", said, softly=True),) if _of_clawback(matter) else ()
    ended = kin.told(matter, given, "RemedyEnded", {"remedy": matter.id, "state": state, "fen": matter.fen})
    return Outcome(state, {**changes, "live": False}, (*effects, *up, *ended), {"due_at": None})


def _clock_ran(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"missed": True}, moves={"due_at": None, "queue": desk.SUPERVISOR})


def _asks(matter: Matter, fact: Fact) -> Mapping[str, Ask]:
    return {**kin.asks_case(matter, fact), "refunds": Ask("refund", "payment", matter.payment)}


FINANCE = frozenset({desk.FINANCE})
DISPUTE = Kind(
    name="dispute",
    titles=("差错处理", "dispute"),
    states=(DRAFT, SENT, RECEIVED, ANSWERED, IN_ARBITRATION, WON, LOST, WITHDRAWN),
    ended=frozenset({WON, LOST, WITHDRAWN}),
    rows=(
        Row(NEW, "Opened", None, _opened, may=desk.DESK, program=True, takes=OPENING),
        Row(DRAFT, "Sent", SENT, _sent, may=FINANCE, apart=("Opened",), shown=True, takes=(REFERENCE,)),
        Row(SENT, "Accepted", None, _accepted, may=FINANCE, shown=True, takes=(REFERENCE,)),
        Row(SENT, "Declined", None, _declined, may=FINANCE, shown=True, takes=(REFERENCE,)),
        Row(RECEIVED, "Answered", None, _answered, may=desk.DESK, shown=True, takes=ANSWER),
        Row(RECEIVED, "Represented", None, _represented, may=FINANCE, shown=True, takes=ANSWER),
        Row(ANSWERED, "SecondChargeback", None, _second, may=desk.DESK, program=True, takes=(CODE, REFERENCE)),
        Row(RECEIVED, "ArbitrationAsked", None, _arbitration, may=desk.SECOND, shown=True, takes=(REFERENCE,)),
        *in_all((ANSWERED, IN_ARBITRATION), Row("", "Undone", None, _undone, may=FINANCE, shown=True,
                                                takes=(REFERENCE,))),
        *in_all((RECEIVED, ANSWERED, IN_ARBITRATION), Row("", "Borne", None, _borne, may=FINANCE, apart=("Opened",),
                                                          shown=True, takes=(BEARS,))),
        *in_all((DRAFT, SENT), Row("", "Withdrawn", None, _withdrawn, may=desk.SECOND, takes=(desk.REASON,))),
        *in_all((DRAFT, RECEIVED), Row("", "ClockRan", do=_clock_ran)),
        *desk.rows(OPEN),
    ),
    tags=lambda matter: {"payment": matter.payment, "action": matter.body["action"], "code": matter.body["code"]},
    asks=_asks,
)  # fmt: skip
