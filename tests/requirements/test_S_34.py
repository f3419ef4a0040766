"""S-34: an audit report with all details and causes: same input, same hash; every figure links to its evidence."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from typing import Any

import openpyxl
import pypdf
import pytest

from chongzheng.mistakes import TheirMistake
from chongzheng.reports import papers
from chongzheng.reports.case_file import case_file
from chongzheng.reports.documents import CaseFile, canonical, code, digest
from journal.made import pan
from requirements.desk import Desk
from requirements.worked import worked

REFERENCE = re.compile(r"(act|fact) (\d+)|(E[0-9a-f]{32})|(notice \d+)|([a-z]+-\d+)")
CHAPTERS = ("一、确认情况", "二、查明原因", "三、补救处理", "四、沟通告知", "五、评估改进")


def basis(value: Any) -> Iterator[tuple[str, ...]]:
    """Every `because` in a document."""
    for name in getattr(type(value), "__dataclass_fields__", ()):
        one = getattr(value, name)
        if name == "because":
            yield one
        yield from basis(one)
    if isinstance(value, tuple):
        for one in value:
            yield from basis(one)


def filed(desk: Desk, case: str, language: str = "zh") -> CaseFile:
    with desk.place.reading() as reader:
        return case_file(reader, case, language)


def test_s_34_same_input_same_hash(desk: Desk) -> None:
    case = worked(desk).id
    first, again = filed(desk, case), filed(desk, case)
    assert digest(first) == digest(again) == hashlib.sha256(canonical(first)).hexdigest()
    assert digest(filed(desk, case, "en")) == digest(first)
    for make in (papers.pdf, papers.workbook):
        made = make(first)
        assert hashlib.sha256(made).digest() == hashlib.sha256(make(again)).digest()
        checked = papers.check(made)
        assert checked.faults == () and checked.document == first and checked.code == code(digest(first))
        middle = len(made) // 2
        with pytest.raises((TheirMistake, AssertionError)):
            assert papers.check(made[:middle] + bytes([made[middle] ^ 1]) + made[middle + 1 :]).faults == ()
        assert papers.check(made + b" ").faults, "one byte more"


def test_s_34_every_figure_links_to_evidence(desk: Desk) -> None:
    file = filed(desk, worked(desk).id)
    assert file.trade is not None
    acts, pieces = {line.act: line for line in file.story}, {piece.id: piece for piece in file.evidence}
    stored = {int(row[0]): bytes(row[1]).hex() for row in desk.place.raw("SELECT no, hash FROM act")}
    found = list(basis(file))
    assert len(found) > 25
    for because in found:
        assert because, "a figure that rests on nothing"
        for one in because:
            match = REFERENCE.fullmatch(one)
            assert match, one
            kind, number, evidence = match[1], match[2], match[3]
            assert kind != "act" or acts[int(number)].hash == stored[int(number)], one
            assert kind != "fact" or 1 <= int(number) <= file.trade.facts, one
            assert not evidence or len(pieces[evidence].hash) == 64, one


def test_s_34_all_details_and_causes_stand_on_paper(desk: Desk) -> None:
    file = filed(desk, worked(desk).id)
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(papers.pdf(file))).pages)
    told = ("NW-CELL", "SW-RETRY", "网络", "70", "已扣款并退回", "已证实", "zhang", "answer 25 is no verdict")
    for part in (*CHAPTERS, *told):
        assert part in text, part
    assert pan(1) not in text and code(digest(file)) in text
    assert all(f"act {line.act}" in text or str(line.act) in text for line in file.story)
    book = openpyxl.load_workbook(io.BytesIO(papers.workbook(file)))
    assert {str(row[0].value) for row in book["行为链"].iter_rows(min_row=2)} == {str(line.act) for line in file.story}
