"""Which long campaigns were run, on which commit, and what did they find? One line each, written by the program."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chongzheng.cli.provenance import commit
from chongzheng.mistakes import TheirMistake

HEAD = """| when (UTC) | commit | campaign | what it did | violations | minutes |
|---|---|---|---|---|---|
"""


def enter(path: Path, campaign: str, what: str, violations: int, seconds: float) -> None:
    """Add a line to the ledger at `path`. TheirMistake when it cannot be written."""
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
    line = f"| {when} | {commit()} | `{campaign}` | {what} | {violations} | {seconds / 60:.1f} |\n"
    try:
        with open(path, "a", encoding="utf-8") as file:
            if file.tell() == 0:
                file.write(HEAD)
            file.write(line)
    except OSError as error:
        raise TheirMistake(f"cannot be written ({error.strerror})", str(path)) from None


def spoken(figures: dict[str, Any], *names: str) -> str:
    """`2000 seeds, 99960 payments`: some figures of a document, as words."""
    return ", ".join(f"{figures[name]} {name}" for name in names)
