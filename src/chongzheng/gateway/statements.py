"""What does this bank statement say: MT940, CAMT.053, or rows in a layout that somebody described?"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

from chongzheng.mistakes import TheirMistake
from chongzheng.settlement import camt, days
from chongzheng.settlement.bank import Movement, Statement
from chongzheng.settlement.formats.known import Known
from chongzheng.settlement.formats.reader import read as read_layout
from chongzheng.settlement.line import Record

MT940 = "mt940"
FORMATS = (MT940, camt.NAME)
"""The formats that are no layout."""

FILE_BYTES_MAX = 64 << 20
TEXT_CHARS_MAX = 2_000
NO_REFERENCE = "NONREF"

logging.getLogger("mt940").setLevel(logging.CRITICAL)
"""The library logs what it cannot read, and a statement is nobody else's business."""

_BEGINS = re.compile(r"^(?=:20:)", re.MULTILINE)
_MOVEMENT = re.compile(r"^:61:", re.MULTILINE)
_TEXTS = ("transaction_details", "purpose", "additional_purpose", "extra_details")
_OPENINGS = ("final_opening_balance", "intermediate_opening_balance")
_CLOSINGS = ("final_closing_balance", "intermediate_closing_balance")


@dataclass(frozen=True, slots=True)
class StatementFile:
    """A file as it was read: `digest` SHA-256 of its bytes, in hex."""

    name: str
    format: str
    digest: str
    statements: tuple[Statement, ...]


def load(path: Path, form: str, known: Known, day: str = "", account: str = "") -> StatementFile:
    """The statements in the file at `path`; `form` mt940, camt053, or the word for a layout among the `known`.

    Rows in a layout are those of `account`, up to `day` (yyyymmdd). TheirMistake, one line with the place: it cannot
    be read, or does not add up.
    """
    return read(_bytes(path), path.name, form, known, day, account)


def read(data: bytes, name: str, form: str, known: Known, day: str = "", account: str = "") -> StatementFile:
    """The same of the bytes of a file `name`."""
    if form == camt.NAME:
        found = camt.read(data, name)
    elif form == MT940:
        found = tuple(_mt940(_text(data), name))
    else:
        found = (_described(data, name, form, known, day, account),)
    return StatementFile(name, form, hashlib.sha256(data).hexdigest(), found)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
    except OSError as wrong:
        raise TheirMistake(f"cannot be read: {wrong.strerror}", path.name) from None
    if len(data) > FILE_BYTES_MAX:
        raise TheirMistake(f"has more than {FILE_BYTES_MAX} bytes", path.name)
    return data


def _text(data: bytes) -> str:
    """UTF-8 where it is, else what Chinese banks write."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", "replace")
    return text.replace("\r\n", "\n")


def _mt940(text: str, name: str) -> Iterator[Statement]:
    """Each message of the file. The library passes over what it does not understand, so lines are counted again."""
    messages = [part for part in _BEGINS.split(text) if part.startswith(":20:")]
    if not messages:
        raise TheirMistake("holds no statement (:20:)", name)
    for number, message in enumerate(messages, 1):
        at = name if len(messages) == 1 else f"{name}, message {number}"
        statement = _message(message, at)
        statement.refuse_unless_whole(at)
        yield statement


def _message(text: str, at: str) -> Statement:
    import mt940  # only where a statement of that form is read: an engine starts without it

    try:
        found = mt940.parse(StringIO(text), options=mt940.Options.all())  # a text alone it would take for a path
        movements = [_movement(number, one.data, at) for number, one in enumerate(found, 1)]
        opening, closing = _balance(found.data, _OPENINGS), _balance(found.data, _CLOSINGS)
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError):
        raise TheirMistake("is not an MT940 statement", at) from None
    if len(movements) != len(_MOVEMENT.findall(text)):
        raise TheirMistake("has a movement (:61:) that cannot be read", at)
    account = str(found.data.get("account_identification", "")).strip()
    if not account or opening is None or closing is None:
        raise TheirMistake("does not say its account (:25:) and both balances (:60: and :62:)", at)
    booked = [movement.day for movement in movements]
    last = max([closing.day, *booked])
    first = min([closing.day, *booked])
    return Statement(account, closing.currency, first, last, opening.fen, closing.fen, tuple(movements))


@dataclass(frozen=True, slots=True)
class _Balance:
    day: str
    currency: str
    fen: int


def _balance(data: dict[str, Any], names: tuple[str, ...]) -> _Balance | None:
    found = next((data[name] for name in names if name in data), None)
    if found is None:
        return None
    return _Balance(_day(found.date), str(found.amount.currency), _fen(found.amount.amount))


def _movement(number: int, data: dict[str, Any], at: str) -> Movement:
    """The booking day of :61: is optional; where it is missing, it is that of value. Status RC and RD turn the sign,
    which the library's amount has done. What :86: says is free text, or in numbered parts.
    """
    text = " ".join(str(data.get(key) or "").strip() for key in _TEXTS)
    names = [str(data.get(key) or "").strip() for key in ("customer_reference", "bank_reference")]
    reference = next((name for name in names if name and name != NO_REFERENCE), "")
    value_day = _day(data["date"])
    booked = _day(data["entry_date"]) if data.get("entry_date") else value_day
    fen = _fen(data["amount"].amount)
    theirs = str(data.get("applicant_name") or "").strip()
    return Movement(number, booked, value_day, fen, reference, theirs, " ".join(text.split())[:TEXT_CHARS_MAX])


def _fen(amount: Decimal) -> int:
    fen = amount.scaleb(2)
    if fen != fen.to_integral_value():
        raise ValueError("parts of a fen")
    return int(fen)


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _described(data: bytes, name: str, word: str, known: Known, day: str, account: str) -> Statement:
    if not days.is_day(day):
        raise TheirMistake("is the last day of the statement, as yyyymmdd", "--date")
    if not account:
        raise TheirMistake("says which account the rows are of", "--account")
    layout = known.named(word, data)
    reading = read_layout(layout, data, name, day)
    if reading.problems:
        raise TheirMistake(str(reading.problems[0]), name)
    movements = tuple(_row(number, record) for number, record in enumerate(reading.records, 1))
    first = min([day, *(movement.day for movement in movements)])
    statement = Statement(account, "CNY", first, day, None, None, movements)
    statement.refuse_unless_whole(name)
    return statement


def _row(number: int, record: Record) -> Movement:
    """A row that the layout calls a sale came to us; one that it calls a refund went from us."""
    fen = -record.amount_fen if record.gives_back else record.amount_fen
    return Movement(number, record.sent_at[:8], record.sent_at[:8], fen, record.order, record.theirs, record.text)
