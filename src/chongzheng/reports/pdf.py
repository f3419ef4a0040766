"""How does a paper become pages that print alike everywhere and carry their own input? One Typst template.

The fonts are in the installation, nothing is asked of the network or of the system, and nothing in the file depends on
when or where it was made: the same input gives the same bytes. The input itself is attached, so that whoever holds the
file alone can make the pages again and compare.
"""

from __future__ import annotations

import io
import json
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

import pylopdf_fonts_zh_cn
import segno
import typst

from chongzheng.mistakes import OurMistake
from chongzheng.reports.documents import SCANNED
from chongzheng.reports.glyphs import drawable
from chongzheng.reports.paper import HASH, ID, Block, Facts, Paper, Prose, Signatures, Table, spelt
from chongzheng.reports.tongue import in_china

ARCHIVAL = "a-3b"
"""PDF/A-3: made to be read in decades, with everything it needs inside, and allowed to carry its input."""
ANNEX_ROWS_MAX = 1_000
"""Rows of one table on paper; the workbook has all of them."""


def pages(paper: Paper, attached: bytes, form: str = "pdf", ppi: int = 100) -> Any:
    """The paper as PDF with its input attached; or, as `png`, one picture a page at so many pixels an inch."""
    inputs = {"paper": json.dumps(_drawn(_said(paper)), ensure_ascii=False), "attached": attached.decode()}
    try:
        return typst.compile(
            _template(),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs=inputs,
            format=form,
            ppi=ppi if form == "png" else None,
            pdf_standards=[ARCHIVAL] if form == "pdf" else [],
        )
    except typst.TypstError as error:
        raise OurMistake(f"the template cannot set this paper ({error})", paper.reference) from None


def maker() -> str:
    """What set the pages; another version may set them otherwise."""
    return f"typst {version('typst')}, pylopdf-fonts-zh-cn {version('pylopdf-fonts-zh-cn')}, segno {version('segno')}"


def square(code: str) -> str:
    """The code as a picture (SVG) that a telephone or a scanner reads back; letters and digits only, so it is small."""
    out = io.BytesIO()
    segno.make(f"{SCANNED}{code}", error="m", micro=False).save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue().decode()


@cache
def _template() -> bytes:
    return files("chongzheng.reports").joinpath("paper.typ").read_bytes()


@cache
def _fonts() -> typst.Fonts:
    """Those of the wheels alone: what a machine has installed must not change a page."""
    return typst.Fonts(False, True, [str(files(pylopdf_fonts_zh_cn))])


def _said(paper: Paper) -> dict[str, Any]:
    tongue = paper.tongue
    return {
        "language": tongue.language,
        "title": paper.title,
        "about": paper.about,
        "reference": paper.reference,
        "as_of": tongue.clock(paper.as_of),
        "date": list(in_china(paper.as_of).timetuple()[:6]),
        "code": paper.code,
        "digest": paper.digest,
        "key": paper.key,
        "square": square(paper.code),
        "sections": [
            {"title": section.title, "blocks": [_block(paper, block) for block in section.blocks]}
            for section in paper.sections
        ],
        "words": {
            "code": tongue("验证码", "verification code"),
            "as_of": tongue("数据截至", "as of"),
            "page": tongue("第 {} 页 / 共 {} 页", "page {} of {}"),
            "zone": tongue("北京时间", "Beijing time"),
            "key": tongue("签名公钥", "signed by key"),
            "sign": tongue("签字", "signature"),
            "date": tongue("日期", "date"),
        },
    }


def _drawn(said: Any) -> Any:
    """The same with every text as the font can draw it."""
    match said:
        case str():
            return drawable(said)
        case dict():
            return {name: _drawn(one) for name, one in said.items()}
        case list():
            return [_drawn(one) for one in said]
        case _:
            return said


def _block(paper: Paper, block: Block) -> dict[str, Any]:
    match block:
        case Table():
            return _table(paper, block)
        case Facts():
            return {"is": "facts", "rows": [list(row) for row in block.rows]}
        case Prose():
            return {"is": "prose", "text": block.text, "strong": block.strong}
        case Signatures():
            return {"is": "signatures", "names": list(block.names)}


def _table(paper: Paper, table: Table) -> dict[str, Any]:
    tongue, columns = paper.tongue, table.columns
    if not table.rows:
        return {"is": "prose", "text": table.empty or tongue("无。", "None."), "strong": False}
    left = len(table.rows) - ANNEX_ROWS_MAX
    more = tongue(f"其余 {left} 行见工作簿。", f"{left} more rows stand in the workbook.") if left > 0 else ""
    return {
        "is": "table",
        "name": table.name,
        "columns": [
            {"title": one.title, "form": one.form, "width": one.width, "mono": one.form in (ID, HASH)}
            for one in columns
        ],
        "rows": [
            [spelt(tongue, column.form, cell) for column, cell in zip(columns, row, strict=True)]
            for row in table.rows[:ANNEX_ROWS_MAX]
        ],
        "note": " ".join(filter(None, (table.note, more))),
    }
