"""Does docs/operate.md name every setting, every variable and every scope, and is what it says of the calendar so?"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chongzheng import config, settings
from chongzheng.gateway import rest_days
from chongzheng.journal.doors import SCOPES
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.policy import Policy
from chongzheng.settlement import payouts

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/operate.md").read_text("utf-8")
ROW = re.compile(r"^\| (?:`([^`]+)`|before any table) \| (.*) \|$", re.MULTILINE)
EVERY_SETTING = PAGE.split("## Every setting")[1].split("\n## ")[0]


def of_the_program() -> dict[str, list[str]]:
    """The settings of each table, as the program knows them."""
    schema = msgspec.json.schema(config._File)
    found: dict[str, list[str]] = {}
    known = schema["$defs"]

    def walk(section: dict[str, Any], prefix: str) -> None:
        for name, told in section["properties"].items():
            below, _ = settings._target({**told, "$defs": known}, {"$defs": known})
            where = f"{prefix}{name}"
            if below.get("type") == "object" and "properties" in below:
                walk(below, f"{where}.")
            elif below.get("type") == "array" and "$ref" in below.get("items", {}):
                rows, _ = settings._target(below["items"], {"$defs": known})
                found[f"[[{where}]]"] = list(rows["properties"])
            elif where != "policy":
                found.setdefault(f"[{prefix[:-1]}]" if prefix else "", []).append(name)

    walk(settings._target(schema, schema)[0], "")
    return found | {"[policy]": [field.name for field in fields(Policy)]}


def of_the_page() -> dict[str, list[str]]:
    return {table: re.findall(r"`([^`]+)`", names) for table, names in ROW.findall(EVERY_SETTING)}


def test_every_setting_is_on_the_page_and_no_other() -> None:
    assert of_the_page() == of_the_program()


def variables() -> Iterator[str]:
    """What the program reads of its environment; what a measurement tells its own children is not for operators."""
    for path in (ROOT / "src/chongzheng").rglob("*.py"):
        yield from re.findall(r"\bCHONGZHENG_(?!BENCH_)[A-Z]+\b", path.read_text("utf-8"))


def test_every_variable_is_on_the_page_and_no_other() -> None:
    assert set(re.findall(r"^\| `(CHONGZHENG_[A-Z_]+)` \|", PAGE, re.MULTILINE)) == set(variables())


@pytest.mark.parametrize("scope", SCOPES)
def test_every_scope_is_on_the_page(scope: str) -> None:
    assert f"`{scope}`" in PAGE.split("**Who may bring and see them.**")[1].split("##")[0]


def test_the_calendar_ends_when_the_page_says() -> None:
    (year,) = re.findall(r"knows them to 31 December (\d{4})", PAGE)
    rest_days.between(f"{year}1231", f"{year}1231")
    after = f"{int(year) + 1}0101"
    with pytest.raises(TheirMistake, match="beyond the calendar"):
        rest_days.between(after, after)


def blocks() -> list[str]:
    return re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def test_the_settings_that_it_shows_are_taken_as_they_stand() -> None:
    shown = [tomllib.loads(block) for block in blocks()]
    sections = [block["settlement"] for block in shown if "settlement" in block]
    assert sections
    for section in sections:
        msgspec.convert(section, config.SettlementSection)
    (rows,) = [block for block in blocks() if "[[payout]]" in block]
    assert payouts.read(rows, "payouts.toml")["wechat"].late_days == 1
