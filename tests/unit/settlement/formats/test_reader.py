"""Is every line of every layout read as it was written, and every bad one located without hiding the rest?"""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chongzheng.settlement.formats import reader
from chongzheng.settlement.formats.known import packaged
from chongzheng.settlement.formats.parse import parse
from chongzheng.settlement.line import Kind, Reading, Record
from unit.settlement import bills
from unit.settlement.acom_lines import DAY, MASKED, MERCHANT, NAME, PAN, TERMINAL, joined, line, reversal
from unit.settlement.bills import REFUND, REVERSAL, SALE, Deal

ACOM = packaged().named("acom", b"")


def acom(data: bytes, name: str = NAME, day: str = DAY, hashed: Callable[[str], str] = reader.keyless) -> Reading:
    return reader.read(ACOM, data, name, day, hashed)


def of(word: str, data: bytes, name: str = "bill", day: str = DAY) -> Reading:
    return reader.read(packaged().named(word, data), data, name, day)


def test_the_layout_is_whole() -> None:
    assert len(ACOM.fields) == 34
    ends = [field.end for field in ACOM.fields]
    assert [field.at for field in ACOM.fields] == [0, *(end + 1 for end in ends[:-1])]
    assert ends[-1] == ACOM.line_bytes == len(line())


def test_a_sale_and_its_reversal() -> None:
    reading = acom(joined(line(fen=12345), reversal(rrn="RRN000000002")), NAME, DAY)
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
        assert [record.stan for record in acom(data, NAME, DAY).records] == ["000001", "000002"]


def test_bytes_are_counted_before_they_are_text() -> None:
    shop = "小店".encode("gbk")
    record = acom(joined(line(other=shop)), NAME, DAY).records[0]
    assert record.rrn == "RRN000000001" and "小店" in record.text


def test_a_card_is_hashed_by_whoever_has_the_key() -> None:
    assert acom(joined(line()), hashed=lambda pan: f"hash of {pan[-4:]}").records[0].card == "hash of 7890"
    assert acom(joined(line())).records[0].card == ""


def test_a_number_that_could_be_a_card_is_masked_in_a_field_that_nobody_reads() -> None:
    like_a_card, unlike, read = b"30569309025904", b"30569309025905", "4111111111111111"[:12]
    assert "305693****5904" in acom(joined(line(other=like_a_card))).records[0].text
    assert "30569309025905" in acom(joined(line(other=unlike))).records[0].text
    assert read in acom(joined(line(rrn=read))).records[0].text


def test_the_card_number_is_masked_wherever_it_stands() -> None:
    short = "621234567890"
    reading = acom(joined(line(), line(stan="000002", pan=short, other=short.encode())), NAME, DAY)
    assert [record.masked_pan for record in reading.records] == [MASKED, "621234**7890"]
    assert PAN not in repr(reading) and short not in repr(reading)
    assert MASKED in reading.records[0].text


def test_new_year() -> None:
    data = joined(line(sent="1231233000"), line(sent="0101000100"), reversal(sent="0101000200", of="1231233000"))
    records = acom(data, "IND27010101ACOM", "20270101").records
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
        (line(sent="          "), "sent (F7)", "is not a time like MMddHHmmss"),
        (line(pan="12345"), "PAN (F2)", "is not a card number"),
        (line(pan=""), "PAN (F2)", "is not a card number"),
        (line(rrn="RRN\x07"), "RRN (F37)", "is not printable text"),
        (line(original="00x000"), "original STAN (F90.2)", "is not digits or blank"),
        (line(sent="1120100000"), "sent (F7)", "was not sent on 20261122 or the day before"),
        (line(sent="1123000000"), "sent (F7)", "was not sent on 20261122 or the day before"),
        (line(sent="1122240000"), "sent (F7)", "is not a time"),
        (reversal(of="1322100000"), "original sent (F90.3)", "is not a date and time or blank"),
        (reversal(of="1122106000"), "original sent (F90.3)", "is not a time or blank"),
        (line(other=b"\xff").replace(b"00 051", b"\xff\xff 051"), "code (F39)", "is not gb18030 text"),
    ],
)
def test_a_bad_line_is_located_and_hides_nothing(bad: bytes, which: str, what: str) -> None:
    reading = acom(joined(line(), bad, line(stan="000002")), NAME, DAY)
    assert [record.stan for record in reading.records] == ["000001", "000002"]
    (problem,) = reading.problems
    assert (problem.where, problem.which, problem.what) == ("line 2", which, what)


