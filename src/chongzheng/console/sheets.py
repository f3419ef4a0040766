"""How does a list become a file that a spreadsheet opens: CSV with its byte order mark, XLSX with typed cells?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from chongzheng.console import columns
from chongzheng.console.columns import Value
from chongzheng.reports.day_close import Cell, Sheet, as_csv, as_xlsx, in_china, yuan

CSV, XLSX = "csv", "xlsx"
TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
INSTANTS = frozenset({columns.INSTANT, columns.DUE, columns.AGE})


def typed(form: str, value: Value) -> Cell:
    """A value as a cell: amounts in yuan with two decimals, instants on the shops' clock, all else as it is."""
    if value is None or isinstance(value, str):
        return value or ""
    if form == columns.FEN:
        return yuan(value)
    return in_china(value) if form in INSTANTS else value


def attached(form: str, name: str, sheets: Sequence[Sheet]) -> HttpResponse:
    """The file itself; a CSV is the first sheet alone."""
    data = as_xlsx(sheets) if form == XLSX else as_csv(sheets[0])
    answer = HttpResponse(data, content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    answer["Cache-Control"] = "no-store"
    return answer


def about(lines: Iterable[tuple[str, str]], title: str, heads: tuple[str, str]) -> Sheet:
    """What a file is about: with which filters, when and for whom it was made."""
    return Sheet(title, heads, list(lines))
