"""In which words does the console speak? Chinese first, English beside it; a word that is missing is a red test."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import Kind
from chongzheng.cases.shipped import REGISTERS
from chongzheng.console.words_case import CASE, FIELDS, LANES, SOURCES
from chongzheng.console.words_desk import DESK
from chongzheng.console.words_frame import FRAME
from chongzheng.console.words_help import HELP
from chongzheng.console.words_inner import INNER
from chongzheng.console.words_machine import ACCOUNTS, PARTS, PAYMENT_FACTS, PAYMENT_STATES, POST, QUEUES, SEEN
from chongzheng.console.words_money import ACTS, BREAKS, ENGINE, FEE_PARTS, MONEY, NEXT, OWNERS, UNCHECKED, WHYS
from chongzheng.console.words_public import PUBLIC
from chongzheng.console.words_said import FACTS, SET_WORDS, STATES

LANGUAGES = ("zh", "en")
"""The first is spoken where nobody chose."""


MACHINE: Mapping[str, Mapping[str, tuple[str, str]]] = MappingProxyType({
    "slice": PARTS,
    "queue": QUEUES,
    "seen": SEEN,
    "post": POST,
    "payment": PAYMENT_STATES,
    "happened": PAYMENT_FACTS,
    "account": ACCOUNTS,
    "break": BREAKS,
    "next": NEXT,
    "owner": OWNERS,
    "act": ACTS,
    "fee": FEE_PARTS,
    "unchecked": UNCHECKED,
    "why": WHYS,
    "part": ENGINE,
    "lane": LANES,
    "source": SOURCES,
    "field": FIELDS,
})  # fmt: skip


SENTENCES: Mapping[str, tuple[str, str]] = MappingProxyType({
    **FRAME,
    **CASE,
    **PUBLIC,
    **MONEY,
    **DESK,
    **HELP,
})  # fmt: skip
"""key -> (zh, en): what pages say. Each part of the desk has a file of its own."""


def text(key: str, language: str, **blanks: object) -> str:
    """The sentence under a key. KeyError: nobody wrote it, which the tests find before a person does."""
    return SENTENCES[key][LANGUAGES.index(language)].format(**blanks)


def _said(table: Mapping[str, tuple[str, str]], word: str, language: str) -> str:
    pair = table.get(word)
    return word if pair is None else pair[LANGUAGES.index(language)]


def fact(name: str, language: str) -> str:
    """A fact as a button or a line of history says it."""
    return _said(FACTS, name, language)


def state(name: str, language: str) -> str:
    """A state for people."""
    return _said(STATES, name, language)


def set_word(word: str, language: str) -> str:
    """A word of a fixed choice; D0 to D8 are states too, truths have words. What an operator named stays so."""
    for head in ("truth", "role"):
        if f"{head}.{word}" in SENTENCES:
            return text(f"{head}.{word}", language)
    return _said(SET_WORDS, word, language) if word in SET_WORDS else _said(STATES, word, language)


def machine(table: str, word: str, language: str) -> str:
    """A word of the machine's own: `table` is one of MACHINE."""
    return _said(MACHINE[table], word, language)


def kind(name: str, language: str) -> str:
    """A kind of matter for people."""
    found = KINDS.get(name)
    return name if found is None else found.titles[LANGUAGES.index(language)]


def _labels(one: Kind) -> Mapping[str, tuple[str, str]]:
    return {word.name: (word.zh, word.en) for row in one.rows for word in row.takes}


LABELS: Mapping[str, Mapping[str, tuple[str, str]]] = MappingProxyType(
    {name: MappingProxyType(_labels(one)) for name, one in KINDS.items()}
)
"""kind -> word of its facts -> (zh, en)."""


UNIT = re.compile(r"[(（](?:分|毫秒|ms|fen)[)）]$")
"""Behind a name where a value is entered in that unit; a page shows yuan and days."""


def _asked_for() -> dict[str, tuple[str, str]]:
    fields = [word for one in KINDS.values() for row in one.rows for word in row.takes]
    fields += [word for one in REGISTERS.values() for word in one.fields]
    return {one.name: (UNIT.sub("", one.zh), one.name.replace("_", " ")) for one in reversed(fields)}


ASKED: Mapping[str, tuple[str, str]] = MappingProxyType(_asked_for())
"""name of any field of any kind or register -> (zh, en)."""


def label(kind_name: str, word: str, language: str) -> str:
    """What a word of a body is called: as every body calls it, or as the kind's own facts, or as any field does."""
    key, place = f"body.{word}", LANGUAGES.index(language)
    if key in SENTENCES:
        return text(key, language)
    own = LABELS.get(kind_name, {}).get(word)
    if own is not None:
        return own[0] if place == 0 else word.replace("_", " ")
    pair = INNER.get(word) or ASKED.get(word)
    return word.replace("_", " ") if pair is None else pair[place]
