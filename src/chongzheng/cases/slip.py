"""What becomes of a fault slip that a terminal printed: read, its payment found, and the payment put in doubt?

A slip that says "reversal failed" is the shop's natural trigger (operations 2.2). Typed or scanned, it names shop,
terminal, batch and trace; these are the key of its payment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chongzheng.cases import desk, kin
from chongzheng.cases.effects import HandIn
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Fact, Given, Kind, Matter, Outcome, Refused, Row
from chongzheng.mistakes import TheirMistake

UNMATCHED, MATCHED, DROPPED = "UNMATCHED", "MATCHED", "DROPPED"
TEXT_CHARS_MAX = 4_000

LABELS: Mapping[str, tuple[str, ...]] = {
    "merchant": ("商户编号", "商户号", "merchant no", "merchant id", "merchant", "mid"),
    "terminal": ("终端编号", "终端号", "terminal no", "terminal id", "terminal", "tid"),
    "batch": ("批次号", "批号", "batch no", "batch"),
    "trace": ("凭证号", "流水号", "trace no", "voucher no", "trace", "stan"),
    "rrn": ("参考号", "检索号", "ref no", "rrn"),
    "amount": ("金额", "amount"),
    "code": ("应答码", "返回码", "response code", "code"),
}
"""Names of a slip's lines, zh and en, longest first."""
_YUAN = re.compile(r"([0-9]{1,9})(?:[.]([0-9]{1,2}))?")
KEY = ("merchant", "terminal", "batch", "trace")

READ = (
    Field("merchant", "word", "商户号", "F42, 15 characters"),
    Field("terminal", "word", "终端号", "F41, 8 characters"),
    Field("batch", "word", "批次号", "F60.2, six digits"),
    Field("trace", "word", "凭证号", "F11, six digits"),
    Field("fen", "fen", "金额(分)", "the amount on it", needed=False),
    Field("code", "word", "应答码", "the answer code on it", needed=False),
    Field("rrn", "word", "参考号", "F37 on it", needed=False),
    Field("hash", "hash", "摘要", "SHA-256 of the scan", needed=False),
    Field("at_raw", "instant", "打印时间", "when it was printed, by the terminal's clock, epoch ms", needed=False),
)
PAYMENT = Field("payment", "word", "交易", "the id of the payment")


@dataclass(frozen=True, slots=True)
class Read:
    """What stands on a slip: the four words of the key, the amount in fen (0: not on it), and what else was read."""

    merchant: str
    terminal: str
    batch: str
    trace: str
    fen: int
    other: Mapping[str, str]

    def said(self) -> dict[str, Any]:
        """As words of the fact that opens the matter."""
        key = {name: getattr(self, name) for name in KEY}
        return {**key, **self.other, **({"fen": self.fen} if self.fen else {})}


def read(text: str) -> Read:
    """What a slip says, from its typed or recognised text. TheirMistake: which line is missing or unreadable."""
    if len(text) > TEXT_CHARS_MAX:
        raise TheirMistake(f"has at most {TEXT_CHARS_MAX} characters", "slip")
    found = {name: _value(text, labels) for name, labels in LABELS.items()}
    missing = [f"{name} ({LABELS[name][0]})" for name in KEY if not found[name]]
    if missing:
        raise TheirMistake(f"not on it, or not readable: {', '.join(missing)}", "slip")
    amount = _fen(found.pop("amount"))
    batch, trace = found["batch"].zfill(6), found["trace"].zfill(6)
    other = {name: found[name] for name in ("rrn", "code") if found[name]}
    return Read(found["merchant"], found["terminal"], batch, trace, amount, other)


def _value(text: str, labels: tuple[str, ...]) -> str:
    for label in labels:
        match = re.search(
            rf"{re.escape(label)}[^\S\n]*[:：.]?[^\S\n]*(?:RMB|CNY|￥|¥)?[^\S\n]*([A-Za-z0-9.,]+)", text, re.I
        )
        if match:
            return match.group(1).rstrip(".,")
    return ""


def _fen(text: str) -> int:
    if not text:
        return 0
    match = _YUAN.fullmatch(text.replace(",", ""))
    if match is None:
        raise TheirMistake("is no amount in yuan, like 123.45", "slip, amount")
    return int(match.group(1)) * 100 + int((match.group(2) or "").ljust(2, "0"))


def _opened(matter: Matter, fact: Fact, given: Given) -> Outcome:
    said = dict(fact.said)
    moves = {"queue": "fault slips", "fen": said.get("fen", 0)}
    if not matter.payment:
        return Outcome(UNMATCHED, said, moves=moves)
    return Outcome(MATCHED, said, _doubt(matter.payment, said), moves)


def _doubt(payment: str, said: Mapping[str, Any]) -> tuple[Any, ...]:
    witness = {"witness": "slip", "reversal": "failed", "reference": f"slip {said['terminal']} {said['trace']}"}
    witness |= {name: said[name] for name in ("hash", "at_raw") if name in said}
    why = {"source": "fault slip", "why": f"a fault slip of {said['terminal']} {said['trace']}", "witness": witness}
    return kin.joins_case(payment, why), HandIn("CheckAsked", payment)


def _payment_found(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    payment = fact.said["payment"]
    return Outcome(moves={"payment": payment}, effects=_doubt(payment, matter.body))


def _dropped(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"dropped_for": fact.said["reason"]})


SLIP = Kind(
    name="slip",
    titles=("故障凭条", "fault slip"),
    states=(UNMATCHED, MATCHED, DROPPED),
    ended=frozenset({MATCHED, DROPPED}),
    rows=(
        Row(NEW, "Opened", None, _opened, may=desk.FIELD, program=True, takes=READ),
        Row(UNMATCHED, "PaymentFound", MATCHED, _payment_found, may=desk.DESK, program=True, takes=(PAYMENT,)),
        Row(UNMATCHED, "Dropped", DROPPED, _dropped, may=desk.DESK, takes=(desk.REASON,)),
        *desk.rows((UNMATCHED,)),
    ),
    tags=lambda matter: {"payment": matter.payment, "terminal": matter.body["terminal"]},
)
