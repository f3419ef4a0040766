"""Does what a person writes become the word that the rules know, exactly, and is what cannot be read named?"""

from __future__ import annotations

import pytest

from chongzheng.cases.fields import FORMS, Field, misfit
from chongzheng.cases.kinds import KINDS
from chongzheng.cases.shipped import REGISTERS
from chongzheng.console.forms import WIDGETS, Unreadable, asked, fen_of, said, written


@pytest.mark.parametrize(
    ("form", "text", "word"),
    [
        ("fen", "1,234.50", 123_450),
        ("fen", " ¥0.01 ", 1),
        ("fen", "8", 800),
        ("whole", "-3", -3),
        ("flag", "yes", True),
        ("flag", "no", False),
        ("day", "2026-11-23", "20261123"),
        ("instant", "2026-11-23T08:00", 1_795_392_000_000),
        ("instant", "2026-11-23T00:00+00:00", 1_795_392_000_000),
        ("texts", " a \r\n\r\nb ", ["a", "b"]),
        ("text", "one\r\ntwo", "one\ntwo"),
        ("object", '{"a": 1}', {"a": 1}),
        ("objects", '[{"a": 1}]', [{"a": 1}]),
        ("word", "branch", "branch"),
    ],
)
def test_every_form_is_read(form: str, text: str, word: object) -> None:
    field = Field("x", form, "甲", "x")
    assert said([field], {"x": text}) == {"x": word}
    assert misfit([field], {"x": word}) is None


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("fen", "12.345"),
        ("fen", "NaN"),
        ("fen", "1e99"),
        ("fen", "ten"),
        ("whole", "1.5"),
        ("flag", "maybe"),
        ("instant", "yesterday"),
        ("object", "{"),
        ("objects", "[" * 100_000),
    ],
)
def test_what_cannot_be_read_is_named(form: str, text: str) -> None:
    with pytest.raises(Unreadable) as no:
        said([Field("x", form, "甲", "x")], {"x": text})
    assert (no.value.field.name, no.value.key) == ("x", "form.wrong")


def test_what_is_needed_and_missing_is_named_and_what_is_not_needed_is_left_out() -> None:
    with pytest.raises(Unreadable) as no:
        said([Field("x", "text", "甲", "x")], {"x": "  "})
    assert no.value.key == "form.missing"
    assert said([Field("x", "text", "甲", "x", needed=False)], {}) == {}


def test_a_row_shown_again_is_the_same_row() -> None:
    for register in REGISTERS.values():
        for row in register.shipped.values():
            fields = [field for field in register.fields if field.name in row]
            shown = {field.name: written(field, row[field.name]) for field in fields}
            held = {name: text for name, text in shown.items() if text}
            assert said([field for field in fields if field.name in held], held) == {name: row[name] for name in held}


def test_every_form_of_every_kind_has_a_widget() -> None:
    assert set(WIDGETS) == set(FORMS)
    for kind in KINDS.values():
        for row in kind.rows:
            for language in ("zh", "en"):
                assert len(asked(row.takes, language)) == len(row.takes)


def test_an_amount_that_is_asked_for_in_yuan_is_not_called_fen() -> None:
    fields = [word for kind in KINDS.values() for row in kind.rows for word in row.takes if word.form == "fen"]
    assert fields
    for language in ("zh", "en"):
        for one in asked(fields, language):
            assert one.widget == "yuan"
            assert "分)" not in one.label and "fen" not in one.label.split() and not one.hint.endswith("fen"), one


def test_amounts_are_exact() -> None:
    assert [fen_of(text) for text in ("0.1", "0.29", "1.15", "4.35")] == [10, 29, 115, 435]
    assert {fen_of(text) for text in ("¥1,234.50", "￥1，234.50", "1234.5元", " ¥ 1234.50 元 ")} == {123_450}
