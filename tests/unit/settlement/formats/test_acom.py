"""Is every ACOM line read as it was written, and every bad one located without hiding the rest?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.settlement.formats import acom
from unit.settlement.acom_lines import DAY, MASKED, MERCHANT, NAME, PAN, TERMINAL, joined, line, reversal


def test_the_layout_is_whole() -> None:
    assert len(acom.LAYOUT) == 34
    ends = [slot.offset + slot.length for slot in acom.LAYOUT]
    assert [slot.offset for slot in acom.LAYOUT] == [0, *(end + 1 for end in ends[:-1])]
    assert ends[-1] == acom.LINE_BYTES == len(line())


def test_a_sale_and_its_reversal() -> None:
    reading = acom.read(joined(line(fen=12345), reversal(rrn="RRN000000002")), NAME, DAY)
    assert reading.problems == ()
    sale, undone = reading.records
    assert (sale.number, sale.stan, sale.sent_at, sale.amount_fen) == (1, "000001", "20261122100000", 12345)
    assert (sale.terminal, sale.merchant, sale.rrn, sale.code) == (TERMINAL, MERCHANT, "RRN000000001", "00")
    assert (sale.mti, sale.processing, sale.condition) == ("0200", "000000", "00")
    assert (sale.original_stan, sale.original_sent_at) == ("", "")
    assert sale.is_original and undone.is_reversal
    assert (undone.number, undone.original_stan, undone.original_sent_at) == (2, "000001", "20261122100000")


def test_line_ends_and_a_last_line_without_one() -> None:
    windows = line() + b"\r\n" + line(stan="000002") + b"\r\n"
    for data in (windows, windows.replace(b"\r", b""), windows.removesuffix(b"\r\n")):
        assert [record.stan for record in acom.read(data, NAME, DAY).records] == ["000001", "000002"]


def test_bytes_are_counted_before_they_are_text() -> None:
    shop = "小店".encode("gbk")
    record = acom.read(joined(line(other=shop)), NAME, DAY).records[0]
    assert record.rrn == "RRN000000001" and "小店" in record.text


def test_the_card_number_is_masked_wherever_it_stands() -> None:
    short = "621234567890"
    reading = acom.read(joined(line(), line(stan="000002", pan=short, other=short.encode())), NAME, DAY)
    assert [record.masked_pan for record in reading.records] == [MASKED, "621234**7890"]
    assert PAN not in repr(reading) and short not in repr(reading)
    assert MASKED in reading.records[0].text


def test_new_year() -> None:
    data = joined(line(sent="1231233000"), line(sent="0101000100"), reversal(sent="0101000200", of="1231233000"))
    records = acom.read(data, "IND27010101ACOM", "20270101").records
    assert [record.sent_at for record in records] == ["20261231233000", "20270101000100", "20270101000200"]
    assert records[2].original_sent_at == "20261231233000"


@pytest.mark.parametrize(
    ("bad", "which", "what"),
    [
        (line()[:-1], "", "has 298 bytes, not 299"),
        (line() + b" ", "", "has 300 bytes, not 299"),
        (b"", "", "has 0 bytes, not 299"),
        (line(between="1"), "", "has no separator where one belongs"),
        (line()[:30] + b";" + line()[31:], "", "has no separator where one belongs"),
        (line(stan="00000a"), "STAN (F11)", "is not digits"),
        (line(sent="          "), "sent (F7)", "is not digits"),
        (line(pan="12345"), "PAN (F2)", "is not a card number"),
        (line(pan=""), "PAN (F2)", "is not a card number"),
        (line(rrn="RRN\x07"), "RRN (F37)", "is not printable text"),
        (line(original="00x000"), "original STAN (F90.2)", "is not digits or blank"),
        (line(sent="1120100000"), "sent (F7)", "was not sent on 20261122 or the day before"),
        (line(sent="1123000000"), "sent (F7)", "was not sent on 20261122 or the day before"),
        (line(sent="1122240000"), "sent (F7)", "is not a time"),
        (reversal(of="1322100000"), "original sent (F90.3)", "is not a date and time"),
        (reversal(of="1122106000"), "original sent (F90.3)", "is not a date and time"),
    ],
)
def test_a_bad_line_is_located_and_hides_nothing(bad: bytes, which: str, what: str) -> None:
    reading = acom.read(joined(line(), bad, line(stan="000002")), NAME, DAY)
    assert [record.stan for record in reading.records] == ["000001", "000002"]
    (problem,) = reading.problems
    assert (problem.where, problem.which, problem.what) == ("line 2", which, what)


def test_blank_references_are_none() -> None:
    record = acom.read(joined(line(original=" " * 6, original_sent=" " * 10)), NAME, DAY).records[0]
    assert (record.original_stan, record.original_sent_at) == ("", "")


def test_the_name_states_layout_and_day() -> None:
    assert acom.read(joined(line()), "trades.txt", DAY).problems[0].which == "name"
    other = acom.read(joined(line()), "IND26112301ACOM", DAY).problems[0]
    assert (other.which, other.what) == ("name", "is the file of another day than 20261122")


def test_too_many_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acom, "LINES_MAX", 2)
    reading = acom.read(joined(line(), line(), line()), NAME, DAY)
    assert reading.records == () and reading.problems[0].what == "has more than 2 lines"


WHOLE = joined(line(), reversal(), line(stan="000002"))


@given(st.integers(0, len(WHOLE) - 1), st.binary(max_size=3), st.integers(0, 3))
def test_no_mutation_crashes_the_reader_or_shows_a_card(at: int, put: bytes, cut: int) -> None:
    reading = acom.read(WHOLE[:at] + put + WHOLE[at + cut :], NAME, DAY)
    assert len(reading.records) + len(reading.problems) > 0
    assert PAN not in repr(reading)


@given(st.binary(max_size=700))
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    reading = acom.read(data, NAME, DAY)
    assert (len(reading.problems) > 0) == (data != b"")
