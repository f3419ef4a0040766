"""Does the same input give the same file, does a file show what was changed in it, and can people read its pages?"""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import openpyxl
import pypdf
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chongzheng.mistakes import TheirMistake
from chongzheng.reports import papers
from chongzheng.reports.case_file import case_file
from chongzheng.reports.documents import CaseFile, Document, Retrieval, code, digest
from chongzheng.reports.paper import Column, Paper, Prose, Section, Table
from chongzheng.reports.pdf import ANNEX_ROWS_MAX, pages, square
from chongzheng.reports.period import period
from chongzheng.reports.retrieval import retrieval
from journal.made import name_of, pan
from requirements.desk import Desk
from requirements.worked import EVIL, worked

FLIPS = 25
MADE_UP = 60


@pytest.fixture
def file(desk: Desk) -> CaseFile:
    """A case worked to its end."""
    case = worked(desk)
    with desk.place.reading() as reader:
        return case_file(reader, case.id, "zh")


def shown(data: bytes) -> str:
    """The text of all pages, as a reader of the file gets it."""
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def documents(desk: Desk) -> list[Document]:
    """One of each kind, in both languages."""
    case = worked(desk)
    with desk.place.reading() as reader:
        return [
            one
            for language in ("zh", "en")
            for one in (
                case_file(reader, case.id, language),
                retrieval(reader, name_of(1), language),
                period(reader, "20260901", "20261005", language),
            )
        ]


def test_the_same_input_gives_the_same_bytes_and_the_file_holds_by_itself(desk: Desk) -> None:
    codes = set()
    for document in documents(desk):
        for make in (papers.pdf, papers.workbook):
            made = make(document)
            assert make(document) == made
            checked = papers.check(made)
            assert (checked.document, checked.digest, checked.faults) == (document, digest(document), ())
        codes.add(papers.check(made).code)
    assert len(codes) == 3, "a code for each paper, whatever its language"


def test_a_byte_that_was_changed_is_seen(file: CaseFile) -> None:
    dice = random.Random(7)
    for made in (papers.pdf(file), papers.workbook(file)):
        for _ in range(FLIPS):
            at = dice.randrange(len(made))
            forged = made[:at] + bytes([made[at] ^ 1 << dice.randrange(8)]) + made[at + 1 :]
            try:
                assert papers.check(forged).faults, f"byte {at}"
            except TheirMistake:
                continue
        assert papers.check(made + b"\n").faults


def test_pages_over_another_input_are_seen(file: CaseFile) -> None:
    other = replace(file, fen=file.fen + 1)
    mixed = pages(papers.paper(file), papers.enveloped(other))
    assert papers.check(mixed).faults == ("its pages are not those that its input gives: it was changed",)
    lying = papers.enveloped(file).replace(f'"fen":{file.fen}'.encode(), f'"fen":{file.fen + 1}'.encode())
    assert "the hash in its input is not the hash of its input" in papers.check(pages(papers.paper(file), lying)).faults


def test_a_signed_paper_holds_under_its_key_alone(file: CaseFile) -> None:
    ours, theirs = Ed25519PrivateKey.from_private_bytes(b"1" * 32), Ed25519PrivateKey.from_private_bytes(b"2" * 32)
    trusted = ours.public_key().public_bytes_raw().hex()
    for make in (papers.pdf, papers.workbook):
        made = make(file, ours)
        assert make(file, ours) == made and papers.check(made).key == trusted
        assert papers.check(made, trusted).faults == ()
        assert papers.check(make(file, theirs), trusted).faults == ("signed by a key that is not trusted",)
        assert papers.check(make(file), trusted).faults == ("is not signed",)
    assert trusted in shown(papers.pdf(file, ours))
    false = replace(file, fen=1)
    stolen = json.loads(papers.enveloped(file, trusted, ours.sign(b"x").hex()))["signature"]
    forged = pages(papers.paper(false, trusted), papers.enveloped(false, trusted, stolen))
    assert papers.check(forged, trusted).faults == ("the signature does not fit what is said",)


def test_a_paper_set_by_another_version_says_so(file: CaseFile, monkeypatch: pytest.MonkeyPatch) -> None:
    made = papers.pdf(file)
    monkeypatch.setattr("chongzheng.reports.pdf.maker", lambda: "typst 99")
    (fault,) = papers.check(made).faults
    assert "its input is whole" in fault and "typst" in fault


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\nnothing", b"PK\x03\x04", b"x" * 100])
def test_what_is_no_paper_is_refused(data: bytes) -> None:
    with pytest.raises(TheirMistake, match="no paper"):
        papers.check(data)


