"""What becomes of a complaint: taken in, joined to the case of its payment, and answered within the days of the law?

15 days, 30 when it is complex, 60 with a head's approval (rows of the register clocks); nobody handles a complaint
about themselves; no paper is asked for that is here already (operations 2.7).
"""

from __future__ import annotations

from typing import Any

from chongzheng.cases import desk, kin, sla
from chongzheng.cases.effects import Effect, Take
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Ask, Fact, Given, Kind, Matter, Outcome, Refused, Row, in_all
from chongzheng.cases.registers import NAMES, Register

RECEIVED, JOINED, ANSWERED, WITHDRAWN = "RECEIVED", "JOINED", "ANSWERED", "WITHDRAWN"
RUNNING = (RECEIVED, JOINED)
REGULATOR = "regulator"
CHANNELS = ("phone", "branch", "app", "web", "letter", "shop", "message", REGULATOR)

TAKEN_IN = (
    Field("channel", "word", "渠道", "how it came", choices=CHANNELS),
    Field("ticket", "word", "工单号", "its number in that channel"),
    Field("text", "text", "内容", "what the customer says"),
    Field("contact", "word", "联系人", "whom to answer: an entry of the register of contacts", needed=False),
    Field("against", "word", "被投诉人", "the id of the colleague it is about", needed=False),
    Field("vulnerable", "flag", "弱势客户", "the customer is in need", needed=False),
    Field("fen", "fen", "金额", "how much it is about", needed=False),
)
PAYMENT = Field("payment", "word", "交易", "the id of the payment")
ANSWER = (
    Field("answer", "text", "答复", "what the customer was told"),
    Field("upheld", "flag", "是否成立", "the customer is right"),
    Field("correction", "text", "整改", "what is changed so that it does not happen again", needed=False),
)
PAPERS = Field("papers", "texts", "材料", "what the customer shall bring")

AT_HAND = Register(
    name="papers at hand",
    titles=("已有材料", "papers that are here already"),
    money=False,
    fields=NAMES,
    shipped={
        "transaction record": {"zh": "交易记录", "en": "record of the transaction"},
        "slip": {"zh": "签购单存根", "en": "the shop's copy of the slip"},
        "merchant contract": {"zh": "商户协议", "en": "contract of the shop"},
        "identity": {"zh": "已核验的身份资料", "en": "identity papers that were checked before"},
    },
)


def _opened(matter: Matter, fact: Fact, given: Given) -> Outcome:
    said = fact.said
    clocks = sla.started(given.rule("clocks"), given.rule("calendar"), "complaint", fact.at, "")
    changes = {**said, "clocks": clocks, "duplicates": [one.id for one in given.others.get("complaint", ())]}
    moves: dict[str, Any] = {"queue": "complaints", "fen": said.get("fen", 0), "due_at": sla.nearest(clocks)}
    first: tuple[Effect, ...] = (
        Take(f"complaint {said['channel']} {said['ticket']}", "that complaint is here already"),
    )
    if not matter.payment:
        return Outcome(RECEIVED, changes, first, moves)
    return Outcome(JOINED, changes, (*first, kin.joins_case(matter.payment, _reason(said))), moves)


def _reason(said: Any) -> dict[str, Any]:
    marks = [mark for mark, is_so in ((REGULATOR, said["channel"] == REGULATOR), ("vulnerable", said.get("vulnerable")))
             if is_so]  # fmt: skip
    words = {"source": "complaint", "why": said["text"], "marks": marks}
    return {**words, "witness": {"witness": "cardholder", "text": said["text"]}}


def _payment_found(matter: Matter, fact: Fact, given: Given) -> Outcome:
    payment = fact.said["payment"]
    return Outcome(moves={"payment": payment}, effects=(kin.joins_case(payment, _reason(matter.body)),))


