"""What may happen to a case, from the first doubt to its close? One literal table over the five chapters.

Confirm what happened, find the cause, put it right, tell the people concerned, learn. One case a payment (its key is
`case <payment>`): whatever else is said about that payment joins it. What the machine knows of the payment comes in as
PaymentMoved; a verdict that changes late moves the case back, visibly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chongzheng.cases import case_cause as cause
from chongzheng.cases import case_confirm as confirm
from chongzheng.cases import case_steps as do
from chongzheng.cases import desk, witness
from chongzheng.cases.case_states import (
    CHAPTERED,
    CLOSED,
    COMMUNICATING,
    CONFIRMING,
    DECIDING,
    DIAGNOSING,
    OPEN,
    REMEDYING,
    REOPENED,
    REVIEW,
    UNCLOSED,
)  # fmt: skip
from chongzheng.cases.case_tending import tended
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Body, Kind, Matter, Row, in_all
from chongzheng.cases.priority import MARKS
from chongzheng.cases.ruling import asks_refunds
from chongzheng.cases.sla import PAUSES

WHY = (
    Field("source", "word", "来源", "engine, break, complaint, fault slip, supplier, person"),
    Field("why", "text", "缘由", "what is wrong, as it was told"),
    Field("customers", "whole", "客户数", "how many customers are concerned", needed=False),
    Field("marks", "texts", "情形", f"of {', '.join(MARKS)}", needed=False),
    Field("fen", "fen", "金额", "what is at stake, where no payment is known", needed=False),
    Field("matter", "word", "相关事项", "the complaint, slip or break it comes from", needed=False),
    Field("witness", "object", "证词", "what a witness said with it, as for WitnessHeard", needed=False),
    Field("engine_case", "whole", "系统案号", "the number of the engine's own case", needed=False),
)
ACTION = Field("action", "word", "决定", "a row of the register case actions")
NOTE = Field("note", "text", "说明", "why, and what in particular", needed=False)
MARK = Field("mark", "word", "情形", "what else is known", choices=MARKS)
WAITS = Field("reason", "word", "等待", "a row of the register pause reasons", choices=tuple(PAUSES.shipped))
AUDIENCE = Field("audience", "word", "对象", "who was told",
                 choices=("cardholder", "shop", "supplier", "department", "technician", "manager"))  # fmt: skip
NOTICE = (
    AUDIENCE,
    Field("template", "word", "模板", "which text"),
    Field("reference", "text", "凭据", "letter, call, message", needed=False),
)
ASK_NOTICE = (
    AUDIENCE,
    Field("template", "word", "模板", "which text"),
    Field("to", "word", "地址", "address in the register of contacts, not a number"),
    Field("said", "object", "填充", "what fills the blanks", needed=False),
)
PROMISE = (
    Field("what", "text", "承诺", "what was promised"),
    Field("day", "day", "日期", "by the end of which day, yyyymmdd"),
)
NO = Field("no", "whole", "序号", "the promise's number, from 1")
ANSWER = Field("answer", "text", "答复", "what the customer was told")
RESULT = Field("result", "text", "结果", "what was put right, and how")
OUTCOME = Field("outcome", "text", "办结说明", "how it ended, in one or two sentences")
LESSON = Field("lesson", "text", "教训", "what should be different from now on", needed=False)
INCIDENT = Field("incident", "word", "重大事件", "the id of the incident it belongs to")
CLOCK = Field("clock", "word", "时限", "start the clocks of this word: complex, extended …")
SAID_OF_IT = {
    "TaskEnded": "tasks", "RemedyEnded": "remedies", "TicketEnded": "tickets", "TicketLate": "tickets",
    "RetryEnded": "retries", "ContactEnded": "contacts", "SurveyEnded": "surveys", "InquiryEnded": "inquiries",
    "SwapEnded": "swaps", "ProcedureEnded": "procedures", "ProblemOpened": "problems", "ProblemClosed": "problems",
    "MeasureEnded": "measures", "NoticeFailed": "failures", "ReplyHeard": "replies",
}  # fmt: skip
"""What other matters tell it, and under which name the body keeps that."""


def _rows() -> tuple[Row, ...]:
    people, heads = desk.DESK, desk.HEADS
    everywhere = (
        Row("", "Joined", do=do.joined, may=desk.FIELD, program=True, takes=WHY),
        Row("", "PaymentMoved", do=confirm.payment_moved),
        Row("", "Marked", do=do.marked, may=people, takes=(MARK,)),
        Row("", "Paused", do=do.paused, may=people, program=True, takes=(WAITS,)),
        Row("", "Resumed", do=do.resumed, may=people, program=True),
        Row("", "ClockRan", do=do.clock_ran),
        Row("", "ClockExtended", do=do.extended, may=heads, program=True, takes=(CLOCK, desk.REASON)),
        Row("", "ComplaintAnswered", do=do.told_of("answers"), may=people, program=True, takes=(ANSWER,)),
        Row("", "PromiseMade", do=do.promised, may=people, takes=PROMISE),
        Row("", "PromiseKept", do=do.promise_kept, may=people, program=True, takes=(NO,)),
        Row("", "PromiseBroken", do=do.promise_broken, may=people, takes=(NO, desk.REASON)),
        Row("", "NoticeAsked", do=do.notice_asked, may=people, takes=ASK_NOTICE),
        Row("", "NoticeSent", do=do.told_of("notices"), may=people, program=True, takes=NOTICE),
        Row("", "IncidentNamed", do=do.incident_named, may=people, program=True, takes=(INCIDENT,)),
        Row("", "SignalsHeard", do=cause.signals_heard, may=desk.FIELD, program=True, takes=cause.SIGNALS_HEARD),
        *(Row("", fact, do=do.told_of(name)) for fact, name in SAID_OF_IT.items()),
    )
    confirmable = (OPEN, REOPENED, CONFIRMING)
    later = (DIAGNOSING, DECIDING, REMEDYING, COMMUNICATING)
    ask = Row("", "Asked", do=confirm.asked, may=people, program=True, takes=(confirm.ASK,))
    hear = Row("", "WitnessHeard", do=confirm.heard, may=desk.FIELD, program=True, takes=witness.FIELDS)
    return (
        Row(NEW, "Opened", OPEN, do.opened, may=desk.FIELD, program=True, takes=WHY),
        *in_all((OPEN, REOPENED), Row("", "ConfirmStarted", CONFIRMING, may=people, program=True)),
        *in_all((OPEN, REOPENED), replace(hear, next=CONFIRMING)),
        *in_all((CONFIRMING, *later, REVIEW), hear),
        *in_all((*confirmable, *later), ask),
        *in_all(confirmable, Row("", "Confirmed", DIAGNOSING, confirm.confirmed, may=people, program=True, shown=True)),
        *in_all(later, Row("", "ConfirmedAnew", CONFIRMING, confirm.doubted, may=people, takes=(desk.REASON,))),
        Row(DIAGNOSING, "CauseFound", DECIDING, cause.cause_found, may=people, program=True, takes=cause.CAUSE),
        *in_all(
            (DECIDING, REMEDYING, COMMUNICATING),
            Row("", "CauseCorrected", do=cause.cause_found, may=people, takes=cause.CAUSE),
        ),
        Row(DECIDING, "Decided", None, do.decided, may=people, shown=True, takes=(ACTION, NOTE)),
        Row(REMEDYING, "DecidedAnew", DECIDING, do.undecided, may=people, takes=(desk.REASON,)),
        Row(REMEDYING, "Remedied", COMMUNICATING, do.remedied, may=people, program=True, takes=(RESULT,)),
        Row(COMMUNICATING, "Closed", CLOSED, do.closed, may=people, program=True, takes=(OUTCOME, LESSON)),
        Row(CLOSED, "Reopened", None, do.reopened, may=people, program=True, takes=(desk.REASON,)),
        Row(CLOSED, "Joined", None, do.joined_again, may=desk.FIELD, program=True, takes=WHY),
        Row(CLOSED, "NoticeSent", do=do.told_of("notices"), program=True),
        *(Row(CLOSED, fact, do=do.told_of(name)) for fact, name in SAID_OF_IT.items()),
        Row(REVIEW, "ReviewEnded", REOPENED, do.reviewed, may=heads, apart=("Closed",), takes=(desk.REASON,)),
        *(row for one in everywhere for row in in_all(UNCLOSED, one)),
        *desk.rows(UNCLOSED),
    )


def _risky(clock: Mapping[str, Any]) -> bool:
    """At risk, or run out: whoever was away over both instants finds a clock that ran out without a warning."""
    return bool((clock["warned_at"] or clock["ran_at"]) and clock["met_at"] is None)


def tags(matter: Matter) -> Mapping[str, str]:
    """By what others find a case: payment, terminal, shop, cause, severity; and until it is over, in which lists it
    stands: whom it waits for, whether it is at risk, whether money lies in suspense."""
    body = matter.body
    listed = _listed(body) if matter.state != CLOSED else {}
    standing = body.get("standing", {})
    return {
        "payment": matter.payment,
        "merchant": str(standing.get("merchant", "")),
        "terminal": str(standing.get("terminal", "")),
        "cause": str(body.get("cause", {}).get("primary", "")),
        "severity": str(body.get("severity", "")),
        "source": str(body["sources"][0]["source"]),
        "incident": matter.parent,
        **listed,
    }


def _listed(body: Body) -> dict[str, str]:
    return {
        "waiting": str(body.get("waiting", "")),
        "risk": "yes" if any(_risky(one) for one in body.get("clocks", ())) else "",
        "suspense": "yes" if body.get("standing", {}).get("suspense_fen") else "",
    }


CASE = Kind(
    name="case",
    titles=("案件", "case"),
    states=CHAPTERED,
    ended=frozenset({CLOSED}),
    rows=tuple(tended(row) for row in _rows()),
    tags=tags,
    asks=asks_refunds,
)
