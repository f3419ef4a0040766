"""What must an SQL engine be able to do for us, and what may it take?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

MEMORY_MIB = 2_048
THREADS = 2


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an engine in this process may take: memory in MiB, beyond which it uses `folder` on disk, and threads."""

    folder: Path
    memory_mib: int = MEMORY_MIB
    threads: int = THREADS


class Engine(Protocol):
    """An SQL engine with a database of its own for the length of one reconciliation; it has fingerprint(text)."""

    def load(self, table: str, path: Path, columns: Mapping[str, str]) -> None:
        """Make `path` (CSV or Parquet) readable as `table`; TheirMistake when it is not such a file."""

    def run(self, statement: str) -> None:
        """Execute a statement that gives nothing back."""

    def rows(self, statement: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, fetched bit by bit."""

    def close(self) -> None:
        """Forget everything."""
