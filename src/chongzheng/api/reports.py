"""Which facts is this report of another switch? Documents of the door become submissions, redacted on the way."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from chongzheng.api.shapes import (
    DeliveryEvidence,
    Evidence,
    InquiryEvidence,
    NotSentEvidence,
    Reply,
    ReplyEvidence,
    Report,
    ReversalAnswerEvidence,
    ReversalAskedEvidence,
    TimedOutEvidence,
    plain,
    to_json,
)
from chongzheng.card import Pan
from chongzheng.gateway.channel import Kind
from chongzheng.gateway.translate import fits
from chongzheng.journal import Submission, evidence, payment_id
from chongzheng.journal.rows import decode_payment
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal import facts
from chongzheng.reversal.facts import Answer, Fact, Key, Link, Moves, Pairs, Request, Undo
from chongzheng.reversal.payment import Payment
from chongzheng.settlement.line import CARD_CHANNEL

AHEAD_MS_MAX = 300_000
"""How far a reporter's clock may run before ours."""
BEHIND_MS_MAX = 400 * 86_400_000
"""Older than this is an archive, not a payment that can still be put right."""
FROM_REPORT = frozenset({4, 11, 41, 42, 49})
"""Fields of a reversal that follow from the report itself; of the others, those that its kind copies may be given."""
CHIP = 55
"""Not taken from a report: it may hold the card number, and only the gateway can cut it."""
DIGITS_ONLY = frozenset({3, 22, 23, 25, 60})
ECHO = ("3", "4", "11", "41", "42")

WRONG_WORD = re.compile(r"^(Invalid (?:enum )?value) .*", re.DOTALL)
WRONG_NAME = re.compile(r"(?<=unknown field )`.*[0-9]{7}.*`", re.DOTALL)
"""Where msgspec's words repeat what was sent: a word that is none of a list, a name with digits enough for a card."""

stored = decode_payment


@dataclass(frozen=True, slots=True)
class World:
    """What a report does not say and its meaning rests on. `day`: business day of an instant (epoch ms) and when it
    ends; `index`: the vault's keyed hash; `kinds`: the channel's kinds of transactions by name."""

    day: Callable[[int], tuple[str, int]]
    index: Callable[[str], str]
    kinds: Mapping[str, Kind]


def payment_of(report: Report) -> str:
    """The id of the payment that a report is about."""
    return payment_id(_key(report))


def check(report: Report, now: int, kinds: Mapping[str, Kind]) -> None:
    """What a shape alone cannot say. TheirMistake names the field."""
    check_time(report.at, now)
    if report.reply is not None and report.reply.at is not None:
        check_time(report.reply.at, now, "reply.at")
    kind = kinds.get(report.kind)
    if kind is None:
        raise TheirMistake("the channel knows no such kind; chongzheng config names its table", "kind")
    if (report.original is not None) != (kind.link is not Link.NONE):
        wanted = "must be named: this kind voids or completes one" if report.original is None else "has no place here"
        raise TheirMistake(wanted, "original")
    if report.amount_fen == 0 and kind.moves is not Moves.NOTHING:
        raise TheirMistake("must be above zero", "amount_fen")
    if (report.order is not None) != ((report.channel or CARD_CHANNEL) != CARD_CHANNEL):
        raise TheirMistake("a wallet's payment has one, a card's has none", "order")
    _check_fields(report.fields, sorted(set(kind.copies) - FROM_REPORT - {CHIP}))


def _check_fields(given: Mapping[str, str], allowed: Sequence[int]) -> None:
    for name, value in given.items():
        if name not in map(str, allowed):
            raise TheirMistake(f"only {', '.join(map(str, allowed))} may be given", f"fields.{name[:3]}")
        if int(name) in DIGITS_ONLY and not value.isdigit():
            raise TheirMistake("must be digits", f"fields.{name}")
        if not fits(int(name), value):
            raise TheirMistake("does not fit this field of a message", f"fields.{name}")


def check_time(at: int, now: int, where: str = "at") -> None:
    """TheirMistake for an instant that cannot be right."""
    if at > now + AHEAD_MS_MAX:
        raise TheirMistake("lies in the future; look at your clock, or at milliseconds against seconds", where)
    if at < now - BEHIND_MS_MAX:
        raise TheirMistake("is too old; look at milliseconds against seconds", where)


def opening(report: Report, source: str, world: World) -> list[Submission]:
    """A report that was checked, as facts in the order in which they must be taken; all rest on one evidence."""
    body = plain(_without_nothing(report))
    proof = evidence("report", source, report.at, body)
    payment, request = payment_of(report), _request(report, world)
    card = report.card if report.card is not None and report.card.well_formed else None
    opened = facts.RequestReported(payment, report.at, proof.id, request)
    found: list[Fact] = [opened]
    if report.reply is not None:
        at = report.at if report.reply.at is None else report.reply.at
        found.append(facts.ReplyArrived(payment, at, proof.id, _answer(report.reply, request.echo)))
    if report.delivered is not None:
        found.append(_delivery(payment, found[-1].at, proof.id, report.delivered))
    if report.sign is not None:
        found.append(facts.TerminalGaveUp(payment, report.at, proof.id, facts.Sign(report.sign)))
    first, *rest = found
    return [Submission(first, (proof,), card), *(Submission(fact, (proof,)) for fact in rest)]


def contradicts(payment: Payment, fact: Fact) -> bool:
    """Whether a fact reports a payment that is known as another one."""
    if not isinstance(fact, facts.RequestReported):
        return False
    request = fact.request
    cards = {payment.masked_pan, request.masked_pan} - {""}
    return (payment.amount_fen, payment.currency) != (request.amount_fen, request.currency) or len(cards) > 1


