"""Which trades of which machines do clearing files show, and what was registered of the machines?"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

from chongzheng.fees import entry
from chongzheng.fees.agreement import Side
from chongzheng.fees.merchant_number import PROVINCES
from chongzheng.fees.traffic import Registered, Trade
from chongzheng.mistakes import TheirMistake
from chongzheng.settlement import charged
from chongzheng.settlement.intake import ClearingFile
from chongzheng.settlement.line import Kind, Record

MACHINES_MAX = 5_000_000
COLUMNS = ("machine", "mcc", "province")


def trades(file: ClearingFile) -> Iterator[Trade]:
    """Every sale of the file; the machine is its terminal (F41), the category that of clearing."""
    network = charged.side(file.format) is Side.NETWORK
    for record in file.records:
        if record.kind is Kind.SALE:
            yield Trade(
                machine=record.terminal,
                merchant=record.merchant,
                amount_fen=record.amount_fen,
                day=file.day,
                hour=int(record.sent_at[8:10] or 0),
                clearing_mcc=record.mcc,
                card_type=record.card_type,
                entry=entry.word(record.entry_mode),
                cost_fen=_cost_fen(record) if network else None,
                card=record.card,
            )


def register(text: str, name: str) -> dict[str, Registered]:
    """The register in the CSV `text` of the file `name`: a header line, then machine, category, province.

    TheirMistake, one line with file and line: another header, a category that is not four digits, no such province, a
    machine twice, too many.
    """
    rows = csv.reader(StringIO(text))
    if tuple(next(rows, ())) != COLUMNS:
        raise TheirMistake(f"must begin with the line {','.join(COLUMNS)}", f"{name}, line 1")
    found: dict[str, Registered] = {}
    for number, row in enumerate(rows, 2):
        at = f"{name}, line {number}"
        if len(row) != len(COLUMNS) or not row[0] or row[0] in found:
            raise TheirMistake("is not a machine of its own with category and province", at)
        if row[1] and not (len(row[1]) == 4 and row[1].isascii() and row[1].isdigit()):
            raise TheirMistake("is not four digits", f"{at}, mcc")
        if row[2] and row[2] not in PROVINCES:
            raise TheirMistake("is not a province, two digits of the national code", f"{at}, province")
        if len(found) == MACHINES_MAX:
            raise TheirMistake(f"holds more than {MACHINES_MAX} machines", name)
        found[row[0]] = Registered(row[1], row[2])
    return found


def _cost_fen(record: Record) -> int | None:
    if record.fee_fen is None and record.network_fee_fen is None:
        return None
    return (record.fee_fen or 0) + (record.network_fee_fen or 0)
