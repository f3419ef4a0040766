"""What stands in the cells of a workbook, row by row, as text that a layout can read?

The library is loaded only when a workbook comes. It reads values, never formulas, one row at a time.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from chongzheng.mistakes import TheirMistake
from chongzheng.settlement.formats.layout import CELLS, Layout

ROWS_MAX = 1_048_576
COLUMNS_MAX = 1_000
UNPACKED_BYTES_MAX = 1 << 30
"""A workbook is a zip; one that unpacks to more is no statement but an attack."""
BREAKS = str.maketrans({CELLS: " ", "\r": " ", "\n": " "})


def unpack(data: bytes, layout: Layout) -> bytes:
    """Every row of the layout's sheet (the first, unless it names one) as a line of UTF-8, cells with `CELLS` between.

    TheirMistake: no workbook, too large, no such sheet, or a number that a spreadsheet has already rounded.
    """
    from openpyxl import load_workbook  # a spreadsheet is rare, and its library slow to load

    _refuse_bomb(data, layout.title)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheets = {sheet.title: sheet for sheet in book.worksheets}
        sheet = sheets.get(layout.sheet or next(iter(sheets), ""))
        if sheet is None:
            raise TheirMistake("has no such sheet as its layout names", layout.sheet or layout.name)
        return "".join(_lines(sheet)).encode(layout.encoding, "replace")
    except (KeyError, ValueError, TypeError, AttributeError, OSError, zipfile.BadZipFile, SyntaxError, EOFError):
        raise TheirMistake("is not a workbook (.xlsx) that can be read; save it again", layout.name) from None


def _refuse_bomb(data: bytes, what: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile:
        raise TheirMistake("is not a workbook (.xlsx)", what) from None
    if size > UNPACKED_BYTES_MAX:
        raise TheirMistake(f"unpacks to more than {UNPACKED_BYTES_MAX} bytes", what)


def _lines(sheet: Any) -> Iterator[str]:
    for number, row in enumerate(sheet.iter_rows(max_col=COLUMNS_MAX, values_only=True), 1):
        if number > ROWS_MAX:
            raise TheirMistake(f"has more than {ROWS_MAX} rows", sheet.title)
        cells = [_text(cell, f"{sheet.title}: row {number}") for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        yield CELLS.join(cells) + "\n"


def _text(cell: Any, where: str) -> str:
    """A cell as a person wrote it. A number of more than fifteen digits has lost its end when it was typed as one."""
    match cell:
        case None:
            return ""
        case datetime():
            return cell.strftime("%Y-%m-%d %H:%M:%S")
        case date():
            return cell.strftime("%Y-%m-%d")
        case int() if not isinstance(cell, bool) and abs(cell) >= 10**15:
            raise TheirMistake("holds a number of more than 15 digits; type it as text, its end is lost", where)
        case float():
            return _decimal(cell)
        case _:
            return str(cell).translate(BREAKS)


def _decimal(cell: float) -> str:
    """The shortest text that means this number, never with an exponent."""
    text = format(cell, ".15g")
    return format(cell, ".2f") if "e" in text or "inf" in text or "nan" in text else text
