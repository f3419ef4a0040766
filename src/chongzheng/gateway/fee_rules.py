"""Which price list holds here: the packed one, with the operator's own rows before it?"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from chongzheng.fees import interchange, price_list
from chongzheng.fees.interchange import Ladder
from chongzheng.fees.tariff import Tariff
from chongzheng.gateway.own_file import text_of

FILE_BYTES_MAX = 16 << 20


def tariff(own: Path | None = None) -> Tariff:
    """The rules in force; `own` is the operator's file. TheirMistake: it cannot be read, or says what cannot be."""
    return packed() if own is None else packed().merged(price_list.read(content(own), own.name))


def ladder(own: Path | None = None) -> Ladder:
    """What card trades cost the acquirer; rows of the operator's file go first. TheirMistake: as for the tariff."""
    found = interchange.read(text("interchange.toml"), "interchange.toml")
    if own is not None:
        found = found.merged(interchange.read(content(own), own.name))
    found.refuse_contradictions()
    return found


@cache
def packed() -> Tariff:
    """The price list of the installation."""
    found = price_list.read(text("rules.toml"), "rules.toml")
    found.refuse_contradictions()
    return found


def text(name: str) -> str:
    """The content of a data file that is packed beside the fees."""
    return files("chongzheng.fees").joinpath(name).read_text("utf-8")


def content(path: Path) -> str:
    """The text of an operator's file. TheirMistake: not there, too large, not UTF-8."""
    return text_of(path, FILE_BYTES_MAX)