def test_an_input_that_is_no_document_is_a_fault(file: CaseFile) -> None:
    for wrong in (b'"said":{"document":"poem"}', b'"said":{}', b'"said":[]'):
        envelope = papers.enveloped(file)
        forged = envelope[: envelope.index(b'"said":')] + wrong + b"}"
        (fault,) = papers.check(b"%PDF-\nstream\n" + zlib.compress(forged) + b"\nendstream").faults
        assert "is no document" in fault


def test_a_made_up_input_is_a_fault_and_never_a_crash(file: CaseFile) -> None:
    dice = random.Random(11)
    envelope = json.loads(papers.enveloped(file))
    strange = [10**18, -1, "", "\u0000", [], {}, None, "x" * 5_000, 1.5, True, [[]], "#panic()", "charged_kept"]
    ways = list(paths(envelope["said"]))
    for _ in range(MADE_UP):
        forged = json.loads(json.dumps(envelope))
        place = forged["said"]
        *way, last = dice.choice(ways)
        for step in way:
            place = place[step]
        place[last] = dice.choice(strange)
        data = b"%PDF-\nstream\n" + json.dumps(forged).encode() + b"\nendstream"
        assert papers.check(data).faults
    deep = json.dumps(envelope)[:-1] + ',"x":' + "[" * 200_000 + "]" * 200_000 + "}"
    with pytest.raises(TheirMistake):
        papers.check(b"%PDF-\nstream\n" + deep.encode() + b"\nendstream")


