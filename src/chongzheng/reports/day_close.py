"""What does the general ledger get of a closed day? A workbook, or CSV, that no spreadsheet misreads.

Amounts are numbers with two decimals, instants are dates; everything else is text, so that a long number keeps all of
its digits and nothing that somebody wrote is ever taken for a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from chongzheng.journal.ledger import Balance, Closing, Item
from chongzheng.mistakes import TheirMistake
from chongzheng.settlement.days import CHINA_AHEAD_S

ROWS_MAX = 1_048_576
"""What a sheet holds."""
WIDTH_CHARS = 20
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""A spreadsheet takes a text that begins so for a formula, or for the end of the field before it."""
BOM = "\ufeff"

Cell = str | int | Decimal | datetime


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its name, the words above the columns, and its rows."""

    name: str
    head: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]


def trial_sheet(day: str, balances: Iterable[Balance]) -> Sheet:
    """The trial balance: what each account began with, what moved, what it ends with; debit and credit apart."""
    head = ("日期", "科目代码", "科目", "account",
            "期初借方", "期初贷方", "本日借方", "本日贷方", "期末借方", "期末贷方")  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    sums = [0] * 6
    for one in balances:
        sides = [*_sides(one.opening_fen), one.debited_fen, one.credited_fen, *_sides(one.closing_fen)]
        sums = [total + fen for total, fen in zip(sums, sides, strict=True)]
        rows.append((day, one.code, one.title, one.account, *map(yuan, sides)))
    rows.append((day, "", "合计", "total", *map(yuan, sums)))
    return Sheet("试算平衡表", head, rows)


def suspense_sheet(items: Iterable[Item]) -> Sheet:
    """The sub-ledger of suspense, item by item, oldest first."""
    head = ("挂账项", "渠道", "商户号", "终端号", "流水号", "营业日", "发生时间", "状态", "结论", "金额")
    rows = [
        (one.subject, one.channel, one.merchant, one.terminal, one.stan, one.day, in_china(one.opened_at), one.state,
         one.what, yuan(one.fen))
        for one in items
    ]  # fmt: skip
    return Sheet("挂账明细", head, rows)


def sheets(closing: Closing, items: Iterable[Item]) -> tuple[Sheet, ...]:
    """All that is exported of a closed day, and what lies in suspense now."""
    about = Sheet(
        "结账",
        ("日期", "结账时间", "结账人", "凭证号"),
        [(closing.day, in_china(closing.at), closing.by, str(closing.act))],
    )
    return about, trial_sheet(closing.day, closing.balances), suspense_sheet(items)


def as_xlsx(tables: Sequence[Sheet]) -> bytes:
    """A workbook with a sheet for each table. TheirMistake: more rows than a sheet holds."""
    out = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd hh:mm:ss", **plain}) as book:
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
        for table in tables:
            if len(table.rows) >= ROWS_MAX:
                raise TheirMistake(f"has {len(table.rows)} rows, more than a sheet holds; export it as CSV", table.name)
            sheet = book.add_worksheet(table.name)
            sheet.set_column(0, len(table.head) - 1, WIDTH_CHARS)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, table.head, bold)
            for number, row in enumerate(table.rows, 1):
                for column, value in enumerate(row):
                    _write(sheet, number, column, value, money)
    return out.getvalue()


def as_csv(table: Sheet) -> bytes:
    """UTF-8 with a byte order mark, by which a spreadsheet knows the encoding; CRLF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(map(harmless, table.head))
    for row in table.rows:
        writer.writerow([_spelt(value) for value in row])
    return (BOM + out.getvalue()).encode()


def write(path: Path, data: bytes) -> None:
    """A new file. TheirMistake: it is there already, or cannot be written."""
    try:
        with open(path, "xb") as file:
            file.write(data)
    except FileExistsError:
        raise TheirMistake("is there already; name another", str(path)) from None
    except OSError as error:
        raise TheirMistake(f"cannot be written ({error.strerror})", str(path)) from None


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before one that begins like it."""
    return f"'{text}" if text.startswith(FORMULA_BEGINS) else text


def yuan(fen: int) -> Decimal:
    """An amount in yuan, exactly."""
    return Decimal(fen).scaleb(-2)


def in_china(at: int) -> datetime:
    """An instant (epoch ms) as a clock in China shows it, for a cell: spreadsheets know no zones."""
    return (datetime.fromtimestamp(at // 1000, UTC) + timedelta(seconds=CHINA_AHEAD_S)).replace(tzinfo=None)


def _sides(fen: int) -> tuple[int, int]:
    return (fen, 0) if fen > 0 else (0, -fen)


def _write(sheet: Any, row: int, column: int, value: Cell, money: Any) -> None:
    """By what it is: a text is a text, whatever stands in it."""
    match value:
        case str():
            sheet.write_string(row, column, value)
        case datetime():
            sheet.write_datetime(row, column, value)
        case Decimal():
            sheet.write_number(row, column, value, money)
        case _:
            sheet.write_number(row, column, value)


def _spelt(value: Cell) -> str:
    if isinstance(value, str):
        return harmless(value)
    return f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)
