"""Is a text that is no layout refused with the place of what is wrong, and one that is a layout taken word for word?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.mistakes import TheirMistake
from chongzheng.settlement.formats.layout import CELLS, Container, Shape, Trade, Witness
from chongzheng.settlement.formats.parse import parse

FIXED = """
name = "mine"
shape = "fixed"
fields = [
  { at = 0, length = 6, name = "trace", kind = "digits", is = "stan" },
  { at = 7, length = 4, name = "type", kind = "word", is = "mti" },
  { at = 12, length = 12, name = "fen", kind = "fen", is = "amount" },
]
"""
TABLE = """
name = "table"
shape = "delimited"
encoding = "GBK"
fields = [
  { column = "金额", kind = "yuan", is = "amount" },
  { column = ["类型", "种类"], name = "类型" },
  { column = "时间", kind = "time", form = "yyyy-MM-dd HH:mm:ss", is = "sent" },
]
[[trades]]
is = "sale"
when = { "类型" = ["消费", "S"] }
gives = { order = "类型" }
[[closings]]
line = '合计(?P<count>\\d+)笔(?P<net>[\\d.]+)元'
sums = { net = "金额" }
of = "sale"
"""


def refusal(text: str) -> str:
    with pytest.raises(TheirMistake) as caught:
        parse(text, "my.toml")
    return str(caught.value)


def test_a_layout_of_fixed_width() -> None:
    layout = parse(FIXED, "my.toml")
    assert (layout.name, layout.family, layout.title, layout.line_bytes) == ("mine", "mine", "mine", 24)
    assert (layout.shape, layout.witness, layout.container) == (Shape.FIXED, Witness.TRADES, Container.PLAIN)


def test_a_delimited_layout() -> None:
    layout = parse(TABLE, "my.toml")
    assert layout.encoding == "gb18030"
    assert layout.fields[1].columns == ("类型", "种类")
    assert layout.rules[0].trade is Trade.SALE and dict(layout.rules[0].when) == {"类型": ("消费", "S")}
    assert layout.closings[0].of == {Trade.SALE}


def test_the_cells_of_a_workbook_are_never_confused_with_its_text() -> None:
    layout = parse(TABLE.replace("shape =", 'container = "xlsx"\nshape ='), "my.toml")
    assert (layout.delimiter, layout.quoted) == (CELLS, False)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "mine"', "name = ", "my.toml: is not TOML"),
        ('name = "mine"', "", "my.toml: name: is missing"),
        ('name = "mine"', 'name = "My"', "my.toml: name: must be small letters"),
        ('name = "mine"', "name = 5", "my.toml: name: must be text"),
        ('name = "mine"', f'name = "mine"\ntitle = "{"x" * 501}"', "my.toml: title: is longer than 500"),
        ('name = "mine"', 'name = "mine"\nfield = 1', "my.toml: field: is not a word of a layout"),
        ('name = "mine"', 'name = "mine"\nfile_name = "("', "my.toml: file_name: is not a pattern"),
        ('name = "mine"', 'name = "mine"\nencoding = "utf-16"', "my.toml: encoding: is not an encoding"),
        ('name = "mine"', 'name = "mine"\nencoding = "nonsense"', "my.toml: encoding: is not an encoding"),
        (
            'name = "mine"',
            'name = "mine"\ndays_back = 1000',
            "my.toml: days_back: must be a whole number from 0 to 400",
        ),
        ('name = "mine"', 'name = "mine"\ndays_back = true', "my.toml: days_back: must be a whole number"),
        ('name = "mine"', 'name = "mine"\nlonger = "yes"', "my.toml: longer: must be true or false"),
        ('name = "mine"', 'name = "mine"\nline_bytes = 20', "my.toml: fields[3].length: ends behind the line"),
        ('"fixed"', '"round"', "my.toml: shape: is not one of fixed, delimited"),
        ("at = 0, ", "", "my.toml: fields[1].at: is missing"),
        ('kind = "fen"', 'kind = "float"', "my.toml: fields[3].kind: is not one of"),
        ('is = "amount"', 'is = "value"', "my.toml: fields[3].is: means nothing"),
        ('is = "amount"', 'is = "rrn"', "my.toml: fields[3].kind: a field that is rrn cannot be of kind fen"),
        ('kind = "fen"', 'kind = "word"', "my.toml: fields[3].kind: a field that is amount cannot be of kind word"),
        ('kind = "fen", ', "", "my.toml: fields[3].kind: a field that is amount cannot be of kind unread"),
        ('kind = "word", ', "", "my.toml: fields[2].kind: is missing"),
        ('kind = "digits", is = "stan"', 'kind = "digits", is = "sent"', "a field that is sent must be of kind time"),
        (
            'kind = "digits"',
            'kind = "digits", form = "HH:mm"',
            "my.toml: fields[1].form: belongs to a field of kind time",
        ),
        (
            'kind = "digits", is = "stan"',
            'kind = "time", form = "HH", is = "sent"',
            "fields[1].form: is no form of a time",
        ),
        ('kind = "digits"', 'kind = "digits", must = [1]', "my.toml: fields[1].must: must be text, or a list"),
        ('kind = "digits"', 'kind = "digits", values = 1', "my.toml: fields[1].values: must be a table"),
        ('kind = "digits"', 'kind = "digits", values = { a = 1 }', "my.toml: fields[1].values: must hold texts"),
        ('kind = "digits"', 'kind = "digits", column = [0]', "my.toml: fields[1].column: must be the name of a column"),
        ('kind = "digits"', 'kind = "digits", wide = 1', "my.toml: fields[1].wide: is not a word"),
        ('name = "trace", ', "", "my.toml: fields[1].name: is missing"),
        ('name = "trace"', 'name = "type"', "my.toml: fields: two fields have the same name"),
        ('is = "stan"', 'is = "mti"', "my.toml: fields: two fields mean mti"),
        ('kind = "fen", is = "amount"', 'kind = "fen"', "my.toml: fields: no field is amount"),
        ('is = "mti"', 'is = "rrn"', "my.toml: trades: is missing; say which lines are sales"),
        ("fields = [", "fields = 3\nrest = [", "my.toml: fields: must be a list of at most 500 tables"),
        ("  { at = 0", "  5, { at = 0", "my.toml: fields[1]: must be a table"),
    ],
)
def test_what_is_wrong_and_where(old: str, new: str, said: str) -> None:
    assert old in FIXED
    assert said in refusal(FIXED.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('column = "金额", ', 'name = "金额", ', "my.toml: fields[1].column: is missing"),
        ('is = "sale"', 'is = "gift"', "my.toml: trades[1].is: is not one of sale, void"),
        ('["消费", "S"]', "[]", "my.toml: trades[1].when: must hold texts"),
        ('{ "类型" = ["消费", "S"] }', '{ "种类" = "S" }', "my.toml: trades: there is no field '种类'"),
        ('gives = { order = "类型" }', 'gives = { size = "类型" }', "my.toml: trades[1].gives: size means nothing"),
        ('gives = { order = "类型" }', 'gives = { order = "无" }', "my.toml: trades: there is no field '无'"),
        ('gives = { order = "类型" }', "extra = 1", "my.toml: trades[1].extra: is not a word"),
        ('of = "sale"', 'of = "gift"', "my.toml: closings[1].of: is not one of"),
        ('of = "sale"', 'table = "x"', "my.toml: closings[1].line: must be either"),
        ('net = "金额"', 'gross = "金额"', "my.toml: closings[1].line: needs a group of that name"),
        ('net = "金额"', 'net = "类型"', "my.toml: closings: there is no field '类型' of money"),
        ('shape = "delimited"', 'shape = "delimited"\ndelimiter = "ab"', "my.toml: delimiter: must be one character"),
        ('shape = "delimited"', 'shape = "delimited"\ndelimiter = ""', "my.toml: delimiter: must be one character"),
        (
            'shape = "delimited"',
            'shape = "delimited"\nheader = false',
            "my.toml: fields: a file without header has numbered",
        ),
    ],
)
def test_what_is_wrong_with_a_table_and_where(old: str, new: str, said: str) -> None:
    assert old in TABLE
    assert said in refusal(TABLE.replace(old, new, 1))


def test_a_layout_needs_fields_and_a_measure() -> None:
    assert (
        refusal('name = "x"\nshape = "fixed"') == "my.toml: fields: no field is amount; without it a line is no trade"
    )
    assert "is longer than" in refusal("#" * 256_001)
    none_there = FIXED.split("fields")[0] + 'witness = "fees"\n[[trades]]\nis = "sale"\ngives = { amount = "fen" }'
    assert "there is no field 'fen'" in refusal(none_there)


@given(st.integers(0, len(TABLE)), st.text(max_size=6), st.integers(0, 6))
def test_no_text_does_more_than_be_refused(at: int, put: str, cut: int) -> None:
    try:
        parse(TABLE[:at] + put + TABLE[at + cut :], "my.toml")
    except TheirMistake as mistake:
        assert mistake.where.startswith("my.toml")
