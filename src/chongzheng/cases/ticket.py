"""Did a supplier get what it needs to look into a fault, and did it answer in time? The supplier ticket (S-26, S-46).

What leaves is a bundle that is redacted by itself when it is sent, with the hash of what was sent. An answer later
than the contract says is a breach, counted, with the clause it breaks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from chongzheng.cases import desk
from chongzheng.cases.contracts import BREACHES, clauses
from chongzheng.cases.effects import Effect, Say, Tell
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Fact, Given, Kind, Matter, Outcome, Refused, Row, in_all
from chongzheng.cases.redaction import redacted, secrets_in

DRAFT, SENT, ANSWERED, CLOSED, WITHDRAWN = "DRAFT", "SENT", "ANSWERED", "CLOSED", "WITHDRAWN"
RUNNING = (DRAFT, SENT, ANSWERED)
HOUR_MS = 3_600_000
LATE_PRIORITY = 50
PIECE_CHARS_MAX = 100_000
"""Of measurements, and of evidence, written down as JSON."""
LINES_NEEDED = ("from_at", "until_at", "site", "circuit", "metrics")
"""Without these a carrier answers with a question (S-26)."""

TAKES = (
    Field("supplier", "word", "供应商", "row of the register suppliers"),
    Field("what", "text", "现象", "what was seen"),
    Field("breach", "word", "违约类型", "which sort of breach it shows", needed=False, choices=BREACHES),
    Field("from_at", "instant", "开始时间", "since when, epoch ms", needed=False),
    Field("until_at", "instant", "结束时间", "until when, epoch ms", needed=False),
    Field("site", "text", "地点", "where", needed=False),
    Field("circuit", "word", "线路编号", "the circuit or SIM", needed=False),
    Field("terminals", "texts", "终端", "which terminals", needed=False),
    Field("metrics", "object", "测量值", "name -> list of [epoch ms, value]", needed=False),
    Field("evidence", "objects", "证据", "pieces of evidence", needed=False),
    Field("loss_fen", "fen", "损失金额", "the loss it brought about, fen", needed=False),
)
REPLY = (
    Field("text", "text", "答复", "what the supplier says"),
    Field("accepts", "flag", "是否认责", "whether it accepts that the fault is its own"),
)
RESULT = Field("result", "text", "结果", "what came out")


def _opened(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    said = fact.said
    if said["supplier"] not in given.rule("suppliers"):
        return Refused("rule", f"the register suppliers has no row {said['supplier']}")
    if wrong := _uncovered(said):
        return Refused("field", wrong)
    words = {field.name: said[field.name] for field in TAKES if field.name in said}
    kept = {**words, "evidence": list(said.get("evidence", ())), "sent": [], "breaches": 0}
    return Outcome(changes=kept, moves={"queue": "suppliers", "fen": said.get("loss_fen", 0)})


def _uncovered(said: Mapping[str, Any]) -> str:
    """Card data and keys are not even written down here; who people are is taken out when the bundle is made."""
    for name in ("metrics", "evidence"):
        if found := secrets_in(said.get(name)):
            return f"{name}: {found[0] or 'it'} is card data or a key; mask it, or leave it out"
        if len(json.dumps(said.get(name))) > PIECE_CHARS_MAX:
            return f"{name}: has at most {PIECE_CHARS_MAX} characters; attach a document by its hash instead"
    return ""


def _detailed(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if wrong := _uncovered(fact.said):
        return Refused("field", wrong)
    pieces = [*matter.body["evidence"], *fact.said.get("evidence", ())]
    return Outcome(changes={**{name: fact.said[name] for name in fact.said}, "evidence": pieces})


def bundle(matter: Matter) -> dict[str, Any]:
    """What the supplier gets to see: what was said of the fault and its evidence, redacted; and what was taken out."""
    told = {field.name: matter.body[field.name] for field in TAKES if field.name in matter.body}
    content, removed = redacted(told)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {"content": content, "removed": removed, "hash": hashlib.sha256(text.encode()).hexdigest()}


def _sent(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    supplier = given.rule("suppliers").get(matter.body["supplier"])
    if supplier is None:
        return Refused("rule", f"the register suppliers has no row {matter.body['supplier']} any more")
    missing = [name for name in LINES_NEEDED if not matter.body.get(name)]
    if supplier["sort"] == "carrier" and missing:
        return Refused("rule", f"a carrier needs {', '.join(missing)} too")
    broken = clauses(given.rule("contracts"), matter.body["supplier"], matter.body.get("breach", ""))
    due_at = fact.at + supplier["answer_hours"] * HOUR_MS
    made = bundle(matter)
    sent = {"at": fact.at, "by": fact.actor, "due_at": due_at, "hash": made["hash"], "answered_at": None}
    said = {
        "ticket": matter.id,
        "what": matter.body["what"],
        "began": matter.body.get("from_at", matter.opened_at),
        "until": matter.body.get("until_at", fact.at),
        "terminals": len(matter.body.get("terminals", ())),
        "clause": "; ".join(row["zh"] for row in broken.values()) or "-",
        "answer_by": due_at,
        "facts": {"ticket": {"value": "opened", "proof": "confirmed"}},
    }
    words = Tell("supplier.ticket", supplier["contact"], f"{matter.id} sent {matter.version}", said)
    changes = {"bundle": made, "clauses": list(broken), "sent": [*matter.body["sent"], sent]}
    return Outcome(changes=changes, moves={"due_at": due_at}, effects=(words,))


def _late(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """The supplier's clock ran out: a breach of its own, counted, and shown to those above."""
    broken = clauses(given.rule("contracts"), matter.body["supplier"], "late answer")
    changes = {"breaches": matter.body["breaches"] + 1, "late_clauses": list(broken), "late_since": matter.due_at}
    moves = {"due_at": None, "priority": matter.priority + LATE_PRIORITY}
    return Outcome(changes=changes, moves=moves, effects=_told(matter, "TicketLate", SENT))


