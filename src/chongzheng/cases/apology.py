"""Do we apologise to this person now? Once for an incident, and not again and again (S-39, operations 3.6).

The text is the template's, and what it states must be proven (notices/wording); here stands only who may say when that
there is to be one. A second one within the quiet time is kept, but not sent, until a supervisor says so in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chongzheng.cases import desk
from chongzheng.cases.calendar import DAY_MS
from chongzheng.cases.effects import Effect, Take, Tell
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Ask, Fact, Given, Kind, Matter, Outcome, Refused, Row, in_all
from chongzheng.cases.registers import limits

ASKED, SUPPRESSED, SENT, FAILED, DROPPED = "ASKED", "SUPPRESSED", "SENT", "FAILED", "DROPPED"
OPEN = (ASKED, SUPPRESSED, FAILED)
ONE_YEAR_MS = 366 * DAY_MS

QUIET = limits(
    "apology limits",
    ("致歉限值", "limits of apologies"),
    {"quiet ms": {"zh": "同一人致歉间隔", "en": "between two apologies to one person", "n": 30 * DAY_MS}},
    money=False,
)

WORDS = (
    Field("at", "instant", "发生时间", "when it happened, epoch ms"),
    Field("merchant", "text", "商户名称", "the shop, by the name that the customer knows"),
    Field("card", "word", "卡号(掩码)", "first six and last four"),
    Field("amount", "fen", "金额(分)", "the amount of the payment"),
    Field("what", "text", "发生了什么", "what happened, in plain words, nobody blamed"),
    Field("standing", "text", "钱在哪里", "where the money is"),
    Field("right_by", "day", "办好日期", "until when it will be right, yyyymmdd"),
)
OPENING = (
    Field("person", "word", "对象", "the customer's id"),
    Field("incident", "word", "事件", "the case or incident that it is about"),
    Field("to", "word", "地址", "whom to tell: an entry of the register of contacts"),
    Field("evidence", "texts", "依据", "what verifies the fact: numbers of files, queries, reports"),
    *WORDS,
)
SAID = tuple(field.name for field in WORDS)


def _opened(matter: Matter, fact: Fact, given: Given) -> Outcome:
    said = fact.said
    since = fact.at - given.rule("apology limits")["quiet ms"]["n"]
    earlier = [one.id for one in given.others.get("person", ()) if one.state != DROPPED and one.opened_at >= since]
    only = Take(f"apology {said['incident']} {said['person']}", "this person has one for this incident already")
    changes = {**said, "earlier": earlier, "edition": 1}
    if earlier:
        return Outcome(SUPPRESSED, changes, (only,), {"queue": desk.SUPERVISOR})
    return Outcome(ASKED, changes, (only, _told(matter, said, 1, "")))


def _told(matter: Matter, said: Mapping[str, Any], edition: int, supervisor: str) -> Effect:
    words = {
        **{name: said[name] for name in SAID if name != "right_by"}, "by": said["right_by"],
        "person": said["person"], "incident": said["incident"],
        **({"supervisor": supervisor} if supervisor else {}),
        "facts": {"incident": {"value": "verified", "proof": "confirmed", "evidence": list(said["evidence"])}},
    }  # fmt: skip
    key = f"apology {said['incident']} {said['person']} {edition}"
    return Tell("cardholder.apology", said["to"], key, words)


def _sent_anyway(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """It is sent all the same: whoever says so stands for it."""
    edition = matter.body["edition"] + (matter.state == FAILED)
    changes = {"released": {**fact.said, "by": fact.actor, "at": fact.at}, "edition": edition}
    return Outcome(ASKED, changes, (_told(matter, matter.body, edition, fact.actor),))


def _changed(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """The facts are others than those that were written: that is worth one more word."""
    new = {**{name: matter.body[name] for name in SAID}, **fact.said}
    if all(new[name] == matter.body[name] for name in SAID):
        return Refused("rule", "nothing has changed since; one apology is enough")
    edition = matter.body["edition"] + 1
    told = _told(matter, {**matter.body, **new}, edition, "")
    return Outcome(ASKED, {**new, "edition": edition}, (told,))


def _tags(matter: Matter) -> Mapping[str, str]:
    return {"person": matter.body["person"], "incident": matter.body["incident"], "payment": matter.payment}


def _asks(matter: Matter, fact: Fact) -> Mapping[str, Ask]:
    return {"person": Ask("apology", "person", str(fact.said.get("person", "")), fact.at - ONE_YEAR_MS)}


APOLOGY = Kind(
    name="apology",
    titles=("致歉", "apology"),
    states=(ASKED, SUPPRESSED, SENT, FAILED, DROPPED),
    ended=frozenset({SENT, DROPPED}),
    rows=(
        Row(NEW, "Opened", None, _opened, may=desk.DESK, program=True, takes=OPENING),
        *in_all((SUPPRESSED, FAILED), Row("", "SentAnyway", None, _sent_anyway, may=frozenset({desk.SUPERVISOR}),
                                          apart=("Opened",), takes=(desk.REASON,))),
        Row(ASKED, "NoticeSent", SENT),
        Row(ASKED, "NoticeFailed", FAILED),
        Row(SENT, "Changed", None, _changed, may=desk.DESK,
            takes=(*(Field(one.name, one.form, one.zh, one.en, needed=False) for one in WORDS),)),
        *in_all(OPEN, Row("", "Dropped", DROPPED, may=desk.HEADS, takes=(desk.REASON,))),
        *desk.rows(OPEN),
    ),
    tags=_tags,
    asks=_asks,
)  # fmt: skip