def test_blank_references_are_none() -> None:
    record = acom(joined(line(original=" " * 6, original_sent=" " * 10)), NAME, DAY).records[0]
    assert (record.original_stan, record.original_sent_at) == ("", "")


def test_the_name_states_layout_and_day() -> None:
    assert acom(joined(line()), "trades.txt", DAY).problems[0].which == "name"
    other = acom(joined(line()), "IND26112301ACOM", DAY).problems[0]
    assert (other.which, other.what) == ("name", "is the file of another day than 20261122")


def test_too_many_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LINES_MAX", 2)
    reading = acom(joined(line(), line(), line()), NAME, DAY)
    assert reading.records == () and reading.problems[0].what == "has more than 2 lines"


WHOLE = joined(line(), reversal(), line(stan="000002"))


@given(st.integers(0, len(WHOLE) - 1), st.binary(max_size=3), st.integers(0, 3))
def test_no_mutation_crashes_the_reader_or_shows_a_card(at: int, put: bytes, cut: int) -> None:
    reading = acom(WHOLE[:at] + put + WHOLE[at + cut :], NAME, DAY)
    assert len(reading.records) + len(reading.problems) > 0
    assert PAN not in repr(reading)


@given(st.binary(max_size=700))
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    reading = acom(data, NAME, DAY)
    assert (len(reading.problems) > 0) == (data != b"")


# The other layouts


def told(deal: Deal, word: str) -> dict[str, object]:
    """What must be understood of a deal, whatever the layout."""
    back = deal.kind != SALE
    said: dict[str, object] = {"kind": Kind(deal.kind), "amount_fen": deal.fen, "terminal": deal.terminal}
    if deal.kind != REVERSAL:
        said["order"] = deal.order
    said["original_order"] = deal.original_order if back else ""
    said["fee_fen"] = deal.fee if word == "wechat" or not back else -deal.fee
    said["theirs"] = deal.theirs[:21] if word == "zm" else deal.theirs
    if word != "leshua":
        said["sent_at"] = DAY + deal.clock
    return said


def understood(record: Record, said: dict[str, object]) -> dict[str, object]:
    return {name: getattr(record, name) for name in said}


ALIPAY_NAME = "1_20261122_业务明细.csv"
WRITERS: dict[str, list[Callable[[list[Deal]], bytes]]] = {
    "alipay": [
        bills.alipay,
        lambda deals: bills.alipay(deals, end="\n", marks=False),
        lambda deals: bills.zipped({ALIPAY_NAME: bills.alipay(deals), "1_业务明细(汇总).csv": b""}),
    ],
    "wechat": [
        bills.wechat,
        lambda deals: bills.wechat(deals, columns=24, mark=False, end="\n"),
        lambda deals: bills.gzipped(bills.wechat(deals)),
    ],
    "leshua": [bills.leshua, lambda deals: bills.leshua(deals, between="\t")],
    "zm": [bills.zm, lambda deals: bills.zm(deals, end=b"\n")],
}
NAMES = {
    "alipay": ALIPAY_NAME,
    "wechat": "1900000109All2026-11-22.csv",
    "leshua": "a_trade_new_20261122.txt",
    "zm": "INN26112288ZM_898110000000001",
}


@pytest.mark.parametrize("word", WRITERS)
@settings(max_examples=40)
@given(st.lists(bills.deals, max_size=5))
def test_what_was_written_is_read(word: str, deals: list[Deal]) -> None:
    for write in WRITERS[word]:
        reading = of(word, write(deals), NAMES[word])
        if word == "zm" and not deals:
            assert reading.records == ()
            continue
        assert reading.problems == ()
        assert reading.closed is (word in ("alipay", "wechat"))
        expected = [told(deal, word) for deal in deals]
        assert [understood(r, said) for r, said in zip(reading.records, expected, strict=True)] == expected


