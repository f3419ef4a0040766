"""Does every name inside a body or a row of a register have its words in both languages, and does every list?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import chongzheng.cases
import chongzheng.console
from chongzheng.cases.kinds import KINDS
from chongzheng.cases.shipped import REGISTERS
from chongzheng.console.columns import COLUMNS
from chongzheng.console.words import label, text
from chongzheng.console.words_desk import DESK
from chongzheng.console.words_inner import INNER

HERE, CASES = Path(chongzheng.console.__file__).parent, Path(chongzheng.cases.__file__).parent
HAN = re.compile(r"[\u4e00-\u9fff]")
NAME = re.compile(r"[a-z][a-z_0-9]*")
BLANK = re.compile(r"\{\w+\}")


def inner(value: Any) -> Iterator[str]:
    """The names inside a value, at any depth."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from inner(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from inner(one)


def written_in_cases() -> set[str]:
    """Every name that a rule of slow work gives to something in a body: the keys of what it writes down."""
    trees = [ast.parse(path.read_text("utf-8")) for path in sorted(CASES.glob("*.py"))]
    tables = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Dict)]
    keys = [key.value for one in tables for key in one.keys if isinstance(key, ast.Constant)]
    return {key for key in keys if isinstance(key, str) and NAME.fullmatch(key)}


def test_every_field_of_every_kind_and_register_has_words() -> None:
    fields = [(kind.name, word) for kind in KINDS.values() for row in kind.rows for word in row.takes]
    fields += [(one.name, word) for one in REGISTERS.values() for word in one.fields]
    assert len(fields) > 500
    for where, field in fields:
        assert HAN.search(field.zh), (where, field.name)
        assert field.en.strip() and not HAN.search(field.en), (where, field.name)
        assert HAN.search(label("", field.name, "zh")), (where, field.name)


def test_every_name_inside_a_body_or_a_row_has_words() -> None:
    names = written_in_cases() | {
        name for one in REGISTERS.values() for row in one.shipped.values() for name in inner(list(row.values()))
    }
    assert len(names) > 400
    assert not {name for name in names if not HAN.search(label("", name, "zh"))}
    assert not {name for name in names if HAN.search(label("", name, "en"))}


@pytest.mark.parametrize("table", [DESK, INNER])
def test_both_languages_are_whole(table: dict[str, tuple[str, str]]) -> None:
    for key, (zh, en) in table.items():
        assert zh.strip() and en.strip() and not HAN.search(en), key
        assert HAN.search(zh), key
        assert sorted(BLANK.findall(zh)) == sorted(BLANK.findall(en)), key


def test_every_key_of_the_desk_is_said_somewhere_and_every_column_has_one() -> None:
    files = [*HERE.rglob("*.py"), *HERE.rglob("*.html")]
    whole = "\n".join(path.read_text("utf-8") for path in files if not path.name.startswith("words_"))
    built = ("column.", "people.did.", "export.csv", "export.xlsx")
    assert not {
        key for key in DESK if f"'{key}'" not in whole and f'"{key}"' not in whole and not key.startswith(built)
    }
    assert all(text(f"column.{name}", language) for name in COLUMNS for language in ("zh", "en"))