def paths(value: object) -> Iterator[tuple[str | int, ...]]:
    """The way to every member of a document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in inside:
        yield (step,)
        yield from ((step, *more) for more in paths(one))


def test_a_file_that_unpacks_without_end_is_no_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "FILE_BYTES_MAX", 100_000)
    bomb = b"stream\n" + zlib.compress(b"\x00" * 60_000) + b"\nendstream\n"
    late = b"stream\n" + papers.FORMAT.encode() + b"\nendstream"
    with pytest.raises(TheirMistake, match="no paper"):
        papers.check(b"%PDF-\n" + bomb * 3 + late)


def test_what_somebody_wrote_is_text_and_no_command_of_the_template(file: CaseFile) -> None:
    said = '#panic("x") *bold* $x^2$ `raw` [a](b) <label> \\ #include "/etc/passwd" = head'
    text = shown(papers.pdf(replace(file, outcome=said)))
    assert "".join(said.split()) in "".join(text.split())


def test_pages_are_made_to_be_kept_for_decades_and_draw_no_empty_box(file: CaseFile) -> None:
    data = papers.pdf(replace(file, outcome="𠮷野家 asked"))
    reader = pypdf.PdfReader(io.BytesIO(data))
    metadata = reader.xmp_metadata
    assert metadata is not None and b"<pdfaid:part>3</pdfaid:part>" in data
    assert "[U+20BB7]野家 asked" in shown(data) and "input.json" in reader.attachments
    assert papers.check(data).faults == ()


def test_a_workbook_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "FILE_BYTES_MAX", 1_000)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 10_000)
    with pytest.raises(TheirMistake, match="unpacks"):
        papers.check(out.getvalue())
    with pytest.raises(TheirMistake, match="larger"):
        papers.check(b"x" * 1_001)


def test_pages_say_everything_in_both_languages_and_no_card_number(desk: Desk) -> None:
    for document in documents(desk):
        data = papers.pdf(document)
        text = shown(data)
        pages_ = len(pypdf.PdfReader(io.BytesIO(data)).pages)
        page = f"第 {pages_} 页 / 共 {pages_} 页" if document.language == "zh" else f"page {pages_} of {pages_}"
        flat = "".join(text.split())
        assert "".join(page.split()) in flat and flat.count(code(digest(document))) >= pages_
        assert digest(document) in flat
        assert pan(1) not in flat and pan(1)[6:-4] not in flat
        assert "\ufffd" not in text and "□" not in text


def test_the_audit_report_tells_the_five_chapters(file: CaseFile) -> None:
    zh, en = shown(papers.pdf(file)), shown(papers.pdf(replace(file, language="en")))
    for part in ("案件审计报告", "一、确认情况", "二、查明原因", "三、补救处理", "四、沟通告知", "五、评估改进",
                 "NW-CELL 移动信号弱", "已扣款并退回", "已证实", "附录 A", "附录 B", "应收清算款"):  # fmt: skip
        assert part in zh, part
    for part in ("Audit report of a case", "1. Confirm what happened", "5. Watch and improve", "Weak cellular",
                 "charged and returned", "Annex A", "clearing receivable", "Lesson: answer 25"):  # fmt: skip
        assert part in en, part
    ours = "".join(en.split()).replace("没有出票", "").replace("客户称已扣款", "")
    assert not re.search("[\u4e00-\u9fff]", ours), "English is English, but for what people wrote"


def test_a_retrieval_names_what_the_procedure_asks_for(desk: Desk) -> None:
    worked(desk)
    with desk.place.reading() as reader:
        document = retrieval(reader, name_of(1), "zh")
    assert isinstance(document, Retrieval)
    data = papers.pdf(document)
    text = shown(data)
    for part in ("调单凭证", "622200*********1902", "123.45 元", "2026-09-21 22:13:20", "20260923", "000001",
                 "000000000001", "10000001", "898100012345678", "持卡人签名", "商户盖章", "验证码"):  # fmt: skip
        assert part in text, part
    assert len(pypdf.PdfReader(io.BytesIO(data)).pages) == 1


def test_a_workbook_has_cells_that_are_what_they_are(file: CaseFile) -> None:
    book = openpyxl.load_workbook(io.BytesIO(papers.workbook(file)))
    assert book.sheetnames[0] == "说明" and book["input"].sheet_state == "hidden"
    assert (book["说明"]["B3"].value, book["说明"]["B6"].value) == (file.case, code(digest(file)))
    entries = book["分录"]
    assert entries.freeze_panes == "A2" and entries.auto_filter.ref == f"A1:D{len(file.moves) + 1}"
    assert entries["C2"].value == 123.45 and entries["C2"].number_format == "#,##0.00"
    chain = book["行为链"]
    assert (
        isinstance(chain["B2"].value, datetime) and isinstance(chain["F2"].value, str) and len(chain["F2"].value) == 64
    )
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", f"{sheet.title} {cell.coordinate} is a formula"


def test_what_looks_like_a_formula_is_text_for_good(file: CaseFile) -> None:
    columns = (Column("a"),)
    rows = [(text,) for text in (EVIL, "+1", "-1", "@x", "\tx", "\rx", "plain")]
    paper = Paper(file, "t", "a", "r", file.as_of, (Section("s", (Table("x", columns, rows),)),))
    sheet = openpyxl.load_workbook(io.BytesIO(papers.spread.sheets(paper, b"{}")))["x"]
    cells = [sheet.cell(n, 1) for n in range(2, len(rows) + 2)]
    assert [cell.data_type for cell in cells] == ["s"] * len(rows)
    assert [bool(cell.quotePrefix) for cell in cells] == [True] * (len(rows) - 1) + [False]


def test_a_long_table_goes_on_in_the_workbook_and_its_head_on_every_page(file: CaseFile) -> None:
    columns = (Column("kopf"), Column("n", "count"))
    rows = [(f"row {n}", n) for n in range(ANNEX_ROWS_MAX + 5)]
    parts = (Section("s", (Table("x", columns, rows), Prose("after"))),)
    paper = Paper(file, "t", "a", "r", file.as_of, parts)
    text = shown(pages(paper, b"{}"))
    found = len(re.findall("kopf", text))
    assert f"row {ANNEX_ROWS_MAX - 1}" in text and f"row {ANNEX_ROWS_MAX}\n" not in text and found > 15
    assert "其余 5 行见工作簿" in text and "after" in text
    book = openpyxl.load_workbook(io.BytesIO(papers.spread.sheets(paper, b"{}")), read_only=True)
    assert sum(1 for _ in book["x"].iter_rows()) == len(rows) + 1


def test_sheets_of_one_name_have_names_of_their_own(file: CaseFile) -> None:
    table = Table("a/b:c" * 9, (Column("a"),), [("x",)])
    paper = Paper(file, "t", "a", "r", file.as_of, (Section("s", (table, table, replace(table, name=""))),))
    names = openpyxl.load_workbook(io.BytesIO(papers.spread.sheets(paper, b"{}"))).sheetnames
    assert len(names) == len(set(names)) == 5 and all(len(name) <= 31 for name in names)


def test_the_code_is_there_for_a_scanner_too() -> None:
    ours, other = square("AAAA-BBBB-CCCC-DDDD-2345"), square("AAAA-BBBB-CCCC-DDDD-2346")
    assert ours == square("AAAA-BBBB-CCCC-DDDD-2345") != other and ours.startswith("<svg")
    assert 'width="25"' in ours, "letters and digits alone: the second size is enough"


def test_pages_can_be_looked_at(file: CaseFile) -> None:
    pictures = papers.pictures(file, 40)
    assert len(pictures) >= 2 and all(one.startswith(b"\x89PNG") for one in pictures)
