"""How does a paper become a workbook that no spreadsheet misreads? One sheet a table, each cell as what it is.

Amounts are numbers with two decimals, instants are dates, long numbers are text with all their digits, and no text is
ever taken for a formula. The first sheet says what the paper is about and the filters it was made with; a last one,
hidden, holds the input. The same input gives the same bytes.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from chongzheng.mistakes import TheirMistake
from chongzheng.reports.day_close import FORMULA_BEGINS, ROWS_MAX, in_china, yuan
from chongzheng.reports.paper import COUNT, INSTANT, MONEY, SHARE, SPAN, Cell, Column, Facts, Paper, Prose, Table, Typed

MADE_AT = datetime(2000, 1, 1, tzinfo=UTC)
"""When every workbook says it was made: the paper itself says as of when it speaks."""
NAME_CHARS_MAX = 31
CELL_CHARS = 30_000
"""A cell holds no more than 32,767."""
INPUT_SHEET = "input"
NOT_IN_NAMES = str.maketrans("[]:*?/\\'", "        ")
WIDTHS = {INSTANT: 20, MONEY: 16, COUNT: 10, SHARE: 10, SPAN: 14, "hash": 68, "id": 34, "text": 40}
MILLION = 1_000_000
DAY_MS = 86_400_000
_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


def sheets(paper: Paper, attached: bytes) -> bytes:
    """The workbook. TheirMistake: a table has more rows than a sheet holds."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _PLAIN) as book:
        book.set_properties({"title": paper.title, "author": "chongzheng", "created": MADE_AT})
        pen = _Pen(book)
        _about(book, pen, paper)
        used: set[str] = {INPUT_SHEET}
        for title, table in paper.tables():
            _listed(book.add_worksheet(_name(table.name or title, used)), pen, table)
        _input(book.add_worksheet(INPUT_SHEET), attached)
    return out.getvalue()


def maker() -> str:
    """What wrote the sheets."""
    return f"xlsxwriter {xlsxwriter.__version__}"


class _Pen:
    """The formats of one workbook, and how each form of cell is written with them."""

    def __init__(self, book: Any) -> None:
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self._text = book.add_format({"num_format": "@", "valign": "top"})
        self._quoted = book.add_format({"num_format": "@", "valign": "top", "quote_prefix": True})
        self._formats = {
            MONEY: book.add_format({"num_format": "#,##0.00", "valign": "top"}),
            INSTANT: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "valign": "top"}),
            COUNT: book.add_format({"num_format": "#,##0", "valign": "top"}),
            SHARE: book.add_format({"num_format": "0.0%", "valign": "top"}),
            SPAN: book.add_format({"num_format": "[h]:mm:ss", "valign": "top"}),
        }

    def write(self, sheet: Any, row: int, column: int, form: str, value: Cell) -> None:
        """By what it is; a text that begins like a formula is marked as text for good."""
        if isinstance(value, Typed):
            form, value = value.form, value.value
        if value is None:
            return
        if isinstance(value, str):
            quoted = value.startswith(FORMULA_BEGINS)
            sheet.write_string(row, column, value[:CELL_CHARS], self._quoted if quoted else self._text)
        elif form == INSTANT:
            sheet.write_datetime(row, column, in_china(value), self._formats[form])
        elif form == MONEY:
            sheet.write_number(row, column, yuan(value), self._formats[form])
        elif form == SHARE:
            sheet.write_number(row, column, value / MILLION, self._formats[form])
        elif form == SPAN:
            sheet.write_number(row, column, value / DAY_MS, self._formats[form])
        else:
            sheet.write_number(row, column, value, self._formats[COUNT])


def _about(book: Any, pen: _Pen, paper: Paper) -> None:
    tongue = paper.tongue
    sheet = book.add_worksheet(tongue("说明", "about"))
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, paper.title, pen.title)
    lines: list[tuple[str, str]] = [
        (tongue("对象", "subject"), paper.reference),
        (tongue("内容", "about"), paper.about),
        (tongue("数据截至(北京时间)", "as of (Beijing time)"), tongue.clock(paper.as_of)),
        (tongue("验证码", "verification code"), paper.code),
        ("SHA-256", paper.digest),
        *([(tongue("签名公钥", "signed by key"), paper.key)] if paper.key else []),
    ]
    for section in paper.sections:
        for block in section.blocks:
            if isinstance(block, Facts):
                lines += [("", ""), (section.title, ""), *block.rows]
            elif isinstance(block, Prose):
                lines.append((section.title, block.text))
    for number, (name, value) in enumerate(lines, 2):
        pen.write(sheet, number, 0, "text", name)
        pen.write(sheet, number, 1, "text", value)


def _listed(sheet: Any, pen: _Pen, table: Table) -> None:
    if len(table.rows) >= ROWS_MAX:
        raise TheirMistake(f"has {len(table.rows)} rows, more than a sheet holds", table.name)
    for number, column in enumerate(table.columns):
        sheet.set_column(number, number, _width(column))
        sheet.write_string(0, number, column.title, pen.head)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    for number, row in enumerate(table.rows, 1):
        for place, (column, value) in enumerate(zip(table.columns, row, strict=True)):
            pen.write(sheet, number, place, column.form, value)


def _width(column: Column) -> int:
    return WIDTHS[column.form]


def _name(wanted: str, used: set[str]) -> str:
    """A name that a sheet may have and that none has yet."""
    plain = wanted.translate(NOT_IN_NAMES).strip()[:NAME_CHARS_MAX] or "sheet"
    name, number = plain, 1
    while name.lower() in used:
        number += 1
        name = f"{plain[: NAME_CHARS_MAX - 4]} {number}"
    used.add(name.lower())
    return name


def _input(sheet: Any, attached: bytes) -> None:
    text = attached.decode()
    for number, at in enumerate(range(0, len(text), CELL_CHARS)):
        sheet.write_string(number, 0, text[at : at + CELL_CHARS])
    sheet.hide()
