"""What is told about a fact, to whom it is signed, and how? A CloudEvent of the fact's own record."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import msgspec

TYPE = "chongzheng.payment."
"""Every kind begins with this; the rest is the state that was reached, or one of the two below."""
CASE, VERDICT = f"{TYPE}case_opened", f"{TYPE}verdict_changed"
SOURCE = "/chongzheng/payments"
MEDIA = "application/cloudevents+json; charset=utf-8"
SEQUENCE_DIGITS = 10


class Record(msgspec.Struct, frozen=True, rename={"before": "from"}):
    """The part of a fact's record that is told."""

    payment: str
    seq: int
    at: int
    kind: str
    rule: str
    before: str
    to: str
    owes: str
    effects: list[dict[str, Any]]
    verdict: dict[str, Any]


_decode = msgspec.json.Decoder(Record).decode
_encode = msgspec.json.Encoder(order="deterministic").encode


def kinds_of(record: bytes, before: bytes | None) -> tuple[str, ...]:
    """The kinds of event that this record is, the first being its type; none when nothing changed that matters."""
    now = _decode(record)
    kinds = []
    if now.before != now.to:
        kinds.append(f"{TYPE}{now.to.lower()}")
    if _cases(now):
        kinds.append(CASE)
    if before is None or _decode(before).verdict != now.verdict:
        kinds.append(VERDICT)
    return tuple(kinds)


def cloud_event(record: bytes, kind: str) -> bytes:
    """The event (CloudEvents 1.0, structured mode). The same record gives the same bytes for ever."""
    told = _decode(record)
    return _encode({
        "specversion": "1.0",
        "id": event_id(told.payment, told.seq),
        "source": SOURCE,
        "type": kind,
        "subject": told.payment,
        "time": datetime.fromtimestamp(told.at / 1000, UTC).isoformat(timespec="milliseconds"),
        "sequence": f"{told.seq:0{SEQUENCE_DIGITS}d}",
        "datacontenttype": "application/json",
        "data": {
            "payment": told.payment,
            "fact": told.kind,
            "rule": told.rule,
            "from": told.before,
            "to": told.to,
            "owes": told.owes,
            "verdict": told.verdict,
            "cases": _cases(told),
        },
    })


def event_id(payment: str, seq: int) -> str:
    """The same in every attempt and every replay, so that a receiver can drop what it has."""
    return f"{payment}-{seq}"


def signature(secret: bytes, event: str, at_s: int, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, the Standard Webhooks scheme."""
    signed = hmac.new(secret, f"{event}.{at_s}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode()


def _cases(record: Record) -> list[str]:
    return [str(effect["why"]) for effect in record.effects if effect["do"] == "OpenCase"]
