"""What does the journal hold about one case and everything that belongs to it, as one value for an auditor?

Read as of one moment, from the chains themselves: what people said from the chain of acts, what the machine heard from
the chain of facts. Nothing here is decided and nothing is worded.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from chongzheng.cases import sla
from chongzheng.cases.calendar import instant
from chongzheng.cases.fields import LONG_NUMBER, holds_card_number
from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import PROGRAM, Matter
from chongzheng.cases.position import position
from chongzheng.cases.witness import COLUMNS
from chongzheng.journal import Evidence, Reader
from chongzheng.journal.matters import PAGE_MAX, matter_of, number
from chongzheng.journal.timelines import timeline_of
from chongzheng.mistakes import TheirMistake
from chongzheng.reports.documents import (
    Approval,
    Balance,
    CaseFile,
    Cause,
    Clock,
    Line,
    Moment,
    Move,
    Piece,
    Promise,
    Related,
    Told,
    Trade,
    Words,
)
from chongzheng.reversal.payment import Payment, Verdict

RELATED_MAX = 500
"""Matters of one case on paper; a mass incident has a report of its own."""
DEPTH_MAX = 4
SAID_CHARS_MAX = 600
CHAPTER_OF_KIND = {
    "contact": "confirm", "inquiry": "confirm", "survey": "confirm", "slip": "confirm", "complaint": "confirm",
    "rebuild": "confirm", "ticket": "diagnose", "incident": "diagnose",
    "apology": "tell", "problem": "improve", "capa": "improve", "change": "improve", "lesson": "improve",
    "feedback": "improve", "article": "improve", "training": "improve", "release": "improve",
}  # fmt: skip
"""Where a matter of this kind is told; every other kind is part of putting it right."""
_LIKE_A_CARD = re.compile(r"(?:3[47]|[456])(?:[ -]?[0-9]){14,18}")
"""So long, with such a beginning, a number is taken for a card's even where its check digit is wrong."""
_INSTANT = re.compile(r"1[0-9]{12}")
"""Epoch ms between 2001 and 2033; no card number of thirteen digits begins so."""
_OF_ITS_CHILDREN = frozenset({"ChildClosed", "CaseJoined"})
"""What an incident is told by each of its cases: here only by this one."""
_CAUSES = ("CauseFound", "CauseCorrected")


def case_file(reader: Reader, case: str, language: str, hides: frozenset[str] = frozenset()) -> CaseFile:
    """All there is about this case (case-17), without words of these names, which its reader is not to see.
    TheirMistake: it is no case, or there is none of that number."""
    with reader.moment():
        return _read(reader, _matter(reader, case), language, hides)


def case_of_payment(reader: Reader, payment: str) -> str:
    """The id of the case of a payment; "" when it has none."""
    found = [matter_of(row) for row in reader.ask("matters_of_payment", payment=payment)]
    return next((one.id for one in found if one.kind == "case"), "")


def _matter(reader: Reader, case: str) -> Matter:
    rows = reader.ask("get_matter", no=number(case))
    if not rows or (found := matter_of(rows[0])).id != case:
        raise TheirMistake("there is no such matter", case)
    if found.kind != "case":
        raise TheirMistake(f"is a {found.kind}; an audit report is of a case", case)
    return found


def _read(reader: Reader, case: Matter, language: str, hides: frozenset[str]) -> CaseFile:
    body = case.body
    payment = reader.payment(case.payment) if case.payment else None
    heard = reader.evidence_of(case.payment) if case.payment else []
    everything = related(reader, case)
    others = everything[:RELATED_MAX]
    keep = frozenset({payment.key.merchant}) if payment else frozenset[str]()
    own = lines_of(reader, case.id, case.kind, keep, hides)
    told_of_others = (line for one in others for line in lines_of(reader, one.id, one.kind, keep, hides))
    story = sorted([*own, *(line for line in told_of_others if _is_about(line, case))], key=lambda line: line.act)
    moves = moves_of(reader, case.payment) if case.payment else ()
    closing: Mapping[str, Any] = body.get("closing", {}) if case.state == "CLOSED" else {}
    told = told_of(reader, [case, *others], story)
    return CaseFile(
        language=language,
        case=case.id,
        as_of=_as_of(reader, case, heard, story, told),
        state=case.state,
        severity=str(body.get("severity", "")),
        opened_at=case.opened_at,
        closed_at=closing.get("at"),
        reopened=int(body.get("reopened", 0)),
        owner=case.owner,
        fen=case.fen,
        sources=tuple(words_of(_without(one, "witness"), keep) for one in body.get("sources", ())),
        trade=trade_of(reader, payment) if payment else None,
        decision=words_of(_without(body.get("decision") or {}, "stands", "by"), keep),
        stands=words_of(body.get("stands", {}), keep),
        action=words_of(_without(body.get("action") or {}, "truths", "zh", "en"), keep),
        cause=_cause(body.get("cause"), own),
        outcome=_safe(str(closing.get("outcome", "")), keep),
        lesson=_safe(str(closing.get("lesson", "")), keep),
        timeline=_timeline(heard, case, own),
        moves=moves,
        balances=balances_of(moves),
        related=tuple(_related(one, story) for one in others),
        left_out=len(everything) - len(others),
        approvals=tuple(_approvals(story)),
        clocks=tuple(_clock(case, one) for one in body.get("clocks", ())),
        promises=tuple(_promise(one, own, keep) for one in body.get("promises", ())),
        told=told,
        evidence=(*pieces_of(heard, payment.verdict if payment else None), *_papers([case, *others], own)),
        story=tuple(story),
    )


