"""What happened to this payment, in order: facts, the rule each met, what was decided, and what was then true?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from chongzheng.journal import Reader
from chongzheng.journal.reader import FactRow
from chongzheng.money import Money
from chongzheng.reversal.payment import Payment, Verdict
from chongzheng.reversal.rows import Do
from chongzheng.reversal.table import TABLE

CHINA = timezone(timedelta(hours=8))
SILENT = frozenset({"payment", "at", "due_at", "evidence", "request", "answer", "originals", "reversals"})


@dataclass(frozen=True, slots=True)
class Chapter:
    """One fact and what followed. `at` epoch ms; `said` in words; `effects` as they were ordered."""

    seq: int
    at: int
    fact: str
    said: str
    rule: str
    came_to: str
    effects: tuple[str, ...]
    evidence: str
    error: str


def chapters(reader: Reader, payment: str) -> list[Chapter]:
    """The whole story of a payment, oldest first."""
    return [_chapter(row) for row in reader.facts_of(payment)]


def document(reader: Reader, payment: Payment) -> dict[str, Any]:
    """The story as one JSON document, with evidence, entries and cases."""
    version, head = reader.head(payment.id)
    return {
        "payment": payment.id,
        "merchant": payment.key.merchant,
        "terminal": payment.key.terminal,
        "batch": payment.key.batch,
        "stan": payment.key.stan,
        "card": payment.masked_pan,
        "amount_fen": payment.amount_fen,
        "state": payment.state,
        "owes": payment.owes,
        "verdict": verdict_document(payment.verdict),
        "story": [
            {
                "seq": c.seq,
                "at": c.at,
                "fact": c.fact,
                "said": c.said,
                "rule": c.rule,
                "to": c.came_to,
                "effects": list(c.effects),
                "evidence": c.evidence,
                "error": c.error,
            }
            for c in chapters(reader, payment.id)
        ],
        "evidence": [
            {"id": e.id, "at": e.at, "kind": e.kind, "source": e.source, "body": json.loads(e.body)}
            for e in reader.evidence_of(payment.id)
        ],
        "vouchers": [
            {"act": e.seq, "debit": e.debit, "credit": e.credit, "fen": e.fen} for e in reader.vouchers_of(payment.id)
        ],
        "entries": [
            {"seq": e.seq, "debit": e.debit, "credit": e.credit, "fen": e.fen} for e in reader.entries_of(payment.id)
        ],
        "cases": [
            {"id": c.id, "why": c.why, "opened_at": c.opened_at, "due_at": c.due_at, "state": c.state}
            for c in reader.cases(payment.id)
        ],
        "facts": version,
        "head": head.hex(),
    }


def verdict_document(verdict: Verdict) -> dict[str, Any]:
    """Truth, money, proof, and the evidence that carries them."""
    return {
        "truth": verdict.truth,
        "money": verdict.money,
        "fen": verdict.fen,
        "viewpoint": verdict.viewpoint,
        "proof": verdict.proof,
        "rule": verdict.rule,
        "because": list(verdict.because),
    }


def clock(at: int) -> str:
    """An instant (epoch ms) as a person in China reads it, to the millisecond."""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def reasons_of(rule: str) -> tuple[str, ...]:
    """What the row of this name orders, in the table's own words."""
    state, _, event = rule.partition(".")
    for row_state, row in TABLE.items():
        if row_state == state:
            for row_event, found in row.items():
                if row_event == event:
                    return tuple(Do(action).value for action in found.do)
    return ()


def _chapter(row: FactRow) -> Chapter:
    record = json.loads(row.record)
    return Chapter(
        seq=row.seq,
        at=row.at,
        fact=row.kind,
        said=_said(record["fact"]),
        rule=row.rule,
        came_to=record["to"],
        effects=tuple(_ordered(effect) for effect in record["effects"]),
        evidence=record["fact"].get("evidence", ""),
        error=record["error"],
    )


def _said(fact: dict[str, Any]) -> str:
    """The words of a fact: its plain members, then what the message or the file said."""
    words = [f"{name} {value}" for name, value in fact.items() if name not in SILENT]
    request, answer = fact.get("request"), fact.get("answer")
    if request:
        words.append(f"{Money(request['amount_fen'], request['currency'])}, card {request['masked_pan'] or 'not sent'}")
    if answer:
        words.append(f"F39 {answer['code']}, MAC {answer['mac']}, RRN {answer['rrn'] or '-'}")
    if "originals" in fact:
        words.append(f"{len(fact['originals'])} sale records, {len(fact['reversals'])} reversal records")
    return "; ".join(words)


def _ordered(effect: dict[str, Any]) -> str:
    details = [f"{name} {value}" for name, value in effect.items() if name not in ("do", "payment", "due_at")]
    return f"{effect['do']}: {', '.join(details)}" if details else str(effect["do"])