def heard(payment: Payment, said: Evidence, source: str, key: str) -> Submission:
    """Something about a known payment as a fact with its evidence. `key` keeps two equal words apart."""
    document = {"said": msgspec.to_builtins(said), "key": key}
    proof = evidence(str(type(said).__struct_config__.tag), source, said.at, plain(document))
    return Submission(_fact(payment, said, proof.id), (proof,))


def same_words(said: bytes) -> str:
    """JSON in one spelling: blanks and the order of names are not content. It may hold a card number."""
    return msgspec.json.encode(msgspec.json.decode(said), order="deterministic").decode()


def plain_words(error: str) -> tuple[str, str]:
    """msgspec's words as (what, where); a value is never repeated."""
    what, mark, place = error.rpartition(" - at `$")
    if not mark:
        what, place = place, ""
    what = WRONG_NAME.sub("of digits", WRONG_WORD.sub(r"\1", what))
    return what[:1].lower() + what[1:], place.rstrip("`").lstrip(".")


def _fact(payment: Payment, said: Evidence, proof: str) -> Fact:
    match said:
        case ReplyEvidence():
            return facts.ReplyArrived(payment.id, said.at, proof, _answer(said, payment.echo))
        case ReversalAnswerEvidence():
            answer = Answer(said.code, said.mac, payment.echo, rrn=said.rrn)
            return facts.ReversalAnswered(payment.id, said.at, proof, answer)
        case ReversalAskedEvidence():
            return facts.ReversalAsked(payment.id, said.at, proof, said.reason, _again(payment))
        case DeliveryEvidence():
            return _delivery(payment.id, said.at, proof, said.delivered)
        case TimedOutEvidence():
            return facts.SendUncertain(payment.id, said.at, proof)
        case NotSentEvidence():
            return facts.NotForwarded(payment.id, said.at, said.why, proof)
        case InquiryEvidence():
            return facts.InquiryAnswered(payment.id, said.at, proof, facts.Found(said.outcome), said.authentic)
        case _:
            return facts.TerminalGaveUp(payment.id, said.at, proof, facts.Sign(said.sign))


def _delivery(payment: str, at: int, proof: str, delivered: bool) -> Fact:
    kind = facts.AnswerWritten if delivered else facts.AnswerUndelivered
    return kind(payment, at, proof)


def _answer(reply: Reply | ReplyEvidence, echo: tuple[str, ...]) -> Answer:
    """The reporter vouches that the answer repeated what it must; what its MAC was, it says."""
    return Answer(reply.code, reply.mac, echo, rrn=reply.rrn, auth=reply.auth)


def _again(payment: Payment) -> Request:
    """The request of a payment that is known, as its reversal would repeat it."""
    return Request(
        key=payment.key,
        amount_fen=payment.amount_fen,
        currency=payment.currency,
        fingerprint=payment.fingerprint,
        echo=payment.echo,
        identity=payment.identity,
        day=payment.day,
        day_ends_at=payment.day_ends_at,
        masked_pan=payment.masked_pan,
    )


def _key(report: Report) -> Key:
    return Key(report.merchant, report.terminal, report.batch, report.stan)


def _request(report: Report, world: World) -> Request:
    name, ends_at = world.day(report.at)
    kind = world.kinds[report.kind]
    if report.day is not None and report.day != name:
        # The reporter knows its own business day; that day is over for reversals at its end or at ours, which is first.
        name = report.day
    identity, channel = _identity(report, kind), report.channel or CARD_CHANNEL
    return Request(
        key=_key(report),
        amount_fen=report.amount_fen,
        currency=report.currency,
        fingerprint=_fingerprint(identity, report.card, world.index),
        echo=tuple(dict(identity).get(name, "") for name in ECHO),
        identity=identity,
        day=name,
        day_ends_at=ends_at,
        masked_pan=report.card.masked if report.card is not None else "",
        kind=kind.name,
        undo=kind.undo if channel == CARD_CHANNEL else Undo.NONE,
        moves=kind.moves,
        original=_original(report),
        link=kind.link,
        channel=channel,
        order=report.order or "",
    )


def _original(report: Report) -> str:
    if report.original is None:
        return ""
    return payment_id(Key(report.merchant, report.terminal, report.original.batch, report.original.stan))


def _identity(report: Report, kind: Kind) -> Pairs:
    """What every reversal or repeat of it carries, in the order of the field numbers."""
    fields = {
        3: kind.f3,
        25: kind.f25,
        60: f"{kind.f60_1}{report.batch}",
        61: f"{report.original.batch}{report.original.stan}" if report.original is not None else "",
        **{int(name): value for name, value in report.fields.items()},
        4: f"{report.amount_fen:012d}",
        11: report.stan,
        41: report.terminal.ljust(8),
        42: report.merchant.ljust(15),
        49: report.currency,
    }
    return tuple((str(name), fields[name]) for name in kind.copies if fields.get(name))


def _fingerprint(identity: Pairs, card: Pan | None, index: Callable[[str], str]) -> str:
    """Tells the same request from another one under the same key; the card goes in as a keyed hash only."""
    hashed = index(plain({"card": card.masked}).decode()) if card is not None else ""
    text = "\x1e".join(f"{name}\x1f{value}" for name, value in (*identity, ("card", hashed)))
    return hashlib.sha256(text.encode()).hexdigest()


def _without_nothing(report: Report) -> dict[str, Any]:
    """The report without what was not said, its card number masked."""
    document = msgspec.to_builtins(report, enc_hook=to_json)
    return {name: value for name, value in document.items() if value not in (None, {})}
