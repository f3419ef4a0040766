"""In which columns do payments and lines travel to an SQL engine and back?

The files are CSV with a heading, or Parquet, with these columns in any order; empty text and NULL are the same. Amounts
are fen, `day` yyyymmdd, `sent_at` yyyymmddHHMMSS, `opened_at_ms` epoch ms, `gives_back` 0 or 1, `held` a word of
settlement.match.Held, `read_days` days with a space between. `card` is a keyed hash: a card number in the clear is
refused. A payment has one RRN here; one with several is doubtful by nature and is not for this path.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from chongzheng.mistakes import OurMistake, TheirMistake
from chongzheng.settlement import days
from chongzheng.settlement.line import Record
from chongzheng.settlement.match import Candidate, Held

TEXT, WHOLE = "VARCHAR", "BIGINT"
HELD = frozenset(held.value for held in Held)
HEADING_CHARS_MAX = 1 << 16
SENT_AT_CHARS = (len("yyyymmdd"), len("yyyymmddHHMMSS"))

OURS: MappingProxyType[str, str] = MappingProxyType(
    dict.fromkeys("payment channel merchant terminal stan rrn order_no network".split(), TEXT)
    | {"amount_fen": WHOLE, "day": TEXT, "opened_at_ms": WHOLE, "masked_pan": TEXT, "card": TEXT, "gives_back": WHOLE}
    | {"held": TEXT, "fee_fen": WHOLE, "seen": WHOLE, "read_days": TEXT}
)
THEIRS: MappingProxyType[str, str] = MappingProxyType(
    {"number": WHOLE}
    | dict.fromkeys("mti processing code error channel merchant terminal stan rrn order_no theirs".split(), TEXT)
    | {"acquirer": TEXT, "forwarder": TEXT, "amount_fen": WHOLE, "sent_at": TEXT, "masked_pan": TEXT, "card": TEXT}
    | {"fee_fen": WHOLE, "original_stan": TEXT, "original_sent_at": TEXT, "original_order": TEXT, "original_rrn": TEXT}
)
SIDES: MappingProxyType[str, MappingProxyType[str, str]] = MappingProxyType({"ours": OURS, "theirs": THEIRS})


def in_file(path: Path, columns: Mapping[str, str]) -> dict[str, str]:
    """The columns of a CSV file in its own order, with their types; those that nobody asked for are text.

    TheirMistake: no heading, or a column is missing or stands twice.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            heading = next(csv.reader([file.readline(HEADING_CHARS_MAX)]), [])
    except (OSError, UnicodeDecodeError, csv.Error):
        raise TheirMistake("is no CSV file in UTF-8", path.name) from None
    missing = [name for name in columns if name not in heading]
    if missing or len(set(heading)) < len(heading):
        raise TheirMistake(f"has a heading without {', '.join(missing) or 'columns of different names'}", path.name)
    return {name: columns.get(name, TEXT) for name in heading}


def write_ours(path: Path, candidates: Iterable[Candidate]) -> None:
    """The payments as CSV."""
    _write(path, OURS, (_of_candidate(candidate) for candidate in candidates))


def write_theirs(path: Path, records: Iterable[Record]) -> None:
    """The lines as CSV. Their numbers must differ: number lines through where several files are matched as one."""
    _write(path, THEIRS, (_of_record(record) for record in records))


def candidate(row: Sequence[Any]) -> Candidate:
    """A row of the statement group_ours, which begins with channel, shop and till.

    TheirMistake: a value is missing, or is none of its column.
    """
    payment, merchant, terminal, stan, rrn, order, network = row[3:10]
    fen, day, opened, masked, card, gives_back, held, fee, seen, read = row[10:]
    if None in (fen, opened, gives_back, seen) or held not in HELD or not days.is_day(day):
        raise TheirMistake("lacks a value, or holds no such word or day", f"ours, payment {payment}")
    return Candidate(
        payment=payment,
        terminal=terminal,
        merchant=merchant,
        stan=stan,
        amount_fen=fen,
        opened_at_ms=opened,
        day=day,
        rrns=(rrn,) if rrn else (),
        masked_pan=masked,
        read_days=tuple(read.split()),
        gives_back=bool(gives_back),
        channel=row[0],
        order=order,
        network=network,
        card=card,
        held=Held(held),
        fee_fen=fee,
        seen=seen,
    )


def record(row: Sequence[Any]) -> Record:
    """A row of the statement group_theirs, which begins with channel, shop and till.

    TheirMistake: a value is missing, or is none of its column.
    """
    number, mti, processing, code, error, merchant, terminal, stan, rrn, order, theirs, acquirer, forwarder = row[3:16]
    fen, sent_at, masked, card, fee, original_stan, original_sent_at, original_order, original_rrn = row[16:]
    if fen is None or not (
        sent_at == "" or (sent_at.isascii() and sent_at.isdigit() and len(sent_at) in SENT_AT_CHARS)
    ):
        raise TheirMistake("lacks its amount, or its time is not yyyymmddHHMMSS", f"theirs, line {number}")
    return Record(
        number=number,
        mti=mti,
        processing=processing,
        condition="",
        stan=stan,
        sent_at=sent_at,
        masked_pan=masked,
        amount_fen=fen,
        terminal=terminal,
        merchant=merchant,
        rrn=rrn,
        code=code,
        original_stan=original_stan,
        original_sent_at=original_sent_at,
        text="",
        channel=row[0],
        acquirer=acquirer,
        forwarder=forwarder,
        order=order,
        theirs=theirs,
        fee_fen=fee,
        original_order=original_order,
        original_rrn=original_rrn,
        card=card,
        error=error,
    )


def _of_candidate(one: Candidate) -> list[object]:
    if len(one.rrns) > 1:
        raise OurMistake("a payment with several RRNs is not for the SQL path", one.payment)
    rrn = one.rrns[0] if one.rrns else ""
    named = [one.payment, one.channel, one.merchant, one.terminal, one.stan, rrn, one.order, one.network]
    known = [one.amount_fen, one.day, one.opened_at_ms, one.masked_pan, one.card, int(one.gives_back)]
    return [*named, *known, one.held.value, one.fee_fen, one.seen, " ".join(one.read_days)]


def _of_record(one: Record) -> list[object]:
    kind = [one.number, one.mti, one.processing, one.code, one.error, one.channel, one.merchant, one.terminal]
    named = [one.stan, one.rrn, one.order, one.theirs, one.acquirer, one.forwarder]
    known = [one.amount_fen, one.sent_at, one.masked_pan, one.card, one.fee_fen]
    original = [one.original_stan, one.original_sent_at, one.original_order, one.original_rrn]
    return [*kind, *named, *known, *original]


def _write(path: Path, columns: Iterable[str], rows: Iterable[Sequence[object]]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