def _answered(matter: Matter, fact: Fact, given: Given) -> Outcome:
    *before, last = matter.body["sent"]
    sent = [*before, {**last, "answered_at": fact.at}]
    answer = {"text": fact.said["text"], "accepts": fact.said["accepts"], "at": fact.at, "by": fact.actor}
    return Outcome(changes={"sent": sent, "answer": answer}, moves={"due_at": None})


def _ended(matter: Matter, fact: Fact, given: Given) -> Outcome:
    result = fact.said.get("result", fact.said.get("reason", ""))
    state = CLOSED if fact.name == "Closed" else WITHDRAWN
    return Outcome(state, {"result": result}, _told(matter, "TicketEnded", state))


def _told(matter: Matter, fact: str, state: str) -> tuple[Effect, ...]:
    return (Say(matter.parent, fact, {"ticket": matter.id, "state": state}, softly=True),) if matter.parent else ()


def _tags(matter: Matter) -> Mapping[str, str]:
    return {"supplier": matter.body.get("supplier", "")}


TICKET = Kind(
    name="ticket",
    titles=("供应商工单", "supplier ticket"),
    states=(DRAFT, SENT, ANSWERED, CLOSED, WITHDRAWN),
    ended=frozenset({CLOSED, WITHDRAWN}),
    rows=(
        Row(NEW, "Opened", DRAFT, _opened, may=desk.FIELD, program=True, takes=TAKES),
        Row(DRAFT, "Detailed", None, _detailed, may=desk.FIELD, program=True,
            takes=tuple(Field(one.name, one.form, one.zh, one.en, False) for one in TAKES[3:10])),
        Row(DRAFT, "Sent", SENT, _sent, may=desk.FIELD, program=True),
        Row(SENT, "ClockRan", None, _late),
        Row(SENT, "Answered", ANSWERED, _answered, may=desk.FIELD | {desk.SUPPLIER}, takes=REPLY),
        Row(ANSWERED, "AskedAgain", DRAFT, may=desk.FIELD, takes=(desk.REASON,)),
        Row(ANSWERED, "Closed", None, _ended, may=desk.FIELD, takes=(RESULT,)),
        *in_all((DRAFT, SENT), Row(DRAFT, "Withdrawn", None, _ended, may=desk.FIELD, takes=(desk.REASON,))),
        *desk.rows(RUNNING),
    ),
    tags=_tags,
)  # fmt: skip
