"""Does a spreadsheet get a closed day as it was: amounts as numbers, long numbers whole, and never a formula?"""

import csv
import io
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from chongzheng.journal.ledger import Balance, Closing, Item
from chongzheng.mistakes import TheirMistake
from chongzheng.reports import day_close
from chongzheng.reports.day_close import BOM, Sheet, as_csv, as_xlsx, harmless, sheets, trial_sheet, write, yuan

NOON_MS = 1_790_000_000_000
BALANCES = (
    Balance("clearing receivable", "应收清算款", "debit", "1122", 1_000, 0, 3_050, 25),
    Balance("suspense", "挂账", "credit", "2241.03", 0, 1_000, 25, 3_050),
)
EVIL = ("=1+1", "+86", "-2+3", "@SUM(A1)", "\tx", "\rx", "\nx", "|calc", "%x", '=HYPERLINK("http://x","y")')
LONG = "622202000000001234"


def item(subject: str, fen: int = 1_234) -> Item:
    """Something in suspense."""
    shop = ("898100012345678", "10000001", "000123", "20260922")
    return Item(subject, "card", *shop, NOON_MS, "DOUBTFUL", "unknown", fen)


def opened(data: bytes) -> dict[str, list[list[Any]]]:
    """The values of a workbook's cells as a spreadsheet reads them, by sheet."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets}


def test_the_trial_balance_shows_debit_and_credit_apart_and_sums_to_zero() -> None:
    table = trial_sheet("20260922", BALANCES)
    clearing, suspense, total = [row[4:] for row in table.rows]
    assert clearing == tuple(map(Decimal, ("10.00", "0", "20.50", "0.25", "30.25", "0")))
    assert suspense == tuple(map(Decimal, ("0", "10.00", "0.25", "20.50", "0", "30.25")))
    assert total[0] == total[1] and total[2] == total[3] and total[4] == total[5] == Decimal("30.25")


def test_a_workbook_holds_numbers_dates_and_whole_texts() -> None:
    closing = Closing("20260922", NOON_MS, 7, "wu", BALANCES)
    book = opened(as_xlsx(sheets(closing, [item(LONG), item("P1", -5)])))
    assert list(book) == ["结账", "试算平衡表", "挂账明细"]
    day, closed_at, by, _ = book["结账"][1]
    assert (day, str(closed_at), by) == ("20260922", "2026-09-21 22:13:20", "wu") and isinstance(closed_at, datetime)
    head, first, second = book["挂账明细"]
    assert first[0] == LONG and isinstance(first[0], str) and first[4] == "000123"
    assert (first[-1], second[-1], head[-1]) == (12.34, -0.05, "金额")
    assert book["试算平衡表"][1][4] == 10 and book["试算平衡表"][1][1] == "1122"


@pytest.mark.parametrize("text", EVIL)
def test_nothing_that_somebody_wrote_becomes_a_formula(text: str) -> None:
    table = Sheet("s", ("a", text), [(text, yuan(1))])
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx([table])))
    for cell in (book["s"]["A2"], book["s"]["B1"]):
        assert cell.data_type == "s" and cell.hyperlink is None, "a text, not a formula"
    (head, row) = csv.reader(io.StringIO(as_csv(table).decode("utf-8-sig"), newline=""))
    assert row[0] == head[1] == "'" + text


def test_csv_is_utf_8_with_its_mark_and_amounts_stay_numbers() -> None:
    data = as_csv(trial_sheet("20260922", BALANCES))
    assert data.startswith(BOM.encode()) and data.count(BOM.encode()) == 1
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert ",".join(rows[1]) == "20260922,1122,应收清算款,clearing receivable,10.00,0.00,20.50,0.25,30.25,0.00"
    assert as_csv(Sheet("s", ("a",), [(yuan(-5),)])).endswith(b"a\r\n-0.05\r\n"), "a negative amount is no formula"
    assert b"2026-09-21 22:13:20" in as_csv(sheets(Closing("20260922", NOON_MS, 7, "wu", ()), [])[0])


@pytest.mark.parametrize(("fen", "text"), [(0, "0.00"), (1, "0.01"), (-1, "-0.01"), (10**15 + 1, "10000000000000.01")])
def test_yuan_are_exact(fen: int, text: str) -> None:
    assert str(yuan(fen)) == text


def test_harmless_texts_stay_as_they_are() -> None:
    assert [harmless(text) for text in ("商户", "a=b", "", "1-2", " =1")] == ["商户", "a=b", "", "1-2", " =1"]


def test_what_does_not_fit_a_sheet_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day_close, "ROWS_MAX", 3)
    assert as_xlsx([Sheet("s", ("a",), [("1",)] * 2)])
    with pytest.raises(TheirMistake, match="3 rows, more than a sheet holds"):
        as_xlsx([Sheet("s", ("a",), [("1",)] * 3)])


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    write(tmp_path / "a", b"1")
    with pytest.raises(TheirMistake, match="is there already"):
        write(tmp_path / "a", b"2")
    with pytest.raises(TheirMistake, match="cannot be written"):
        write(tmp_path / "no" / "folder", b"2")
    assert (tmp_path / "a").read_bytes() == b"1"
