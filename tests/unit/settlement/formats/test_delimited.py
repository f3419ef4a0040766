"""Are columns found by the names in the header, and is a row that does not fit it refused?"""

import pytest

from chongzheng.settlement.formats.delimited import Delimited
from chongzheng.settlement.formats.kinds import Unfit
from chongzheng.settlement.formats.parse import parse

TEXT = """
name = "x"
shape = "delimited"
encoding = "gb18030"
fields = [
  { column = "金额(元)", name = "fen", kind = "yuan", is = "amount" },
  { column = ["单号", "订单号"], name = "order", kind = "word", is = "order" },
  { column = "备注", kind = "text", missing = true },
  { column = "其他", kind = "unread" },
]
[[trades]]
is = "sale"
"""


def through(*lines: str, text: str = TEXT, encoding: str = "gb18030") -> tuple[list[dict[str, str] | None], str]:
    rows = Delimited(parse(text, "x.toml"))
    return [rows.cells(line.encode(encoding), line) for line in lines], rows.complaint


def test_columns_are_found_by_name_in_any_order_and_width() -> None:
    found, complaint = through("订单号,金额（元）,备注", "A1,1.00,x", "A2,2.00,y,", "")
    assert complaint == ""
    assert found == [
        None,
        {"fen": "1.00", "order": "A1", "备注": "x"},
        {"fen": "2.00", "order": "A2", "备注": "y"},
        None,
    ]
    assert through("金额(元),单号", "1,A")[0][1] == {"fen": "1", "order": "A", "备注": ""}


def test_quotation_marks() -> None:
    found, _ = through('"单号","金额(元)"', '"A,1","1,000.00"', 'A2,"2"')
    assert found[1:] == [{"fen": "1,000.00", "order": "A,1", "备注": ""}, {"fen": "2", "order": "A2", "备注": ""}]
    with pytest.raises(Unfit, match="quotation mark"):
        through("单号,金额(元)", 'A,"1')


def test_a_header_that_will_not_do() -> None:
    assert through("a,b", "1,2") == ([None, None], "has no column 金额(元) in its header")
    assert through("a,金额(元)")[1] == "has no column 单号 or 订单号 in its header"
    assert through()[1] == "has no header line"
    assert through("单号,金额(元),退款", text=TEXT.replace("shape", 'never = "退款"\nshape'))[1] == (
        "has a column 退款; that is another kind of file"
    )


@pytest.mark.parametrize("row", ["A", "A,1,2", "A,1,2,3"])
def test_a_row_that_does_not_fit_the_header(row: str) -> None:
    with pytest.raises(Unfit, match="columns where the header has 2"):
        through("单号,金额(元)", row)


def test_bytes_that_are_no_text() -> None:
    rows = Delimited(parse(TEXT, "x.toml"))
    with pytest.raises(Unfit, match="is not gb18030 text"):
        rows.cells(b"\xff\xff", "??")


TICKED = TEXT.replace("shape", 'opens = "`"\nshape')


def test_a_mark_before_each_value() -> None:
    for header in ("单号,金额(元),备注", "`单号,`金额(元),`备注"):
        assert through(header, "`A1,`1.00,`a, b", text=TICKED)[0][1] == {"fen": "1.00", "order": "A1", "备注": "a, b"}
    with pytest.raises(Unfit, match="does not begin with `"):
        through("单号,金额(元)", "A1,`1.00", text=TICKED)


TAGGED = TEXT.replace("shape", 'header_tag = "BT"\nrow_tag = "BV"\ndelimiter = ""\nquoted = false\nshape')


def test_tags_and_a_delimiter_that_the_file_chooses() -> None:
    for between in "|\t,":
        found, _ = through(*(line.replace("|", between) for line in ("BT|单号|金额(元)", 'BV|A"|1')), text=TAGGED)
        assert found[1] == {"fen": "1", "order": 'A"', "备注": ""}
    with pytest.raises(Unfit, match="does not begin with BV"):
        through("BT|单号|金额(元)", "BX|A|1", text=TAGGED)
    with pytest.raises(Unfit, match="does not begin with BT"):
        through("单号|金额(元)", text=TAGGED)
    assert through("BT", "BV", text=TAGGED)[1] == "has no column 金额(元) in its header"
    assert through("BT", 'BV"', text=TAGGED.replace("quoted = false\n", ""))[1].startswith("has no column")


NUMBERED = """
name = "x"
shape = "delimited"
header = false
fields = [{ column = 3, name = "fen", kind = "yuan", is = "amount" }, { column = 9, kind = "unread" }]
[[trades]]
is = "sale"
"""


def test_a_file_without_header_has_numbered_columns() -> None:
    assert through("a,b,1.00", text=NUMBERED) == ([{"fen": "1.00"}], "")
    with pytest.raises(Unfit, match="has only 2 columns"):
        through("a,b", text=NUMBERED)
    headed = NUMBERED.replace("header = false", "")
    assert through("a,b,c", "x,y,2", text=headed)[0][1] == {"fen": "2"}
    assert through("a,b", text=headed)[1] == "has no column 3 in its header"


ORDER = '  { column = ["单号", "订单号"], name = "order", kind = "word", is = "order" },\n'
SINGLE = TAGGED.replace(ORDER, "").replace(
    '{ column = "金额(元)", name', '{ column = 1, name'
)


def test_a_file_of_one_column_has_no_delimiter() -> None:
    for quoted in ("quoted = false\n", ""):
        found, complaint = through("BT", "BV", text=SINGLE.replace("quoted = false\n", quoted))
        assert (found[1], complaint) == ({"fen": "", "备注": ""}, "")
