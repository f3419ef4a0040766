"""Does a reversal carry what it must of its sale, field by field, by the dialect's own table?

What must repeat is what the kind of transaction copies into its reversal (channels/*.toml); what may never stand there
is card data and MACs. Everything shown was masked before it was kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chongzheng.gateway.channel import FORBIDDEN, Kind
from chongzheng.gateway.translate import HEX_MARK, chip_of_reversal
from chongzheng.journal.rows import Evidence
from chongzheng.reversal.payment import Payment

ACCOUNT, CHIP, AUTH, REASON = 2, 55, 38, 39
REVERSALS_MAX = 3
OURS = "ours"
REPEAT, NEVER, OWN, FREE = "repeat", "never", "own", "free"
SAME, DIFFERS, MISSING, EXTRA = "same", "differs", "missing", "extra"
WRONG = frozenset({DIFFERS, MISSING, EXTRA})
SHOWN_CHARS_MAX = 40


@dataclass(frozen=True, slots=True)
class Said:
    """One message: who said it (`pos`, or OURS), when (epoch ms, 0 unknown), its type, its fields as text."""

    who: str
    at: int
    mti: str
    fields: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Cell:
    """What one message says in a field, and how that stands to the sale: SAME, DIFFERS, MISSING, EXTRA, "" neither."""

    text: str
    found: str


@dataclass(frozen=True, slots=True)
class Row:
    """One field. `rule`: REPEAT, NEVER, OWN (the reversal's own), FREE."""

    number: int
    rule: str
    sale: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """The sale and its reversals, field by field; `wrong` counts what is not as the table says."""

    sale: Said
    reversals: tuple[Said, ...]
    rows: tuple[Row, ...]
    wrong: int


def compared(payment: Payment, heard: Sequence[Evidence], kind: Kind | None) -> Diff | None:
    """Sale and reversals of this payment; None where there is no sale, no reversal, or no table for its kind."""
    messages = [said for one in heard if (said := message_of(one)) is not None]
    sale = next((one for one in messages if _is(one.mti, "12")), None)
    reversals = [*(one for one in messages if _is(one.mti, "4")), *_ours(payment)][-REVERSALS_MAX:]
    if sale is None or not reversals or kind is None:
        return None
    numbers = sorted(set(sale.fields).union(*(one.fields for one in reversals)))
    rows = tuple(_row(number, sale, reversals, kind) for number in numbers)
    wrong = sum(cell.found in WRONG for row in rows for cell in row.cells)
    return Diff(sale, tuple(reversals), rows, wrong)


def message_of(one: Evidence) -> Said | None:
    """The message that a piece of evidence is; None: it is something else."""
    try:
        body = json.loads(one.body)
    except ValueError:
        return None
    fields = body.get("fields") if isinstance(body, dict) else None
    if not isinstance(fields, dict) or one.source != "pos":
        return None
    known = {int(name): _text(value) for name, value in fields.items() if name.isdecimal()}
    return Said(one.source, one.at, str(body.get("mti", "")), known)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _is(mti: str, classes: str) -> bool:
    """Whether it asks or advises, in one of these classes."""
    return len(mti) == len("0200") and mti[1] in classes and mti[2] in "02"


def _ours(payment: Payment) -> Iterable[Said]:
    """The reversal that we drive, as it was frozen with the sale."""
    if not payment.attempts or not payment.identity:
        return ()
    fields = {int(name): value for name, value in payment.identity if name.isdecimal()}
    if payment.auth:
        fields.setdefault(AUTH, payment.auth)
    if payment.reason:
        fields[REASON] = payment.reason
    if CHIP in fields:  # frozen as hex under a mark; what was heard is hex without one
        fields[CHIP] = fields[CHIP].removeprefix(HEX_MARK).upper()
    fields[ACCOUNT] = payment.masked_pan
    return (Said(OURS, 0, "0400", fields),)


def _row(number: int, sale: Said, reversals: Sequence[Said], kind: Kind) -> Row:
    rule = _rule(number, kind)
    was = sale.fields.get(number, "")
    said = [one.fields.get(number, "") for one in reversals]
    same = chip_of_reversal if number == CHIP else str
    cells = tuple(Cell(text, _found(rule, same(was), same(text))) for text in said)
    return Row(number, rule, was, cells)


def _rule(number: int, kind: Kind) -> str:
    if number == ACCOUNT or number in kind.copies:
        return REPEAT
    if number in FORBIDDEN:
        return NEVER
    return OWN if number == REASON else FREE


def _found(rule: str, was: str, now: str) -> str:
    if rule == NEVER:
        return EXTRA if now else ""
    if rule != REPEAT or not was:
        return ""
    if not now:
        return MISSING
    return SAME if now == was else DIFFERS
