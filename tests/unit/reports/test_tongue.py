"""Has every word that the program may put on paper a Chinese one, and are numbers written as people read them?"""

from __future__ import annotations

import pytest

from chongzheng.cases.case_states import CHAPTERS
from chongzheng.cases.kinds import KINDS
from chongzheng.cases.position import Account
from chongzheng.reports.case_file import CHAPTER_OF_KIND
from chongzheng.reports.case_paper import CHAPTER_OF_FACT
from chongzheng.reports.paper import Typed, spelt
from chongzheng.reports.tongue import NOTHING, Tongue, words
from chongzheng.reversal.payment import MoneyIs, Proof, State, Truth

ZH, EN = Tongue("zh"), Tongue("en")


def test_every_fact_and_state_of_every_kind_has_a_chinese_word() -> None:
    facts = {row.fact for kind in KINDS.values() for row in kind.rows}
    states = {state for kind in KINDS.values() for state in kind.states} | set(map(str, State))
    assert sorted(facts - set(words()["fact"])) == []
    assert sorted(states - set(words()["state"])) == []


def test_every_choice_that_a_person_has_can_be_printed_in_chinese() -> None:
    choices = {c for kind in KINDS.values() for row in kind.rows for field in row.takes for c in field.choices}
    assert sorted(choices - set(words()["word"]) - {f"D{n}" for n in range(9)}) == []


def test_every_verdict_and_account_has_words() -> None:
    for group, known in (("truth", Truth), ("money", MoneyIs), ("proof", Proof), ("account", Account)):
        assert sorted(set(map(str, known)) - set(words()[group])) == []


def test_facts_and_kinds_stand_in_chapters_that_there_are() -> None:
    assert set(CHAPTER_OF_FACT.values()) | set(CHAPTER_OF_KIND.values()) <= set(CHAPTERS)
    facts = {row.fact for row in KINDS["case"].rows}
    assert set(CHAPTER_OF_FACT) <= facts


def test_words_say_themselves_where_nobody_named_them() -> None:
    assert (EN.word("fact", "CauseFound"), EN.word("state", "IN_PLACE")) == ("cause found", "in place")
    assert (ZH.word("word", "somebody"), EN.word("word", "")) == ("somebody", NOTHING)
    assert (ZH.word("word", "rejected 12"), EN.word("word", "rejected 12")) == ("被拒 12", "rejected 12")
    assert ZH.word("word", "cardholder.in_doubt/1") == "cardholder.in_doubt/1", "a name is left as it is"
    assert EN.word("word", "terminal_software") == "terminal software"
    assert (ZH.who("program"), ZH.who("li"), ZH.kind("case"), ZH.kind("x")) == ("程序", "li", "案件", "x")
    assert (ZH.state("clawback", "ORDERED"), ZH.state("swap", "ORDERED")) == ("已下令", "已订购")
    assert EN.state("clawback", "ORDERED") == "ordered"
    assert EN.cause("NW-CELL").startswith("NW-CELL ") and EN.cause("unknown") == "unknown"
    assert ZH.row("case actions", "refund") == "退款" and ZH.row("nothing", "x") == "x"


@pytest.mark.parametrize(
    ("name", "value", "zh"),
    [
        ("source", "engine", ("来源", "系统")),
        ("fen", "12345", ("金额", "123.45 元")),
        ("why", "12345", ("缘由", "12345")),
        ("truth", "charged_kept", ("结论", "已扣款")),
        ("proof", "proven", ("证明程度", "已证实")),
        ("closed_at", "1790000000000", ("办结时间", "2026-09-21 22:13:20")),
        ("primary", "NW-CELL", ("primary", "NW-CELL 移动信号弱")),
    ],
)
def test_what_was_said_is_written_by_its_field(name: str, value: str, zh: tuple[str, str]) -> None:
    assert ZH.said("case", "Opened", name, value) == zh


def test_numbers_are_written_as_people_read_them() -> None:
    assert (ZH.yuan(-1_234_567), EN.yuan(5)) == ("-12,345.67 元", "0.05 CNY")
    assert (ZH.share(333_333), ZH.share(1_000_000), ZH.share(499)) == ("33.3%", "100.0%", "0.0%")
    assert (ZH.span(90_061_000), EN.span(7_260_000), EN.span(59_000)) == ("1 天 1 小时", "2 h 1 min", "59 s")
    assert (ZH.clock(None), ZH.clock(0), ZH.day(0)) == (NOTHING, "1970-01-01 08:00:00", "1970-01-01")
    assert (spelt(ZH, "money", None), spelt(ZH, "count", 1_234), spelt(ZH, "text", "")) == (NOTHING, "1,234", NOTHING)
    assert (spelt(ZH, "money", Typed("money", 5)), spelt(ZH, "count", Typed("ppm", None))) == ("0.05 元", NOTHING)
    assert (spelt(ZH, "count", Typed("share", 5_000)), spelt(ZH, "span", 60_000)) == ("0.5%", "1 分")