# What belongs to it


def related(reader: Reader, case: Matter) -> list[Matter]:
    """Matters of the same payment, and what stands under the case, oldest first."""
    found = {one.id: one for one in map(matter_of, reader.ask("matters_of_payment", payment=case.payment))}
    layer = [case]
    for _ in range(DEPTH_MAX):
        layer = [child for one in layer for child in _children(reader, one.id) if child.id not in found]
        found |= {child.id: child for child in layer}
    if case.parent:
        found[case.parent] = matter_of(reader.ask("get_matter", no=number(case.parent))[0])
    found.pop(case.id, None)
    return sorted(found.values(), key=lambda one: number(one.id))


def _children(reader: Reader, matter: str) -> list[Matter]:
    found: list[Matter] = []
    after = 0
    while rows := reader.ask("matters_of_parent", parent=number(matter), after=after, most=PAGE_MAX):
        found += map(matter_of, rows)
        after = int(rows[-1][0])
    return found


def _related(one: Matter, story: Sequence[Line]) -> Related:
    names = ("what", "why", "title", "symptom", "text", "to")
    what = next((str(one.body[name]) for name in names if one.body.get(name)), "")
    because = tuple(f"act {line.act}" for line in story if line.matter == one.id)
    chapter = CHAPTER_OF_KIND.get(one.kind, "remedy")
    return Related(one.id, one.kind, chapter, one.state, one.fen, _safe(what, frozenset()), one.opened_at, because)


def _is_about(line: Line, case: Matter) -> bool:
    return line.matter != case.parent or line.fact not in _OF_ITS_CHILDREN or ("case", case.id) in line.said


# What was said


def lines_of(
    reader: Reader, matter: str, kind: str, keep: frozenset[str] = frozenset(), hides: frozenset[str] = frozenset()
) -> list[Line]:
    """Everything that was said of a matter, oldest first, with its places in the chain of acts."""
    found = []
    for no, at, actor, _, record, link in reader.ask("chain_of", subject=matter):
        act = msgspec.json.decode(bytes(record))
        fact = str(act.get("fact", ""))
        said = words_of(_without(_in_order(kind, fact, act.get("said", {})), *hides), keep)
        shown = str(act.get("shown", ""))
        found.append(Line(at, actor, matter, kind, fact, said, str(act.get("state", "")), shown, no, bytes(link).hex()))
    return found


