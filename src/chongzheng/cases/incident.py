"""What is one cause behind thousands of cases? A parent that is declared, contained, resolved, and told about once.

Every child keeps a verdict of its own: nothing is decided for all of them, and the incident closes when the last is.
"""

from __future__ import annotations

from chongzheng.cases import desk
from chongzheng.cases.effects import CloseCase
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, PROGRAM, Fact, Given, Kind, Matter, Outcome, Refused, Row, in_all

DECLARED, CONTAINED, RESOLVED, CLOSED = "DECLARED", "CONTAINED", "RESOLVED", "CLOSED"
RUNNING = (DECLARED, CONTAINED, RESOLVED)
FEED_MAX = 500

DECLARATION = (
    Field("title", "text", "事件", "what happens, in one line"),
    Field("channel", "word", "渠道", "which channel, terminal model or issuer it concerns", needed=False),
    Field("since", "instant", "开始时间", "since when, epoch ms", needed=False),
    Field("customers", "whole", "受影响客户", "how many customers, as far as is known", needed=False),
)
TEXT = Field("text", "text", "内容", "what is known now")
PUBLIC = Field("public", "flag", "可公开", "customers and shops may read it", needed=False)
CAUSE = Field("cause", "word", "原因", "the id of the cause, or unknown")
REPORTED = (
    Field("authority", "word", "监管机构", "to whom it was reported"),
    Field("reference", "text", "凭据", "under which number"),
)


def _declared(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(
        changes={**fact.said, "feed": [], "closed_children": 0},
        moves={"queue": "incidents", "owner": "" if fact.actor == PROGRAM else fact.actor},
    )


def _said(matter: Matter, fact: Fact, given: Given) -> Outcome:
    one = {"at": fact.at, "by": fact.actor, "fact": fact.name, **fact.said}
    return Outcome(changes={"feed": [*matter.body["feed"], one][-FEED_MAX:]})


def _child_closed(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"closed_children": matter.body["closed_children"] + 1})


def _resolved(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"cause": fact.said["cause"], **_said(matter, fact, given).changes})


def _reported(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"reported": {**fact.said, "at": fact.at, "by": fact.actor}})


def _closed(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if "reported" not in matter.body and matter.body.get("customers", 0) >= given.rule("severity")["S1"]["customers"]:
        return Refused(
            "rule", "so many customers: say first to which authority it was reported, or that it need not be"
        )
    return Outcome(changes={"closing": dict(fact.said)}, effects=(CloseCase(""),))


INCIDENT = Kind(
    name="incident",
    titles=("重大事件", "mass incident"),
    states=(DECLARED, CONTAINED, RESOLVED, CLOSED),
    ended=frozenset({CLOSED}),
    rows=(
        Row(NEW, "Opened", DECLARED, _declared, may=desk.DESK, program=True, takes=DECLARATION),
        *in_all(RUNNING, Row("", "Told", None, _said, may=desk.FIELD, program=True, takes=(TEXT, PUBLIC))),
        *in_all(RUNNING, Row("", "Reported", None, _reported, may=desk.HEADS, takes=REPORTED)),
        *in_all(RUNNING, Row("", "ChildClosed", None, _child_closed)),
        Row(DECLARED, "Contained", CONTAINED, _said, may=desk.DESK, takes=(TEXT,)),
        *in_all((DECLARED, CONTAINED), Row("", "Resolved", RESOLVED, _resolved, may=desk.DESK, takes=(CAUSE, TEXT))),
        Row(RESOLVED, "Recurred", DECLARED, _said, may=desk.DESK, takes=(TEXT,)),
        Row(RESOLVED, "Closed", CLOSED, _closed, may=desk.HEADS, takes=(TEXT,)),
        *desk.rows(RUNNING),
    ),
    tags=lambda matter: {"channel": str(matter.body.get("channel", ""))},
)
