"""Which lines of a file are trades of ours that nobody ever told us of, and which payments do they open?

A card trade is ours when its terminal is; a wallet's bill holds only trades of ours. The payment is named by what the
line says, so the same line opens the same payment, however often it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

from chongzheng.journal import Evidence, Submission, payment_id
from chongzheng.reversal.facts import Key, Moves, Request, RequestReported, Undo
from chongzheng.settlement import days
from chongzheng.settlement.breaks import Break, Difference, Type, Why, moved_fen
from chongzheng.settlement.intake import ClearingFile
from chongzheng.settlement.line import CARD_CHANNEL, Record
from chongzheng.settlement.match import Candidate

KIND = "purchase"

Place = tuple[str, str]
"""Merchant and terminal."""


def strangers(breaks: Iterable[Break], places: Set[Place]) -> list[Record]:
    """The sales that open payments, one for each trade, in the order of the file."""
    found: dict[Key, Record] = {}
    for one in breaks:
        record = one.record
        known = record.channel != CARD_CHANNEL or (record.merchant, record.terminal) in places
        is_sale = record.is_original and not record.gives_back and record.amount_fen > 0
        if one.why is Why.STRANGER and not one.about and known and is_sale:
            found.setdefault(key(record), record)
    return list(found.values())


def key(record: Record) -> Key:
    """What names the payment: where it happened, when, and under which number."""
    number = record.stan or record.order or record.theirs
    return Key(record.merchant, record.terminal, f"file {record.sent_at}", number)


def opening(record: Record, seen: Evidence, file: ClearingFile) -> Submission:
    """The report of a payment that only the file knows; `seen` is the evidence of the line."""
    request = Request(
        key=key(record),
        amount_fen=record.amount_fen,
        currency="156",
        fingerprint=seen.id,
        echo=(),
        identity=(),
        day=file.day,
        day_ends_at=days.closes_at(file.day),
        masked_pan=record.masked_pan,
        kind=KIND,
        undo=Undo.REVERSE if record.channel == CARD_CHANNEL else Undo.NONE,
        moves=Moves.DEBIT,
        channel=record.channel,
        order=record.order,
    )
    opened = RequestReported(payment_id(request.key), days.instant_ms(record.sent_at), seen.id, request)
    return Submission(opened, (seen,))


def difference(record: Record) -> Difference:
    """Only the file knew it; from now on it stands in the book under the payment that was opened for it."""
    return Difference(
        Type.ONE_SIDED_THEIRS, payment_id(key(record)), record.number, moved_fen(record), Why.STRANGER.value
    )


def candidate(record: Record, day: str) -> Candidate:
    """The payment that `opening` would open, for a dry run."""
    named = key(record)
    return Candidate(
        payment=payment_id(named),
        terminal=record.terminal,
        merchant=record.merchant,
        stan=named.stan,
        amount_fen=record.amount_fen,
        opened_at_ms=days.instant_ms(record.sent_at),
        day=day,
        masked_pan=record.masked_pan,
        channel=record.channel,
        order=record.order,
    )