def _in_order(kind: str, fact: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """The words in the order in which the table asks for them; what a witness said with it stands by itself."""
    rows = KINDS[kind].rows if kind in KINDS else ()
    names = list(dict.fromkeys(field.name for row in rows if row.fact == fact for field in row.takes))
    return {name: said[name] for name in [*names, *said] if name in said}


def words_of(said: Mapping[str, Any], keep: frozenset[str]) -> Words:
    """Names and values as text, without what is empty."""
    return tuple((name, _safe(text, keep)) for name, value in said.items() if (text := _text(value)))


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return ", ".join(filter(None, map(_text, value)))
        case dict():
            return ", ".join(f"{name} {text}" for name, one in value.items() if (text := _text(one)))
        case _:
            return str(value)


def _safe(text: str, keep: frozenset[str]) -> str:
    """Without what could be a card number, and not longer than a row of a paper holds."""

    def star(match: re.Match[str]) -> str:
        digits = match.group()
        card = (holds_card_number(digits) and not _INSTANT.fullmatch(digits)) or _LIKE_A_CARD.fullmatch(digits)
        return f"{digits[:6]}****{digits[-4:]}" if card and digits not in keep else digits

    return LONG_NUMBER.sub(star, text)[:SAID_CHARS_MAX]


def _without(said: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in names}


def _acts(story: Iterable[Line], facts: Sequence[str], at: object) -> tuple[str, ...]:
    """The acts that said one of these facts at an instant."""
    return tuple(f"act {line.act}" for line in story if line.fact in facts and line.at == at)


def _cause(said: Mapping[str, Any] | None, own: Sequence[Line]) -> Cause | None:
    if not said:
        return None
    return Cause(
        primary=str(said["primary"]),
        contributing=tuple(said.get("contributing", ())),
        shares=tuple(sorted(said.get("shares", {}).items(), key=lambda one: (-one[1], one[0]))),
        question=_safe(str(said.get("system_question", "")), frozenset()),
        reviewed=bool(said.get("reviewed", False)),
        because=_acts(own, _CAUSES, said.get("at")),
    )


def _approvals(story: Sequence[Line]) -> Iterable[Approval]:
    for line in story:
        rows = [row for row in (KINDS[line.kind].rows if line.kind in KINDS else ()) if row.fact == line.fact]
        if line.by == PROGRAM or not any(row.shown or row.apart for row in rows):
            continue
        apart = {fact for row in rows for fact in row.apart}
        before = [one for one in story if one.matter == line.matter and one.act < line.act and one.fact in apart]
        after = tuple(dict.fromkeys(one.by for one in before))
        because = (*(f"act {one.act}" for one in before), f"act {line.act}")
        yield Approval(line.matter, line.fact, line.by, after, line.at, line.shown, because)


def _clock(case: Matter, one: Mapping[str, Any]) -> Clock:
    return Clock(str(one["name"]), str(one["kind"]), one["due_at"], one["met_at"], sla.kept(one), (case.id,))


def _promise(one: Mapping[str, Any], own: Sequence[Line], keep: frozenset[str]) -> Promise:
    due = next((line for line in own if line.fact == "PromiseMade" and line.at == one["at"]), None)
    late = one["broken_at"] is not None
    became = "broken" if late else "kept" if one["kept_at"] is not None else "open"
    because = (f"act {due.act}",) if due else ()
    ended = tuple(f"act {line.act}" for line in own
                  if line.fact in ("PromiseKept", "PromiseBroken") and ("no", str(one["no"])) in line.said)  # fmt: skip
    return Promise(_safe(str(one["what"]), keep), instant(one["day"]), became, because + ended)


# What was told


def told_of(reader: Reader, matters: Sequence[Matter], story: Sequence[Line]) -> tuple[Told, ...]:
    """Notices that were asked for, and what a person told by word or letter."""
    found = [_notice(row) for one in matters for row in reader.ask("notices_of", matter=one.id)]
    for line in story:
        said = dict(line.said)
        if line.by != PROGRAM and line.fact in ("NoticeSent", "ComplaintAnswered"):
            words = said.get("reference") or said.get("answer", "")
            hashed = hashlib.sha256(words.encode()).hexdigest()
            audience, template = said.get("audience", "cardholder"), said.get("template", "")
            found.append(Told(audience, template, line.at, "sent", line.by, words, hashed, (f"act {line.act}",)))
    return tuple(sorted(found, key=lambda one: (one.at is None, one.at or 0)))


def _notice(row: Sequence[Any]) -> Told:
    no, _, matter, template, _, said, _, state, _, _, wording, outlet, _, _, body = row[:15]
    sent_at, evidence = row[20], row[21]
    audience = str(msgspec.json.decode(said).get("audience", "")) or str(template).partition("/")[0].partition(".")[0]
    hashed = hashlib.sha256(str(body).encode()).hexdigest() if body else ""
    return Told(audience, str(wording or template), sent_at, state, outlet, evidence, hashed, (matter, f"notice {no}"))


# Money and evidence


def trade_of(reader: Reader, payment: Payment) -> Trade:
    """The sale as everybody names it, and what is true of it."""
    version, head = reader.head(payment.id)
    seen = [one for one in (payment.approval, payment.found, payment.inquiry, payment.decline) if one]
    rrns = [*(one.rrn for one in seen), *(line.rrn for line in (*payment.originals, *payment.reversals))]
    verdict = payment.verdict
    return Trade(
        id=payment.id,
        kind=payment.kind,
        channel=payment.channel,
        merchant=payment.key.merchant,
        terminal=payment.key.terminal,
        batch=payment.key.batch,
        stan=payment.key.stan,
        rrn=next(filter(None, rrns), ""),
        auth=next((one.auth for one in seen if one.auth), payment.auth),
        card=payment.masked_pan,
        fen=payment.amount_fen,
        currency=payment.currency,
        at=payment.opened_at,
        day=payment.day,
        clearing_days=tuple(day for day, _ in payment.days),
        state=payment.state,
        truth=verdict.truth,
        money=verdict.money,
        money_fen=verdict.fen,
        viewpoint=verdict.viewpoint,
        proof=verdict.proof,
        rule=verdict.rule,
        because=verdict.because,
        facts=version,
        head=head.hex(),
    )


def moves_of(reader: Reader, payment: str) -> tuple[Move, ...]:
    """Every double entry of a payment: what its facts moved, and what people and remedies booked beside them."""
    entries = [Move(e.debit, e.credit, e.fen, (f"fact {e.seq}",)) for e in reader.entries_of(payment)]
    vouchers = [Move(e.debit, e.credit, e.fen, (f"act {e.seq}",)) for e in reader.vouchers_of(payment)]
    return tuple(entries + vouchers)


def balances_of(moves: Sequence[Move]) -> tuple[Balance, ...]:
    """What the entries leave on each account that they touch, and which they are."""
    left = position(moves).balances
    accounts = dict.fromkeys(name for move in moves for name in (move.debit, move.credit))
    return tuple(
        Balance(name, left.get(name, 0),
                tuple(dict.fromkeys(b for move in moves if name in (move.debit, move.credit) for b in move.because)))
        for name in accounts
    )  # fmt: skip


def pieces_of(heard: Sequence[Evidence], verdict: Verdict | None) -> tuple[Piece, ...]:
    """What the journal holds of a payment, and whether the verdict rests on it."""
    carried = frozenset(verdict.because) if verdict else frozenset()
    return tuple(
        Piece(e.id, e.at, e.kind, e.source, "", hashlib.sha256(e.body).hexdigest(), e.id in carried, (e.id,))
        for e in heard
    )


def _papers(matters: Sequence[Matter], own: Sequence[Line]) -> list[Piece]:
    """What people brought: words of witnesses, and documents by their hash."""
    found = []
    for one in matters:
        for n, (said, because) in enumerate(_heard(one, own), 1):
            found.append(_paper(f"{one.id}/w{n}", said["at_raw"], "witness", said["witness"], said, because))
        for n, said in enumerate(one.body.get("evidence", ()), 1):
            if not isinstance(said, Mapping) or "added_at" not in said:
                continue  # what an apology or a ticket names by itself is evidence of other matters
            at = said.get("at", said["added_at"])
            found.append(_paper(f"{one.id}/e{n}", at, "document", said["source"], said, (one.id,)))
    return found


def _paper(name: str, at: int, kind: str, source: str, said: Mapping[str, Any], because: tuple[str, ...]) -> Piece:
    reference = _safe(str(said.get("reference", "")), frozenset())
    return Piece(name, at, kind, source, reference, str(said.get("hash", "")), False, because)


def _heard(matter: Matter, own: Sequence[Line]) -> list[tuple[Mapping[str, Any], tuple[str, ...]]]:
    """What each witness said, and the act that brought it: they came in one order, and the oldest may be left out."""
    said = matter.body.get("witnesses", ())
    acts = [line.act for line in own if line.matter == matter.id
            and (line.fact == "WitnessHeard" or any(name == "witness" for name, _ in line.said))]  # fmt: skip
    if len(acts) < len(said):
        return [(one, (matter.id,)) for one in said]
    return [(one, (f"act {act}",)) for one, act in zip(said, acts[len(acts) - len(said) :], strict=True)]


def _timeline(heard: Sequence[Evidence], case: Matter, own: Sequence[Line]) -> tuple[Moment, ...]:
    told = {
        f"{case.id} {n}": (words_of({name: said[name] for name in (*COLUMNS, "text") if name in said}, frozenset()), by)
        for n, (said, by) in enumerate(_heard(case, own), 1)
    }
    return moments_of(heard, case, told)


def moments_of(
    heard: Sequence[Evidence],
    case: Matter | None = None,
    told: Mapping[str, tuple[Words, tuple[str, ...]]] | None = None,
) -> tuple[Moment, ...]:
    """Everything that was heard, in one order by one clock. `told`: of what people brought, the words and the acts."""
    whats = {one.id: _what(one) for one in heard}
    found = []
    for moment in timeline_of(heard, case):
        event = moment.event
        said, because = (told or {}).get(event.id, ((), (event.id,)))
        what = whats.get(event.id, "")
        found.append(Moment(moment.at, event.at_raw, moment.ahead_ms, event.source, what, said, because))
    return tuple(found)


def _what(one: Evidence) -> str:
    """A message by its type and answer code; a record of a file by its day."""
    body = msgspec.json.decode(one.body)
    fields = body.get("fields", body) if isinstance(body, dict) else {}
    code = fields.get("39", fields.get("F39", "")) if isinstance(fields, dict) else ""
    day = body.get("day", "") if isinstance(body, dict) else ""
    return " ".join(filter(None, (one.kind, f"F39 {code}" if code else "", str(day))))


def _as_of(reader: Reader, case: Matter, heard: Sequence[Evidence], story: Sequence[Line], told: Sequence[Told]) -> int:
    facts = reader.facts_of(case.payment) if case.payment else []
    instants = [case.opened_at, *(one.at for one in heard), *(line.at for line in story), *(row.at for row in facts)]
    return max([*instants, *(one.at for one in told if one.at is not None)])
