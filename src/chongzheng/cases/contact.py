"""What does the shop say: were the goods handed over, is the till right? A script, attempts, and one answer (S-04).

An answer changes what the case knows, never its verdict; the third attempt that fails goes to those above.
"""

from __future__ import annotations

from typing import Any

from chongzheng.cases import desk, kin
from chongzheng.cases.effects import Effect
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Fact, Given, Kind, Matter, Outcome, Refused, Row, in_all
from chongzheng.cases.registers import Register
from chongzheng.cases.witness import MERCHANT

WAITING, ESCALATED, ANSWERED, GIVEN_UP = "WAITING", "ESCALATED", "ANSWERED", "GIVEN_UP"
RUNNING = (WAITING, ESCALATED)
REACHED = "reachable"
FAILED = ("number dead", "hung up", "no answer")
OUTCOMES = ("waiting", REACHED, *FAILED)
"""Contact status: they call back, they answered, and three ways of not."""

SCRIPTS = Register(
    name="contact scripts",
    titles=("联系话术", "scripts for a call"),
    money=False,
    fields=(
        Field("zh", "texts", "中文话术", "what is asked, in Chinese"),
        Field("en", "texts", "英文话术", "what is asked, in English"),
    ),
    shipped={
        "failed reversal": {
            "zh": ["核对终端号、凭证号和金额。", "货物或服务是否已交付?", "终端打印了什么?是否有故障凭条?",
                   "当日收银台现金和签购单是否相符?",
                   "请勿再次刷卡,也请勿在终端清除冲正。"],
            "en": ["Compare terminal, trace and amount.", "Were the goods or was the service handed over?",
                   "What did the terminal print? Is there a fault slip?", "Do the till and the slips of the day agree?",
                   "Please do not swipe again, and do not clear the reversal in the terminal."],
        },
        "charged twice": {
            "zh": ["核对两笔交易的凭证号。", "顾客实际购买了几次?", "是否已用其他方式退款?"],
            "en": ["Compare the traces of both sales.", "How often did the customer buy?",
                   "Was anything given back in another way?"],
        },
    },
)  # fmt: skip

ASKED = (
    Field("script", "word", "话术", "a row of the register contact scripts"),
    Field("merchant", "word", "商户", "the shop"),
    Field("due_at", "instant", "期限", "until when, epoch ms", needed=False),
)
TRIED = (
    Field("outcome", "word", "联系结果", "how the attempt went", choices=OUTCOMES),
    Field("note", "text", "备注", "what else", needed=False),
)
SAID = (
    Field("goods", "word", "是否交付", "were the goods delivered", choices=("yes", "no", "unknown")),
    Field("till", "word", "对账", "does the till agree", choices=("agrees", "over", "short", "not counted")),
    Field("till_fen", "whole", "差额(分)", "by how much the till is over or short", needed=False),
    Field("spoke_to", "text", "受访人", "who said so"),
    Field("text", "text", "说明", "what else was said", needed=False),
)


def _opened(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    scripts = given.rule("contact scripts")
    if fact.said["script"] not in scripts:
        return Refused("rule", f"script: there is {', '.join(scripts)}")
    changes = {**fact.said, "lines": scripts[fact.said["script"]], "attempts": []}
    return Outcome(changes=changes, moves={"queue": "merchants", "due_at": fact.said.get("due_at")})


def _tried(matter: Matter, fact: Fact, given: Given) -> Outcome:
    attempts = [*matter.body["attempts"], {**fact.said, "at": fact.at, "by": fact.actor}]
    failed = sum(one["outcome"] in FAILED for one in attempts)
    if matter.state == WAITING and failed >= given.rule("case limits")["failed contacts"]["n"]:
        words = {"contact": matter.id, "state": ESCALATED, "failed": failed}
        moves = {"queue": desk.SUPERVISOR, "owner": ""}
        return Outcome(ESCALATED, {"attempts": attempts}, kin.told(matter, given, "ContactEnded", words), moves)
    return Outcome(changes={"attempts": attempts})


def _answered(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    attempts = matter.body["attempts"]
    if not attempts or attempts[-1]["outcome"] != REACHED:
        return Refused("rule", "say first that they were reached: Tried, outcome reachable")
    words = {"witness": MERCHANT, "goods": fact.said["goods"], "reference": matter.id, "text": _text(fact.said)}
    ended = {"contact": matter.id, "state": ANSWERED, **fact.said}
    effects: tuple[Effect, ...] = kin.told(matter, given, "WitnessHeard", words)
    return Outcome(
        changes={"answer": dict(fact.said)}, effects=effects + kin.told(matter, given, "ContactEnded", ended)
    )


def _text(said: Any) -> str:
    words = [f"{said['spoke_to']}: goods {said['goods']}, till {said['till']}"]
    return "; ".join([*words, *([said["text"]] if "text" in said else [])])


def _given_up(matter: Matter, fact: Fact, given: Given) -> Outcome:
    words = {"contact": matter.id, "state": GIVEN_UP, **fact.said}
    return Outcome(effects=kin.told(matter, given, "ContactEnded", words))


CONTACT = Kind(
    name="contact",
    titles=("商户核实", "talk with the shop"),
    states=(WAITING, ESCALATED, ANSWERED, GIVEN_UP),
    ended=frozenset({ANSWERED, GIVEN_UP}),
    rows=(
        Row(NEW, "Opened", WAITING, _opened, may=desk.FIELD, program=True, takes=ASKED),
        *in_all(RUNNING, Row("", "Tried", None, _tried, may=desk.FIELD, takes=TRIED)),
        *in_all(RUNNING, Row("", "Answered", ANSWERED, _answered, may=desk.FIELD, takes=SAID)),
        Row(ESCALATED, "GivenUp", GIVEN_UP, _given_up, may=desk.HEADS, takes=(desk.REASON,)),
        *in_all(
            RUNNING, Row("", "ClockRan", None, lambda *_: Outcome(moves={"due_at": None, "queue": desk.SUPERVISOR}))
        ),
        *desk.rows(RUNNING),
    ),
    tags=lambda matter: {"merchant": matter.body["merchant"]},
    asks=kin.asks_case,
)
