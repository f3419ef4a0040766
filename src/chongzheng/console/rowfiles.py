"""How do the rows of a register become a file, and a file rows again: CSV, a workbook, TOML?

The first column is the row's name, the others are called as the register's fields are; a value stands as the register
keeps it, so that a file that was not touched proposes nothing.
"""

from __future__ import annotations

import csv
import io
import json
import tomllib
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chongzheng.cases.fields import Field
from chongzheng.cases.registers import Register
from chongzheng.mistakes import TheirMistake
from chongzheng.reports.day_close import FORMULA_BEGINS, Cell, Sheet, as_csv, as_xlsx

CSV, XLSX, TOML = "csv", "xlsx", "toml"
FORMS = (CSV, XLSX, TOML)
FILE_BYTES_MAX = 1_000_000
UNPACKED_BYTES_MAX = 20_000_000
ROWS_MAX = 500
"""Rows that one file proposes: as many as a person can look through."""
COLUMNS_MAX = 60
NAME = "name"
NOTHING = (None, "")
WHOLE = ("whole", "fen", "instant")
NESTED = ("object", "objects")
UNREADABLE = (
    KeyError, ValueError, TypeError, AttributeError, OSError, zipfile.BadZipFile, SyntaxError, EOFError, zlib.error,
    RuntimeError, IndexError, OverflowError,
)  # fmt: skip
"""What reading a workbook says of one that is damaged (zlib), encrypted (RuntimeError), or none at all."""


def written(register: Register, rows: Mapping[str, Mapping[str, Any]], form: str) -> bytes:
    """The rows as a file of this form."""
    if form == TOML:
        return "\n".join(_toml_row(name, row) for name, row in rows.items()).encode()
    head = (NAME, *(field.name for field in register.fields))
    lines: list[tuple[Cell, ...]] = [
        (name, *(_cell(field, row.get(field.name)) for field in register.fields)) for name, row in rows.items()
    ]
    table = Sheet(register.name[:31], head, lines)
    return as_xlsx([table]) if form == XLSX else as_csv(table)


def read(register: Register, data: bytes, file_name: str) -> dict[str, dict[str, Any]]:
    """name -> row as a file says it. TheirMistake: which line and field cannot be read, and what to do."""
    if len(data) > FILE_BYTES_MAX:
        raise TheirMistake(f"has more than {FILE_BYTES_MAX} bytes", "file")
    form = file_name.rpartition(".")[2].lower()
    if form not in FORMS:
        raise TheirMistake(f"ends in none of .{', .'.join(FORMS)}", "file name")
    if form == TOML:
        return _bounded(_from_toml(data))
    return _from_table(register, _cells_of_workbook(data) if form == XLSX else _cells_of_csv(data))


def _cell(field: Field, value: Any) -> Cell:
    if value is None:
        return ""
    if field.form == "flag":
        return "yes" if value else "no"
    if field.form == "texts":
        return "\n".join(map(str, value))
    if field.form in NESTED:
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return value if isinstance(value, int) else str(value)


def _from_table(register: Register, lines: Iterable[Sequence[str]]) -> dict[str, dict[str, Any]]:
    head, *others = [*lines] or [[]]
    known = {field.name: field for field in register.fields}
    if not head or head[0] != NAME:
        raise TheirMistake(f"the first line names the columns, the first of them is {NAME}", "line 1")
    for title in head[1:]:
        if title not in known:
            raise TheirMistake(f"there is no field {title[:40]}; there are {', '.join(known)}", "line 1")
    found: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(others, 2):
        if not any(line):
            continue
        if not line[0] or line[0] in found:
            raise TheirMistake("has no name" if not line[0] else "names a row for the second time", f"line {number}")
        values = dict(zip(head[1:], line[1:], strict=False))
        found[line[0]] = {
            name: _value(known[name], text, f"line {number}, {name}") for name, text in values.items() if text != ""
        }
    return _bounded(found)


def _value(field: Field, text: str, where: str) -> Any:
    """What stands in a cell, in the form of the field."""
    try:
        if field.form in WHOLE:
            return int(text)
        if field.form == "flag":
            return {"yes": True, "no": False}[text.lower()]
        if field.form == "texts":
            return text.splitlines()
        return json.loads(text) if field.form in NESTED else text
    except (ValueError, KeyError, RecursionError):
        wanted = {"flag": "yes or no", "object": "JSON", "objects": "JSON"}.get(field.form, "a whole number")
        raise TheirMistake(f"is {wanted}", where) from None


def _bounded(rows: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    if not rows:
        raise TheirMistake("holds no row", "file")
    if len(rows) > ROWS_MAX:
        raise TheirMistake(f"holds more than {ROWS_MAX} rows", "file")
    return rows


def _cells_of_csv(data: bytes) -> Iterable[Sequence[str]]:
    try:
        text = data.decode("utf-8-sig")
        return [[_plain(cell) for cell in line[:COLUMNS_MAX]] for line in csv.reader(io.StringIO(text, newline=""))]
    except (UnicodeDecodeError, csv.Error):
        raise TheirMistake("is not a CSV file in UTF-8", "file") from None


def _plain(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_BEGINS) else cell


def _cells_of_workbook(data: bytes) -> Iterable[Sequence[str]]:
    from openpyxl import load_workbook  # a spreadsheet is rare, and its library slow to load

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > UNPACKED_BYTES_MAX:
                raise TheirMistake(f"unpacks to more than {UNPACKED_BYTES_MAX} bytes", "file")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        lines = book.worksheets[0].iter_rows(max_col=COLUMNS_MAX, max_row=ROWS_MAX + 2, values_only=True)
        return [_trimmed([_spelt(cell) for cell in line]) for line in lines]
    except UNREADABLE:
        raise TheirMistake("is not a workbook (.xlsx) that can be read; save it again", "file") from None


def _trimmed(line: list[str]) -> list[str]:
    while line and not line[-1]:
        line.pop()
    return line


def _spelt(cell: Any) -> str:
    if cell in NOTHING:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _from_toml(data: bytes) -> dict[str, dict[str, Any]]:
    try:
        found = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise TheirMistake(f"is not TOML: {str(error)[:80]}", "file") from None
    for name, row in found.items():
        if not isinstance(row, dict):
            raise TheirMistake("is no row; a row is a table with the row's name", name[:40])
        try:
            json.dumps(row)
        except TypeError:
            raise TheirMistake("a day is text, yyyymmdd", name[:40]) from None
    return found


def _toml_row(name: str, row: Mapping[str, Any]) -> str:
    lines = [f"[{_toml(name)}]", *(f"{key} = {_toml(value)}" for key, value in row.items())]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    """A value as TOML writes it; its strings are those of JSON."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_toml(str(key))} = {_toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
