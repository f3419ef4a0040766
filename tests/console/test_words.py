"""Is everything that the console says there in both languages, and is nothing there that it never says?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

import chongzheng.console
from chongzheng.cases.kinds import KINDS
from chongzheng.cases.queues import QUEUES
from chongzheng.cases.shipped import REGISTERS
from chongzheng.console.areas import AREAS, area_of
from chongzheng.console.words import LANGUAGES, MACHINE, text
from chongzheng.console.words import SENTENCES as FRAME
from chongzheng.console.words_said import FACTS, SET_WORDS, STATES
from chongzheng.journal.actors import Role
from chongzheng.reversal.entries import Account
from chongzheng.reversal.facts import Fact
from chongzheng.reversal.payment import MoneyIs, Proof, State, Truth

HERE = Path(chongzheng.console.__file__).parent
HAN = re.compile(r"[\u4e00-\u9fff]")
QUOTED = re.compile(r"""['"]([a-z][a-z0-9-]*(?:\.[a-z_0-9-]+)+)['"]""")
BUILT = re.compile(r"""['"]([a-z]+(?:\.[a-z]+)*)\.['"] ~|f["']([a-z]+)\.\{""")
ADDED = re.compile(r"\.what$")


def sources() -> dict[str, str]:
    """Everything that says a key."""
    files = [*HERE.rglob("*.py"), *HERE.rglob("*.html")]
    return {
        str(path.relative_to(HERE)): path.read_text("utf-8") for path in files if not path.name.startswith("words_")
    }


@pytest.mark.parametrize("table", [FRAME, FACTS, STATES, SET_WORDS, *MACHINE.values()])
def test_both_languages_are_whole(table: dict[str, tuple[str, str]]) -> None:
    blanks = re.compile(r"\{\w+\}")
    for key, (zh, en) in table.items():
        assert zh.strip() and en.strip(), key
        assert sorted(blanks.findall(zh)) == sorted(blanks.findall(en)), key
        if key not in ("language", "form.json"):
            assert HAN.search(zh) and not HAN.search(en), key


def test_every_key_that_is_said_is_written() -> None:
    said = {key for body in sources().values() for key in QUOTED.findall(body)}
    first = {key.partition(".")[0] for key in FRAME}
    missing = {key for key in said if key.partition(".")[0] in first and key not in FRAME}
    assert not {key for key in missing if not key.endswith((".html", ".js", ".css", ".svg", ".py"))}


def test_every_key_that_is_written_is_said() -> None:
    whole = "\n".join(sources().values())
    built = {head for pair in BUILT.findall(whole) for head in pair if head}
    unsaid = {key for key in FRAME if f"'{key}'" not in whole and f'"{key}"' not in whole}
    heads = {key: {key.rpartition(".")[0], ADDED.sub("", key).rpartition(".")[0]} for key in unsaid}
    assert not {key for key, built_of in heads.items() if not built_of & built}


def test_what_is_put_together_is_written() -> None:
    heads = {
        "role": list(Role),
        "queue": [*(name.replace(" ", "-") for name in QUEUES), "all"],
        "area": AREAS,
        "truth": list(Truth),
        "proof": list(Proof),
        "money": [*MoneyIs, "age", "stage", "whose", "channel", "due", "merchants", "terminals"],
        "sign": ["idle", "absolute", "gone"],
    }
    for head, tails in heads.items():
        for tail in tails:
            assert all(text(f"{head}.{tail}", language) for language in LANGUAGES)


def test_every_fact_state_and_choice_of_every_kind_has_words() -> None:
    rows = [row for kind in KINDS.values() for row in kind.rows]
    assert {row.fact for row in rows} <= set(FACTS)
    assert {state for kind in KINDS.values() for state in kind.states} <= set(STATES)
    words = [word for row in rows for word in row.takes]
    words += [word for one in REGISTERS.values() for word in one.fields]
    truths = {key.removeprefix("truth.") for key in FRAME if key.startswith("truth.")}
    assert {choice for word in words for choice in word.choices} <= set(SET_WORDS) | set(STATES) | truths


def test_every_state_fact_and_account_of_a_payment_has_words() -> None:
    assert set(map(str, State)) == set(MACHINE["payment"])
    assert set(map(str, Account)) == set(MACHINE["account"])
    facts = {fact.__name__ for fact in get_args(Fact)}
    assert facts and facts == set(MACHINE["happened"])


def test_every_open_matter_belongs_to_an_area() -> None:
    for kind in KINDS.values():
        assert all(area_of(kind.name, state) in AREAS for state in kind.states)
