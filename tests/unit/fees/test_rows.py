"""Is each value of a row checked, and a wrong one told with file, row and key?"""

import tomllib
from collections.abc import Callable
from decimal import Decimal

import pytest

from chongzheng.fees.rows import ROWS_MAX, Row, tables
from chongzheng.mistakes import TheirMistake


def row(text: str = "") -> Row:
    return Row("own.toml: rule 1 (A)", tomllib.loads(text))


def test_values_as_they_are_meant() -> None:
    full = row('rate = "0.0060"\nwhole = 7\nday = 2026-09-06\nname = "a.b-c_1"\ntext = "秋季"\nword = "x"')
    assert full.rate("rate") == Decimal("0.0060")
    assert (full.whole("whole", 7), full.fen("whole"), full.day("day")) == (7, 7, "20260906")
    assert (full.name("name"), full.text("text"), full.choice("word", ("x", "y"), "y")) == ("a.b-c_1", "秋季", "x")
    assert "rate" in full and "cap" not in full
    full.refuse_others(("rate", "whole", "day", "name", "text", "word"))
    assert row("by = -8").integer("by", 8) == -8
    assert row('names = ["银联", "b"]').texts("names", 2) == ("银联", "b")
    lists = row('words = ["x"]\nmcc = ["5411"]\nrows = [{a = 1}]')
    assert (lists.choices("words", ("x", "y")), lists.mccs("mcc")) == (frozenset({"x"}), frozenset({"5411"}))
    assert lists.rows("rows", 1, 1) == (Row("own.toml: rule 1 (A), rows 1", {"a": 1}),)
    assert row("from = 2026-01-01\nuntil = 2026-01-01").days() == ("20260101", "20260101")
    assert row('rate = "1"').rate("rate") == 1


def test_what_is_left_out() -> None:
    empty = row()
    assert (empty.fen("a"), empty.day("a"), empty.days(), empty.name("a", "b"), empty.text("a")) == (
        None, "", ("", ""), "b", "",
    )  # fmt: skip
    assert (empty.choice("a", ("x",), "x"), empty.choices("a", ("x",)), empty.mccs("a")) == (
        "x",
        frozenset(),
        frozenset(),
    )


@pytest.mark.parametrize(
    ("text", "take", "says"),
    [
        ("", lambda r: r.rate("rate"), "rate: must be text"),
        ('rate = "1.0"', lambda r: r.rate("rate"), "rate: must be text"),
        ('rate = "0.123456789"', lambda r: r.rate("rate"), "rate: must be text"),
        ("rate = 0.5", lambda r: r.rate("rate"), "rate: must be text"),
        ("cap = 1.5", lambda r: r.fen("cap"), "cap: must be a whole number from 0 to 999999999999"),
        ("cap = true", lambda r: r.fen("cap"), "cap: must be a whole number"),
        ("cap = -1", lambda r: r.fen("cap"), "cap: must be a whole number"),
        ("cap = 9", lambda r: r.whole("cap", 8), "cap: must be a whole number from 0 to 8"),
        ("", lambda r: r.whole("cap", 8), "cap: must be a whole number"),
        ("by = -9", lambda r: r.integer("by", 8), "by: must be a whole number from -8 to 8"),
        ("by = 1.0", lambda r: r.integer("by", 8), "by: must be a whole number"),
        ('day = "2026-01-01"', lambda r: r.day("day"), "day: must be a day such as 2016-09-06, without quotes"),
        ("day = 2026-01-01T00:00:00Z", lambda r: r.day("day"), "day: must be a day"),
        ("from = 2026-01-02\nuntil = 2026-01-01", lambda r: r.days(), "until: lies before the day it begins"),
        ("", lambda r: r.name("id"), "id: must be 1 to 64 letters"),
        ('id = "a b"', lambda r: r.name("id", ""), "id: must be 1 to 64 letters"),
        (f'id = "{"x" * 65}"', lambda r: r.name("id"), "id: must be 1 to 64 letters"),
        ('zh = "a\\nb"', lambda r: r.text("zh"), "zh: must be one line of text"),
        ("zh = 3", lambda r: r.text("zh"), "zh: must be one line of text"),
        (f'zh = "{"x" * 301}"', lambda r: r.text("zh"), "zh: must be one line of text, at most 300"),
        ('mode = "z"', lambda r: r.choice("mode", ("x", "y"), "x"), "mode: is none of x, y"),
        ("mode = []", lambda r: r.choice("mode", ("x", "y"), "x"), "mode: is none of x, y"),
        ('words = "x"', lambda r: r.choices("words", ("x",)), "words: must be a list of words"),
        ("words = []", lambda r: r.choices("words", ("x",)), "words: must be a list of words; leave it out"),
        ('words = ["z"]', lambda r: r.choices("words", ("x",)), "words: is none of x"),
        ("words = [1]", lambda r: r.choices("words", ("x",)), "words: is none of x"),
        ("mcc = [5411]", lambda r: r.mccs("mcc"), "mcc: must be four digits as text"),
        ('mcc = ["54１1"]', lambda r: r.mccs("mcc"), "mcc: must be four digits as text"),
        ('mcc = ["541"]', lambda r: r.mccs("mcc"), "mcc: must be four digits as text"),
        ("", lambda r: r.texts("names", 2), "names: must be a list of 1 to 2 texts"),
        ('names = ["a", "b", "c"]', lambda r: r.texts("names", 2), "names: must be a list of 1 to 2 texts"),
        ('names = [" "]', lambda r: r.texts("names", 2), "names: holds something else than text, or a blank"),
        ("names = [1]", lambda r: r.texts("names", 2), "names: holds something else than text"),
        ("", lambda r: r.rows("tiers", 1, 2), "tiers: must be a list of 1 to 2 tables"),
        ("tiers = []", lambda r: r.rows("tiers", 1, 2), "tiers: must be a list of 1 to 2 tables"),
        ("tiers = [1]", lambda r: r.rows("tiers", 1, 2), "tiers: holds something else than a table"),
        ("other = 1", lambda r: r.refuse_others(("rate", "cap")), "'other': is no key here; there are cap, rate"),
    ],
)
def test_a_wrong_value_is_told_with_its_place(text: str, take: Callable[[Row], object], says: str) -> None:
    with pytest.raises(TheirMistake, match=says) as told:
        take(row(text))
    assert str(told.value).startswith("own.toml: rule 1 (A), ")


def test_tables_are_found_by_key_and_named_by_what_they_call_themselves() -> None:
    found = tables("[[rule]]\nid = 'A'\n[[rule]]\nname = 'B'\n[[rule]]\nid = 'not a name'", "own.toml")
    assert [one.at for one in found["rule"]] == ["own.toml: rule 1 (A)", "own.toml: rule 2 (B)", "own.toml: rule 3"]
    assert found["set"] == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rule = ", "own.toml: is not TOML: Invalid value"),
        ("other = 1", "own.toml, 'other': is no key here; there are class, cost, refund, rule, set"),
        ("rule = 3", r"own.toml: rule: write each as \[\[rule\]\]"),
        ("rule = [3]", "own.toml: rule: write each as"),
        ("rule = [" + "{}," * (ROWS_MAX + 1) + "]", f"own.toml: rule: has more than {ROWS_MAX} rows"),
    ],
)
def test_a_wrong_file_is_told(text: str, says: str) -> None:
    with pytest.raises(TheirMistake, match=says):
        tables(text, "own.toml")
