"""Is a file that does not hold what its closing lines say found out, and one that does believed?"""

import pytest

from chongzheng.settlement.formats.closing import Tally
from chongzheng.settlement.formats.kinds import Unfit
from chongzheng.settlement.formats.layout import Trade
from chongzheng.settlement.formats.parse import parse

LINES = """
name = "x"
shape = "delimited"
fields = [{ column = "net", kind = "yuan", is = "amount" }, { column = "fee", kind = "yuan", is = "fee" }]
[[trades]]
is = "sale"
[[closings]]
name = "sales"
line = '^S(?P<count>.*) (?P<net>.*)$'
sums = { net = "net" }
of = "sale"
[[closings]]
name = "refunds"
line = '^R(?P<count>\\d+)'
of = "refund"
"""
TABLE = """
name = "x"
shape = "delimited"
opens = "`"
fields = [{ column = "net", kind = "yuan", is = "amount" }]
[[trades]]
is = "sale"
[[closings]]
name = "the summary"
table = "总数"
count = "总数"
sums = { "总额" = "net", "新列" = "net" }
"""


def lines() -> Tally:
    tally = Tally(parse(LINES, "x.toml"))
    for fen in (100, 250, None):
        tally.add(Trade.SALE, {"net": fen, "fee": 1})
    tally.add(Trade.REFUND, {"net": -100, "fee": 0})
    return tally


def table(header: str, values: str) -> Tally:
    tally = Tally(parse(TABLE, "x.toml"))
    tally.add(Trade.SALE, {"net": 100})
    assert tally.takes(header, "line 8") and tally.takes(values, "line 9")
    return tally


def test_what_adds_up_is_closed() -> None:
    tally = lines()
    assert not tally.takes("a row", "line 1") and not tally.is_closed
    assert tally.takes("S3 3.50", "line 5") and not tally.is_closed
    assert tally.takes("R1", "line 6") and tally.is_closed
    assert tally.differences("f", False) == []


def test_what_does_not_add_up() -> None:
    tally = lines()
    assert tally.takes("S4 3.51", "line 5") and tally.takes("R1", "line 6")
    assert [str(problem) for problem in tally.differences("f", False)] == [
        "line 5, sales: says 4 lines; 3 are there",
        "line 5, sales: says 351 fen of net; the lines add up to 350",
    ]
    assert tally.differences("f", spoiled=True) == []


def test_one_fen_less_is_found_like_one_more() -> None:
    tally = lines()
    assert tally.takes("S3 3.49", "line 5") and tally.takes("R1", "line 6")
    assert [problem.what for problem in tally.differences("f", False)] == [
        "says 349 fen of net; the lines add up to 350"
    ]


def test_a_file_that_lost_its_end() -> None:
    tally = lines()
    cut = "has no line of refunds; it is cut"
    assert [problem.what for problem in tally.differences("f", False)] == ["has no line of sales; it is cut", cut]
    assert tally.differences("f", spoiled=True) == []
    tally.takes("S3 3.50", "line 5")
    assert [problem.what for problem in tally.differences("f", spoiled=True)] == [cut]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("Sx 1.00", "has no number of lines in the sales"),
        ("S1234567890123 1.00", "has no number of lines in the sales"),
        ("S1 x", "net is not yuan"),
    ],
)
def test_closing_lines_that_say_nothing(line: str, what: str) -> None:
    with pytest.raises(Unfit, match=what):
        lines().takes(line, "line 5")


def test_closing_lines_that_come_twice() -> None:
    tally = lines()
    tally.takes("R1", "line 5")
    with pytest.raises(Unfit, match="says the refunds a second time"):
        tally.takes("R1", "line 6")


def test_a_summary_with_a_header_of_its_own() -> None:
    for header in ("总数,总额", "`总数,`总额"):
        for values in ("1,1.00", "`1,`1.00"):
            assert table(header, values).differences("f", False) == []
    assert [p.what for p in table("总数,总额,新列", "`1,`1.00,`2.00").differences("f", False)] == [
        "says 200 fen of net; the lines add up to 100"
    ]


def test_a_row_that_mentions_the_summary_is_none() -> None:
    assert not Tally(parse(TABLE, "x.toml")).takes("`a,`总数", "line 2")


def test_a_layout_without_closings_is_never_closed() -> None:
    assert not Tally(parse(LINES.split("[[closings]]")[0], "x.toml")).is_closed
