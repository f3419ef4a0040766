"""What may be done with any open matter, whatever its kind? Take it, hand it on, note something, add evidence.

Roles are the words of the register of actors (journal/actors.py); the pure part knows them as words only.
"""

from __future__ import annotations

from collections.abc import Iterable

from chongzheng.cases.fields import Field
from chongzheng.cases.matter import Fact, Given, Matter, Outcome, Row, in_all

CLERK, SUPERVISOR, FINANCE, RISK = "clerk", "supervisor", "finance", "risk"
TECHNICIAN, SUPPLIER, AUDITOR, ADMINISTRATOR = "technician", "supplier", "auditor", "administrator"

DESK = frozenset({CLERK, SUPERVISOR, FINANCE, RISK})
FIELD = DESK | {TECHNICIAN}
SECOND = frozenset({SUPERVISOR, FINANCE})
"""Who may be the second person."""
HEADS = frozenset({SUPERVISOR, FINANCE, ADMINISTRATOR})
NOTES_MAX = 500
EVIDENCE_MAX = 500

TEXT = Field("text", "text", "内容", "what to note")
REASON = Field("reason", "text", "原因", "why, in words that an auditor understands")
GROUND = Field(
    "ground", "word", "理由类别", "which of the usual reasons it is",
    choices=("evidence missing", "amount wrong", "wrong receiver", "went back already", "asked twice",
             "against the rule", "suspicion", "another reason"),
)  # fmt: skip
REFUSAL = (GROUND, REASON)
"""Whoever refuses a proposal names one of the usual reasons, and says it in words."""
TO = Field("to", "word", "交给谁", "the id of the person who takes it")
QUEUE = Field("queue", "word", "队列", "the queue it waits in")
EVIDENCE = (
    Field("source", "word", "来源", "where it comes from: clearing file, issuer reply, host journal, slip photo …"),
    Field("reference", "text", "编号", "its id, number or file name"),
    Field("hash", "hash", "摘要", "SHA-256 of the document", needed=False),
    Field("at", "instant", "时间", "when it was made, epoch ms", needed=False),
)


def assigned(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """It is this person's now."""
    return Outcome(moves={"owner": fact.said["to"]})


def taken(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """Whoever says so takes it."""
    return Outcome(moves={"owner": fact.actor})


def released(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """It is nobody's again."""
    return Outcome(moves={"owner": ""})


def queued(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """It waits in another queue, and is nobody's there."""
    return Outcome(moves={"queue": fact.said["queue"], "owner": ""})


def noted(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """One more note; the oldest of too many stand in the story of the matter only."""
    note = {"at": fact.at, "by": fact.actor, "text": fact.said["text"]}
    return Outcome(changes={"notes": [*matter.body.get("notes", ()), note][-NOTES_MAX:]})


def evidence_added(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """One more piece of evidence, appended and never changed."""
    piece = {**fact.said, "added_at": fact.at, "by": fact.actor}
    return Outcome(changes={"evidence": [*matter.body.get("evidence", ()), piece][-EVIDENCE_MAX:]})


def rows(states: Iterable[str], may: frozenset[str] = FIELD) -> tuple[Row, ...]:
    """The rows of these states (those in which it is open) that every kind has."""
    open_states = tuple(states)
    once = (
        Row("", "Assigned", do=assigned, may=HEADS | {CLERK}, program=True, takes=(TO,)),
        Row("", "Taken", do=taken, may=may),
        Row("", "Released", do=released, may=may),
        Row("", "Queued", do=queued, may=may, program=True, takes=(QUEUE,)),
        Row("", "Noted", do=noted, may=may | {AUDITOR, SUPPLIER}, program=True, takes=(TEXT,)),
        Row("", "EvidenceAdded", do=evidence_added, may=may | {SUPPLIER}, program=True, takes=EVIDENCE),
    )
    return tuple(row for one in once for row in in_all(open_states, one))