def _complex(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    return _longer(matter, fact, given, "complex", "extended")


def _extended(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    return _longer(matter, fact, given, "extended", "")


def _longer(matter: Matter, fact: Fact, given: Given, word: str, longer: str) -> Outcome | Refused:
    if matter.body.get("limit") in (word, longer or word):
        return Refused("rule", f"it has the days of {matter.body['limit']} already")
    since = matter.body["clocks"][0]["started_at"]
    clocks = sla.started(given.rule("clocks"), given.rule("calendar"), word, since, "")
    words = {"clock": word, "reason": fact.said["reason"]}
    return Outcome(
        changes={"clocks": clocks, "limit": word},
        effects=kin.told(matter, given, "ClockExtended", words),
        moves={"due_at": sla.nearest(clocks)},
    )


def _papers_asked(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    here = [paper for paper in fact.said["papers"] if paper in given.rule("papers at hand")]
    if here:
        return Refused("rule", f"papers: {', '.join(here)}: is here already; nobody may ask for it again")
    return Outcome(changes={"papers": [*matter.body.get("papers", ()), *fact.said["papers"]]})


def _answered(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if fact.said["upheld"] and "correction" not in fact.said:
        return Refused("field", "correction: is missing; a complaint that is right changes something")
    said = {**fact.said, "at": fact.at, "by": fact.actor}
    clocks = sla.met(matter.body["clocks"], "ComplaintAnswered", fact.at)
    words = {"complaint": matter.id, "answer": fact.said["answer"]}
    effects = kin.told(matter, given, "ComplaintAnswered", words)
    return Outcome(changes={"answer": said, "clocks": clocks}, effects=effects, moves={"due_at": None})


def _clock_ran(matter: Matter, fact: Fact, given: Given) -> Outcome:
    clocks, _, broken = sla.ran(matter.body["clocks"], fact.at)
    moves = {"due_at": sla.nearest(clocks), **({"queue": desk.SUPERVISOR} if broken else {})}
    return Outcome(changes={"clocks": clocks}, moves=moves)


def recused(row: Row) -> Row:
    """The same row, but not for, and not by, the colleague whom the complaint is about."""

    def do(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
        about = matter.body.get("against", fact.said.get("against"))
        if about and about in (fact.actor, fact.said.get("to")):
            return Refused("self", f"the complaint is about {about}; somebody else handles it")
        return row.do(matter, fact, given)

    return Row(row.state, row.fact, row.next, do, row.may, row.program, row.apart, row.shown, row.takes)


def _asks(matter: Matter, fact: Fact) -> Any:
    same = {"complaint": Ask("complaint", "payment", matter.payment)} if matter.payment else {}
    return {**kin.asks_case(matter, fact), **same}


_ROWS = (
    Row(NEW, "Opened", None, _opened, may=desk.FIELD, program=True, takes=TAKEN_IN),
    Row(RECEIVED, "PaymentFound", JOINED, _payment_found, may=desk.DESK, program=True, takes=(PAYMENT,)),
    *in_all(RUNNING, Row("", "FoundComplex", None, _complex, may=desk.DESK, takes=(desk.REASON,))),
    *in_all(
        RUNNING, Row("", "Extended", None, _extended, may=desk.HEADS, apart=("FoundComplex",), takes=(desk.REASON,))
    ),
    *in_all(RUNNING, Row("", "PapersAsked", None, _papers_asked, may=desk.DESK, takes=(PAPERS,))),
    *in_all(RUNNING, Row("", "ComplaintAnswered", ANSWERED, _answered, may=desk.DESK, takes=ANSWER)),
    *in_all(RUNNING, Row("", "Withdrawn", WITHDRAWN, may=desk.DESK, takes=(desk.REASON,))),
    *in_all(RUNNING, Row("", "ClockRan", None, _clock_ran)),
    *desk.rows(RUNNING),
)

COMPLAINT = Kind(
    name="complaint",
    titles=("投诉", "complaint"),
    states=(RECEIVED, JOINED, ANSWERED, WITHDRAWN),
    ended=frozenset({ANSWERED, WITHDRAWN}),
    rows=tuple(recused(row) for row in _ROWS),
    tags=lambda matter: {"payment": matter.payment, "channel": matter.body["channel"]},
    asks=_asks,
)