@pytest.mark.parametrize("word", ["alipay", "wechat"])
@settings(max_examples=200)
@given(st.data())
def test_a_bill_that_lost_or_changed_a_line_is_never_closed(word: str, data: st.DataObject) -> None:
    deals = [Deal(), Deal(kind=REFUND, fen=100, order="A2"), Deal(fen=7, order="A3")]
    lines = WRITERS[word][0](deals).split(b"\r\n")
    first = 5 if word == "alipay" else 1
    at = data.draw(st.integers(first, len(lines) - 2))
    lines[at : at + 1] = data.draw(st.sampled_from([[], [lines[at], lines[at]], lines[at : at + 1]]))
    changed = b"\r\n".join(lines)
    unchanged = changed == WRITERS[word][0](deals)
    framing = word == "alipay" and at in (first + len(deals), first + len(deals) + 3)
    reading = of(word, changed, NAMES[word])
    assert reading.closed is unchanged or framing


@pytest.mark.parametrize("word", [*WRITERS, "acom", "acoma", "aerra", "alfee", "zme"])
@settings(max_examples=60)
@given(st.data())
def test_no_mutation_crashes_a_reader_or_shows_a_card(word: str, data: st.DataObject) -> None:
    whole = WRITERS[word][0]([Deal(), Deal(kind=REFUND)]) if word in WRITERS else WHOLE
    at, cut = data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, 4))
    reading = of(word, whole[:at] + data.draw(st.binary(max_size=4)) + whole[at + cut :], NAMES.get(word, NAME))
    assert PAN not in repr(reading)


def test_a_bill_that_was_saved_again_as_utf_8_says_so_by_its_mark() -> None:
    saved = b"\xef\xbb\xbf" + bills.alipay([Deal()]).decode("gb18030").encode()
    assert of("alipay", saved).closed
    assert not of("alipay", saved.removeprefix(b"\xef\xbb\xbf")).closed


def test_a_wechat_bill_of_refunds_alone_is_another_file() -> None:
    header = bills.WECHAT_27.replace("费率备注", "退款申请时间")
    problem = of("wechat", f"{header}\n".encode(), "x").problems[0]
    assert problem.what == "has a column 退款申请时间; that is another kind of file"


def test_an_alipay_bill_says_its_day() -> None:
    other = of("alipay", bills.alipay([Deal()], "20261121"))
    assert (other.problems[0].where, other.problems[0].what) == ("line 3", f"is the file of another day than {DAY}")
    lines = bills.alipay([]).split(b"\r\n")
    without = of("alipay", b"\r\n".join(lines[:2] + lines[3:]))
    assert without.problems[0].what == "does not say which day it is of"


def test_full_width_digits_and_signs_are_digits() -> None:
    text = bills.alipay([Deal()]).decode("gb18030").replace("123.45\t,123.45", "１２３．４５\t,１２３.45")
    assert of("alipay", text.encode("gb18030")).records[0].amount_fen == 12345


def test_a_damaged_archive_is_one_problem() -> None:
    assert of("alipay", b"PK\x03\x04nonsense").problems[0].what == "is a damaged zip; ask for it again"


def aerra(edition: int) -> bytes:
    text = bytearray(b" " * {2017: 581, 2020: 1010}[edition])
    for at, value in {0: "E32", 28: "000009", 35: "1122090000", 46: PAN, 66: "000000000100", 79: "0220", 84: "200000",
                      96: TERMINAL, 105: "RRN000000001", 152: "000001", 244: "9601", 313: "1120100000",
                      355: MERCHANT, 499: "A1" if edition == 2020 else ""}.items():  # fmt: skip
        text[at : at + len(value)] = value.encode()
    return bytes(text)


@pytest.mark.parametrize("edition", [2017, 2020])
def test_a_dispute_points_back(edition: int) -> None:
    reading = of("aerra", joined(aerra(edition), aerra(edition)[:-1]), "IND26112232AERRA")
    assert [problem.where for problem in reading.problems] == ["line 2"]
    (record,) = reading.records
    assert (record.kind, record.error, record.reason) == (Kind.ADJUSTMENT, "E32", "9601")
    assert (record.original_stan, record.original_rrn) == ("000001", "RRN000000001")
    assert (record.original_sent_at, record.merchant) == ("20261120100000", MERCHANT)
    assert record.order == ("A1" if edition == 2020 else "")


