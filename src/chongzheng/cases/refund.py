"""What may happen to money that is given back outside the wires, from a proposal to its last proof (S-37)?

A proposal takes a plain name, so that a second proposer hears who was first; the payment's release token is taken when
it is approved, not before: as long as nobody has decided, the engine's own reversal is the better way back, and a wish
must not bar it. From the approval on the engine's reversal is refused by the token (journal/store), and whatever went
back before that, and shows later, is a double credit with a claw-back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chongzheng.cases import alone, desk, kin
from chongzheng.cases import refund_money as money
from chongzheng.cases import refund_rules as rules
from chongzheng.cases.effects import Book, Effect, Free, FreeRelease, HandIn, Take, TakeRelease
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, PROGRAM, Do, Fact, Given, Kind, Matter, Outcome, Refused, Row, in_all
from chongzheng.cases.refund_policy import Gives, lacking
from chongzheng.cases.refund_rules import (
    APPROVED,
    CONFIRMED_FINAL,
    DOUBLE_CREDIT,
    EXPIRED,
    POSTED,
    PROPOSED,
    RECOVERED,
    RECOVERING,
    REFUSED,
    SENT,
    STOPPED,
    WRITTEN_OFF,
    Weighed,
)
from chongzheng.reversal.booking import Booking

PROPOSER_AND_ONE = 2
"""People of a refund in an emergency."""
OPEN = (PROPOSED, APPROVED, SENT, POSTED, DOUBLE_CREDIT, RECOVERING)
BEFORE = (PROPOSED, APPROVED)
OUT = (SENT, POSTED, CONFIRMED_FINAL, DOUBLE_CREDIT, RECOVERING)
FINANCE = frozenset({desk.FINANCE})

PROPOSAL = (
    Field("fen", "fen", "退款金额(分)", "how much goes back to the card or account that paid, fen"),
    Field("customer", "word", "客户", "the customer's id, or the card's token where nobody is known"),
    Field("reason", "text", "原因", "why, in words that an auditor understands"),
    Field("card", "word", "卡片标识", "the token of the card that paid", needed=False),
    Field("hardship", "flag", "困难客户", "the customer is in hardship; the second person confirms it", needed=False),
)
SENDING = (
    Field("way", "word", "渠道", "how it went out", choices=("file", "api", "manual")),
    Field("reference", "word", "凭据", "under which number it went out: file and line, request number"),
    Field("looked_up", "word", "先行查询", "what the channel said of this give-back before it was sent",
          choices=("nothing", "sent already")),
)  # fmt: skip
EVIDENCE = (
    Field("reference", "text", "凭据", "the channel's own: file and line, query, notice"),
    Field("hash", "hash", "摘要", "SHA-256 of it", needed=False),
)
HOW = (
    Field("how", "word", "方式", "how it came back", choices=money.WAYS),
    Field("fen", "fen", "金额(分)", "how much"),
)
IF_LATE: Mapping[Gives, tuple[str, str]] = {
    Gives.FINAL: (
        "若之后冲正生效，持卡人将收到两次退款；系统转入追回流程，账面记为垫付。",
        "Should a reversal still take effect, the cardholder has the money twice; it is then clawed back, and stands "
        "in the books as an advance.",
    ),
    Gives.PROVISIONAL: (
        "这是垫付：冲正若之后生效，或清算证明未扣款，须向持卡人追回。",
        "This is an advance: should the reversal take effect, or the file show no debit, it has to be clawed back.",
    ),
}
"""(zh, en): what an approver is shown of the risk."""


def _proposed(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if not matter.payment:
        return Refused("rule", "payment: a refund is of a payment; name it")
    fen = fact.said["fen"]
    if fen > given.payment["amount_fen"]:
        return Refused("rule", f"fen: {given.payment['amount_fen']} were paid, no more goes back")
    weighed = rules.weigh(matter, fact.said, fen, fact.at, given)
    refused = rules.objection(matter, fact.said, weighed, fact.at, given)
    if refused is not None:
        return refused
    limit = given.rule("refund limits")["approval ms"]["n"]
    changes = {
        **{name: word for name, word in fact.said.items() if name != "fen"},
        **_weight(weighed),
        "merchant": given.payment["merchant"],
        "group": rules.group_of(fact.actor, given),
        "expires_at": fact.at + limit,
        "answer_by": fact.at + weighed.row["latest_ms"],
        "held": False, "source": "", "advance": 0, "posted_at": 0, "credit": {}, "charged_back": False, "elsewhere": {},
        "doubled": 0,
        "clawback": "", "recovered": [],
    }  # fmt: skip
    only = Take(money.name_of(matter), "its refund is proposed already")
    moves = {"fen": fen, "queue": "refunds", "due_at": _next(weighed, fact.at, fact.at + limit)}
    return Outcome(PROPOSED, changes, (only,), moves)


def _weight(weighed: Weighed) -> dict[str, Any]:
    zh, en = IF_LATE.get(weighed.gives, ("", ""))
    return {
        "level": str(weighed.level), "rule": weighed.rule, "gives": str(weighed.gives), "hard": weighed.row["hard"],
        "counted_fen": weighed.counted_fen, "parts": list(weighed.parts), "approvals": [], "if_late": [zh, en],
        "people": weighed.row["people"], "evidence_seen": {
            "host_approved": weighed.seen.host_approved, "reversal_failed": weighed.seen.reversal_failed,
            "goods": weighed.seen.goods, "hardship": weighed.seen.hardship,
        },
    }  # fmt: skip


def _next(weighed: Weighed, now: int, expires_at: int) -> int:
    """Where the automatic check is the last one missing, it is due at once."""
    return now if weighed.row["machine_checks"] and not lacking(weighed.row, ()) else expires_at


def _now(matter: Matter, fact: Fact, given: Given) -> Weighed:
    return rules.weigh(matter, matter.body, matter.fen, fact.at, given)


def _approved(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if fact.actor in rules.reporters(given):
        return Refused("self", f"{fact.actor} reported the case; the refund takes another person")
    weighed = _now(matter, fact, given)
    refused = _in_the_way(matter, fact, given, weighed)
    if refused is not None:
        return refused
    approvals = [*matter.body["approvals"], *([_by_person(fact)] if fact.actor != PROGRAM else [])]
    if lacking(weighed.row, approvals):
        machine = fact.actor == PROGRAM
        moves = {"due_at": matter.body["expires_at"]} if machine else {}
        return Outcome(changes={"approvals": approvals}, moves=moves)
    return _is_approved(matter, fact, given, weighed, approvals)


def _in_the_way(matter: Matter, fact: Fact, given: Given, weighed: Weighed) -> Refused | None:
    """What stands against approving it now, whoever does."""
    if fact.at >= matter.body["expires_at"]:
        return Refused("stale", "the proposal lapsed; nobody decided in time")
    if weighed.rule != matter.body["rule"]:
        return Refused("stale", f"it is {weighed.rule} now, not {matter.body['rule']}; say Reweighed, and look again")
    return rules.objection(matter, matter.body, weighed, fact.at, given) or rules.not_yet(
        matter, weighed, fact.at, given
    )


def _by_person(fact: Fact) -> dict[str, Any]:
    return {"by": fact.actor, "roles": sorted(fact.roles), "at": fact.at, "shown": fact.shown}


def _is_approved(
    matter: Matter, fact: Fact, given: Given, weighed: Weighed, approvals: list[Any], *effects: Effect
) -> Outcome:
    expires_at = fact.at + given.rule("refund limits")["approval ms"]["n"]
    changes = {"approvals": approvals, "approved_at": fact.at, "expires_at": expires_at}
    token = TakeRelease(matter.payment, "refund", weighed.gives is Gives.PROVISIONAL)
    return Outcome(APPROVED, changes, (token, *effects), {"due_at": expires_at, "queue": "refunds to send"})


def _approved_alone(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """In an emergency one approval is enough where the rule wants two; nobody approves what is their own even so."""
    if fact.actor in rules.reporters(given):
        return Refused("self", f"{fact.actor} reported the case; the refund takes another person")
    weighed = _now(matter, fact, given)
    approvals = [*matter.body["approvals"], {**_by_person(fact), "alone": fact.said["ground"]}]
    refused = (
        alone.objection(matter, fact, given)
        or _in_the_way(matter, fact, given, weighed)
        or _lacks_more(weighed, approvals)
    )
    if refused is not None:
        return refused
    review = alone.review(matter, fact, given, (matter.said_by("Opened") | rules.reporters(given)) - {PROGRAM})
    return _is_approved(matter, fact, given, weighed, approvals, review)


def _lacks_more(weighed: Weighed, approvals: list[Any]) -> Refused | None:
    """The roles that the rule wants are wanted in an emergency too: what is left out is one person."""
    missing = lacking({**weighed.row, "people": min(weighed.row["people"], PROPOSER_AND_ONE)}, approvals)
    return Refused("rule", f"alone: {weighed.rule} still takes {missing}") if missing else None


def _clock_ran(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """A proposal, or an approval, that nobody used lapses; before that the automatic check has its turn."""
    if fact.at >= matter.body["expires_at"]:
        return _ends(matter, given, EXPIRED, "nobody used it in time")
    checked = _approved(matter, fact, given)
    if isinstance(checked, Refused):
        return Outcome(changes={"check": checked.text}, moves={"due_at": matter.body["expires_at"]})
    return checked


def _reweighed(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    weighed = _now(matter, fact, given)
    refused = rules.objection(matter, matter.body, weighed, fact.at, given)
    if refused is not None:
        return refused
    moves = {"due_at": _next(weighed, fact.at, matter.body["expires_at"])}
    return Outcome(PROPOSED, _weight(weighed), _frees_token(matter), moves)


def _moved_before(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """The payment stands otherwise, and nothing has left yet: the rule is asked again, and so are the approvers."""
    weighed = _now(matter, fact, given)
    if rules.returned(given.payment):
        return _ends(matter, given, STOPPED, f"it went back by itself: {given.payment['truth']}")
    if weighed.rule == matter.body["rule"]:
        return Outcome()
    again = _reweighed(matter, fact, given)
    return _ends(matter, given, STOPPED, again.text) if isinstance(again, Refused) else again


def _charged_back_before(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return _ends(matter, given, STOPPED, "the issuer charged it back")


def _credited_before(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return _ends(matter, given, STOPPED, f"it was given back elsewhere: {fact.said['reference']}")


def _put_down(state: str) -> Do:
    def do(matter: Matter, fact: Fact, given: Given) -> Outcome:
        return _ends(matter, given, state, fact.said["reason"])

    return do


def _ends(matter: Matter, given: Given, state: str, why: str) -> Outcome:
    """Nothing left, and nothing will: whatever it held is free again."""
    freed = (Book(Booking.MERCHANT_FREED, matter.fen, matter.payment),) if matter.body["held"] else ()
    said = {"remedy": matter.id, "state": state, "fen": matter.fen}
    told = kin.told(matter, given, "RemedyEnded", said)
    effects = (Free(money.name_of(matter)), *_frees_token(matter), *freed, *told)
    return Outcome(state, {"ended_because": why, "held": False}, effects, {"due_at": None})


def _frees_token(matter: Matter) -> tuple[Effect, ...]:
    return () if matter.state == PROPOSED else (FreeRelease(matter.payment),)


def _held(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if matter.body["held"]:
        return Refused("rule", "it is held already")
    if given.payment["suspense_fen"] >= matter.fen:
        return Refused("rule", "the money lies in suspense; the shop does not have it")
    return Outcome(changes={"held": True}, effects=(Book(Booking.MERCHANT_HELD, matter.fen, matter.payment),))


def _stop_asked(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(effects=(HandIn("ReversalStopped", matter.payment),))


def _sent(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    weighed = _now(matter, fact, given)
    if weighed.rule != matter.body["rule"]:
        return Refused("stale", f"it is {weighed.rule} now, not {matter.body['rule']}; say Reweighed")
    only = Take(f"give-back reference {fact.said['reference']}", "that number was used for another give-back")
    due = fact.at + given.rule("refund limits")["posting ms"]["n"]
    changes = {"sending": {**fact.said, "at": fact.at, "by": fact.actor, "key": matter.id}}
    return Outcome(SENT, changes, (only,), {"due_at": due, "queue": "refunds to be posted"})


def _posting_late(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"late": True}, moves={"due_at": None, "queue": desk.SUPERVISOR})


def _not_posted(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return _ends(matter, given, STOPPED, f"the channel did not do it: {fact.said['reference']}")


def _tags(matter: Matter) -> Mapping[str, str]:
    names = ("customer", "card", "merchant", "group", "rule", "gives")
    return {"payment": matter.payment, **{name: str(matter.body.get(name, "")) for name in names}}


def _rows() -> tuple[Row, ...]:
    second = frozenset({desk.SUPERVISOR, desk.FINANCE})
    undone = (DOUBLE_CREDIT, RECOVERING)
    return (
        Row(NEW, "Opened", PROPOSED, _proposed, may=desk.DESK, takes=PROPOSAL),
        Row(PROPOSED, "Approved", None, _approved, may=second, apart=("Opened", "Approved"), shown=True),
        Row(PROPOSED, alone.FACT, None, _approved_alone, may=second, apart=("Opened",), shown=True,
            takes=alone.EMERGENCY),
        *in_all(BEFORE, Row("", "Reweighed", PROPOSED, _reweighed, may=desk.DESK)),
        *in_all(BEFORE, Row("", "Held", do=_held, may=FINANCE, shown=True)),
        Row(PROPOSED, "StopReversal", do=_stop_asked, may=desk.SECOND, apart=("Opened",), takes=(desk.REASON,)),
        Row(PROPOSED, "Rejected", REFUSED, _put_down(REFUSED), may=second | {desk.RISK}, takes=desk.REFUSAL),
        *in_all(BEFORE, Row("", "Blocked", STOPPED, _put_down(STOPPED), may=frozenset({desk.RISK}),
                            takes=(desk.REASON,))),
        *in_all(BEFORE, Row("", "Withdrawn", STOPPED, _put_down(STOPPED), may=desk.DESK, takes=(desk.REASON,))),
        Row(PROPOSED, "ClockRan", None, _clock_ran),
        Row(APPROVED, "ClockRan", None, lambda matter, fact, given: _ends(matter, given, EXPIRED, "not sent in time")),
        *in_all(BEFORE, Row("", "PaymentMoved", None, _moved_before)),
        *in_all(BEFORE, Row("", "ChargedBack", None, _charged_back_before)),
        Row(APPROVED, "Sent", SENT, _sent, may=FINANCE, apart=("Opened",), shown=True, takes=SENDING),
        Row(SENT, "ClockRan", None, _posting_late),
        Row(SENT, "NotPosted", STOPPED, _not_posted, may=FINANCE, shown=True, takes=EVIDENCE),
        *in_all((SENT, *undone), Row("", "Posted", None, money.posted, may=FINANCE, program=True, shown=True,
                                     takes=EVIDENCE)),
        *in_all((POSTED, *undone, RECOVERED, WRITTEN_OFF),
                Row("", "CreditSeen", None, money.credit_seen, may=FINANCE, program=True, shown=True, takes=EVIDENCE)),
        *in_all(OUT, Row("", "PaymentMoved", None, money.payment_moved)),
        *in_all(OUT, Row("", "ChargedBack", None, money.charged_back)),
        *in_all(OUT, Row("", "ChargebackUndone", None, money.chargeback_undone)),
        *in_all(BEFORE, Row("", "CreditedElsewhere", None, _credited_before, may=desk.DESK, program=True,
                            takes=EVIDENCE)),
        *in_all(OUT, Row("", "CreditedElsewhere", None, money.credited_elsewhere, may=desk.DESK, program=True,
                         takes=EVIDENCE)),
        *in_all(OUT, Row("", "CreditDenied", None, money.credit_denied, may=FINANCE, shown=True, takes=EVIDENCE)),
        Row(DOUBLE_CREDIT, "RecoveryBegan", RECOVERING, money.recovery_began),
        *in_all(undone, Row("", "Recovered", None, money.recovered, takes=HOW)),
        *in_all(undone, Row("", "WrittenOff", None, money.written_off)),
        *desk.rows(OPEN),
    )  # fmt: skip


REFUND = Kind(
    name="refund",
    titles=("退款", "refund"),
    states=(PROPOSED, APPROVED, SENT, POSTED, CONFIRMED_FINAL, DOUBLE_CREDIT, RECOVERING, RECOVERED, WRITTEN_OFF,
            REFUSED, EXPIRED, STOPPED),
    ended=frozenset({CONFIRMED_FINAL, RECOVERED, WRITTEN_OFF, REFUSED, EXPIRED, STOPPED}),
    rows=_rows(),
    tags=_tags,
    asks=rules.asks,
)  # fmt: skip
