"""Is what stands in a field taken for what it is, to the fen and to the second, and else refused?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.settlement.formats import kinds
from chongzheng.settlement.formats.kinds import MONEY, WORDS, Unfit, moment, narrow, time_form

DAY = "20270101"


@pytest.mark.parametrize(
    ("kind", "text", "fen"),
    [
        ("fen", "000000000100", 100),
        ("signed fen", "-100", -100),
        ("signed fen", "+7", 7),
        ("signed fen", "7", 7),
        ("credit fen", "C000000000100", 100),
        ("credit fen", "D000000000100", -100),
        ("debit fen", "D000000000100", 100),
        ("debit fen", "C000000000100", -100),
        ("debit fen", "000000000100", 100),
        ("yuan", "123.45", 12345),
        ("yuan", "-0.01", -1),
        ("yuan", "+5", 500),
        ("yuan", "0.5", 50),
        ("yuan", "1,234,567.89", 123456789),
        ("yuan", "0.46000", 46),
        ("yuan", "¥1.00", 100),
        ("yuan", "￥1.00", 100),
        ("yuan", "0", 0),
    ],
)
def test_money_is_whole_fen(kind: str, text: str, fen: int) -> None:
    assert MONEY[kind](text) == fen


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("fen", "-1"), ("fen", "1.0"), ("fen", "１"), ("fen", "9" * 16), ("signed fen", "1-"), ("signed fen", ""),
        ("credit fen", "X1"), ("debit fen", "C"), ("yuan", "0.001"), ("yuan", "1,23.00"), ("yuan", "1e3"),
        ("yuan", ".5"),
        ("yuan", "12,34"), ("yuan", "nan"),
    ],
)  # fmt: skip
def test_what_is_no_money(kind: str, text: str) -> None:
    with pytest.raises(Unfit):
        MONEY[kind](text)


@given(st.integers(-(10**14), 10**14))
def test_yuan_are_the_fen_they_were_written_from(fen: int) -> None:
    text = f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"
    assert MONEY["yuan"](text) == fen


@given(st.sampled_from(sorted(MONEY)), st.text(max_size=20))
def test_any_text_is_whole_fen_or_unfit(kind: str, text: str) -> None:
    try:
        assert type(MONEY[kind](text)) is int
    except Unfit as unfit:
        assert (
            text not in str(unfit) or text in "is not yuan with at most two places, like 123.45 fen behind a C or a D"
        )


def test_words() -> None:
    assert WORDS["digits"]("012") == "012" and WORDS["word"]("A b") == "A b" and WORDS["text"]("小店") == "小店"
    assert WORDS["card"]("6222021234567890") == WORDS["any card"]("6222021234567890") == "6222021234567890"
    assert WORDS["masked card"]("622202xxXX**7890") == WORDS["any card"]("622202******7890") == "622202******7890"
    for kind, text in (("digits", "1a"), ("word", "小"), ("card", "12345"), ("masked card", "6222021234567890"),
                       ("any card", "622")):  # fmt: skip
        with pytest.raises(Unfit):
            WORDS[kind](text)


def test_full_width_forms_are_ascii() -> None:
    assert narrow("　１２３．４５（元）\t") == "123.45(元)"
    assert narrow(" abc \t") == "abc"


@pytest.mark.parametrize(
    ("form", "text", "latest", "said"),
    [
        ("MMddHHmmss", "1231233000", False, ("20261231", "233000")),
        ("MMddHHmmss", "0101000100", False, ("20270101", "000100")),
        ("MMddHHmmss", "0229120000", True, ("20240229", "120000")),
        ("yyyy-MM-dd HH:mm:ss", "2026-12-31 23:30:00", False, ("20261231", "233000")),
        ("yyMMdd", "261231", False, ("20261231", "")),
        ("HH:mm", "23:30", False, ("", "233000")),
        ("yyyy年MM月dd日", "2026年12月31日", False, ("20261231", "")),
    ],
)
def test_times(form: str, text: str, latest: bool, said: tuple[str, str]) -> None:
    assert moment(text, time_form(form, latest), DAY, 1) == said


@pytest.mark.parametrize(
    ("form", "text", "what"),
    [
        ("MMddHHmmss", "1230233000", "was not sent on 20270101 or the day before"),
        ("MMddHHmmss", "0101240000", "is not a time"),
        ("MMddHHmmss", "01012400", "is not a time like MMddHHmmss"),
        ("yyyyMMdd", "20260229", "is not a date and time"),
    ],
)
def test_what_is_no_time_of_this_file(form: str, text: str, what: str) -> None:
    with pytest.raises(Unfit, match=what):
        moment(text, time_form(form, False), DAY, 1)


@pytest.mark.parametrize("form", ["", "x", "MM", "ddHH", "yyyyyyMMdd", "MMddMM", "yyyyMMyy", "HH", "mmss"])
def test_what_is_no_form_of_a_time(form: str) -> None:
    with pytest.raises(Unfit):
        time_form(form, False)


def test_how_far_back_is_said() -> None:
    assert kinds.outside(DAY, 0) == f"was not sent on {DAY}"
    assert kinds.outside(DAY, 3) == f"was not sent on {DAY} or within the 3 days before"
