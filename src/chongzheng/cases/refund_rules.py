"""What holds for this refund at this moment: how good is the evidence, which rule is it, what stands in its way?

Everything is computed from the payment's standing, from the witnesses of its case and from the other refunds of the
same customer, card, shop and group; whoever proposes says only how much, to whom and why (operations 3.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chongzheng.cases import alone, witness
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import PROGRAM, Ask, Body, Fact, Given, Matter, Refused
from chongzheng.cases.refund_policy import DAY_MS, HOUR_MS, Circumstances, Gives, Level, level_of, rule_of
from chongzheng.cases.registers import PROPOSAL, Register, limits

PROPOSED, APPROVED, SENT, POSTED, CONFIRMED_FINAL = "PROPOSED", "APPROVED", "SENT", "POSTED", "CONFIRMED_FINAL"
DOUBLE_CREDIT, RECOVERING, RECOVERED, WRITTEN_OFF = "DOUBLE_CREDIT", "RECOVERING", "RECOVERED", "WRITTEN_OFF"
REFUSED, EXPIRED, STOPPED = "REFUSED", "EXPIRED", "STOPPED"
NEVER_SENT = frozenset({REFUSED, EXPIRED, STOPPED})
COMMITTED = frozenset({APPROVED, SENT, POSTED, CONFIRMED_FINAL, DOUBLE_CREDIT, RECOVERING, RECOVERED, WRITTEN_OFF})
"""In which money left, or may."""
OUTSTANDING = frozenset({APPROVED, SENT, POSTED, DOUBLE_CREDIT, RECOVERING})
"""In which a provisional refund is an open advance."""

_APPROVERS = frozenset({witness.CLEARING, witness.ISSUER, witness.CHANNEL, witness.HOST})
_SAW_GOODS = frozenset({witness.MERCHANT, witness.SITE})
_APPROVED = frozenset({"yes", "twice", "wallet paid"})
_FAILED = ("failed", "refused", "rejected", "not found", "amount")
_HANDED_OVER = frozenset({"yes", "once", "twice"})
EVERYBODY = "everybody"
"""The group of an operator whom the register puts into none."""

REFUND_LIMITS = limits(
    "refund limits",
    ("退款限值", "limits of refunds"),
    {
        "approval ms": {"zh": "审批有效期", "en": "a proposal, and an approval, lapse after", "n": DAY_MS},
        "split ms": {"zh": "拆分检测窗口", "en": "amounts to one customer or card are added up over", "n": DAY_MS},
        "hardship ms": {"zh": "困难客户间隔", "en": "one refund out of hardship and customer in",
                        "n": 90 * DAY_MS, "unverified": True},
        "watch ms": {"zh": "退款后观察期", "en": "a refund that is confirmed is watched for", "n": 180 * DAY_MS,
                     "unverified": True},
        "posting ms": {"zh": "入账催办", "en": "what was sent should be posted within", "n": 48 * HOUR_MS,
                       "unverified": True},
    },
    PROPOSAL,
    money=True,
    says="the limit: milliseconds, fen or days, as its name says",
)  # fmt: skip

REFUND_BLOCKS = Register(
    name="refund blocks",
    titles=("退款禁止名单", "to whom nothing is given back now"),
    money=False,
    fields=(
        Field("why", "word", "原因", "why", choices=("fraud", "merchant insolvent", "account closed", "court order")),
        Field("ended", "flag", "已解除", "it holds no longer", needed=False),
    ),
)
"""Rows are named `merchant M`, `customer C`, `card K` or `payment P` (PR-X); whoever keeps the registers
writes them on the word of risk, who can also say Blocked of a refund."""

OPERATOR_GROUPS = Register(
    name="operator groups",
    titles=("操作员小组", "groups of operators"),
    money=False,
    fields=(Field("group", "word", "小组", "the group whose daily limit this person uses"),),
)
"""Rows are named by the ids of actors."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What holds: evidence level, rule (its name and row), what witnesses said, what was added up (fen) and of which
    refunds it is a part."""

    level: Level
    rule: str
    row: Mapping[str, Any]
    seen: Circumstances
    counted_fen: int
    parts: tuple[str, ...]

    @property
    def gives(self) -> Gives:
        """What may go out."""
        return Gives(self.row["gives"])


def asks(matter: Matter, fact: Fact) -> Mapping[str, Ask]:
    """The case, and the refunds and disputes that count."""
    about = {**fact.said, **matter.body} if fact.name == "Opened" else matter.body
    since = fact.at - 90 * DAY_MS
    found = {
        "case": Ask("case", "payment", matter.payment),
        "complaints": Ask("complaint", "payment", matter.payment),
        "slips": Ask("slip", "payment", matter.payment),
        "disputes": Ask("dispute", "payment", matter.payment),
        "customer": Ask("refund", "customer", str(about.get("customer", "")), since),
        "merchant": Ask("refund", "merchant", str(about.get("merchant", "")), fact.at - DAY_MS),
        "group": Ask("refund", "group", str(about.get("group", "")), fact.at - DAY_MS),
    }
    found |= alone.asks(fact)
    if about.get("card"):
        found["card"] = Ask("refund", "card", str(about["card"]), since)
    return found


def group_of(actor: str, given: Given) -> str:
    """Whose daily limit this person uses."""
    return str(given.rule("operator groups").get(actor, {}).get("group", EVERYBODY))


def reporters(given: Given) -> frozenset[str]:
    """Who reported the case: opened or joined it, or took in the complaint or slip that did; none of them approves."""
    told = [one for name in ("case", "complaints", "slips") for one in given.others.get(name, ())]
    return frozenset(who for one in told for who in one.said_by("Opened", "Joined")) - {PROGRAM}


def circumstances(about: Body, payment: str, given: Given) -> Circumstances:
    """What witnesses said beside the engine, and what stands in the way."""
    heard = [one for case in given.others.get("case", ()) for one in case.body.get("witnesses", ())]
    said = witness.stands(heard)
    approved = witness.stands(one for one in heard if one["witness"] in _APPROVERS).get("original", "")
    goods = witness.stands(one for one in heard if one["witness"] in _SAW_GOODS).get("goods", "unknown")
    if given.payment.get("truth") == "charged_twice" and said.get("goods") in ("yes", "once"):
        goods = "no"  # once delivered, twice paid: for one of the two nothing was given
    elif said.get("goods") in _HANDED_OVER:
        goods = "yes"
    return Circumstances(
        host_approved=approved in _APPROVED,
        reversal_failed=said.get("reversal", "").startswith(_FAILED),
        goods=goods,
        hardship=bool(about.get("hardship")),
        blocked=_blocked(about, payment, given),
    )


def _blocked(about: Body, payment: str, given: Given) -> str:
    rows = given.rule("refund blocks")
    names = {
        "merchant": given.payment.get("merchant", ""), "customer": about.get("customer", ""),
        "card": about.get("card", ""), "payment": payment,
    }  # fmt: skip
    for kind, name in names.items():
        row = rows.get(f"{kind} {name}", {"ended": True})
        if not row.get("ended"):
            return f"{row['why']}: {kind} {name}"
    for one in given.others.get("disputes", ()):
        if one.body.get("live"):
            return f"{one.body['action']} in flight: {one.id}"
        if one.body["action"] == "chargeback" and one.state == "LOST":
            return f"charged back, and borne: {one.id}"  # the cardholder has the money, from the issuer
    return ""


def weigh(matter: Matter, about: Body, fen: int, at: int, given: Given) -> Weighed:
    """Which rule holds for `fen` now. Amounts to the same customer or card within the window are added up: whoever
    splits one refund into several meets the rule of the whole."""
    seen = circumstances(about, matter.payment, given)
    level = level_of(given.payment, seen)
    window = at - given.rule("refund limits")["split ms"]["n"]
    parts = {one.id: one.fen for one in _alive(matter, given, "customer", "card") if one.opened_at >= window}
    counted = fen + sum(parts.values())
    rules = given.rule("refund policy")
    name = rule_of(rules, level, counted, seen)
    return Weighed(level, name, rules[name], seen, counted, tuple(parts))


def _alive(matter: Matter, given: Given, *names: str) -> Iterable[Matter]:
    for name in names:
        for one in given.others.get(name, ()):
            if one.id != matter.id and one.state not in NEVER_SENT:
                yield one


def objection(matter: Matter, about: Body, weighed: Weighed, at: int, given: Given) -> Refused | None:
    """Why nothing may be proposed, or approved, under the rule that holds; None when it may."""
    if weighed.gives is Gives.NOTHING:
        why = weighed.seen.blocked or f"evidence {weighed.level}, goods {weighed.seen.goods}"
        return Refused("rule", f"{weighed.rule}: nothing is given back ({why})")
    others = list(_alive(matter, given, "customer"))
    if weighed.row.get("one_advance"):
        open_ones = [one.id for one in others if one.state in OUTSTANDING and one.body["gives"] == Gives.PROVISIONAL]
        if open_ones:
            return Refused("rule", f"{weighed.rule}: the customer has another advance open, {open_ones[0]}")
    if weighed.row["hard"]:
        since = at - given.rule("refund limits")["hardship ms"]["n"]
        earlier = [one.id for one in others if one.body["hard"] and one.opened_at >= since]
        if earlier:
            return Refused("rule", f"{weighed.rule}: the customer had one out of hardship already, {earlier[0]}")
    return None


def not_yet(matter: Matter, weighed: Weighed, at: int, given: Given) -> Refused | None:
    """What else must be so before it is approved: a day's limit left, the shop's money held, a cycle waited for."""
    for name, limit in (("merchant", "merchant_cap_fen"), ("group", "group_cap_fen")):
        cap = weighed.row.get(limit)
        used = sum(
            one.fen
            for one in _alive(matter, given, name)
            if one.state in COMMITTED and one.body["rule"] == weighed.rule
        )
        if cap is not None and used + matter.fen > cap:
            return Refused("rule", f"{weighed.rule}: the day's limit of this {name} is {cap} fen, {used} are given")
    stands = given.payment
    held = stands["suspense_fen"] >= matter.fen or matter.body["held"]
    somewhere = held or max(stands["cardholder_fen"], stands["shop_fen"]) >= matter.fen
    if weighed.gives is Gives.FINAL and not somewhere:
        return Refused(
            "rule", f"{matter.fen} fen of it lie neither in suspense nor with the shop nor for the cardholder"
        )
    if weighed.row["hold"] and not held:
        return Refused("rule", f"{weighed.rule}: the shop's money is not held; say Held first")
    began = min((case.opened_at for case in given.others.get("case", ())), default=matter.opened_at)
    wait_ms = weighed.row.get("wait_ms", 0)
    if wait_ms and at < began + wait_ms:
        return Refused("rule", f"{weighed.rule}: a file or a reply is waited for until {began + wait_ms}")
    return None


def returned(payment: Body) -> bool:
    """Whether the money went back, or never left, by another way: acknowledged is enough to stop, not to book."""
    return payment["truth"] in ("charged_returned", "never_charged") and payment["proof"] != "claimed"


def let_go(payment: Body) -> bool:
    """Whether the machine's books hold nothing of it any more: it went back or never left (entries.position)."""
    if payment["truth"] == "charged_returned":
        return bool(payment["proof"] == "proven")
    return returned(payment)


def kept(payment: Body) -> bool:
    """Whether it is shown that the cardholder was debited, and nothing went back."""
    return level_of(payment, Circumstances()) is Level.E3
