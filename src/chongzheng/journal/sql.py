"""Which SQL text goes by this name? Statements and schema live in .sql files, not between lines of Python."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

_MARK = "-- name: "


@cache
def queries() -> dict[str, str]:
    """All named statements of queries.sql."""
    return _named("queries.sql")


@cache
def keeping() -> dict[str, str]:
    """All named statements of keeping.sql: backup, restore and retention."""
    return _named("keeping.sql")


def _named(file: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for block in _read(file).split(_MARK)[1:]:
        name, _, text = block.partition("\n")
        found[name.strip()] = text.strip().rstrip(";")
    return found


def schema() -> str:
    """The text that makes an empty journal."""
    return _read("schema.sql")


def migration(version: int) -> str:
    """The text that makes version `version` of a journal out of the version before."""
    return _read(f"migrations/{version:04d}.sql")


def _read(name: str) -> str:
    return files("chongzheng.journal").joinpath(name).read_text("utf-8")