def test_a_line_of_fees_is_no_trade() -> None:
    text = bytearray(b" " * 400)
    for at, value in {
        116: "000001",
        123: "1122100000",
        134: PAN,
        212: "0" * 42,
        255: TERMINAL,
        264: MERCHANT,
        280: "R",
        293: "000000000100",
        306: "000000000038",
        319: "000000000003",
        345: "C000000000059",
    }.items():
        text[at : at + len(value)] = value.encode()
    (record,) = of("alfee", joined(bytes(text)), "IND26112299ALFEE").records
    assert (record.kind, record.fee_fen, record.network_fee_fen, record.settled_fen) == (Kind.OTHER, 38, 3, 59)


def test_fees_of_acom_are_what_is_payable_less_what_is_receivable() -> None:
    whole = bytearray(line())
    whole[192:204], whole[205:217], whole[218:230] = b"000000000002", b"000000000045", b"D00000000003"
    (record,) = acom(joined(bytes(whole))).records
    assert (record.fee_fen, record.network_fee_fen, record.settled_fen) == (43, 3, None)


MINE = """
name = "mine"
shape = "delimited"
delimiter = ";"
fields = [
  { column = 1, kind = "time", form = "yyyyMMdd", is = "sent_day" },
  { column = 2, kind = "time", form = "HH:mm", is = "sent_time" },
  { column = 3, kind = "yuan", is = "amount" },
  { column = 4 },
  { column = 5, kind = "any card", is = "pan", optional = true },
]
header = false
[[trades]]
is = "sale"
channel = "alipay"
when = { "4" = "S" }
[[trades]]
is = "debit adjustment"
when = { "4" = "X" }
"""


def test_an_operators_layout_without_header() -> None:
    layout = parse(MINE, "mine.toml")
    data = f'20261122;10:30;1,234.50;S;622202******7890\n20261122;10:31;"1";X;{PAN}\n20261122;10:32;2;?;\n'.encode()
    reading = reader.read(layout, data, "any.csv", DAY, lambda pan: "key")
    sale, adjustment = reading.records
    assert (sale.sent_at, sale.amount_fen, sale.channel, sale.masked_pan) == (f"{DAY}103000", 123450, "alipay", MASKED)
    assert (sale.card, adjustment.card, adjustment.masked_pan) == ("", "key", MASKED)
    assert (adjustment.kind, adjustment.channel) == (Kind.ADJUSTMENT, "card")
    (problem,) = reading.problems
    assert str(problem) == "line 3, 4: is no trade that the layout knows"
    assert PAN not in repr(reading)


def test_words_of_theirs_become_ours_and_a_value_may_be_asked_for() -> None:
    layout = parse(
        MINE.replace("{ column = 4 },", '{ column = 4, must = ["S", "X"] },').replace(
            '{ column = 5, kind = "any card", is = "pan", optional = true },',
            '{ column = 5, is = "card_type", values = { "借记卡" = "debit" } },'),
        "mine.toml")  # fmt: skip
    data = "20261122;10:30;1;S;借记卡\n20261122;10:30;1;S;其他\n20261122;10:30;1;?;\n".encode()
    reading = reader.read(layout, data, "any.csv", DAY)
    assert [record.card_type for record in reading.records] == ["debit", ""]
    assert str(reading.problems[0]) == "line 3, 4: is not S or X"


def test_a_field_that_may_be_blank_and_is_no_such_thing() -> None:
    text = MINE.replace('kind = "yuan", is = "amount"', 'kind = "yuan", is = "amount", optional = true')
    layout = parse(text, "mine.toml")
    reading = reader.read(layout, b"20261122;10:30;;S;\n20261122;10:30;x;S;\n20261120;10:30;1;S;\n", "x", DAY)
    assert [str(problem) for problem in reading.problems] == [
        "line 1, 3: is blank",
        "line 2, 3: is not yuan with at most two places, like 123.45 or blank",
        "line 3, 1: was not sent on 20261122 or the day before",
    ]
