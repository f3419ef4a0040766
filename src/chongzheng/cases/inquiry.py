"""What is asked of the scheme, the issuer or a wallet, is the pack complete, and what did they answer (S-05)?

A pack with a mandatory field missing does not leave. A reply is a witness of the case, never its verdict.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from chongzheng.cases import desk, kin, sla
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Fact, Given, Kind, Matter, Outcome, Refused, Row, in_all
from chongzheng.cases.registers import UNVERIFIED, Register
from chongzheng.cases.witness import CHANNEL, ISSUER

DRAFT, SENT, ANSWERED, WITHDRAWN = "DRAFT", "SENT", "ANSWERED", "WITHDRAWN"
RUNNING = (DRAFT, SENT)
ADDRESSEES = ("scheme", "issuer", "wallet")
_SPEAKS_AS = {"scheme": CHANNEL, "issuer": ISSUER, "wallet": CHANNEL}

CONTENT = (
    Field("rrn", "word", "检索参考号", "F37, twelve characters", needed=False),
    Field("trace", "word", "凭证号", "F11, six digits", needed=False),
    Field("auth_code", "word", "授权码", "F38", needed=False),
    Field("masked_card", "word", "卡号(掩码)", "first six and last four", needed=False),
    Field("day", "day", "交易日期", "of the transaction, yyyymmdd", needed=False),
    Field("clearing_day", "day", "清算日期", "of the file, yyyymmdd", needed=False),
    Field("fen", "fen", "金额(分)", "the amount", needed=False),
    Field("terminal", "word", "终端号", "F41", needed=False),
    Field("merchant", "word", "商户号", "F42", needed=False),
    Field("order", "word", "订单号", "the wallet's own number", needed=False),
    Field("slip_hash", "hash", "签购单摘要", "SHA-256 of the slip's image", needed=False),
    Field("reason", "word", "查询原因码", "6302: did the transaction succeed …", needed=False),
    Field("text", "text", "说明", "what is asked", needed=False),
)
NAMES = tuple(field.name for field in CONTENT)
TO = Field("to", "word", "查询对象", "who is asked", choices=ADDRESSEES)
REFERENCE = Field("reference", "text", "发出凭据", "under which number it left")
REPLY = (
    Field("code", "word", "查复码", "a row of the register inquiry replies"),
    Field("text", "text", "内容", "what they wrote", needed=False),
    Field("hash", "hash", "摘要", "SHA-256 of the letter", needed=False),
)

MANDATORY = Register(
    name="inquiry fields",
    titles=("查询必填项", "what an inquiry must name"),
    money=False,
    fields=(Field("names", "texts", "必填", f"of {', '.join(NAMES)}"),),
    check=lambda row: "" if set(row["names"]) <= set(NAMES) else f"names are of {', '.join(NAMES)}",
    shipped={
        "scheme": {"names": ["rrn", "trace", "masked_card", "day", "fen", "terminal", "merchant", "reason"]},
        "issuer": {"names": ["rrn", "trace", "auth_code", "masked_card", "day", "fen", "terminal", "merchant",
                             "slip_hash", "reason"]},
        "wallet": {"names": ["order", "day", "fen", "merchant"]},
    },
)  # fmt: skip

REPLIES = Register(
    name="inquiry replies",
    titles=("查复码", "answers to an inquiry"),
    money=False,
    fields=(
        Field("zh", "text", "中文含义", "what it means, in Chinese"),
        Field("en", "text", "英文含义", "what it means, in English"),
        Field("original", "word", "原交易", "what it says of the original", needed=False, choices=("yes", "no")),
        Field("reversal", "word", "冲正", "what it says of the reversal", needed=False),
        Field("known", "flag", "有结论", "it answers the question"),
        UNVERIFIED,
    ),
    shipped={
        "01": {"zh": "交易成功,无长款", "en": "it succeeded, and there is no surplus", "original": "yes", "known": True,
               "unverified": True},
        "02": {"zh": "有差错,长款已调整", "en": "an error; the surplus was adjusted already", "original": "yes",
               "reversal": "acked 00", "known": True, "unverified": True},
        "03": {"zh": "有差错,有长款,请退单或将调整", "en": "an error with a surplus: charge back, or wait",
               "original": "yes", "reversal": "failed", "known": True, "unverified": True},
        "04": {"zh": "无法提供凭证", "en": "the slip cannot be provided", "known": False, "unverified": True},
        "not found": {"zh": "查无此交易", "en": "no such transaction", "original": "no", "known": True},
    },
)  # fmt: skip


def pack(matter: Matter) -> dict[str, Any]:
    """What is sent: addressee and the fields that are filled, by name, and the SHA-256 over them."""
    content = {name: matter.body[name] for name in sorted(NAMES) if name in matter.body}
    said = {"inquiry": matter.id, "to": matter.body["to"], **content}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {**said, "hash": hashlib.sha256(text.encode()).hexdigest()}


def missing(matter: Matter, rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Names that must be filled before it leaves, in the register's order."""
    return [name for name in rows[matter.body["to"]]["names"] if name not in matter.body]


