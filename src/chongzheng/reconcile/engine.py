"""What must an SQL engine be able to do for us, and how does DuckDB do it in this process, in bounded memory?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import duckdb

from chongzheng.mistakes import TheirMistake

FETCH_MAX = 10_000
"""Rows that are taken from the engine at once."""
MEMORY_MIB = 2_048
THREADS = 2
FINGERPRINT = "CREATE MACRO fingerprint(said) AS CAST('0x' || substr(md5(said), 1, 15) AS BIGINT)"


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


@dataclass(frozen=True, slots=True)
class Bounds:
    """What DuckDB may take: memory in MiB, beyond which it uses `folder` on disk, and threads."""

    folder: Path
    memory_mib: int = MEMORY_MIB
    threads: int = THREADS


class DuckEngine:
    """DuckDB in this process. It downloads nothing and loads no extension; its database lies in `bounds.folder`."""

    def __init__(self, bounds: Bounds) -> None:
        self._file = bounds.folder / "reconcile.duckdb"
        self._connection = duckdb.connect(
            str(self._file),
            config={
                "memory_limit": f"{bounds.memory_mib}MiB",
                "threads": bounds.threads,
                "temp_directory": str(bounds.folder / "spill"),
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        self.run(FINGERPRINT)

    def load(self, table: str, path: Path, columns: Mapping[str, str]) -> None:
        """See Engine."""
        try:
            self.run(f"CREATE VIEW {table} AS SELECT {', '.join(columns)} FROM {_source(path, columns)}")  # noqa: S608 - both are ours
        except duckdb.Error as error:
            what = f"is no table with the columns that are needed ({_first_line(error)})"
            raise TheirMistake(what, str(path)) from None

    def run(self, statement: str) -> None:
        """See Engine."""
        self._connection.execute(statement)

    def rows(self, statement: str) -> Iterator[tuple[Any, ...]]:
        """See Engine."""
        cursor = self._connection.cursor()
        cursor.execute(statement)
        while batch := cursor.fetchmany(FETCH_MAX):
            yield from batch

    def close(self) -> None:
        """See Engine."""
        self._connection.close()
        self._file.unlink(missing_ok=True)


def _source(path: Path, columns: Mapping[str, str]) -> str:
    place = "'" + str(path).replace("'", "''") + "'"
    if path.suffix == ".parquet":
        return f"read_parquet({place})"
    types = ", ".join(f"'{name}': '{type_}'" for name, type_ in columns.items())
    return f"read_csv({place}, header = true, auto_detect = false, delim = ',', quote = '\"', columns = {{{types}}})"


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
