"""What does settlement/rules.sql say, statement by statement?"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from chongzheng.settlement import line

HEADING = re.compile(r"^-- statement: (\w+)\n", re.MULTILINE)


@cache
def statements() -> dict[str, str]:
    """Every statement by its name, with the lists of settlement/line.py in the place of their braces."""
    text = files("chongzheng.settlement").joinpath("rules.sql").read_text("utf-8")
    for word, codes in _lists().items():
        text = text.replace(f"{{{word}}}", ", ".join(f"'{code}'" for code in sorted(codes)))
    return split(text)


def split(text: str) -> dict[str, str]:
    """The statements of a text by the name in the line above each."""
    parts = HEADING.split(text)[1:]
    return {name: _bare(body) for name, body in zip(parts[::2], parts[1::2], strict=True)}


def _lists() -> dict[str, frozenset[str]]:
    return {
        "originals": line.ORIGINALS,
        "executed": line.EXECUTED,
        "moves": line.GIVES_BACK | line.TAKES,
        "gives_back": line.GIVES_BACK,
    }


def _bare(body: str) -> str:
    """The statement alone: Spark takes neither the semicolon nor a comment that stands after it."""
    return body.partition(";")[0].strip()