def _opened(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if fact.said["to"] not in given.rule("inquiry fields"):
        return Refused("rule", "to: no row of the register inquiry fields")
    known = {"trace": "stan", "terminal": "terminal", "merchant": "merchant", "fen": "amount_fen"}
    filled = {name: given.payment[theirs] for name, theirs in known.items() if given.payment.get(theirs)}
    changes = {**filled, **fact.said, "clocks": []}
    return Outcome(changes=changes, moves={"queue": f"inquiries {fact.said['to']}", "fen": changes.get("fen", 0)})


def _filled(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes=dict(fact.said))


def _sent(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    lacks = missing(matter, given.rule("inquiry fields"))
    if lacks:
        names = {field.name: field.zh for field in CONTENT}
        return Refused("rule", f"it does not leave: {', '.join(f'{name} ({names[name]})' for name in lacks)} missing")
    clocks = sla.started(given.rule("clocks"), given.rule("calendar"), "inquiry sent", fact.at, "")
    changes = {"pack": pack(matter), "reference": fact.said["reference"], "sent_at": fact.at, "clocks": clocks}
    words = {"reason": "scheme" if matter.body["to"] == "scheme" else "issuer"}
    return Outcome(SENT, changes, kin.told(matter, given, "Paused", words), {"due_at": sla.nearest(clocks)})


def _replied(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    replies = given.rule("inquiry replies")
    code = fact.said["code"]
    if code not in replies:
        return Refused("rule", f"code: there is {', '.join(replies)}; an unknown code is a row to be added")
    row = replies[code]
    words = {"witness": _SPEAKS_AS[matter.body["to"]], "reference": f"{matter.id}, {code}", "text": row["en"]}
    words |= {name: row[name] for name in ("original", "reversal") if name in row}
    words |= {"hash": fact.said["hash"]} if "hash" in fact.said else {}
    ended = {"inquiry": matter.id, "code": code, "known": row["known"]}
    effects = (
        *(kin.told(matter, given, "WitnessHeard", words) if row["known"] else ()),
        *kin.told(matter, given, "InquiryEnded", ended),
        *kin.told(matter, given, "Resumed", {}),
    )
    clocks = sla.met(matter.body["clocks"], "ReplyCame", fact.at)
    changes = {"reply": {**fact.said, "at": fact.at}, "clocks": clocks}
    return Outcome(ANSWERED, changes, effects, {"due_at": None})


def _withdrawn(matter: Matter, fact: Fact, given: Given) -> Outcome:
    ended = kin.told(matter, given, "InquiryEnded", {"inquiry": matter.id, "code": "", "known": False})
    resumed = kin.told(matter, given, "Resumed", {}) if matter.state == SENT else ()
    return Outcome(changes={"clocks": sla.met(matter.body["clocks"], "Withdrawn", fact.at)}, effects=ended + resumed)


def _clock_ran(matter: Matter, fact: Fact, given: Given) -> Outcome:
    clocks, _, broken = sla.ran(matter.body["clocks"], fact.at)
    moves = {"due_at": sla.nearest(clocks), **({"queue": desk.SUPERVISOR} if broken else {})}
    return Outcome(
        changes={"clocks": clocks, "overdue": bool(broken) or matter.body.get("overdue", False)}, moves=moves
    )


INQUIRY = Kind(
    name="inquiry",
    titles=("确认查询", "inquiry"),
    states=(DRAFT, SENT, ANSWERED, WITHDRAWN),
    ended=frozenset({ANSWERED, WITHDRAWN}),
    rows=(
        Row(NEW, "Opened", DRAFT, _opened, may=desk.DESK, program=True, takes=(TO, *CONTENT)),
        Row(DRAFT, "Filled", None, _filled, may=desk.DESK, takes=CONTENT),
        Row(DRAFT, "Sent", None, _sent, may=desk.DESK, shown=True, takes=(REFERENCE,)),
        Row(SENT, "ReplyCame", None, _replied, may=desk.DESK, program=True, takes=REPLY),
        Row(SENT, "ClockRan", None, _clock_ran),
        *in_all(RUNNING, Row("", "Withdrawn", WITHDRAWN, _withdrawn, may=desk.DESK, takes=(desk.REASON,))),
        *desk.rows(RUNNING),
    ),
    tags=lambda matter: {"payment": matter.payment, "to": matter.body["to"], "rrn": str(matter.body.get("rrn", ""))},
    asks=kin.asks_case,
)
