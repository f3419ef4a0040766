"""Is a file let in only when it is complete, whole and of the right day, and refused with one clear line?"""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.mistakes import TheirMistake
from chongzheng.settlement import intake
from chongzheng.settlement.formats.known import Known
from chongzheng.settlement.formats.parse import parse
from unit.settlement import bills
from unit.settlement.acom_lines import DAY, NAME, control, joined, line, reversal

DATA = joined(line(), reversal(), line(stan="000002", fen=250))
CONTROL = control(DATA, 3, 450)


def refusal(data: bytes = DATA, name: str = NAME, day: str = DAY, vouched: bytes | None = CONTROL, **more: str) -> str:
    with pytest.raises(TheirMistake) as caught:
        intake.admit(data, name, day, vouched, **more)
    return str(caught.value)


def test_a_complete_file() -> None:
    file = intake.admit(DATA, NAME, DAY, CONTROL)
    assert (file.name, file.day, file.amount_fen, len(file.records)) == (NAME, DAY, 450, 3)
    assert file.digest == file.identity == sha256(DATA).hexdigest()


def test_empty_is_a_day_without_trades_only_if_the_control_file_says_so() -> None:
    assert refusal(data=b"") == f"{NAME}: is empty, and its control file says 3 records; ask for it again"
    assert refusal(data=b"", vouched=None) == f"{NAME}: is empty; ask for it again"
    nothing = intake.admit(b"", NAME, DAY, control(b"", 0, 0))
    assert nothing.records == () and nothing.identity == f"{nothing.digest} of {DAY}"
    assert "is not named like an ACOM file" in refusal(data=b"", name="x", vouched=control(b"", 0, 0))


def test_calls_that_make_no_sense() -> None:
    assert refusal(day="20261131") == "date: is not a day; write it as yyyymmdd"
    assert refusal(word="xml").startswith("format: is not a layout that can be read; there is acom, ")


def test_without_control_file_silence_means_nothing() -> None:
    assert refusal(vouched=None).startswith(f"{NAME}.ctl: has no control file beside it")


def test_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "FILE_BYTES_MAX", 10)
    assert refusal() == f"{NAME}: is larger than 10 bytes"


def test_another_day() -> None:
    assert refusal(day="20261123") == f"{NAME}: is the file of another day than 20261123"
    assert refusal(vouched=control(DATA, 3, 450, "20261121")).startswith(f"{NAME}.ctl: is the control file of another")
    assert "line 1, sent (F7): was not sent on" in refusal(data=joined(line(sent="1120100000"), line()))


def test_another_layout() -> None:
    said = refusal(data=b"a,b,c\n1,2,3\n")
    assert said == f"{NAME}: is not in the layout that was named: line 1: has 5 bytes, not 299"


def test_cut_inside_a_line_and_at_its_end() -> None:
    assert refusal(data=DATA[:-20]) == f"{NAME}: line 3: has 280 bytes, not 299; nothing was read; ask for it again"
    assert refusal(data=DATA[:600]) == f"{NAME}: is cut: 2 records, and its control file says 3; ask for it again"


def test_several_bad_lines_are_counted() -> None:
    assert "(and 1 more)" in refusal(data=joined(line(), b"x", b"y"))


def test_totals_and_digest_must_fit() -> None:
    assert "has 4 records, and its control file says 3" in refusal(data=DATA + joined(line()))
    assert "adds up to 450 fen, not 451" in refusal(vouched=control(DATA, 3, 451))
    assert "not 100,000,215,003 as" in refusal(vouched=control(DATA, 3, 100_000_215_003))  # no digits like a card's
    other = DATA.replace(b"RRN000000001", b"RRN000000009")
    assert refusal(data=other) == f"{NAME}: is not the file that its control file was made for; ask for it again"


BILL_NAME = "20881021_20261122_业务明细.csv"


def test_a_layout_that_closes_with_totals_vouches_for_itself() -> None:
    bill = bills.alipay([bills.Deal(), bills.Deal(kind=bills.REFUND, fen=45)])
    file = intake.admit(bill, BILL_NAME, DAY, None, "alipay")
    assert (file.format, file.channel, len(file.records), file.amount_fen) == ("alipay", "alipay", 2, 12390)
    assert intake.admit(bill, BILL_NAME, DAY, bills.control(bill, 2, 12390), "alipay") == file
    assert "is cut: 2 records, and its control file says 3" in refusal(
        bill, BILL_NAME, DAY, bills.control(bill, 3, 0), word="alipay"
    )
    assert refusal(b"", BILL_NAME, vouched=None, word="alipay").endswith("is empty; ask for it again")
    nothing = intake.admit(b"", BILL_NAME, DAY, bills.control(b"", 0, 0), "alipay")
    assert nothing.identity == f"{nothing.digest} of {DAY} in alipay"


def test_every_problem_of_a_file_that_cannot_be_read_is_kept() -> None:
    with pytest.raises(intake.Unreadable) as caught:
        intake.admit(joined(line(), b"x", line(stan="00000x")), NAME, DAY, CONTROL)
    reading = caught.value.reading
    assert len(reading.records) == 1
    assert [str(problem) for problem in reading.problems] == [
        "line 2: has 1 bytes, not 299", "line 3, STAN (F11): is not digits",
    ]  # fmt: skip


def test_totals_that_are_missing_or_wrong() -> None:
    bill = bills.alipay([bills.Deal()])
    lines = bill.split(b"\r\n")
    assert refusal(b"\r\n".join(lines[:6]), BILL_NAME, vouched=None, word="alipay") == (
        f"{BILL_NAME}: has no line of 交易合计; it is cut"
    )
    assert "says 1 lines; 0 are there" in refusal(
        b"\r\n".join(lines[:5] + lines[6:]), BILL_NAME, vouched=None, word="alipay"
    )


def test_a_workbook_needs_its_reader() -> None:
    text = """
name = "book"
shape = "delimited"
container = "xlsx"
fields = [{ column = "fen", kind = "fen", is = "amount" }]
[[trades]]
is = "sale"
"""
    known = Known([parse(text, "book.toml")])
    data = b"a workbook"
    vouched = bills.control(data, 2, 300)
    with pytest.raises(TheirMistake, match="needs the reader of workbooks"):
        intake.admit(data, "x.xlsx", DAY, vouched, "book", known)
    file = intake.admit(data, "x.xlsx", DAY, vouched, "book", known, unpack=lambda book, layout: b"fen\n100\n200\n")
    assert [record.amount_fen for record in file.records] == [100, 200]
    empty = intake.admit(b"", "x.xlsx", DAY, bills.control(b"", 0, 0), "book", known)
    assert empty.records == ()


@given(st.integers(0, len(DATA) - 1), st.binary(max_size=2), st.integers(0, 2))
def test_every_changed_file_is_refused(at: int, put: bytes, cut: int) -> None:
    changed = DATA[:at] + put + DATA[at + cut :]
    if changed != DATA:
        assert refusal(data=changed)
